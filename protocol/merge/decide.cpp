#include "protocol/merge/decide.hpp"

#include <algorithm>
#include <map>

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

/// Those that were written under custody that still counts; all, when none was.
Places of_the_custodian(const Register& writes, const Places& heads, const Tenures& tenures) {
  if (heads.size() < 2) return heads;
  Places out;
  for (const auto head : heads)
    if (tenures.on_line(tenures.in_past(writes[head].by))) out.push_back(head);
  return out.empty() ? heads : out;
}

Places heads_in_past(const Register& writes, const Causality& causality, const OpRef& of) {
  return heads_among(writes, causality, [&](const Write& write) { return causality.in_past(of, write.by); });
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
  out.policy = policy_of(node, out.heads, grounds);
  out.leaves = leaves_of(writes, out.heads, causality);
  if (out.policy == Policy::latest || out.policy == Policy::owner || out.policy == Policy::workflow) {
    const auto& running = out.policy == Policy::owner ? of_the_custodian(writes, out.heads, grounds.tenures) : out.heads;
    out.head = greatest_of(writes, running, causality);
    out.winner = followed(writes, out.head, causality);
    return out;
  }
  out.head = out.heads.front();
  out.winner = out.leaves.front();
  out.conflict = out.leaves.size() > 1 && differ(writes, out.leaves);
  out.one_level_up = out.conflict && any_resolution(writes, out.leaves);
  return out;
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
  const auto& writes = node.value;
  const auto& causality = grounds.causality;
  if (writes.empty()) return std::nullopt;
  // One head that it saw, and that stands for itself: nothing to ask.
  const auto newest = writes.size() == 1 ? 0 : node.heads.front();
  const bool simple = (writes.size() == 1 || node.heads.size() == 1) && writes[newest].value->heads() == nullptr;
  if (simple && causality.in_past(by, writes[newest].by)) return std::nullopt;
  const auto heads = heads_in_past(writes, causality, by);
  if (heads.empty() || policy_of(node, heads, grounds) != Policy::ask) return std::nullopt;
  const auto leaves = leaves_of(writes, heads, causality);
  if (leaves.size() < 2 || !differ(writes, leaves)) return std::nullopt;
  return decider_of(ConflictKind::choose_value, any_resolution(writes, leaves), grounds.tenures);
}

std::optional<Decider> decider_of_payment(const Grounds& grounds, const FieldNode& ledger, const ElementNode& payment, const OpRef& by) {
  auto heads = heads_in_past(payment.existence, grounds.causality, by);
  if (heads.empty()) return std::nullopt;
  const auto said = payment_of(payment.existence, *ledger.schema, std::move(heads), grounds.causality);
  if (!said.conflict) return std::nullopt;
  return decider_of(ConflictKind::payment_differs, said.one_level_up, grounds.tenures);
}

}  // namespace ward::merge
