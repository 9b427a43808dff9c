#include "centre/api.hpp"
#include "runtime/dossier_lists.hpp"

/// Dossiers, to read.
namespace ward::centre {
namespace {

namespace json = boost::json;
using runtime::respond;

}  // namespace

runtime::Response Api::list(const runtime::Request& request) {
  const auto query = runtime::list_query_of<storage::DossierQuery>(request);
  if (query.has_error()) return respond(query.error());
  const auto page = storage::list_dossiers(store_.store(), *query);
  if (page.has_error()) return respond(page.error());
  return respond(json::object{{"dossiers", runtime::lines_json(page->lines)}, {"next", page->next}});
}

runtime::Response Api::show(const runtime::Request& request) {
  const auto did = storage::find_dossier(store_.store(), request.parameters.at("code"));
  if (did.has_error()) return respond(did.error());
  const auto found = storage::show_dossier(store_.store(), *did);
  if (found.has_error()) return respond(found.error());
  const bool national = request.query_or("form", "") == "national";
  return runtime::respond_unless_held(national ? runtime::national_json_of(found->state) : runtime::view_json(*found), request);
}

runtime::Response Api::told(const runtime::Request& request, TellHistory tell) {
  const auto did = storage::find_dossier(store_.store(), request.parameters.at("code"));
  if (did.has_error()) return respond(did.error());
  const auto entries = storage::dossier_history(store_.store(), *did);
  return entries.has_error() ? respond(entries.error()) : tell(*did, *entries, request);
}

runtime::Response Api::history(const runtime::Request& request) { return told(request, runtime::history_response); }
runtime::Response Api::why(const runtime::Request& request) { return told(request, runtime::why_response); }

}  // namespace ward::centre
