#pragma once

#include "runtime/calendar_json.hpp"
#include "runtime/deadline_json.hpp"
#include "runtime/dossier_json.hpp"
#include "runtime/http.hpp"
#include "runtime/json_input.hpp"

/// Lists, dossiers and histories as the APIs of both programs show them. The templates take what `storage/dossiers.hpp` gives; they are
/// templates because nothing here may see storage.
namespace ward::runtime {

/// `state`, `state_since`, `state_reason`.
template <class Standing>
void add_standing(boost::json::object& to, const Standing& standing) {
  to["state"] = name_of(standing.phase);
  to["state_since"] = time_text(standing.since);
  to["state_reason"] = standing.reason;
}

template <class Line>
[[nodiscard]] boost::json::object line_json(const Line& line, const Today& today) {
  const auto& course = line.course;
  boost::json::object out{{"id", id_text(line.did)},
                          {"code", line.code},
                          {"status", course.status},
                          {"procedure", course.procedure},
                          {"procedure_name", line.procedure_name},
                          {"unit", line.unit},
                          {"owner", line.owner},
                          {"received", course.received},
                          {"due", course.due},
                          {"finished", course.ended},
                          {"changed_at", time_text(line.changed_at)},
                          {"conflicts", line.conflicts},
                          {"deadline", deadline_json(course, today)}};
  add_standing(out, line.standing);
  if (!line.voided.empty()) out["void"] = line.voided;
  if (!line.part_of.empty()) out["part_of"] = line.part_of;
  return out;
}

template <class Lines>
[[nodiscard]] boost::json::array lines_json(const Lines& lines, const Today& today) {
  boost::json::array out;
  for (const auto& line : lines) out.push_back(line_json(line, today));
  return out;
}

template <class View>
[[nodiscard]] boost::json::object view_json(const View& view, const Today& today) {
  auto out = json_of(view.state);
  out["deadline"] = deadline_json(course::row_of(view.state), today);
  add_standing(out, view.standing);
  out["records"] = view.records_here ? "here" : "at_centre";
  if (view.erased)
    out["erased"] = boost::json::object{
        {"at", time_text(view.erased->at)}, {"reason", view.erased->reason}, {"by", view.erased->user}, {"by_unit", view.erased->unit}};
  return out;
}

/// How long the lists by deadline are, and how far the calendar by which they are made is decided.
template <class Counts>
[[nodiscard]] boost::json::object counts_json(const Counts& counts, const Today& today) {
  return {{"overdue", counts.overdue},
          {"today", counts.today},
          {"soon", counts.soon},
          {"waiting", counts.waiting},
          {"supplement", counts.supplement},
          {"payment", counts.payment},
          {"calendar", calendar_standing_json(today.calendar, today.now)}};
}

/// What a request for a list asks for: `query`, `status`, `unit`, `custody`, `due`, `conflict`, `void`, `limit`, `cursor`.
template <class Query>
[[nodiscard]] Result<Query> list_query_of(const Request& request, const Today& today) {
  Query out;
  WARD_TRY(out.limit, limit_of(request));
  out.status = request.query_or("status", "");
  out.search = request.query_or("query", "");
  out.unit = request.query_or("unit", "");
  const auto where = Query::where_named(request.query_or("custody", ""));
  if (!where) return fail(Fault::invalid, "`custody` must be mine, offered_to_me, offered_by_me or elsewhere");
  out.where = *where;
  WARD_TRY(out.due, due_named(request.query_or("due", ""), today));
  WARD_TRY(out.conflict_only, flag_of(request, "conflict"));
  WARD_TRY(out.voided, flag_of(request, "void"));
  out.after = request.query_or("cursor", "");
  return out;
}

[[nodiscard]] Response history_response(const Did& did, const std::vector<merge::HistoryEntry>& entries, const Request& request);
/// Of one place, which the request's `field` names as people write it: all that was ever written there, its policy, and why it shows what
/// it shows.
[[nodiscard]] Response why_response(const Did& did, const std::vector<merge::HistoryEntry>& entries, const Request& request);

}  // namespace ward::runtime
