#pragma once

#include "runtime/data_dir.hpp"
#include "storage/ward_store.hpp"

/// What lies in a ward's data directory.
namespace ward::agent {

inline constexpr const char* database_file = "wardsync.db";
inline constexpr const char* key_file = "device.key";
inline constexpr const char* code_mark_file = "codes.mark";  ///< storage::CodeMark

/// The directory of an enrolled PC. `not_found` when it is not one; `invalid` when it is a centre's.
[[nodiscard]] Result<runtime::DataDir> find_data(const std::string& path);
/// The directory for an enrolment, made when it is missing. `invalid` when it is a centre's.
[[nodiscard]] Result<runtime::DataDir> make_data(const std::string& path);

/// This device's keys: those that are there, or new ones, which are on the disk when this returns.
[[nodiscard]] Result<storage::WardKeys> keys_of(const runtime::DataDir& directory);
/// The data file of a new member: there whole, or not at all.
[[nodiscard]] Result<void> create_store(const runtime::DataDir& directory, const storage::WardKeys& keys,
                                        const storage::Membership& membership, const std::vector<policy::Entry>& policy);
/// To write with it, the caller holds the directory's lock.
[[nodiscard]] Result<storage::WardStore> open_store(const runtime::DataDir& directory, storage::OpenMode mode);

}  // namespace ward::agent
