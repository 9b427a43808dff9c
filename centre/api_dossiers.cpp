#include "centre/api.hpp"
#include "desk/linked.hpp"
#include "runtime/dossier_lists.hpp"
#include "storage/calendar.hpp"
#include "storage/deadlines.hpp"
#include "desk/audit.hpp"
#include "runtime/evidence_json.hpp"
#include "storage/evidence.hpp"

/// Dossiers, to read.
namespace ward::centre {
namespace {

namespace json = boost::json;
using runtime::respond;

}  // namespace

runtime::Response Api::list(const runtime::Request& request) {
  auto query = runtime::list_query_of<storage::DossierQuery>(request, today());
  if (query.has_error()) return respond(query.error());
  if (const auto own = store_.desk({})) query->us = own->unit;
  const auto page = storage::list_dossiers(store_.store(), *query);
  if (page.has_error()) return respond(page.error());
  return respond(json::object{{"dossiers", runtime::lines_json(page->lines, today())}, {"next", page->next}});
}

runtime::Today Api::today() { return {storage::calendar_of(store_.store()), deadline::moment_of(clock_().wall)}; }

runtime::Response Api::deadlines(const runtime::Request& request) {
  const auto now = today();
  const auto counts = storage::count_deadlines(store_.store(), now.calendar, now.now, request.query_or("unit", ""));
  return counts.has_error() ? respond(counts.error()) : respond(runtime::counts_json(*counts, now));
}

runtime::Response Api::show(const runtime::Request& request) {
  const auto did = storage::find_dossier(store_.store(), request.parameters.at("code"));
  if (did.has_error()) return respond(did.error());
  const auto found = storage::show_dossier(store_.store(), *did);
  if (found.has_error()) return respond(found.error());
  if (request.query_or("form", "") == "national") return runtime::respond_unless_held(runtime::national_json_of(found->state), request);
  auto out = runtime::view_json(*found, today());
  const auto added = desk::add_linked(out, store_.store(), found->state, today());
  return added.has_error() ? respond(added.error()) : runtime::respond_unless_held(out, request);
}

runtime::Response Api::told(const runtime::Request& request, TellHistory tell) {
  const auto did = storage::find_dossier(store_.store(), request.parameters.at("code"));
  if (did.has_error()) return respond(did.error());
  const auto entries = storage::dossier_history(store_.store(), *did);
  return entries.has_error() ? respond(entries.error()) : tell(*did, *entries, request);
}

runtime::Response Api::history(const runtime::Request& request) { return told(request, runtime::history_response); }
runtime::Response Api::why(const runtime::Request& request) { return told(request, runtime::why_response); }

runtime::Response Api::evidence(const runtime::Request& request) {
  const auto did = storage::find_dossier(store_.store(), request.parameters.at("code"));
  if (did.has_error()) return respond(did.error());
  const auto found = storage::evidence_of(store_, *did, runtime::read_clock().wall);
  if (found.has_error()) return respond(found.error());
  const auto told = runtime::evidence_response(*found, [&] { return storage::keys_of(store_.store(), *did); }, request);
  if (told.has_error()) return respond(told.error());
  const auto detail = request.query_or("readable", "false") == "true" ? "readable, with keys" : "";
  const auto noted = desk::note_alone(site_, audit::Kind::receipts_exported, desk::who_of(request), "id:" + hex(did->view()), detail);
  return noted.has_error() ? respond(noted.error()) : *told;
}

}  // namespace ward::centre
