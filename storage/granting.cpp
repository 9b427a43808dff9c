#include "storage/granting.hpp"

#include "protocol/base/limits.hpp"
#include "protocol/course/linked.hpp"
#include "protocol/keys/keys.hpp"
#include "storage/merged.hpp"

#include <algorithm>
#include <unordered_set>

namespace ward::storage {
namespace {

constexpr std::string_view to_field = "to";
constexpr std::string_view past_field = "past";

const record::Value* member(const record::Op& op, std::string_view name) {
  const auto* map = op.value.map();
  return map == nullptr ? nullptr : record::find(*map, name);
}

/// The unit that an offer names; empty when merging will say what is wrong with it.
UnitCode offered_to(const record::Op& op) {
  const auto* to = op.kind == record::OpKind::offer ? member(op, to_field) : nullptr;
  const auto* text = to == nullptr ? nullptr : to->text();
  return text == nullptr ? UnitCode{} : *text;
}

bool contains(const std::vector<SeedHolder>& holders, const SeedHolder& one) {
  return std::find(holders.begin(), holders.end(), one) != holders.end();
}

record::GrantBody grant_of(const KeyId& id, std::vector<Position> stands_on, std::vector<record::GrantBody::Wrap> wraps) {
  std::sort(wraps.begin(), wraps.end(),
            [](const auto& a, const auto& b) { return std::tie(a.unit, a.unit_epoch) < std::tie(b.unit, b.unit_epoch); });
  return {id, std::move(stands_on), std::move(wraps), {}};
}

/// The changes that `seen` closes over.
std::vector<Rid> past_of(const std::vector<merge::Fact>& facts, const std::vector<Position>& seen) {
  std::unordered_map<Position, const merge::Fact*, PositionHash> by_position;
  for (const auto& fact : facts) by_position.emplace(fact.position, &fact);
  std::unordered_set<Position, PositionHash> reached;
  std::vector<Rid> out;
  auto left = seen;
  while (!left.empty()) {
    const auto position = left.back();
    left.pop_back();
    const auto found = by_position.find(position);
    if (found == by_position.end() || !reached.insert(position).second) continue;
    out.push_back(found->second->rid);
    const auto& before = found->second->change.seen;
    left.insert(left.end(), before.begin(), before.end());
  }
  return out;
}

}  // namespace

Granting::Granting(Store& store, UnitCode unit, Draw draw, Put put)
    : store_(store), unit_(std::move(unit)), draw_(std::move(draw)), put_(std::move(put)) {}

record::GrantBody Granting::first(const Did& did, const KeyId& id, const crypto::DossierKey& key) {
  return grant_of(id, {}, {wrap_for(newest_seed(), did, key)});
}

/// Those who may read what is written to a dossier now.
struct Granting::Audience {
  SeedHolder own, custodian;
  std::optional<SeedHolder> desk;                        ///< of a part of what it lodged: it reads on (docs/adr/0009)
  std::vector<std::pair<SeedHolder, Position>> offered;  ///< with the offer
  std::vector<Position> since;                           ///< the event by which the custodian has it; none since the creation

  [[nodiscard]] std::vector<SeedHolder> all() const {
    std::vector<SeedHolder> out{own, custodian};
    if (desk) out.push_back(*desk);
    for (const auto& [holder, offer] : offered) out.push_back(holder);
    return out;
  }
  /// All who must read it know the key, and nobody else does.
  [[nodiscard]] bool suits(const KeyLine& key) const {
    const auto may = all();
    const auto& known = *key.known_to;
    return contains(known, own) && contains(known, custodian) && (!desk || contains(known, *desk)) &&
           std::all_of(known.begin(), known.end(), [&](const auto& holder) { return contains(may, holder); });
  }
};

SeedHolder Granting::newest_seed(const UnitCode& unit) {
  const auto& house = context_of(store_).house_of(unit, std::nullopt);
  const auto* stands = store_.policy.unit(house);
  return {house, stands == nullptr ? Epoch{0} : stands->unit_epoch};
}

record::GrantBody::Wrap Granting::wrap_for(const SeedHolder& holder, const Did& did, const crypto::DossierKey& key) {
  const auto seed = store_.keys.unit_seeds.find({holder.unit, holder.epoch});
  if (seed != store_.keys.unit_seeds.end()) return keys::wrap_for_own_unit(key, did, store_.org, holder.unit, holder.epoch, seed->second);
  const auto* unit = store_.policy.unit(holder.unit);
  return or_throw(keys::wrap_for_other_unit(key, did, store_.org, holder.unit, holder.epoch, unit->unit_public));
}

Granting::Audience Granting::audience_of(std::int64_t dossier, const Did& did) {
  const auto state = merge::merge(did, facts_of(store_, dossier), context_of(store_));
  const auto& custody = state.custody;
  Audience out;
  out.own = newest_seed(unit_);
  out.custodian = store_.policy.unit(custody.unit) == nullptr ? out.own : newest_seed(custody.unit);
  if (const auto part = course::part_of(state); part && store_.policy.unit(part->desk) != nullptr) out.desk = newest_seed(part->desk);
  if (custody.since) out.since.push_back(custody.since->change);
  for (const auto& offer : custody.pending)
    if (store_.policy.unit(offer.to) != nullptr) out.offered.emplace_back(newest_seed(offer.to), offer.op.change);
  return out;
}

/// Those that new writing may use.
std::vector<KeyLine> Granting::believed(std::int64_t dossier, std::vector<KeyLine> tips) {
  const auto late = keys_given_late(store_, dossier);
  std::erase_if(tips, [&](const auto& tip) { return late.contains(tip.id); });
  return tips;
}

/// Where this unit holds the dossier and never gave its key away, that is seen without merging.
std::optional<KeyId> Granting::key_of_our_own(std::int64_t dossier, const std::vector<KeyLine>& tips) {
  auto held = store_.db.query("SELECT unit FROM dossier WHERE id = ?");
  held.bind(dossier);
  const auto own = newest_seed(unit_);
  if (!held.step() || newest_seed(held.text(0)) != own) return std::nullopt;
  for (const auto& tip : tips)
    if (*tip.known_to == std::vector{own}) return tip.id;
  return std::nullopt;
}

Result<KeyId> Granting::writing_key(std::int64_t dossier, const Did& did) {
  const auto tips = tips_with_holders(store_, dossier);
  if (tips.empty()) return fail(Fault::missing_key, "no key of the dossier is here");
  const auto usable = believed(dossier, tips);
  if (const auto own = key_of_our_own(dossier, usable)) return *own;
  const auto audience = audience_of(dossier, did);
  const auto fit = std::find_if(usable.begin(), usable.end(), [&](const auto& tip) { return audience.suits(tip); });
  return fit != usable.end() ? fit->id : put_new_key(dossier, did, tips, audience);
}

/// A key that only those know who may read what comes; whoever has it may read what was.
KeyId Granting::put_new_key(std::int64_t dossier, const Did& did, const std::vector<KeyLine>& tips, const Audience& audience) {
  const crypto::DossierKey key(draw_("wsync-new-key"));
  const auto id = crypto::key_id_of(key);
  put_later_key(store_, dossier, id, key);
  std::vector<record::GrantBody::Wrap> wraps{wrap_for(audience.own, did, key)};
  if (audience.custodian != audience.own) wraps.push_back(wrap_for(audience.custodian, did, key));
  if (audience.desk && *audience.desk != audience.own && *audience.desk != audience.custodian)
    wraps.push_back(wrap_for(*audience.desk, did, key));
  auto grant = grant_of(id, audience.since, std::move(wraps));
  for (const auto& tip : tips)
    if (grant.before.size() < limits::keys_before_max)
      grant.before.push_back(keys::seal_before(*find_key(store_, tip.id), key, did, store_.org));
  put_(did, grant);
  for (const auto& [holder, offer] : audience.offered)
    if (holder != audience.own && holder != audience.custodian && holder != audience.desk)
      put_(did, grant_of(id, {offer}, {wrap_for(holder, did, key)}));
  return id;
}

Result<void> Granting::complete_offers(record::Change& change, std::int64_t dossier) {
  for (auto& op : change.ops) {
    if (op.kind != record::OpKind::offer) continue;
    const auto to = offered_to(op);
    if (!to.empty() && store_.policy.unit(to) == nullptr) return fail(Fault::not_found, "there is no unit " + to);
    // What an official signed is left as it is.
    const auto* fields = op.value.map();
    if (fields == nullptr || dossier == 0 || !change.act.empty() || member(op, past_field) != nullptr) continue;
    auto with = *fields;
    with.push_back({std::string(past_field), hex(past(dossier, change.seen).view())});
    op.value = record::canonical(std::move(with));
  }
  return {};
}

Hash Granting::past(std::int64_t dossier, const std::vector<Position>& seen) {
  return record::past_digest(past_of(facts_of(store_, dossier), seen));
}

void Granting::follow_custody(const record::Change& change, const Position& at, std::int64_t dossier, const Did& did) {
  std::set<SeedHolder> offered;
  for (const auto& op : change.ops)
    if (const auto to = offered_to(op); !to.empty() && store_.policy.unit(to) != nullptr) offered.insert(newest_seed(to));
  if (!offered.empty()) {
    for (const auto& tip : tips_with_holders(store_, dossier)) {
      const auto& key = *find_key(store_, tip.id);
      std::vector<record::GrantBody::Wrap> wraps;
      wraps.reserve(offered.size());
      for (const auto& holder : offered) wraps.push_back(wrap_for(holder, did, key));
      put_(did, grant_of(tip.id, {at}, std::move(wraps)));
    }
  }
  const bool accepts = std::any_of(change.ops.begin(), change.ops.end(), [](const auto& op) { return op.kind == record::OpKind::accept; });
  if (!accepts) return;
  const auto audience = audience_of(dossier, did);
  const auto tips = tips_with_holders(store_, dossier);
  const auto usable = believed(dossier, tips);
  const bool known_to_others = std::none_of(usable.begin(), usable.end(), [&](const auto& tip) { return audience.suits(tip); });
  if (audience.custodian == audience.own && known_to_others) (void)put_new_key(dossier, did, tips, audience);
}

}  // namespace ward::storage
