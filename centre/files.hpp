#pragma once

#include "runtime/data_dir.hpp"
#include "storage/centre_store.hpp"

namespace ward::centre {

inline constexpr const char* database_file = "centre.db";
inline constexpr const char* key_file = "centre.key";
inline constexpr const char* audit_end_file = "audit.end";
inline constexpr std::size_t key_file_bytes_max = 4096;

/// The centre's keys in a file that only its owner can read.
[[nodiscard]] Result<storage::CentreKeys> read_keys(const std::string& path);
/// The data directory of a centre that `init` has made; `not_found` says so when it has not.
[[nodiscard]] Result<runtime::DataDir> find_data(const std::string& path);
/// Writes the key file of the directory.
[[nodiscard]] storage::KeepKeys keep_keys_in(const runtime::DataDir& directory);
/// Reads centre.key and opens centre.db.
[[nodiscard]] Result<storage::CentreStore> open_store(const runtime::DataDir& directory, storage::OpenMode mode);

}  // namespace ward::centre
