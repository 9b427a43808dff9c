#pragma once

#include "protocol/merge/merge.hpp"
#include "protocol/record/change.hpp"
#include "tests/sim/surroundings.hpp"

namespace ward::sim {

/// Makes up what an official does about what he is shown: statuses with their dates, decisions, approvals, dismissals, taking back. Some of
/// it he may not do.
class Official {
 public:
  explicit Official(Dice& dice) : dice_(dice) {}

  /// `screen`: what he sees, perhaps for an hour already; `history`: of the same moment. Nothing when there is nothing to do.
  [[nodiscard]] std::optional<record::Change> act(const merge::DossierState& screen, const std::vector<merge::HistoryEntry>& history);

 private:
  [[nodiscard]] record::Op next_status(const merge::DossierState& screen);
  [[nodiscard]] std::vector<record::Op> answers(const merge::DossierState& screen);

  Dice& dice_;
};

}  // namespace ward::sim
