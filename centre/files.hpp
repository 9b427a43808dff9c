#pragma once

#include "runtime/data_dir.hpp"
#include "runtime/key_file.hpp"
#include "storage/centre_store.hpp"

namespace ward::centre {

inline constexpr const char* database_file = "centre.db";
inline constexpr const char* key_file = "centre.key";
inline constexpr const char* audit_end_file = "audit.end";
inline constexpr const char* code_mark_file = "codes.mark";  ///< storage::CodeMark

using runtime::AskPassphrase;

[[nodiscard]] runtime::KeyFile key_file_in(const runtime::DataDir& directory);
/// The centre's keys, of the directory or of a copy; as `runtime::read_key_file`.
[[nodiscard]] Result<storage::CentreKeys> read_keys(const std::string& path, const AskPassphrase& ask);
/// The data directory of a centre that `init` has made; `not_found` says so when it has not.
[[nodiscard]] Result<runtime::DataDir> find_data(const std::string& path);
/// Writes the key file of the directory, sealed as it is.
[[nodiscard]] storage::KeepKeys keep_keys_in(const runtime::DataDir& directory, AskPassphrase ask);
/// A small file of the directory, beside the database.
[[nodiscard]] storage::Beside beside(const runtime::DataDir& directory, const char* name);
/// Reads centre.key and opens centre.db.
[[nodiscard]] Result<storage::CentreStore> open_store(const runtime::DataDir& directory, const AskPassphrase& ask, storage::OpenMode mode);

}  // namespace ward::centre
