#pragma once

#include "protocol/deadline/calendar.hpp"
#include "protocol/merge/merge.hpp"

#include <string>
#include <vector>

/// Which statuses may come next, and what goes with each.
namespace ward::desk {

/// A field that is entered together with a status, and stands and falls with it.
struct Companion {
  std::string field;
  std::string proposed;  ///< what is entered when nobody gives it; empty: nothing is
};
struct Step {
  std::string status;  ///< its code
  std::vector<Companion> companions;
  bool needs_reason = false;
  bool legal_act = false;                     ///< whoever has a key signs it
  std::vector<merge::ConflictId> blocked_by;  ///< none may be entered while one of these is open
};

/// The shown status; empty: none shows.
[[nodiscard]] std::string status_of(const merge::DossierState& state);
/// In the order of the table. A dossier without a status may begin with the table's first ones.
[[nodiscard]] std::vector<Step> next_steps(const merge::DossierState& state, const deadline::Calendar& calendar, WallTime now);
/// One status, whether it may come next or not.
[[nodiscard]] Step step_to(const merge::DossierState& state, std::string_view status, const deadline::Calendar& calendar, WallTime now);

/// What else its writer says.
struct Saying {
  std::vector<record::Op> ops;  ///< what is set of the dossier's own fields goes with the status, all else stands beside it
  std::string user, why;
};
/// The change: its dates where nobody gave them, a round of papers opened or closed, and last the status with what goes with it. `invalid`.
[[nodiscard]] Result<std::vector<record::Op>> ops_of_status(const merge::DossierState& state, const std::string& status, Saying saying,
                                                            const deadline::Calendar& calendar, WallTime now);

/// `Đang xử lý (4)`; the code alone when it is not in the table.
[[nodiscard]] std::string named(std::string_view status);

}  // namespace ward::desk
