#pragma once

#include "cli/common.hpp"

#include <boost/json/object.hpp>

#include <span>
#include <string>
#include <vector>

/// What `doctor` tells: checks, each well, not possible now, or with a finding of the catalogue. docs/doctor.md lists the same catalogue.
namespace ward::cli {

enum class Finding {
  config_broken,
  data_missing,
  data_open,
  data_not_writable,
  disk_low,
  ticket_unusable,
  ticket_expired,
  name_unknown,
  port_unreachable,
  proxy_set,
  clock_wrong,
  port_taken,
  not_enrolled,
  database_damaged,
  database_unreadable,
  key_missing,
  key_open,
  daemon_down,
  not_approved,
  revoked,
  no_contact,
  queue_stuck,
  journal_large,
  history_alarm,
  segments_refused,
  records_quarantined,
  not_founded,
  root_key_here,
  log_unwritable,
  backup_missing,
  backup_old,
  calendar_ends,
  codes_provisional,
  codes_shared,
  erasure_open,
  keys_plain,
  keys_locked,
  credential_closed,
};

enum class Gravity {
  notice,   ///< worth knowing; exit 0
  problem,  ///< something does not work, or will not; exit 1
  damage,   ///< exit 5
};

struct CatalogueEntry {
  Finding finding;
  const char* code;  ///< stable: people write it down and search for it
  Gravity gravity;
  const char* what;
  const char* cause;
  const char* remedy;
};
[[nodiscard]] std::span<const CatalogueEntry> catalogue();
[[nodiscard]] const CatalogueEntry& entry_of(Finding finding);

class Examination {
 public:
  /// `check` names what was looked at. `detail` never holds personal data or a secret.
  void well(std::string check, std::string detail);
  void skipped(std::string check, std::string why);
  void found(std::string check, Finding finding, std::string detail);

  [[nodiscard]] boost::json::object json() const;
  [[nodiscard]] std::string text() const;
  /// 0, 1, or 5.
  [[nodiscard]] int exit_code() const;
  [[nodiscard]] bool has(Finding finding) const;

 private:
  struct Line {
    std::string check;
    const CatalogueEntry* entry;  ///< null: well or skipped
    bool skipped;
    std::string detail;
  };
  std::vector<Line> lines_;
};

/// Prints, as text or JSON. The exit code.
int show(const Common& common, const Examination& examination);

}  // namespace ward::cli
