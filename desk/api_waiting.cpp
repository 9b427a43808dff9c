#include "desk/api.hpp"
#include "runtime/causes.hpp"
#include "runtime/dossier_json.hpp"
#include "runtime/json_input.hpp"
#include "storage/held_up.hpp"

/// Changes that came and do not merge yet, each with what it waits for.
namespace ward::desk {
namespace {

namespace json = boost::json;
using runtime::respond;

json::object json_of(const Position& position) {
  return {{"device", hex(position.device.view())}, {"incarnation", hex(position.incarnation.view())}, {"number", position.seq}};
}

json::object json_of(const storage::HeldUp& one) {
  json::object out{{"change", json_of(one.position)}, {"unit", one.unit}, {"why", storage::name_of(one.why)}, {"missing", nullptr}};
  if (one.missing) out["missing"] = json_of(*one.missing);
  runtime::add_cause(out, runtime::cause_of(std::string("held_up_") + storage::name_of(one.why)));
  return out;
}

}  // namespace

runtime::Response Api::waiting(const Request& request) {
  const auto limit = runtime::limit_of(request);
  if (limit.has_error()) return refuse(limit.error());
  const auto page = storage::list_held_up(site_.store(), request.query_or("cursor", ""), *limit);
  if (page.has_error()) return refuse(page.error());
  json::array out;
  for (const auto& dossier : page->dossiers) {
    json::array changes;
    for (const auto& one : dossier.changes) changes.push_back(json_of(one));
    out.push_back(json::object{{"id", runtime::id_text(dossier.did)},
                               {"code", dossier.code},
                               {"unit", dossier.unit},
                               {"waiting", dossier.count},
                               {"changes", std::move(changes)}});
  }
  return respond(json::object{{"dossiers", std::move(out)}, {"next", page->next}});
}

}  // namespace ward::desk
