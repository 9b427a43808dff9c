#include "agent/api.hpp"

#include "runtime/clock.hpp"
#include "runtime/dossier_json.hpp"
#include "runtime/json_input.hpp"

/// What a person must decide.
namespace ward::agent {
namespace {

namespace json = boost::json;
using runtime::respond;

constexpr std::chrono::hours undo_max{24 * 30};

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
  if (!merge::can_keep(conflict)) return fail(Fault::invalid, "this is no question between values");
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

json::object decided_json(const storage::Saved& saved) {
  return {{"id", runtime::id_text(saved.did)}, {"version", runtime::version_text({saved.position})}};
}

/// What takes the decision back: the dossier's id and the operation that decided.
std::string resolution_text(const Did& did, const OpId& op) { return hex(did.view()) + "." + runtime::op_text(op); }

json::object decision_json(const storage::DecisionLine& line) {
  json::array sides;
  for (const auto& side : line.sides) sides.push_back(runtime::json_of(side));
  const auto decided_ms = line.entry.said.hlc.wall().ms;
  return {{"resolution", resolution_text(line.did, line.entry.said.op)},
          {"dossier", line.code},
          {"dossier_id", runtime::id_text(line.did)},
          {"decided", runtime::json_of(line.entry)},
          {"sides", std::move(sides)},
          {"undo_until", runtime::time_text({decided_ms + std::chrono::milliseconds(undo_max).count()})}};
}

struct Decision {
  Did did;
  merge::HistoryEntry entry;
};

/// `name` is what `resolution_text` made.
Result<Decision> find_decision(storage::Store& store, std::string_view name, WallTime now) {
  const auto dot = std::min(name.find('.'), name.size());
  WARD_TRY(const auto did, storage::find_dossier(store, "id:" + std::string(name.substr(0, dot))));
  WARD_TRY(auto entries, storage::dossier_history(store, did));
  const auto found = std::find_if(entries.begin(), entries.end(), [&](const merge::HistoryEntry& entry) {
    return runtime::op_text(entry.said.op) == name.substr(std::min(dot + 1, name.size()));
  });
  if (found == entries.end()) return fail(Fault::not_found, "there is no such decision here");
  if (!merge::can_undo(*found))
    return fail(Fault::invalid, "this is no decision");
  if (now.ms - found->said.hlc.wall().ms > std::chrono::milliseconds(undo_max).count())
    return fail(Fault::invalid, "a decision can be taken back for 30 days; edit the dossier instead");
  return Decision{did, std::move(*found)};
}

}  // namespace

json::object inbox_json(const storage::DossierView& view, const merge::Conflict& conflict) {
  auto out = runtime::json_of(conflict);
  out["dossier"] = view.state.codes.empty() ? std::string() : view.state.codes.front();
  out["dossier_id"] = runtime::id_text(view.did);
  out["version"] = runtime::version_text(view.state.version);
  return out;
}

runtime::Response Api::inbox(const Request& request) {
  const auto limit = runtime::limit_of(request);
  if (limit.has_error()) return refuse(limit.error());
  const auto page = storage::list_inbox(ward_.store.store(), request.query_or("cursor", ""), *limit);
  if (page.has_error()) return refuse(page.error());
  json::array out;
  for (const auto& view : page->dossiers)
    for (const auto& conflict : view.state.conflicts) out.push_back(inbox_json(view, conflict));
  return runtime::respond_unless_held(json::object{{"conflicts", std::move(out)}, {"next", page->next}}, request);
}

runtime::Response Api::decisions(const Request& request) {
  const auto limit = runtime::limit_of(request);
  if (limit.has_error()) return refuse(limit.error());
  const WallTime since{runtime::read_clock().wall.ms - std::chrono::milliseconds(undo_max).count()};
  const auto page = storage::list_decisions(ward_.store.store(), since, request.query_or("cursor", ""), *limit);
  if (page.has_error()) return refuse(page.error());
  json::array out;
  for (const auto& line : page->decisions) out.push_back(decision_json(line));
  return respond(json::object{{"decisions", std::move(out)}, {"next", page->next}});
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
  auto user = user_of(request);
  if (user.has_error()) return refuse(user.error());
  record::Change change;
  change.user = *std::move(user);
  change.seen = view->state.version;
  change.ops = *std::move(ops);
  change.reason = *why;
  const auto saved = save(request, {{std::move(change), view->did}}, [&](const auto& all) {
    auto out = decided_json(all.front());
    out["resolution"] = resolution_text(view->did, {all.front().position, 0});
    return respond(out, 201);
  });
  return saved.has_error() ? refuse(saved.error()) : *saved;
}

/// What the decision replaced stands again, the conflict with it.
runtime::Response Api::undo(const Request& request) {
  auto& store = ward_.store.store();
  const auto decision = find_decision(store, request.parameters.at("rid"), runtime::read_clock().wall);
  if (decision.has_error()) return refuse(decision.error());
  auto user = user_of(request);
  if (user.has_error()) return refuse(user.error());
  const auto view = storage::show_dossier(store, decision->did);
  if (view.has_error()) return refuse(view.error());
  record::Change change;
  change.user = *std::move(user);
  change.seen = view->state.version;
  change.ops = {merge::undo(decision->entry)};
  const auto saved =
      save(request, {{std::move(change), decision->did}}, [](const auto& all) { return respond(decided_json(all.front()), 201); });
  return saved.has_error() ? refuse(saved.error()) : *saved;
}

}  // namespace ward::agent
