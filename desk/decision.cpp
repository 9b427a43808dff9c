#include "desk/decision.hpp"

#include "desk/acts.hpp"
#include "desk/item_json.hpp"
#include "runtime/dossier_json.hpp"
#include "runtime/json_input.hpp"

#include <algorithm>
#include <array>

namespace ward::desk {
namespace {

namespace json = boost::json;
using record::Op;
using storage::InboxItem;

constexpr std::size_t conflict_digits = 2 * merge::ConflictId::size;

/// `A` is the first value, as the inbox lists them.
Result<std::size_t> value_named(const std::string& letter, const merge::Conflict& conflict) {
  const auto many = conflict.values.size();
  const auto index = letter.size() == 1 && letter[0] >= 'A' && letter[0] <= 'Z' ? static_cast<std::size_t>(letter[0] - 'A') : many;
  if (index < many) return index;
  return fail(Fault::invalid, std::string("keep one of the letters A to ") + static_cast<char>('A' + std::min<std::size_t>(many, 26) - 1));
}

Result<Op> keep(const json::object& body, const InboxItem& item) {
  if (!item.conflict || !merge::can_keep(*item.conflict))
    return fail(Fault::invalid, "there is nothing to keep here: dismiss it, with a reason");
  WARD_TRY(const auto letter, runtime::text_member(body, "keep", {}));
  WARD_TRY(const auto which, value_named(letter, *item.conflict));
  return merge::keep(*item.conflict, which);
}

Result<Op> enter(const json::object& body, const InboxItem& item) {
  WARD_TRY(auto edit, runtime::edit_of(json::object{{"set", body.at("set")}}));
  if (edit.ops.size() != 1 || edit.ops.front().path != item.path())
    return fail(Fault::invalid, "this is about " + runtime::path_text(item.path()) + "; set that field, and only that");
  return std::move(edit.ops.front());
}

Result<Op> dismiss(const InboxItem& item) {
  if (!item.conflict) return merge::dismiss(*item.unapplied);
  if (merge::is_question(item.conflict->kind))
    return fail(Fault::invalid, "a question is not dismissed: keep one of its values, or enter another");
  return merge::dismiss(*item.conflict);
}

Result<Op> approve(const InboxItem& item) {
  if (!item.unapplied || !item.proposal) return fail(Fault::invalid, "only a proposal can be approved");
  return merge::approve(*item.unapplied);
}

bool same_said(const merge::Said& a, const merge::Said& b) {
  return a.kind == b.kind && a.value == b.value && a.user == b.user && a.unit == b.unit;
}

bool is_still_there(const merge::DossierState& state, const InboxItem& item) {
  const auto all = storage::items_of(state);
  return std::any_of(all.begin(), all.end(), [&](const auto& one) { return item_id(state.did, one) == item_id(state.did, item); });
}

}  // namespace

Result<FoundItem> find_item(storage::Store& store, std::string_view id) {
  storage::InboxDossier dossier;
  if (id.size() == conflict_digits) {
    WARD_TRY(dossier, storage::find_conflict(store, id));
  } else {
    const auto dot = id.find('.');
    if (dot == std::string_view::npos) return fail(Fault::invalid, "an item's id is as `inbox list` shows it");
    WARD_TRY(const auto did, storage::find_dossier(store, "id:" + std::string(id.substr(0, dot))));
    WARD_TRY(auto view, storage::show_dossier(store, did));
    dossier = {did, std::move(view.state)};
  }
  for (auto& item : storage::items_of(dossier.state))
    if (item_id(dossier.did, item) == id) return FoundItem{std::move(dossier), std::move(item)};
  return fail(Fault::not_found, "this was decided, or something new was said");
}

Result<std::vector<Op>> decision_of(const json::object& body, const InboxItem& item) {
  constexpr std::array ways{"keep", "set", "dismiss", "approve"};
  const auto given = std::count_if(ways.begin(), ways.end(), [&](const char* way) { return body.contains(way); });
  if (given != 1)
    return fail(Fault::invalid, "a decision is one of `keep` with a letter, `set` with the field and its value, `dismiss`, `approve`");
  for (const auto* way : {"dismiss", "approve"}) {
    WARD_TRY(const auto said, runtime::truth_member(body, way, true));
    if (!said) return fail(Fault::invalid, std::string("`") + way + "` can only be true");
  }
  Result<Op> op = body.contains("keep")      ? keep(body, item)
                  : body.contains("set")     ? enter(body, item)
                  : body.contains("dismiss") ? dismiss(item)
                                             : approve(item);
  if (op.has_error()) return op.error();
  return std::vector{*std::move(op)};
}

Result<std::vector<Op>> decision_like(const json::object& body, const InboxItem& decided, const InboxItem& like) {
  if (!body.contains("keep")) {
    if (!body.contains("set") || like.path() == decided.path()) return decision_of(body, like);
    return fail(Fault::invalid, "the like cases are about elements of their own: decide each");
  }
  WARD_TRY(const auto letter, runtime::text_member(body, "keep", {}));
  if (!decided.conflict || !like.conflict) return fail(Fault::invalid, "these are not like one another");
  WARD_TRY(const auto which, value_named(letter, *decided.conflict));
  const auto& chosen = decided.conflict->values[which];
  const auto& values = like.conflict->values;
  const auto found = std::find_if(values.begin(), values.end(), [&](const auto& said) { return same_said(said, chosen); });
  if (found == values.end() || !merge::can_keep(*like.conflict)) return fail(Fault::invalid, "these are not like one another");
  return std::vector{merge::keep(*like.conflict, static_cast<std::size_t>(found - values.begin()))};
}

std::optional<runtime::Trouble> must_decide(const storage::Trial& trial, const InboxItem& item) {
  if (auto trouble = must_apply(trial)) return trouble;
  if (is_still_there(trial.after, item)) return trouble_of(merge::Refusal::not_the_decider, trial.before);
  return std::nullopt;
}

}  // namespace ward::desk
