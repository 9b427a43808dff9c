#include "protocol/merge/said.hpp"

namespace ward::merge {

Said said_by(const Fact& fact, std::uint16_t op) {
  const auto& what = fact.change.ops[op];
  return {.op = {fact.position, op},
          .kind = what.kind,
          .path = what.path,
          .value = what.value,
          .user = fact.change.user,
          .unit = fact.unit,
          .hlc = fact.hlc,
          .clock_good = clock_good(fact.hlc, fact.stamp),
          .stamp = fact.stamp,
          .reason = fact.change.reason};
}

Said said_by(const OpRef& ref, const Causality& causality) { return said_by(causality.at(ref.change), ref.op); }

const char* name_of(ConflictKind kind) noexcept {
  switch (kind) {
    case ConflictKind::choose_value: return "choose_value";
    case ConflictKind::removed_but_edited: return "removed_but_edited";
    case ConflictKind::payment_differs: return "payment_differs";
  }
  return "";
}

record::Op keep(const Conflict& conflict, std::size_t which) {
  WARD_ASSERT(which < conflict.values.size());
  const auto& chosen = conflict.values[which];
  if (conflict.kind != ConflictKind::removed_but_edited) return {record::OpKind::set, conflict.path, chosen.value, std::nullopt};
  if (chosen.kind == record::OpKind::remove) return {record::OpKind::remove, conflict.path, {}, std::nullopt};
  record::Heads alive;
  for (const auto& said : conflict.values)
    if (said.kind != record::OpKind::remove) alive.ops.push_back(said.op);
  return {record::OpKind::set, conflict.path, std::move(alive), std::nullopt};
}

record::Op undo(const HistoryEntry& entry) {
  const auto kind = entry.said.kind;
  WARD_ASSERT(kind == record::OpKind::set || kind == record::OpKind::remove);
  return {record::OpKind::set, entry.said.path, record::Heads{entry.replaced}, std::nullopt};
}

}  // namespace ward::merge
