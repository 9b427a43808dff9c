#include "desk/api.hpp"
#include "desk/edits.hpp"
#include "runtime/dossier_json.hpp"
#include "runtime/json_input.hpp"

/// New dossiers, and changes of any of their fields.
namespace ward::desk {
namespace {

namespace json = boost::json;
using runtime::respond;

json::object saved_json(const storage::Saved& saved) {
  return {
      {"id", runtime::id_text(saved.did)}, {"version", runtime::version_text({saved.position})}, {"clock_believed", saved.clock_believed}};
}

}  // namespace

runtime::Response Api::create(const Request& request) {
  const auto body = runtime::parse_object(request.body);
  if (body.has_error()) return refuse(body.error());
  auto ops = runtime::ops_of_dossier(*body);
  if (ops.has_error()) return refuse(ops.error());
  const auto code = runtime::text_member(*body, "MaHoSo", {});
  if (code.has_error()) return refuse(code.error());
  if (const auto trouble = must_be_free(site_.store(), *code)) return respond(*trouble);
  auto user = user_of(request);
  if (user.has_error()) return refuse(user.error());
  record::Change change;
  change.user = *std::move(user);
  change.ops = *std::move(ops);
  const auto saved = save(site_, request, {{std::move(change), std::nullopt}}, [&](const auto& all) {
    auto out = saved_json(all.front());
    out["code"] = *code;
    return respond(out, 201);
  });
  return saved.has_error() ? refuse(saved.error()) : *saved;
}

runtime::Response Api::change(const Request& request) {
  const auto body = runtime::parse_object(request.body);
  if (body.has_error()) return refuse(body.error());
  auto edit = runtime::edit_of(*body);
  if (edit.has_error()) return refuse(edit.error());
  const auto did = storage::find_dossier(site_.store(), request.parameters.at("code"));
  if (did.has_error()) return refuse(did.error());
  auto user = user_of(request);
  if (user.has_error()) return refuse(user.error());
  record::Change change;
  change.user = edit->user.empty() ? *std::move(user) : edit->user;
  change.seen = std::move(edit->seen);
  change.ops = std::move(edit->ops);
  change.reason = std::move(edit->reason);
  const auto looked = look_at_edit(site_, *did, change);
  if (looked.has_error()) return refuse(looked.error());
  if (looked->trouble) return respond(*looked->trouble);
  const auto saved = save(site_, request, {{std::move(change), *did}}, [&](const auto& all) {
    auto out = saved_json(all.front());
    out["proposed"] = looked->proposed;
    return respond(out, 201);
  });
  return saved.has_error() ? refuse(saved.error()) : *saved;
}

}  // namespace ward::desk
