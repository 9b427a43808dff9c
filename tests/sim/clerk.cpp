#include "tests/sim/clerk.hpp"

#include "protocol/course/linked.hpp"
#include "protocol/schema/schema.hpp"

namespace ward::sim {
namespace {

using record::Op;
using record::OpKind;
using record::Step;

bool is_collection(const schema::Field& field) { return field.parent.empty() && field.type == schema::Type::list; }

std::vector<const schema::Field*> scalars_of(std::string_view parent) {
  std::vector<const schema::Field*> out;
  for (const auto& field : schema::fields())
    if (field.parent == parent && field.type != schema::Type::list) out.push_back(&field);
  return out;
}

std::vector<const schema::Field*> collections(std::initializer_list<schema::Policy> policies) {
  std::vector<const schema::Field*> out;
  for (const auto& field : schema::fields())
    for (const auto policy : policies)
      if (is_collection(field) && field.policy == policy) out.push_back(&field);
  return out;
}

/// Few, so that the clerks of a ward meet in them.
const std::vector<const schema::Field*>& busy_fields() {
  static const auto fields = [] {
    std::vector<const schema::Field*> out;
    std::map<schema::Policy, int> taken;
    for (const auto* field : scalars_of(""))
      if (taken[field->policy]++ < 3) out.push_back(field);
    return out;
  }();
  return fields;
}

}  // namespace

schema::Edition newer_edition(Dice& dice) {
  using schema::Policy;
  constexpr std::array all{Policy::latest, Policy::ask, Policy::owner};
  schema::Edition out{2, {}};
  for (const auto* field : busy_fields()) {
    const auto other = all[dice.below(all.size())];
    if (std::find(all.begin(), all.end(), field->policy) != all.end() && field->policy != other)
      out.policy_changes.push_back({2, field->parent, field->name, other});
  }
  return out;
}

record::Value Clerk::value_for(const schema::Field& field) {
  switch (field.type) {
    case schema::Type::enumeration: return std::to_string(dice_.between(1, 9));
    case schema::Type::date: return "2025-0" + std::to_string(dice_.between(1, 9)) + "-11";
    case schema::Type::datetime: return "2025071108300" + std::to_string(dice_.between(0, 9));
    case schema::Type::money:
    case schema::Type::integer: return dice_.between(0, 1'000'000);
    case schema::Type::boolean: return dice_.one_in(2);
    case schema::Type::string:
    case schema::Type::list: break;
  }
  static constexpr std::string_view words[] = {"Nguyễn", "Lệ Thuỷ", "Hồ sơ", "số 12", "kiểm tra", "đất ở"};
  auto text = std::string(words[dice_.below(std::size(words))]) + " " + std::to_string(++count_);
  if (dice_.one_in(12)) text.append(dice_.below(900), 'x');
  return text;
}

record::Map Clerk::element_of(const std::string& collection) {
  record::Map out;
  for (const auto* field : scalars_of(collection)) {
    if (!field->key && !dice_.one_in(3)) continue;
    // Keys come from a small stock, so that two PCs add the same element.
    auto value =
        field->key && field->type == schema::Type::string ? record::Value("K" + std::to_string(dice_.below(3))) : value_for(*field);
    out.push_back({field->name, std::move(value)});
  }
  return record::canonical(std::move(out));
}

Op Clerk::set_field() {
  const auto& fields = busy_fields();
  const auto* field = fields[dice_.below(fields.size())];
  return {OpKind::set, {Step::field(field->name)}, value_for(*field), {}};
}

Op Clerk::add_element() {
  static const auto sets = collections({schema::Policy::set});
  const auto* set = sets[dice_.below(std::min<std::size_t>(sets.size(), 3))];
  return {OpKind::add, {Step::field(set->name)}, element_of(set->name), {}};
}

Op Clerk::touch_element(const merge::DossierState& state) {
  std::vector<std::pair<const merge::Collection*, const merge::Element*>> found;
  for (const auto& collection : state.collections)
    for (const auto& element : collection.elements)
      if (schema::policy_at({Step::field(collection.name)}) == schema::Policy::set) found.emplace_back(&collection, &element);
  if (found.empty()) return add_element();
  const auto& [collection, element] = found[dice_.below(found.size())];
  record::Path path{Step::field(collection->name), Step::element(element->id)};
  if (dice_.one_in(2)) return {OpKind::remove, std::move(path), {}, {}};
  for (const auto* field : scalars_of(collection->name)) {
    if (field->key || dice_.one_in(2)) continue;
    path.push_back(Step::field(field->name));
    return {OpKind::set, std::move(path), value_for(*field), {}};
  }
  return {OpKind::remove, std::move(path), {}, {}};
}

Op Clerk::append_entry() {
  static const auto all = collections({schema::Policy::ledger, schema::Policy::log});
  const auto* collection = all[dice_.below(all.size())];
  auto entry = element_of(collection->name);
  if (entry.empty()) return {OpKind::append, {Step::field(collection->name)}, "ghi chú " + std::to_string(++count_), {}};
  return {OpKind::append, {Step::field(collection->name)}, std::move(entry), {}};
}

/// It may be one that cannot follow.
Op Clerk::next_status() {
  auto code = std::to_string(dice_.between(2, 10));
  if (code != "2" && !dice_.one_in(3)) return merge::status(std::move(code));
  return merge::status(std::move(code), record::canonical({{"NgayHenTra", value_for(*schema::find("", "NgayHenTra"))}}));
}

Op Clerk::random_op(const merge::DossierState& state) {
  switch (dice_.below(9)) {
    case 8: return next_status();
    case 0:
    case 1: return add_element();
    case 2: return touch_element(state);
    case 3: return append_entry();
    default: return set_field();
  }
}

record::Change Clerk::new_dossier(const std::vector<UnitCode>& units) {
  record::Change out;
  out.user = "an";
  // Some are parts of another one, which its desk reads to its end; who says so later gains nothing by it.
  const auto part = course::say_part_of(Did{}, "H57", "thuong-tru");
  const auto how = dice_.below(8);
  if (how < 2) out.ops.push_back(part);
  if (dice_.one_in(4)) out.ops.push_back({OpKind::set, {Step::field("MaHoSo")}, "H57." + std::to_string(++count_), {}});
  if (how == 2) out.ops.push_back(part);
  for (auto n = dice_.between(1, 6); n > 0; --n) out.ops.push_back(random_op({}));
  if (how <= 2) out.ops.push_back(merge::offer(units[dice_.below(units.size())]));
  return out;
}

record::Change Clerk::edit(const merge::DossierState& state) {
  record::Change out;
  out.user = "binh";
  out.seen = state.version;
  if (auto decided = decision(state)) {
    out.ops.push_back(*std::move(decided));
    out.reason = "quyết định";
    return out;
  }
  for (auto n = dice_.between(1, 3); n > 0; --n) out.ops.push_back(random_op(state));
  return out;
}

std::optional<Op> Clerk::decision(const merge::DossierState& state) {
  const auto any_of = [&](const auto& list) -> const auto& { return list[dice_.below(list.size())]; };
  if (!state.conflicts.empty() && dice_.one_in(2)) {
    const auto& conflict = any_of(state.conflicts);
    if (!merge::is_question(conflict.kind)) return merge::dismiss(conflict);
    const auto which = dice_.below(conflict.values.size());
    if (merge::can_keep(conflict)) return merge::keep(conflict, which);
  }
  if (!state.proposals.empty() && dice_.one_in(3)) {
    const auto& proposal = any_of(state.proposals);
    return dice_.one_in(3) ? merge::dismiss(proposal) : merge::approve(proposal);
  }
  if (!state.not_applied.empty() && dice_.one_in(4)) return merge::dismiss(any_of(state.not_applied));
  return std::nullopt;
}

std::optional<record::Change> Clerk::take_back(const merge::DossierState& state, const std::vector<merge::HistoryEntry>& history) {
  std::vector<const merge::HistoryEntry*> found;
  for (const auto& entry : history)
    if (merge::can_undo(entry)) found.push_back(&entry);
  if (found.empty()) return std::nullopt;
  record::Change out;
  out.user = "dung";
  out.seen = state.version;
  out.ops.push_back(merge::undo(*found[found.size() - 1 - dice_.below(std::min<std::size_t>(found.size(), 6))]));
  out.reason = "nhầm";
  return out;
}

record::Change Clerk::hand_over(const merge::DossierState& state, const UnitCode& own, const std::vector<UnitCode>& units) {
  record::Change out;
  out.user = "chi";
  out.seen = state.version;
  const auto& pending = state.custody.pending;
  if (pending.empty() || dice_.one_in(4)) {
    out.ops.push_back(merge::offer(units[dice_.below(units.size())]));
    return out;
  }
  const auto& offer = pending[dice_.below(pending.size())];
  if (offer.to == own)
    out.ops.push_back(dice_.one_in(4) ? merge::decline(offer.op) : merge::accept(offer.op));
  else
    out.ops.push_back(dice_.one_in(8) ? merge::accept(offer.op) : merge::recall(offer.op));
  return out;
}

}  // namespace ward::sim
