#include "protocol/merge/dismissals.hpp"

#include <algorithm>

namespace ward::merge {

using Role = Decider::Role;

namespace {

bool is_of_centre(const Context& context, const Fact& by) { return context.is_centre(context.house_of(by.unit, by.stamp)); }

}  // namespace

bool may(const Tenures& tenures, const OpRef& act, const Decider& decider) {
  const auto& context = tenures.forms().context();
  const auto& by = tenures.forms().causality().at(act.change);
  const auto standing = [&] { return context.standing_of(by.unit, by.change.user, by.stamp); };
  const auto leads = [&] { return tenures.inside(act) && standing().leader; };
  switch (decider.role) {
    case Role::custodian_clerk:
    case Role::officer_centre: return tenures.inside(act);
    case Role::user: return (by.change.user == decider.user && tenures.same_house(by.unit, decider.unit, by.stamp)) || leads();
    case Role::accountant: return tenures.inside(act) && standing().accountant;
    case Role::leader: return leads();
    case Role::centre_admin: return is_of_centre(context, by) && standing().admin;
  }
  return false;
}

Decider custodian(const Tenures& tenures) {
  const auto& context = tenures.forms().context();
  const bool centre = context.is_centre(context.house_of(tenures.holder(), std::nullopt));
  return {centre ? Role::officer_centre : Role::custodian_clerk, {}, {}};
}

Decider writer_of(const Fact& fact) { return {Role::user, fact.change.user, fact.unit}; }

Dismissals::Dismissals(const Tenures& tenures) : tenures_(tenures) {
  const auto& forms = tenures.forms();
  for (const auto& act : forms.acts()) {
    if (forms.meaning(act) != Meaning::dismiss) continue;
    auto named = forms.references(act);
    const bool applies =
        tenures.inside(act) || is_of_centre(forms.context(), forms.causality().at(act.change)) ||
        (std::any_of(named.begin(), named.end(), [&](const OpRef& op) { return wrote(act, op); }) &&
         std::all_of(named.begin(), named.end(), [&](const OpRef& op) { return wrote(act, op) || forms.meaning(op) == Meaning::status; }));
    if (applies)
      all_.push_back({act, std::move(named), true});
    else
      refused_.push_back(act);
  }
  const auto standing = in_force(nullptr);
  for (std::size_t i = 0; i < all_.size(); ++i) all_[i].in_force = standing[i];
}

bool Dismissals::wrote(const OpRef& by, const OpRef& op) const {
  const auto& causality = tenures_.forms().causality();
  const auto &one = causality.at(by.change), &other = causality.at(op.change);
  return one.change.user == other.change.user && tenures_.same_house(one.unit, other.unit, one.stamp);
}

/// Only later ones can name a dismissal, so the last is in force for certain.
std::vector<bool> Dismissals::in_force(const OpRef* in_past_of) const {
  const auto& causality = tenures_.forms().causality();
  std::vector<bool> out(all_.size(), true);
  std::vector<OpRef> taken_back;
  for (auto i = all_.size(); i-- > 0;) {
    const auto& one = all_[i];
    const bool there = in_past_of == nullptr || causality.in_past(*in_past_of, one.by);
    out[i] = there && std::find(taken_back.begin(), taken_back.end(), one.by) == taken_back.end();
    if (!out[i]) continue;
    for (const auto& op : one.named)
      if (tenures_.forms().meaning(op) == Meaning::dismiss) taken_back.push_back(op);
  }
  return out;
}

std::optional<Refusal> Dismissals::refusal(const OpRef& dismiss) const {
  const bool refused = std::binary_search(refused_.begin(), refused_.end(), dismiss);
  return refused ? std::optional(Refusal::not_the_decider) : std::nullopt;
}

bool Dismissals::is_in_force(const OpRef& dismiss) const {
  const auto found = std::lower_bound(all_.begin(), all_.end(), dismiss, [](const Dismissal& d, const OpRef& ref) { return d.by < ref; });
  return found != all_.end() && found->by == dismiss && found->in_force;
}

bool Dismissals::cover(std::span<const OpRef> ops, const Decider& decider, const OpRef* in_past_of) const {
  if (all_.empty()) return false;
  const auto standing = in_past_of == nullptr ? std::vector<bool>{} : in_force(in_past_of);
  for (std::size_t i = 0; i < all_.size(); ++i) {
    const auto& one = all_[i];
    if (!(in_past_of == nullptr ? one.in_force : standing[i])) continue;
    const bool names_all =
        std::all_of(ops.begin(), ops.end(), [&](const OpRef& op) { return std::binary_search(one.named.begin(), one.named.end(), op); });
    if (names_all && may(tenures_, one.by, decider)) return true;
  }
  return false;
}

bool Dismissals::withdrawn(const OpRef& op) const {
  return std::any_of(all_.begin(), all_.end(), [&](const Dismissal& one) {
    return one.in_force && std::binary_search(one.named.begin(), one.named.end(), op) && wrote(one.by, op);
  });
}

}  // namespace ward::merge
