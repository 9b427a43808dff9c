#pragma once

#include "protocol/deadline/deadline.hpp"
#include "protocol/merge/merge.hpp"

#include <optional>
#include <string>
#include <utility>
#include <vector>

/// The dates that a change of status carries, where who makes it gave none: proposals that a person may see and change before they are
/// saved. Equal dossiers, calendars and moments give equal dates at every site.
namespace ward::course {

struct Rules {
  const deadline::Calendar& calendar;
  deadline::Office office{};
};

/// The change, as its writer makes it.
struct Act {
  const std::vector<record::Op>& ops;
  std::string user, reason;
  deadline::Moment now;
  /// When the dossier got the status that it has, by its writer's clock: when a pause began that no supplement round dates.
  std::optional<deadline::Moment> status_since{};
};

struct Filling {
  std::vector<std::pair<std::string, std::string>> dates;  ///< fields of the dossier itself
  /// A supplement round (form 02), opened or closed.
  struct Round {
    std::string id;       ///< HoSoBoSungId
    bool is_new = false;  ///< to be appended; else these fields are set in it
    record::Map fields;
  };
  std::optional<Round> round;
  bool certain = true;  ///< the days off of all years until the appointment are decided

  [[nodiscard]] bool is_empty() const { return dates.empty() && !round; }
};

/// Accepted: NgayTiepNhan and, by procedure and calendar, NgayHenTra. A supplement asked for: its round. Going on after it: NgayHenTra
/// anew, and the round closed. Refused, ended, handed over: NgayTuChoi, NgayKetThucXuLy, NgayTra. Nothing that the act gives (an empty text
/// is given, too), and nothing that the dossier has but NgayHenTra after a pause.
[[nodiscard]] Filling filling_of(const merge::DossierState& before, const Act& act, const Rules& rules);

/// The same as operations, to stand behind the act's own in one change.
[[nodiscard]] std::vector<record::Op> ops_of(const Filling& filling);

}  // namespace ward::course
