#pragma once

#include "agent/key_file.hpp"
#include "storage/repair.hpp"

/// What lies in a ward's data directory.
namespace ward::agent {

inline constexpr const char* database_file = "wardsync.db";
inline constexpr const char* code_mark_file = "codes.mark";  ///< storage::CodeMark
inline constexpr const char* audit_end_file = "audit.end";   ///< storage::keep_audit_by

/// The directory of an enrolled PC. `not_found` when it is not one; `invalid` when it is a centre's.
[[nodiscard]] Result<runtime::DataDir> find_data(const std::string& path);
/// The directory for an enrolment, made when it is missing. `invalid` when it is a centre's.
[[nodiscard]] Result<runtime::DataDir> make_data(const std::string& path);

/// This device's keys: those that are there, or new ones, which are on the disk when this returns.
[[nodiscard]] Result<storage::WardKeys> keys_of(const runtime::DataDir& directory, const AskPassphrase& ask, const TellPlain& tell_plain);
/// The data file of a new member: there whole, or not at all.
[[nodiscard]] Result<void> create_store(const runtime::DataDir& directory, const storage::WardKeys& keys,
                                        const storage::Membership& membership, const std::vector<policy::Entry>& policy);
/// To write with it, the caller holds the directory's lock.
[[nodiscard]] Result<storage::WardStore> open_store(const runtime::DataDir& directory, const AskPassphrase& ask, storage::OpenMode mode);

struct Repaired {
  storage::Repair done;
  std::string kept;  ///< the damaged file, as it was
};
/// A whole data file in place of the damaged one, which stays beside it under another name. The caller holds the directory's lock. Killed
/// on the way, the damaged one is still in its place, or the whole one is there already. `storage_full` when the disk has no room for both.
[[nodiscard]] Result<Repaired> repair_store(const runtime::DataDir& directory, const AskPassphrase& ask, Now now);

}  // namespace ward::agent
