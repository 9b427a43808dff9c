#include "agent/api.hpp"

#include "protocol/crypto/hash.hpp"
#include "runtime/dossier_json.hpp"
#include "runtime/json_input.hpp"

/// Dossiers, one at a time.
namespace ward::agent {
namespace {

namespace json = boost::json;
using runtime::respond;
using runtime::time_text;

constexpr std::uint64_t list_max = 500;

/// Changes with everything that the answer shows, also with what the centre confirms meanwhile.
std::string etag_of(std::string_view body) { return '"' + hex(crypto::hash<KeyId>("wsync-etag", {}, {view(body)}).view()) + '"'; }

runtime::Response with_etag(runtime::Response response, const std::string& held) {
  response.etag = etag_of(response.body);
  if (response.etag == held) response = {304, {}, response.content_type, response.etag};
  return response;
}

json::object saved_json(const storage::Saved& saved) {
  return {
      {"id", runtime::id_text(saved.did)}, {"version", runtime::version_text({saved.position})}, {"clock_believed", saved.clock_believed}};
}

}  // namespace

json::object json_of(const storage::DossierLine& line) {
  return {{"id", runtime::id_text(line.did)},
          {"code", line.code},
          {"status", line.status},
          {"procedure", line.procedure},
          {"unit", line.unit},
          {"owner", line.owner},
          {"received", line.received},
          {"due", line.due},
          {"changed_at", time_text(line.changed_at)},
          {"conflicts", line.conflicts},
          {"state", storage::name_of(line.phase)}};
}

json::object json_of(const storage::DossierView& view) {
  auto out = runtime::json_of(view.state);
  out["state"] = storage::name_of(view.phase);
  return out;
}

Result<storage::DossierView> Api::find(const Request& request) {
  auto& store = ward_.store.store();
  WARD_TRY(const auto did, storage::find_dossier(store, request.parameters.at("code")));
  return storage::show_dossier(store, did);
}

runtime::Response Api::list(const Request& request) {
  const auto limit = runtime::number_of(request.query_or("limit", "50"), "limit", 1, list_max);
  if (limit.has_error()) return refuse(limit.error());
  storage::DossierQuery query;
  query.status = request.query_or("status", "");
  query.search = request.query_or("query", "");
  query.conflict_only = request.query_or("conflict", "") == "true";
  query.after = request.query_or("cursor", "");
  query.limit = *limit;
  const auto page = storage::list_dossiers(ward_.store.store(), query);
  if (page.has_error()) return refuse(page.error());
  json::array lines;
  for (const auto& line : page->lines) lines.push_back(json_of(line));
  return respond(json::object{{"dossiers", std::move(lines)}, {"next", page->next}});
}

runtime::Response Api::show(const Request& request) {
  const auto found = find(request);
  if (found.has_error()) return refuse(found.error());
  const bool national = request.query_or("form", "") == "national";
  return with_etag(respond(national ? runtime::national_json_of(found->state) : json_of(*found)), request.if_none_match);
}

runtime::Response Api::history(const Request& request) {
  auto& store = ward_.store.store();
  const auto did = storage::find_dossier(store, request.parameters.at("code"));
  if (did.has_error()) return refuse(did.error());
  const auto entries = storage::dossier_history(store, *did);
  if (entries.has_error()) return refuse(entries.error());
  json::array out;
  for (const auto& entry : *entries) out.push_back(runtime::json_of(entry));
  return with_etag(respond(json::object{{"id", runtime::id_text(*did)}, {"history", std::move(out)}}), request.if_none_match);
}

runtime::Response Api::create(const Request& request) {
  const auto body = runtime::parse_object(request.body);
  if (body.has_error()) return refuse(body.error());
  auto ops = runtime::ops_of_dossier(*body);
  if (ops.has_error()) return refuse(ops.error());
  const auto code = runtime::text_member(*body, "MaHoSo", {});
  if (code.has_error()) return refuse(code.error());
  if (!code->empty()) {
    const auto held = storage::find_dossier(ward_.store.store(), *code);
    const bool is_free = held.has_error() && held.error().fault == Fault::not_found;
    if (!is_free)
      return respond(runtime::Trouble{"exists",
                                      runtime::ExitCode::failed,
                                      409,
                                      "A dossier with this code exists here already.",
                                      "Nothing was changed.",
                                      "Edit that one, or leave the code out.",
                                      {}});
  }
  record::Change change;
  change.user = request.account;
  change.ops = *std::move(ops);
  const auto saved = save({{std::move(change), std::nullopt}});
  if (saved.has_error()) return refuse(saved.error());
  auto out = saved_json(saved->front());
  out["code"] = *code;
  return respond(out, 201);
}

runtime::Response Api::change(const Request& request) {
  const auto body = runtime::parse_object(request.body);
  if (body.has_error()) return refuse(body.error());
  auto edit = runtime::edit_of(*body);
  if (edit.has_error()) return refuse(edit.error());
  const auto did = storage::find_dossier(ward_.store.store(), request.parameters.at("code"));
  if (did.has_error()) return refuse(did.error());
  record::Change change;
  change.user = edit->user.empty() ? request.account : edit->user;
  change.seen = std::move(edit->seen);
  change.ops = std::move(edit->ops);
  change.reason = std::move(edit->reason);
  const auto saved = save({{std::move(change), *did}});
  return saved.has_error() ? refuse(saved.error()) : respond(saved_json(saved->front()), 201);
}

}  // namespace ward::agent
