#include "agent/api.hpp"
#include "desk/edits.hpp"

#include "runtime/clock.hpp"
#include "runtime/calendar_json.hpp"
#include "desk/linked.hpp"
#include "runtime/dossier_lists.hpp"
#include "storage/calendar.hpp"
#include "storage/deadlines.hpp"
#include "desk/audit.hpp"
#include "runtime/evidence_json.hpp"
#include "storage/evidence.hpp"

/// Dossiers, one at a time.
namespace ward::agent {
namespace {

namespace json = boost::json;
using runtime::respond;

/// When this day began in Vietnam.
WallTime start_of_day(WallTime now) {
  constexpr std::int64_t zone = std::int64_t{7} * 3'600'000, day = std::int64_t{24} * 3'600'000;
  return {(now.ms + zone) / day * day - zone};
}

}  // namespace

runtime::Response Api::list(const Request& request) {
  auto query = runtime::list_query_of<storage::DossierQuery>(request, today());
  if (query.has_error()) return refuse(query.error());
  query->us = ward_.store.membership().unit;
  const auto page = storage::list_dossiers(ward_.store.store(), *query);
  if (page.has_error()) return refuse(page.error());
  return respond(json::object{{"dossiers", runtime::lines_json(page->lines, today())}, {"next", page->next}});
}

runtime::Today Api::today() { return {storage::calendar_of(ward_.store.store()), deadline::moment_of(clock_().wall)}; }

runtime::Response Api::deadlines(const Request& request) {
  const auto now = today();
  const auto counts = storage::count_deadlines(ward_.store.store(), now.calendar, now.now, request.query_or("unit", ""));
  return counts.has_error() ? refuse(counts.error()) : respond(runtime::counts_json(*counts, now));
}

runtime::Response Api::calendar() { return respond(runtime::calendar_json(ward_.store.store().policy, deadline::day_of(today().now))); }

runtime::Response Api::similar(const Request& request) {
  const storage::SimilarQuery query{request.query_or("owner", ""), request.query_or("identity", ""), request.query_or("procedure", ""),
                                    start_of_day(clock_().wall)};
  const auto lines = storage::similar_dossiers(ward_.store.store(), query);
  if (lines.has_error()) return refuse(lines.error());
  return respond(json::object{{"dossiers", runtime::lines_json(*lines, today())}});
}

runtime::Response Api::show(const Request& request) {
  auto& store = ward_.store.store();
  const auto did = storage::find_dossier(store, request.parameters.at("code"));
  if (did.has_error()) return refuse(did.error());
  const auto found = storage::show_dossier(store, *did);
  if (found.has_error()) return refuse(found.error());
  if (request.query_or("form", "") == "national") return runtime::respond_unless_held(runtime::national_json_of(found->state), request);
  auto out = runtime::view_json(*found, today());
  const auto added = desk::add_linked(out, store, found->state, today());
  return added.has_error() ? refuse(added.error()) : runtime::respond_unless_held(out, request);
}

runtime::Response Api::told(const Request& request, TellHistory tell) {
  auto& store = ward_.store.store();
  const auto did = storage::find_dossier(store, request.parameters.at("code"));
  if (did.has_error()) return refuse(did.error());
  const auto entries = storage::dossier_history(store, *did);
  return entries.has_error() ? refuse(entries.error()) : tell(*did, *entries, request);
}

runtime::Response Api::history(const Request& request) { return told(request, runtime::history_response); }
runtime::Response Api::why(const Request& request) { return told(request, runtime::why_response); }

runtime::Response Api::evidence(const Request& request) {
  const auto did = storage::find_dossier(ward_.store.store(), request.parameters.at("code"));
  if (did.has_error()) return refuse(did.error());
  const auto found = storage::evidence_of(ward_.store, *did);
  if (found.has_error()) return refuse(found.error());
  const auto told = runtime::evidence_response(*found, [&] { return storage::keys_of(ward_.store.store(), *did); }, request);
  if (told.has_error()) return refuse(told.error());
  const auto detail = request.query_or("readable", "false") == "true" ? "readable, with keys" : "";
  const auto noted = desk::note_alone(site_, audit::Kind::receipts_exported, desk::who_of(request), "id:" + hex(did->view()), detail);
  return noted.has_error() ? refuse(noted.error()) : *told;
}

runtime::Response Api::create(const Request& request) {
  auto begun = desk::beginning_of(ward_.store.store(), request);
  if (begun.has_error()) return refuse(begun.error());
  if (begun->trouble) return respond(*begun->trouble);
  auto filled = fill(request, std::nullopt, begun->change);
  if (filled.has_error()) return refuse(filled.error());
  const auto saved = save(request, {{std::move(begun->change), std::nullopt}}, [&](const auto& all) {
    auto out = desk::saved_json(all.front());
    out["filled"] = *filled;
    out["code"] = begun->code.empty() ? all.front().code : begun->code;
    out["provisional"] = all.front().provisional;
    return respond(out, 201);
  });
  return saved.has_error() ? refuse(saved.error()) : *saved;
}

runtime::Response Api::change(const Request& request) {
  auto edit = desk::edit_of(ward_.store.store(), request);
  if (edit.has_error()) return refuse(edit.error());
  auto filled = fill(request, edit->did, edit->change);
  if (filled.has_error()) return refuse(filled.error());
  const auto looked = desk::look_at_edit(site_, edit->did, edit->change);
  if (looked.has_error()) return refuse(looked.error());
  if (looked->trouble) return respond(*looked->trouble);
  const auto saved = save(request, {{std::move(edit->change), edit->did}}, [&](const auto& all) {
    auto out = desk::saved_json(all.front());
    out["proposed"] = looked->proposed;
    out["filled"] = *filled;
    return respond(out, 201);
  });
  return saved.has_error() ? refuse(saved.error()) : *saved;
}

}  // namespace ward::agent
