#include "agent/api.hpp"

#include "runtime/dossier_json.hpp"
#include "runtime/json_input.hpp"

/// What a person must decide.
namespace ward::agent {
namespace {

namespace json = boost::json;
using runtime::respond;

const merge::Conflict* find_conflict_in(const storage::DossierView& view, std::string_view id) {
  for (const auto& conflict : view.state.conflicts)
    if (hex(conflict.id.view()) == id) return &conflict;
  return nullptr;
}

/// `A` is the first value, as the inbox lists them.
Result<std::size_t> value_named(const std::string& letter, const merge::Conflict& conflict) {
  const auto many = conflict.values.size();
  const auto index = letter.size() == 1 && letter[0] >= 'A' && letter[0] <= 'Z' ? static_cast<std::size_t>(letter[0] - 'A') : many;
  if (index < many) return index;
  return fail(Fault::invalid, std::string("keep one of the letters A to ") + static_cast<char>('A' + std::min<std::size_t>(many, 26) - 1));
}

/// {"keep": "A"} or {"set": {FIELD: value}}.
Result<std::vector<record::Op>> decision_of(const json::object& body, const merge::Conflict& conflict) {
  const bool keeps = body.contains("keep");
  if (keeps == body.contains("set"))
    return fail(Fault::invalid, "a decision is either `keep` with a letter, or `set` with the field and its value");
  if (keeps) {
    WARD_TRY(const auto letter, runtime::text_member(body, "keep", {}));
    WARD_TRY(const auto which, value_named(letter, conflict));
    return std::vector{merge::keep(conflict, which)};
  }
  WARD_TRY(auto edit, runtime::edit_of(json::object{{"set", body.at("set")}}));
  if (edit.ops.size() != 1 || edit.ops.front().path != conflict.path)
    return fail(Fault::invalid, "this conflict is about " + runtime::path_text(conflict.path) + "; set that field, and only that");
  return std::move(edit.ops);
}

}  // namespace

json::object inbox_json(const storage::DossierView& view, const merge::Conflict& conflict) {
  auto out = runtime::json_of(conflict);
  out["dossier"] = view.state.codes.empty() ? std::string() : view.state.codes.front();
  out["dossier_id"] = runtime::id_text(view.did);
  out["version"] = runtime::version_text(view.state.version);
  return out;
}

runtime::Response Api::inbox() {
  const auto views = storage::list_inbox(ward_.store.store());
  if (views.has_error()) return refuse(views.error());
  json::array out;
  for (const auto& view : *views)
    for (const auto& conflict : view.state.conflicts) out.push_back(inbox_json(view, conflict));
  return respond(json::object{{"conflicts", std::move(out)}});
}

runtime::Response Api::conflict(const Request& request) {
  const auto& id = request.parameters.at("id");
  const auto view = storage::find_conflict(ward_.store.store(), id);
  if (view.has_error()) return refuse(view.error());
  const auto* conflict = find_conflict_in(*view, id);
  if (conflict == nullptr) return refuse(fail(Fault::not_found, "this conflict was decided, or something new was said"));
  return respond(inbox_json(*view, *conflict));
}

runtime::Response Api::resolve(const Request& request) {
  const auto body = runtime::parse_object(request.body);
  if (body.has_error()) return refuse(body.error());
  const auto why = runtime::text_member(*body, "why", {});
  if (why.has_error()) return refuse(why.error());
  if (why->empty() && body->contains("set"))
    return refuse(fail(Fault::invalid, "a value that nobody entered before needs its reason: `why`"));
  const auto& id = request.parameters.at("id");
  const auto view = storage::find_conflict(ward_.store.store(), id);
  if (view.has_error()) return refuse(view.error());
  const auto* conflict = find_conflict_in(*view, id);
  if (conflict == nullptr) return refuse(fail(Fault::not_found, "this conflict was decided, or something new was said"));
  auto ops = decision_of(*body, *conflict);
  if (ops.has_error()) return refuse(ops.error());
  record::Change change;
  change.user = request.account;
  change.seen = view->state.version;
  change.ops = *std::move(ops);
  change.reason = *why;
  const auto saved = save({{std::move(change), view->did}});
  if (saved.has_error()) return refuse(saved.error());
  return respond(json::object{{"id", runtime::id_text(view->did)}, {"version", runtime::version_text({saved->front().position})}}, 201);
}

}  // namespace ward::agent
