#pragma once

#include "protocol/record/record.hpp"
#include "storage/summaries.hpp"

#include <chrono>
#include <map>
#include <optional>

/// The registry's word for dossiers that rest (docs/adr/0010).
namespace ward::storage {

/// Of which dossiers summaries are written.
struct SummaryPlan {
  std::chrono::milliseconds rest = std::chrono::days(30);  ///< since the stamp of the newest change
  bool ended_only = true;                                  ///< those with a last status, or made by mistake
  bool smaller_only = true;                                ///< where the summary is less to send than what it stands for
};

/// Inside a transaction. Those that nobody looked at since their state became what it is, of one unit after the other.
[[nodiscard]] std::vector<std::int64_t> resting_dossiers(Store& store, const SummaryPlan& plan, WallTime now, std::size_t limit);
/// Nothing where it does not fit a record, or would not be worth it.
[[nodiscard]] std::optional<record::SummaryBody> summarise(Store& store, std::int64_t dossier, const SummaryPlan& plan);
void note_looked_at(Store& store, std::int64_t dossier);

/// For whom takes summaries: those that had one when the log had `fill` entries, and rested since. What it says never changes, whatever
/// comes into the log later, so a device that asks in parts leaves nothing out.
class Summaries {
 public:
  Summaries(Store& store, std::uint64_t fill) : store_(store), fill_(fill) {}

  struct Standing {
    std::int64_t record = 0;
    std::uint64_t index = 0;  ///< it stands for what the log holds before
  };
  [[nodiscard]] const std::optional<Standing>& of(const Did& did);

 private:
  [[nodiscard]] std::optional<Standing> find(const Did& did);

  Store& store_;
  std::uint64_t fill_;
  std::map<Did, std::optional<Standing>> known_;
};

}  // namespace ward::storage
