#pragma once

#include "protocol/deadline/calendar.hpp"
#include "protocol/merge/merge.hpp"

#include <boost/json/object.hpp>

/// The control slip that travels with the papers (phiếu kiểm soát quá trình giải quyết hồ sơ, form 05), derived from the hand-overs: who
/// had the dossier from when to when, and whether in time.
namespace ward::desk {

/// `stays`, one for each unit's time with the dossier: giver and taker with unit and time; `judgement` as of a whole dossier
/// (protocol/deadline), `judged_by`: `step` where its officials noted the time of their step (QuaTrinhXuLy), else `total`, the appointment;
/// `none` where there is neither.
[[nodiscard]] boost::json::object slip_json(const merge::DossierState& state, const deadline::Calendar& calendar, WallTime now);

}  // namespace ward::desk
