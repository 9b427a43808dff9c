#include "desk/slip.hpp"

#include "desk/office_hours.hpp"
#include "protocol/course/course.hpp"
#include "protocol/deadline/judgement.hpp"
#include "runtime/custody_json.hpp"
#include "runtime/dossier_json.hpp"

#include <boost/json/array.hpp>

namespace ward::desk {
namespace {

namespace json = boost::json;
using deadline::Judgement;
using deadline::Moment;

std::string shown_text(const record::Map& fields, std::string_view name) {
  const auto* value = record::find(fields, name);
  const auto* text = value == nullptr ? nullptr : value->text();
  return text == nullptr ? std::string() : *text;
}

WallTime begin_of(const merge::Stay& stay) { return runtime::time_of(stay.from, stay.from_stamp); }
std::optional<WallTime> end_of(const merge::Stay& stay) {
  return stay.until ? std::optional(runtime::time_of(*stay.until, stay.until_stamp)) : std::nullopt;
}

/// The time that the unit's officials noted for their step, the last one that they entered while they had the dossier.
std::optional<Moment> step_due(const merge::DossierState& state, const merge::Stay& stay) {
  std::optional<Moment> out;
  for (const auto& collection : state.collections) {
    if (collection.name != "QuaTrinhXuLy") continue;
    for (const auto& step : collection.elements) {
      const auto at = step.hlc;
      const bool within = step.unit == stay.unit && at >= stay.from && (!stay.until || at < *stay.until);
      if (!within) continue;
      if (const auto due = deadline::moment_of(shown_text(step.fields, "NgayKetThucTheoQuyDinh"))) out = due;
    }
  }
  return out;
}

Judgement judge(std::optional<Moment> due, std::optional<Moment> end, Moment now) {
  if (!due) return Judgement::none;
  if (!end) return now <= *due ? Judgement::open_good : Judgement::open_late;
  if (deadline::day_of(*end) < deadline::day_of(*due)) return Judgement::early;
  return *end <= *due ? Judgement::on_time : Judgement::late;
}

/// When nothing more was due: it ended before anybody took it further.
std::optional<Moment> finished_at(const merge::DossierState& state) {
  const auto status = shown_text(state.fields, "TrangThaiHoSo");
  const auto clock = deadline::clock_of(status, shown_text(state.fields, "MaTTHC"), shown_text(state.fields, "NgayHenTra"), false);
  return clock == deadline::Clock::ended ? deadline::moment_of(shown_text(state.fields, "NgayKetThucXuLy")) : std::nullopt;
}

std::string text_of(const std::optional<WallTime>& time) { return time ? runtime::time_text(*time) : std::string(); }

json::object json_of(const merge::DossierState& state, const merge::Stay& stay, const deadline::Calendar& calendar, WallTime now) {
  const auto begin = begin_of(stay);
  const auto end = end_of(stay);
  const auto step = step_due(state, stay);
  const auto total = deadline::moment_of(shown_text(state.fields, "NgayHenTra"));
  const auto due = step ? step : total;
  auto ended = end ? std::optional(deadline::moment_of(*end)) : std::nullopt;
  if (const auto finished = finished_at(state); finished && (!ended || *finished < *ended) && *finished >= deadline::moment_of(begin))
    ended = finished;
  return {{"unit", stay.unit},
          {"given_by_unit", stay.given_by_unit},
          {"given_by", stay.given_by},
          {"offered_at", stay.offered ? runtime::time_text(stay.offered->wall()) : std::string()},
          {"given_signed", stay.given_signed},
          {"taken_by", stay.taken_by},
          {"taken_signed", stay.taken_signed},
          {"from", runtime::time_text(begin)},
          {"until", text_of(end)},
          {"note", stay.note},
          {"working_minutes", working_minutes(calendar, begin, end.value_or(now))},
          {"due", due ? deadline::stored(*due) : std::string()},
          {"judged_by", step    ? "step"
                        : total ? "total"
                                : "none"},
          {"judgement", deadline::name_of(judge(due, ended, deadline::moment_of(now)))}};
}

}  // namespace

json::object slip_json(const merge::DossierState& state, const deadline::Calendar& calendar, WallTime now) {
  json::array stays;
  for (const auto& stay : state.slip) stays.push_back(json_of(state, stay, calendar, now));
  json::object out{{"id", runtime::id_text(state.did)}, {"code", course::code_of(state)}};
  for (const auto& [name, field] : {std::pair{"owner", "ChuHoSo"},
                                    {"procedure", "MaTTHC"},
                                    {"procedure_name", "TenTTHC"},
                                    {"status", "TrangThaiHoSo"},
                                    {"received", "NgayTiepNhan"},
                                    {"due", "NgayHenTra"}})
    out[name] = shown_text(state.fields, field);
  out["stays"] = std::move(stays);
  return out;
}

}  // namespace ward::desk
