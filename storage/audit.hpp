#pragma once

#include "protocol/audit/audit.hpp"
#include "storage/store.hpp"

/// The site's own audit log: what people and the program did here (docs/adr/0014). It only grows.
namespace ward::storage {

struct Act {
  audit::Kind kind;
  WallTime at;
  bool clock_trusted = true;
  std::string who;      ///< empty: the program by itself
  std::string subject;  ///< ids, unit codes, names of accounts; never anything of a citizen
  std::string detail;
};
/// In the transaction of what was done, where that is one. What is too long for an entry is cut.
void note_act(Store& store, const Act& act);
/// The same in a transaction of its own.
[[nodiscard]] Result<void> note_alone(Store& store, const Act& act);

/// A clock that nobody can check, as a centre's.
[[nodiscard]] inline bool is_plausible(WallTime time) noexcept { return time >= clock_earliest && time < clock_latest; }

struct AuditEnd {
  std::uint64_t count = 0;
  Hash hash;
  friend bool operator==(const AuditEnd&, const AuditEnd&) = default;
};
[[nodiscard]] AuditEnd audit_end(Store& store);

/// From now on the log's end is kept beside the database, too. What is found there is compared first: a log that is shorter or another one
/// gets an entry that says so. The log begins with this when there is none. A disk that takes nothing is no error: then the next start
/// compares.
[[nodiscard]] Result<void> keep_audit_by(Store& store, Beside beside, const Act& begins);
/// Writes the end there when it has moved; between transactions. A crash before it loses nothing: the log is then longer than what is kept.
[[nodiscard]] Result<void> keep_audit_end(Store& store);

/// In a transaction: this data begins anew in another place, where nothing is kept yet.
void forget_audit_kept(Store& store);

struct AuditQuery {
  std::optional<audit::Kind> kind;
  WallTime since;
  std::string cursor;
  std::size_t limit = 0;
};
struct AuditPage {
  std::vector<audit::Entry> entries;  ///< the newest first
  std::string next;                   ///< cursor; empty: no more
  AuditEnd end;
};
[[nodiscard]] Result<AuditPage> read_audit(Store& store, const AuditQuery& query);
/// The entries from `from` on, at most `audit::file_entries_max`, signed. `not_found`: there are none.
[[nodiscard]] Result<audit::Export> export_audit(Store& store, std::uint64_t from, const DeviceId& device, const crypto::SignSeed& key,
                                                 WallTime now);
/// A line for each thing that is not as it was written. In a transaction.
[[nodiscard]] std::vector<std::string> damage_of_audit(Store& store);

}  // namespace ward::storage
