#include "protocol/merge/decide.hpp"

#include <algorithm>
#include <map>
#include <tuple>

namespace ward::merge {
namespace {

using record::Map;
using record::Value;
using schema::Policy;

bool is_life(const Write& write) { return write.kind == Write::Kind::enter || write.kind == Write::Kind::touch; }

const Map& content_of(const Write& write) {
  static const Map nothing;
  const auto* map = shown_by(write).map();
  return map == nullptr ? nothing : *map;
}

bool must_agree(const schema::Field& ledger, std::string_view name) {
  const auto* field = schema::find(ledger.name, name);
  return field == nullptr || field->policy == Policy::ask;
}

/// What stands under each name, and how often.
struct Column {
  const Value* value = nullptr;
  std::size_t agreeing = 0;
};

bool differ(const Register& writes, const Places& leaves) {
  const auto& value = shown_by(writes[leaves.front()]);
  return std::any_of(leaves.begin(), leaves.end(), [&](std::uint32_t leaf) { return !(shown_by(writes[leaf]) == value); });
}

bool any_resolution(const Register& writes, const Places& leaves) {
  return std::any_of(leaves.begin(), leaves.end(), [&](std::uint32_t leaf) { return writes[leaf].resolution; });
}

/// Under `owner`, those that were written under custody that still counts; all, when none was.
Places running_of(const Register& writes, Places all, Policy policy, const Tenures& tenures) {
  if (policy != Policy::owner || all.size() < 2) return all;
  Places out;
  for (const auto place : all)
    if (tenures.on_line(tenures.in_past(writes[place].by))) out.push_back(place);
  return out.empty() ? all : out;
}

Places heads_in_past(const Register& writes, const Causality& causality, const OpRef& of) {
  return heads_among(writes, causality, [&](const Write& write) { return causality.in_past(of, write.by); });
}

/// What was written to a field before `by`, with what rode on the line of its own past. (What rides on the line of everything, or not at
/// all, would change by what comes later.)
Register before_of(const FieldNode& node, const Grounds& grounds, const OpRef& by) {
  Register out;
  for (const auto& write : node.value)
    if (!rides(write, grounds.causality)) out.push_back(write);
  const auto line = grounds.workflow.line_before(by);
  for (const auto& write : node.rides)
    if (std::binary_search(line.begin(), line.end(), write.by)) out.push_back(write);
  std::sort(out.begin(), out.end(), [](const Write& a, const Write& b) { return std::tie(a.by, a.said) < std::tie(b.by, b.said); });
  return out;
}

std::optional<Decider> decider_among(const Register& writes, const FieldNode& node, const Grounds& grounds, const OpRef& by) {
  const auto heads = heads_in_past(writes, grounds.causality, by);
  if (heads.empty()) return std::nullopt;
  const auto leaves = leaves_of(writes, heads, grounds.causality);
  if (leaves.size() < 2 || policy_of(node, writes, leaves, grounds) != Policy::ask || !differ(writes, leaves)) return std::nullopt;
  return decider_of(ConflictKind::choose_value, any_resolution(writes, leaves), grounds.tenures);
}

Payment payment_of(const Register& writes, const schema::Field& ledger, Places heads, const Causality& causality) {
  Payment out;
  out.heads = std::move(heads);
  out.leaves = leaves_of(writes, out.heads, causality);
  out.winner = greatest_of(writes, out.leaves, causality);
  std::map<std::string_view, Column> columns;
  const auto enter = [&](const Map& content) {
    for (const auto& [name, value] : content) {
      auto& column = columns[name];
      if (column.value == nullptr) column.value = &value;
      if (*column.value == value) ++column.agreeing;
    }
  };
  for (auto rest = out.leaves; !rest.empty();) {
    const auto greatest = greatest_of(writes, rest, causality);
    enter(content_of(writes[greatest]));
    std::erase(rest, greatest);
  }
  for (const auto& [name, column] : columns) {
    const bool open = column.agreeing != out.leaves.size() && must_agree(ledger, name);
    out.conflict = out.conflict || open;
    if (!open) out.fields.push_back({std::string(name), *column.value});
  }
  out.one_level_up = out.conflict && any_resolution(writes, out.leaves);
  return out;
}

}  // namespace

Decision decide_field(const FieldNode& node, const Grounds& grounds) {
  const auto& writes = node.value;
  const auto& causality = grounds.causality;
  Decision out;
  out.heads = writes.size() == 1 ? Places{0} : node.heads;
  out.leaves = leaves_of(writes, out.heads, causality);
  out.policy = policy_of(node, writes, out.leaves, grounds);
  if (out.policy == Policy::latest || out.policy == Policy::owner || out.policy == Policy::workflow) {
    out.head = greatest_of(writes, running_of(writes, out.heads, out.policy, grounds.tenures), causality);
    out.winner = followed(node, out.head, out.policy, grounds);
    return out;
  }
  out.head = out.heads.front();
  out.winner = out.leaves.front();
  out.conflict = out.leaves.size() > 1 && differ(writes, out.leaves);
  out.one_level_up = out.conflict && any_resolution(writes, out.leaves);
  return out;
}

std::uint32_t followed(const FieldNode& node, std::uint32_t head, Policy policy, const Grounds& grounds) {
  return followed(node.value, head, grounds.causality,
                  [&](Places named) { return running_of(node.value, std::move(named), policy, grounds.tenures); });
}

Existence decide_existence(const Register& writes, const Causality& causality) {
  Existence out;
  out.heads = heads_of(writes, causality);
  out.leaves = leaves_of(writes, out.heads, causality);
  bool removed = false;
  for (const auto leaf : out.leaves) {
    out.alive = out.alive || is_life(writes[leaf]);
    removed = removed || writes[leaf].kind == Write::Kind::removal;
  }
  out.conflict = out.alive && removed;
  return out;
}

Payment decide_payment(const Register& writes, const schema::Field& ledger, const Causality& causality) {
  return payment_of(writes, ledger, heads_of(writes, causality), causality);
}

Decider decider_of(ConflictKind question, bool one_level_up, const Tenures& tenures) {
  if (one_level_up || question == ConflictKind::status_differs) return {Decider::Role::leader, {}, {}};
  if (question == ConflictKind::payment_differs) return {Decider::Role::accountant, {}, {}};
  return custodian(tenures);
}

std::optional<Decider> decider_of_field(const Grounds& grounds, const FieldNode& node, const OpRef& by) {
  if (node.policy() == Policy::workflow) return std::nullopt;
  if (!node.rides.empty() && !grounds.workflow.is_straight()) return decider_among(before_of(node, grounds, by), node, grounds, by);
  const auto& writes = node.value;
  if (writes.empty()) return std::nullopt;
  // One head that it saw, and that stands for itself: nothing to ask.
  const auto newest = writes.size() == 1 ? 0 : node.heads.front();
  const bool simple = (writes.size() == 1 || node.heads.size() == 1) && writes[newest].value->heads() == nullptr;
  if (simple && grounds.causality.in_past(by, writes[newest].by)) return std::nullopt;
  return decider_among(writes, node, grounds, by);
}

std::optional<Decider> decider_of_payment(const Grounds& grounds, const FieldNode& ledger, const ElementNode& payment, const OpRef& by) {
  auto heads = heads_in_past(payment.existence, grounds.causality, by);
  if (heads.empty()) return std::nullopt;
  const auto said = payment_of(payment.existence, *ledger.schema, std::move(heads), grounds.causality);
  if (!said.conflict) return std::nullopt;
  return decider_of(ConflictKind::payment_differs, said.one_level_up, grounds.tenures);
}

}  // namespace ward::merge
