#pragma once

#include "centre/files.hpp"
#include "protocol/log/backup_seal.hpp"

#include <string>

/// Backups of a centre: one file that holds its database, checked to the last byte before it gets its name, and never its keys
/// (records.md §4; WIRE.md §11).
namespace ward::centre {

/// Copies the database while the daemon may go on writing it: over a connection that only reads. The copy is opened, its structure, ids,
/// roots, signatures and merged dossiers are recomputed, and it is synced; only then it is named `out`. `storage_damaged`: the data here is
/// not sound, so there is no backup of it. `storage_full`, `invalid` (`out` exists). On failure nothing stays.
[[nodiscard]] Result<log::BackupSeal> make_backup(const runtime::DataDir& directory, const AskPassphrase& ask, const std::string& out,
                                                  WallTime now);

/// Checks every byte of a backup against its seal. `malformed`, `unsupported`, `bad_signature`.
[[nodiscard]] Result<log::BackupSeal> check_backup(const std::string& path, const storage::CentreKeys& keys);

/// Makes the centre of `directory` out of a backup and the keys. Everything is checked before the database gets its name; a run that was
/// killed can be repeated. `invalid`: the directory holds a centre, or another site's data. `alone`: no PC is left to bring what is newer.
[[nodiscard]] Result<log::BackupSeal> restore_backup(const std::string& path, const std::string& keys_path, const AskPassphrase& ask,
                                                     runtime::DataDir& directory, bool alone, WallTime now);

}  // namespace ward::centre
