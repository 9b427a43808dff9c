#include "protocol/merge/merge.hpp"

/// What programs, scripts and people call things.
namespace ward::merge {

const char* name_of(Decider::Role role) noexcept {
  switch (role) {
    case Decider::Role::custodian_clerk: return "custodian_clerk";
    case Decider::Role::officer_centre: return "officer_centre";
    case Decider::Role::user: return "user";
    case Decider::Role::accountant: return "accountant";
    case Decider::Role::leader: return "leader";
    case Decider::Role::centre_admin: return "centre_admin";
  }
  return "";
}

const char* name_of(Refusal refusal) noexcept {
  switch (refusal) {
    case Refusal::outside_custody: return "outside_custody";
    case Refusal::after_revocation: return "after_revocation";
    case Refusal::disabled_user: return "disabled_user";
    case Refusal::not_the_decider: return "not_the_decider";
    case Refusal::illegal_transition: return "illegal_transition";
    case Refusal::lost_to_transition: return "lost_to_transition";
    case Refusal::not_offered: return "not_offered";
    case Refusal::offer_closed: return "offer_closed";
    case Refusal::lost_custody: return "lost_custody";
    case Refusal::unknown_kind: return "unknown_kind";
    case Refusal::bad_path: return "bad_path";
    case Refusal::wrong_type: return "wrong_type";
    case Refusal::missing_reference: return "missing_reference";
    case Refusal::unsigned_act: return "unsigned_act";
    case Refusal::set_aside: return "set_aside";
  }
  return "";
}

const char* name_of(ConflictKind kind) noexcept {
  switch (kind) {
    case ConflictKind::choose_value: return "choose_value";
    case ConflictKind::removed_but_edited: return "removed_but_edited";
    case ConflictKind::payment_differs: return "payment_differs";
    case ConflictKind::status_differs: return "status_differs";
    case ConflictKind::contradicting_decisions: return "contradicting_decisions";
    case ConflictKind::withdrawal_after_result: return "withdrawal_after_result";
    case ConflictKind::recall_supplement: return "recall_supplement";
    case ConflictKind::two_supplement_letters: return "two_supplement_letters";
    case ConflictKind::lost_to_transition: return "lost_to_transition";
    case ConflictKind::illegal_transition: return "illegal_transition";
    case ConflictKind::act_by_revoked_user: return "act_by_revoked_user";
    case ConflictKind::refused_act: return "refused_act";
    case ConflictKind::competing_accepts: return "competing_accepts";
    case ConflictKind::changed_after_offer: return "changed_after_offer";
    case ConflictKind::lost_custody_edit: return "lost_custody_edit";
    case ConflictKind::lost_to_bad_clock: return "lost_to_bad_clock";
    case ConflictKind::overpaid: return "overpaid";
    case ConflictKind::fee_does_not_fit_procedure: return "fee_does_not_fit_procedure";
  }
  return "";
}

bool is_question(ConflictKind kind) noexcept {
  return kind == ConflictKind::choose_value || kind == ConflictKind::removed_but_edited || kind == ConflictKind::payment_differs ||
         kind == ConflictKind::status_differs;
}

}  // namespace ward::merge
