#include "protocol/merge/custody.hpp"

#include <algorithm>
#include <tuple>

namespace ward::merge {
namespace {

std::string text_in(const record::Op& op, const char* name) {
  const auto* map = op.value.map();
  const auto* value = map == nullptr ? nullptr : record::find(*map, name);
  const auto* text = value == nullptr ? nullptr : value->text();
  return text == nullptr ? std::string() : *text;
}

}  // namespace

Tenures::Tenures(const Forms& forms) : forms_(forms), tenures_(1) {
  judge_all();
  find_line();
}

void Tenures::judge_all() {
  const auto acts = forms_.acts();
  const auto moves = [&](const OpRef& ref) { return is_custody(forms_.meaning(ref)); };
  if (std::none_of(acts.begin(), acts.end(), moves)) return;
  const auto count = static_cast<Nth>(forms_.causality().held().size());
  before_.reserve(count);
  after_.reserve(count);
  auto next = acts.begin();
  for (Nth change = 0; change < count; ++change) {
    auto place = place_before(change);
    before_.push_back(place);
    for (; next != acts.end() && next->change == change; ++next) {
      if (!moves(*next)) continue;
      if (const auto why = judge(*next, place)) {
        refused_.emplace(*next, *why);
      } else if (forms_.meaning(*next) == Meaning::accept) {
        const OpRef after{change, static_cast<std::uint16_t>(next->op + 1)};
        place = walk([&](const OpRef& what) { return forms_.causality().in_past(after, what); });
        within_.push_back({*next, place});
      }
    }
    after_.push_back(place);
  }
}

Tenures::Place Tenures::place_before(Nth change) const {
  const auto& causality = forms_.causality();
  const auto& seen = causality.at(change).change.seen;
  // Whoever saw one change saw exactly that and its past.
  if (seen.size() == 1) return after_[*causality.find(seen.front())];
  return walk([&](const OpRef& what) { return causality.saw(change, what.change); });
}

template <class InPast>
Tenures::Place Tenures::walk(InPast in_past) const {
  Place out;
  while (true) {
    const auto& accepts = tenures_[out.tenure].accepts;
    const auto first = std::find_if(accepts.begin(), accepts.end(), [&](const Accept& a) { return in_past(a.ref); });
    if (first == accepts.end()) return out;
    out = {first->opens, first->ref.change};
  }
}

const Tenures::Place& Tenures::at(const OpRef& ref) const {
  static const Place beginning;
  if (before_.empty()) return beginning;
  const auto later = std::lower_bound(within_.begin(), within_.end(), ref, [](const AfterOp& a, const OpRef& r) { return a.op < r; });
  if (later != within_.begin() && std::prev(later)->op.change == ref.change) return std::prev(later)->place;
  return before_[ref.change];
}

bool Tenures::same_house(const UnitCode& a, const UnitCode& b, const std::optional<Stamp>& stamp) const {
  return a == b || forms_.context().house_of(a, stamp) == forms_.context().house_of(b, stamp);
}

bool Tenures::inside(const OpRef& ref, const Place& place) const {
  return same_house(fact(ref).unit, forms_.causality().at(place.holder).unit, fact(ref).stamp);
}
bool Tenures::inside(const OpRef& ref) const { return inside(ref, at(ref)); }

std::optional<Refusal> Tenures::wrong(const OpRef& ref, const Place& place) const {
  const auto meaning = forms_.meaning(ref);
  if (!is_custody(meaning)) return std::nullopt;
  if (meaning != Meaning::offer)
    return offers_.contains(forms_.references(ref).front()) ? std::nullopt : std::optional(Refusal::missing_reference);
  const auto& holder = forms_.causality().at(place.holder).unit;
  const bool to_itself = same_house(text_in(forms_.causality().op_at(ref), "to"), holder, fact(ref).stamp);
  return to_itself ? std::optional(Refusal::wrong_type) : std::nullopt;
}

std::optional<Refusal> Tenures::judge(const OpRef& ref, const Place& place) {
  if (const auto why = wrong(ref, place)) return why;
  const auto meaning = forms_.meaning(ref);
  return meaning == Meaning::offer ? judge_offer(ref, place) : judge_answer(ref, place, meaning);
}

std::optional<Refusal> Tenures::judge_offer(const OpRef& ref, const Place& place) {
  if (!inside(ref, place)) return Refusal::outside_custody;
  offers_.emplace(ref, GoodOffer{place.tenure, {}, {}});
  tenures_[place.tenure].offers.push_back(ref);
  return std::nullopt;
}

std::optional<Refusal> Tenures::judge_answer(const OpRef& ref, const Place& place, Meaning meaning) {
  const auto offer = forms_.references(ref).front();
  auto& good = offers_.at(offer);
  const auto& stamp = fact(ref).stamp;
  if (meaning == Meaning::recall) {
    if (!same_house(fact(ref).unit, forms_.causality().at(at(offer).holder).unit, stamp)) return Refusal::outside_custody;
  } else if (!same_house(fact(ref).unit, text_in(forms_.causality().op_at(offer), "to"), stamp)) {
    return Refusal::not_offered;
  }
  const bool closed =
      std::any_of(good.closed_by.begin(), good.closed_by.end(), [&](const OpRef& by) { return forms_.causality().in_past(ref, by); });
  if (closed || place.tenure != good.tenure) return Refusal::offer_closed;
  answers_.emplace(ref, offer);
  if (meaning == Meaning::accept)
    accept(ref, offer);
  else
    good.closed_by.push_back(ref);
  return std::nullopt;
}

/// The least stamp, unstamped ones last, then the least record id.
bool Tenures::comes_first(const OpRef& a, const OpRef& b) const {
  const auto key = [&](const OpRef& ref) {
    const auto& said = fact(ref);
    return std::tuple{!said.stamp.has_value(), said.stamp ? said.stamp->index : 0, said.rid, ref.op};
  };
  return key(a) < key(b);
}

void Tenures::accept(const OpRef& ref, const OpRef& offer) {
  auto& good = offers_.at(offer);
  if (!good.opened) {
    good.opened = static_cast<TenureId>(tenures_.size());
    tenures_.push_back({offer, {}, {}, false});
  }
  auto& accepts = tenures_[good.tenure].accepts;
  const auto place = std::find_if(accepts.begin(), accepts.end(), [&](const Accept& other) { return comes_first(ref, other.ref); });
  accepts.insert(place, {ref, *good.opened});
}

void Tenures::find_line() {
  TenureId here = first_tenure;
  while (true) {
    line_.push_back(here);
    tenures_[here].on_line = true;
    if (tenures_[here].accepts.empty()) return;
    here = tenures_[here].accepts.front().opens;
  }
}

std::optional<OpRef> Tenures::since() const noexcept {
  if (line_.size() < 2) return std::nullopt;
  return tenures_[line_[line_.size() - 2]].accepts.front().ref;
}

const UnitCode& Tenures::holder() const noexcept {
  static const UnitCode nobody;
  if (const auto accepted = since()) return fact(*accepted).unit;
  return forms_.causality().held().empty() ? nobody : forms_.causality().at(0).unit;
}

std::optional<Refusal> Tenures::refusal(const OpRef& act) const {
  const auto found = refused_.find(act);
  return found != refused_.end() ? std::optional(found->second) : lost(act);
}

/// A good act that came to nothing because of what others did meanwhile.
std::optional<Refusal> Tenures::lost(const OpRef& act) const {
  const auto answered = answers_.find(act);
  const auto& offer = offers_.at(answered == answers_.end() ? act : answered->second);
  if (!on_line(offer.tenure)) return Refusal::lost_custody;
  if (answered == answers_.end()) return std::nullopt;
  if (forms_.meaning(act) == Meaning::accept) return on_line(*offer.opened) ? std::nullopt : std::optional(Refusal::lost_custody);
  return offer.opened ? std::optional(Refusal::offer_closed) : std::nullopt;
}

bool Tenures::is_open(const OpRef& offer) const {
  const auto found = offers_.find(offer);
  return found != offers_.end() && found->second.tenure == current() && found->second.closed_by.empty();
}

std::vector<std::vector<OpRef>> Tenures::competing_accepts() const {
  std::vector<std::vector<OpRef>> out;
  for (const auto tenure : line_) {
    const auto& accepts = tenures_[tenure].accepts;
    const bool compete = std::any_of(accepts.begin(), accepts.end(), [&](const Accept& a) { return a.opens != accepts.front().opens; });
    if (!compete) continue;
    auto& group = out.emplace_back();
    for (const auto& each : accepts) group.push_back(each.ref);
  }
  return out;
}

Custody Tenures::custody() const {
  Custody out;
  const auto& causality = forms_.causality();
  if (causality.held().empty()) return out;
  out.unit = forms_.context().house_of(holder(), std::nullopt);
  const auto accepted = since();
  if (accepted) out.since = causality.id_of(*accepted);
  const auto& begun = causality.at(accepted ? accepted->change : 0);
  out.hlc = begun.hlc;
  if (accepted) out.stamp = begun.stamp;
  for (const auto& ref : tenures_[current()].offers) {
    if (!is_open(ref)) continue;
    const auto& op = causality.op_at(ref);
    const auto& by = fact(ref);
    out.pending.push_back(
        {causality.id_of(ref), by.unit, text_in(op, "to"), by.change.user, by.hlc, by.stamp, text_in(op, "note"), text_in(op, "expires")});
  }
  std::sort(out.pending.begin(), out.pending.end(), [](const Offer& a, const Offer& b) { return a.op < b.op; });
  return out;
}

std::vector<Stay> Tenures::slip() const {
  std::vector<Stay> out;
  const auto& causality = forms_.causality();
  if (causality.held().empty()) return out;
  const auto& created = causality.at(0);
  out.push_back({created.unit, {}, {}, created.change.user, {}, {}, created.hlc, {}, {}, {}});
  for (std::size_t i = 1; i < line_.size(); ++i) {
    const auto& accepted = fact(tenures_[line_[i - 1]].accepts.front().ref);
    const auto& offer = *tenures_[line_[i]].offer;
    const auto& offered = fact(offer);
    out.back().until = accepted.hlc;
    out.back().until_stamp = accepted.stamp;
    out.push_back({accepted.unit,
                   offered.unit,
                   offered.change.user,
                   accepted.change.user,
                   text_in(causality.op_at(offer), "note"),
                   offered.hlc,
                   accepted.hlc,
                   accepted.stamp,
                   {},
                   {}});
    out.back().given_signed = offered.act_verified;
    out.back().taken_signed = accepted.act_verified;
  }
  return out;
}

}  // namespace ward::merge
