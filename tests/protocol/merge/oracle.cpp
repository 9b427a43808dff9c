#include "tests/protocol/merge/oracle.hpp"

#include "protocol/record/record.hpp"

#include <algorithm>
#include <set>
#include <tuple>

namespace ward::merge::test {
namespace {

constexpr std::size_t changes_at_most = 16'384;

}  // namespace

Oracle::Oracle(const Did& did, const std::vector<Fact>& facts, Context context) : did_(did), context_(std::move(context)) {
  gather(did, facts);
  std::size_t count = 0;
  for (const auto* fact : order_) count += fact->change.ops.size();
  std::map<Position, Ops> known;  // by each change's writer, when he had written it
  for (const auto* fact : order_) {
    auto& now = known.try_emplace(fact->position, count).first->second;
    for (const auto& seen : fact->change.seen) now.put_all(known.at(seen));
    for (std::uint16_t i = 0; i < fact->change.ops.size(); ++i) {
      const OpId id{fact->position, i};
      places_.emplace(id, ops_.size());
      ops_.push_back({id, fact, &fact->change.ops[i], now});
      now.put(ops_.size() - 1);
    }
  }
  everything_ = none();
  for (std::size_t i = 0; i < count; ++i) everything_.put(i);
  judged_.resize(ops_.size());
  for (std::size_t i = 0; i < ops_.size(); ++i) {
    judged_[i] = judge(i);
    if (judged_[i].outcome == Outcome::applies) enter(i);
  }
}

/// Facts that merge, found by asking again until no more do.
void Oracle::gather(const Did& did, const std::vector<Fact>& facts) {
  std::map<Position, std::map<Rid, const Fact*>> held;
  for (const auto& fact : facts) {
    if (fact.admission == Admission::set_aside) continue;
    auto& one = held[fact.position][fact.rid];
    if (one == nullptr || (fact.stamp && !one->stamp)) one = &fact;
  }
  std::vector<const Fact*> ready;
  for (bool grew = true; grew;) {
    grew = false;
    for (const auto& [position, records] : held) {
      const auto& fact = *records.begin()->second;
      const bool creates = record::did_created_by(position) == did;
      bool all_there = records.size() == 1 && fact.admission != Admission::waiting && creates == fact.change.seen.empty();
      for (const auto& seen : fact.change.seen) all_there = all_there && merges(seen);
      if (all_there && merged_.emplace(position, &fact).second) grew = true;
    }
  }
  for (const auto& [position, fact] : merged_) ready.push_back(fact);
  put_in_order(std::move(ready));
  for (const auto& [position, records] : held) waiting_ += merges(position) ? 0 : records.size();
}

bool Oracle::comes_before(const Fact& a, const Fact& b) {
  const auto key = [](const Fact& fact) {
    return std::tuple{!fact.stamp.has_value(), fact.stamp ? fact.stamp->index : 0, believed(fact), fact.hlc, fact.position};
  };
  return key(a) < key(b);
}

/// Again and again the first of those whose past stands already.
void Oracle::put_in_order(std::vector<const Fact*> waiting) {
  merged_.clear();
  while (!waiting.empty() && order_.size() < changes_at_most) {
    std::size_t next = waiting.size();
    for (std::size_t i = 0; i < waiting.size(); ++i) {
      const auto& seen = waiting[i]->change.seen;
      const bool may_stand = std::all_of(seen.begin(), seen.end(), [&](const Position& position) { return merges(position); });
      if (may_stand && (next == waiting.size() || comes_before(*waiting[i], *waiting[next]))) next = i;
    }
    order_.push_back(waiting[next]);
    merged_.emplace(waiting[next]->position, waiting[next]);
    waiting.erase(waiting.begin() + static_cast<std::ptrdiff_t>(next));
  }
}

std::optional<std::size_t> Oracle::find(const OpId& id) const {
  const auto found = places_.find(id);
  return found == places_.end() ? std::nullopt : std::optional(found->second);
}

bool Oracle::saw(const OpId& later, const OpId& earlier) const {
  const auto a = find(later), b = find(earlier);
  return a && b && ops_[*a].past.has(*b);
}

bool Oracle::refers_to_its_past(std::size_t op) const {
  auto ids = references_of(ops_[op].op->value);
  if (ops_[op].op->replaces) ids.insert(ids.end(), ops_[op].op->replaces->begin(), ops_[op].op->replaces->end());
  return std::all_of(ids.begin(), ids.end(), [&](const OpId& id) {
    const auto found = find(id);
    return found && ops_[op].past.has(*found);
  });
}

bool Oracle::names_proposals(std::size_t op) const {
  const auto named = references_of(ops_[op].op->value);
  return std::all_of(named.begin(), named.end(), [&](const OpId& id) { return judged_[*find(id)].outcome == Outcome::proposed; });
}

namespace {

/// What an official with a key must sign: hand-overs, and every status but those on the way.
bool is_signed_by_officials(const record::Op& op, Sense sense) {
  if (sense != Sense::status) return is_custody(sense);
  const auto* value = op.value.map() == nullptr ? &op.value : record::find(*op.value.map(), "TrangThaiHoSo");
  const auto* code = value == nullptr ? nullptr : value->text();
  static const std::set<std::string> on_the_way{"1", "2", "4", "5", "6", "7"};
  return code == nullptr || on_the_way.count(*code) == 0;
}

}  // namespace

Oracle::Judgement Oracle::judge(std::size_t op) {
  const auto& said = ops_[op];
  const auto meaning = sense_of(*said.op);
  Judgement out;
  out.sense = meaning.sense;
  out.tenure = tenure(said.past);
  out.inside = house(said.fact->unit, said.fact->stamp) == house(holder(said.past), said.fact->stamp);
  const auto refuse = [&](Refusal why) {
    out.outcome = Outcome::refused;
    out.why = why;
    return out;
  };
  if (meaning.wrong) return refuse(*meaning.wrong);
  if (out.sense == Sense::offer) {
    const auto& to = *record::find(*said.op->value.map(), "to")->text();
    if (house(to, said.fact->stamp) == house(holder(said.past), said.fact->stamp)) return refuse(Refusal::wrong_type);
  }
  if (!refers_to_its_past(op)) return refuse(Refusal::missing_reference);
  if (is_custody(out.sense) && out.sense != Sense::offer && !names_good_offer(op)) return refuse(Refusal::missing_reference);
  if (out.sense == Sense::approve && !names_proposals(op)) return refuse(Refusal::missing_reference);
  const bool revoked = said.fact->admission == Admission::proposal;
  if (revoked || !standing(*said.fact).enabled) {
    out.outcome = is_act(out.sense) ? Outcome::refused : Outcome::proposed;
    out.why = revoked ? Refusal::after_revocation : Refusal::disabled_user;
    return out;
  }
  if (standing(*said.fact).key && !said.fact->act_verified && !said.fact->change.seen.empty() &&
      is_signed_by_officials(*said.op, out.sense))
    return refuse(Refusal::unsigned_act);
  if (is_custody(out.sense)) return judge_custody(op, out);
  if (out.sense == Sense::status) return judge_status(op, out);
  judged_[op] = out;  // what follows asks whether its writer may decide something
  if (out.sense == Sense::approve) return judge_approval(op, out);
  if (out.sense == Sense::dismiss) return judge_dismissal(op, out);
  return judge_ordinary(op, out);
}

Oracle::Judgement Oracle::judge_ordinary(std::size_t op, Judgement about) {
  const auto propose = [&](Refusal why) {
    about.outcome = Outcome::proposed;
    about.why = why;
    return about;
  };
  if (!about.inside) return always_applies(op) ? about : propose(Refusal::outside_custody);
  about.decided_by = question_decided_by(op, writes_of(op, op));
  if (!about.decided_by) return about;
  if (!may(op, {*about.decided_by, {}, {}})) return propose(Refusal::not_the_decider);
  about.decided_by.reset();
  return about;
}

/// Entries of the ledger; elements that nobody had said anything about.
bool Oracle::always_applies(std::size_t op) const {
  const auto sense = judged_[op].sense;
  if (sense == Sense::entry) return true;
  if (sense != Sense::add && sense != Sense::note) return false;
  auto element = ops_[op].op->path;
  element.push_back(record::Step::element(name_of_element(*ops_[op].op, ops_[op].id)));
  return register_at(element, ops_[op].past).empty();
}

std::optional<Decider::Role> Oracle::question_decided_by(std::size_t op, const Writes& writes) {
  std::optional<Decider::Role> out;
  for (const auto& [path, write] : writes) {
    const bool payment = path.size() % 2 == 0 && schema::policy_at(path) == schema::Policy::ledger;
    const auto sense = sense_of(*ops_[write.first].op).sense;
    if (sense == Sense::add || sense == Sense::note || sense == Sense::entry) continue;
    if (write.kind == Write::Kind::touch || (path.size() % 2 == 0 && !payment)) continue;
    const auto stood = leaves(path, ops_[op].past);
    const auto merges_as = policy(path, ops_[op].past);
    const bool asks = payment || merges_as == schema::Policy::ask || merges_as == schema::Policy::set;
    if (!asks || agree(path, stood, ops_[op].past)) continue;
    resolutions_.emplace(op, path);
    const bool again = std::any_of(stood.begin(), stood.end(), [&](const Write& leaf) { return resolutions_.count({leaf.by, path}) != 0; });
    if (again)
      out = Decider::Role::leader;
    else if (payment && !out)
      out = Decider::Role::accountant;
    else if (!out)
      out = Decider::Role::custodian_clerk;
  }
  return out;
}

Oracle::Judgement Oracle::judge_approval(std::size_t op, Judgement about) {
  bool may_all = about.inside;
  for (const auto& id : references_of(ops_[op].op->value)) {
    const auto proposal = *find(id);
    may_all = may_all && may(op, {judged_[proposal].decided_by.value_or(Decider::Role::custodian_clerk), {}, {}});
    const auto decides = question_decided_by(op, writes_of(op, proposal));
    may_all = may_all && (!decides || may(op, {*decides, {}, {}}));
  }
  if (may_all) return about;
  about.outcome = Outcome::refused;
  about.why = Refusal::not_the_decider;
  return about;
}

Oracle::Judgement Oracle::judge_dismissal(std::size_t op, Judgement about) const {
  const auto& fact = *ops_[op].fact;
  const auto named = references_of(ops_[op].op->value);
  const auto wrote = [&](const OpId& id) {
    const auto& by = *ops_[*find(id)].fact;
    return by.change.user == fact.change.user && house(by.unit, fact.stamp) == house(fact.unit, fact.stamp);
  };
  bool own = std::any_of(named.begin(), named.end(), wrote);
  for (const auto& id : named) {
    const auto& other = judged_[*find(id)];
    const bool wrong = other.why == Refusal::wrong_type || other.why == Refusal::missing_reference;
    own = own && (wrote(id) || (other.sense == Sense::status && !wrong));
  }
  const auto at = house(fact.unit, fact.stamp);
  const bool of_centre = std::find(context_.centres.begin(), context_.centres.end(), at) != context_.centres.end();
  if (about.inside || of_centre || own) return about;
  about.outcome = Outcome::refused;
  about.why = Refusal::not_the_decider;
  return about;
}

Context::Standing Oracle::standing(const Fact& fact) const {
  std::optional<Context::Standing> own;
  bool anybody = false;
  for (const auto& [whose, said] : context_.users) {
    if (whose.first != fact.unit) continue;
    for (const auto& one : said) {
      if (fact.stamp && one.from_index > fact.stamp->index) continue;
      anybody = true;
      if (whose.second == fact.change.user) own = one;
    }
  }
  if (own) return *own;
  return anybody ? Context::Standing{} : Context::Standing{0, true, true, true, true, {}};
}

UnitCode Oracle::house(UnitCode unit, const std::optional<Stamp>& at) const {
  for (std::size_t i = 0; i <= context_.successions.size(); ++i) {
    const auto found = context_.successions.find(unit);
    if (found == context_.successions.end() || (at && found->second.from_index > at->index)) break;
    unit = found->second.heir;
  }
  return unit;
}

bool Oracle::may(std::size_t op, const Decider& decider) const {
  using Role = Decider::Role;
  const auto& fact = *ops_[op].fact;
  const bool inside = judged_[op].inside;
  const auto is = standing(fact);
  switch (decider.role) {
    case Role::custodian_clerk:
    case Role::officer_centre: return inside;
    case Role::leader: return inside && is.leader;
    case Role::accountant: return inside && is.accountant;
    case Role::user:
      return (fact.change.user == decider.user && house(fact.unit, fact.stamp) == house(decider.unit, fact.stamp)) || (inside && is.leader);
    case Role::centre_admin: {
      const auto at = house(fact.unit, fact.stamp);
      return is.admin && std::find(context_.centres.begin(), context_.centres.end(), at) != context_.centres.end();
    }
  }
  return false;
}

bool Oracle::in_force(std::size_t dismissal, const Ops& in) const {
  if (!in.has(dismissal) || judged_[dismissal].sense != Sense::dismiss || judged_[dismissal].outcome != Outcome::applies) return false;
  for (std::size_t later = dismissal + 1; later < ops_.size(); ++later) {
    const auto named = references_of(ops_[later].op->value);
    const bool names_it = std::find(named.begin(), named.end(), ops_[dismissal].id) != named.end();
    if (names_it && in_force(later, in)) return false;
  }
  return true;
}

}  // namespace ward::merge::test
