#include "protocol/merge/meaning.hpp"

#include <algorithm>

/// The operations by which people act and decide.
namespace ward::merge {
namespace {

using record::Heads;
using record::Map;
using record::Op;
using record::OpKind;
using record::Step;

record::Path field(std::string_view name) { return {Step::field(std::string(name))}; }

Op answer(OpKind kind, const OpId& offer) { return {kind, field(custody_field), Heads{{offer}}, std::nullopt}; }

bool is_about_status(ConflictKind kind) {
  return kind == ConflictKind::status_differs || kind == ConflictKind::contradicting_decisions ||
         kind == ConflictKind::withdrawal_after_result;
}

}  // namespace

bool can_keep(const Conflict& conflict) noexcept {
  return is_question(conflict.kind) || is_about_status(conflict.kind) || conflict.kind == ConflictKind::lost_to_bad_clock ||
         conflict.kind == ConflictKind::lost_custody_edit;
}

Op keep(const Conflict& conflict, std::size_t which) {
  WARD_ASSERT(can_keep(conflict) && which < conflict.values.size());
  const auto& chosen = conflict.values[which];
  if (is_about_status(conflict.kind)) return {chosen.kind, field(status_field), chosen.value, std::nullopt};
  // A payment takes no null: that there is none is said by an undo that refers to nothing.
  if (conflict.kind == ConflictKind::payment_differs && chosen.value.is_null()) return {OpKind::set, conflict.path, Heads{}, std::nullopt};
  if (conflict.kind != ConflictKind::removed_but_edited) return {OpKind::set, conflict.path, chosen.value, std::nullopt};
  if (chosen.kind == OpKind::remove) return {OpKind::remove, conflict.path, {}, std::nullopt};
  Heads alive;
  for (const auto& said : conflict.values)
    if (said.kind != OpKind::remove) alive.ops.push_back(said.op);
  return {OpKind::set, conflict.path, std::move(alive), std::nullopt};
}

Op dismiss(const Conflict& notice) {
  Heads all;
  for (const auto& said : notice.values) all.ops.push_back(said.op);
  return {OpKind::dismiss, notice.path, std::move(all), std::nullopt};
}
Op dismiss(const Unapplied& unapplied) { return {OpKind::dismiss, unapplied.said.path, Heads{{unapplied.said.op}}, std::nullopt}; }
Op approve(const Unapplied& proposal) { return {OpKind::approve, proposal.said.path, Heads{{proposal.said.op}}, std::nullopt}; }

Op offer(UnitCode to, std::string note, std::string expires) {
  Map value{{"to", std::move(to)}};
  if (!note.empty()) value.push_back({"note", std::move(note)});
  if (!expires.empty()) value.push_back({"expires", std::move(expires)});
  return {OpKind::offer, field(custody_field), record::canonical(std::move(value)), std::nullopt};
}
Op accept(const OpId& offer) { return answer(OpKind::accept, offer); }
Op decline(const OpId& offer) { return answer(OpKind::decline, offer); }
Op recall(const OpId& offer) { return answer(OpKind::recall, offer); }

Op status(std::string code, Map rides) {
  rides.push_back({std::string(status_field), std::move(code)});
  return {OpKind::status, field(status_field), record::canonical(std::move(rides)), std::nullopt};
}

bool can_undo(const HistoryEntry& entry) noexcept {
  switch (entry.said.kind) {
    case OpKind::set:
    case OpKind::remove:
    case OpKind::status:
    case OpKind::dismiss: return true;
    case OpKind::approve: return !entry.place.empty();
    default: return false;
  }
}

Op undo(const HistoryEntry& entry) {
  WARD_ASSERT(can_undo(entry));
  if (entry.said.kind == OpKind::dismiss) return {OpKind::dismiss, entry.said.path, Heads{{entry.said.op}}, std::nullopt};
  return {OpKind::set, entry.place, Heads{entry.given_back}, std::nullopt};
}

bool may_decide(const Decider& decider, const UnitCode& custodian, const Context& context, const UnitCode& unit, const std::string& user) {
  const auto standing = context.standing_of(unit, user, std::nullopt);
  const auto house = [&](const UnitCode& code) { return context.house_of(code, std::nullopt); };
  const bool inside = house(unit) == house(custodian);
  if (!standing.enabled) return false;
  switch (decider.role) {
    case Decider::Role::custodian_clerk:
    case Decider::Role::officer_centre: return inside;
    case Decider::Role::user: return (user == decider.user && house(unit) == house(decider.unit)) || (inside && standing.leader);
    case Decider::Role::accountant: return inside && standing.accountant;
    case Decider::Role::leader: return inside && standing.leader;
    case Decider::Role::centre_admin: return context.is_centre(house(unit)) && standing.admin;
  }
  return false;
}

bool may_be_duplicates(const DossierState& a, const DossierState& b) {
  const auto text = [](const DossierState& state, std::string_view name) {
    const auto* value = record::find(state.fields, name);
    const auto* found = value == nullptr ? nullptr : value->text();
    return found == nullptr ? std::string_view() : std::string_view(*found);
  };
  const auto same = [&](std::string_view name) { return !text(a, name).empty() && text(a, name) == text(b, name); };
  return a.did != b.did && same("SoGiayToChuHoSo") && same("MaTTHC") && text(a, "LyDoHuy").empty() && text(b, "LyDoHuy").empty();
}

}  // namespace ward::merge
