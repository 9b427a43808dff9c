#pragma once

#include "runtime/trouble.hpp"
#include "storage/audit.hpp"
#include "storage/changes.hpp"
#include "storage/trial.hpp"

namespace ward::desk {

/// Where officials write: a ward's PC, or the centre's own desk. It outlives the API over it.
class Site {
 public:
  Site() = default;
  Site(const Site&) = delete;
  Site& operator=(const Site&) = delete;
  virtual ~Site() = default;

  [[nodiscard]] virtual storage::Store& store() = 0;
  [[nodiscard]] virtual Now now() = 0;
  /// In whose name, and on which device. `not_member`: nobody can write here yet.
  [[nodiscard]] virtual Result<storage::Author> author() = 0;
  /// Commits all of them or none; then the link and whoever listens hears of it. `also` runs in the same transaction.
  [[nodiscard]] virtual Result<std::vector<storage::Saved>> save(const std::vector<storage::NewChange>& changes, Now now,
                                                                 const storage::AlsoSave& also) = 0;

  /// Why nothing of a dossier is shown or written here now; nothing: it is.
  [[nodiscard]] virtual std::optional<runtime::Trouble> shut() { return std::nullopt; }
  /// Whether the centre takes nothing of this device any more.
  [[nodiscard]] virtual bool is_shut_out() { return false; }
  /// Whether what this machine's clock says may be taken for the time.
  [[nodiscard]] virtual bool believes(Now now) = 0;
  /// The audit log from an entry on, signed by this site.
  [[nodiscard]] virtual Result<audit::Export> export_audit(std::uint64_t from) = 0;
};

}  // namespace ward::desk
