#include "storage/trial.hpp"

#include "protocol/base/limits.hpp"
#include "storage/erasures.hpp"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

namespace ward::storage {
namespace {

/// An incarnation that no device draws.
Incarnation of_trials() {
  Incarnation out;
  out.bytes.fill(0xff);
  return out;
}

/// What the writer of `change` had seen, and all that those had seen.
std::unordered_set<Position, PositionHash> past_of(const std::vector<merge::Fact>& facts, const Position& change) {
  std::unordered_map<Position, const merge::Fact*, PositionHash> at;
  for (const auto& fact : facts) at.emplace(fact.position, &fact);
  std::unordered_set<Position, PositionHash> out;
  std::vector<Position> next{change};
  while (!next.empty()) {
    const auto found = at.find(next.back());
    next.pop_back();
    if (found == at.end()) continue;
    for (const auto& seen : found->second->change.seen)
      if (out.insert(seen).second) next.push_back(seen);
  }
  return out;
}

}  // namespace

Result<Trial> try_change(Store& store, const Did& did, record::Change change, const Author& author) {
  forget_keys(store);
  WARD_CHECK(settle(store));
  return store.db.read("try change", [&]() -> Result<Trial> {
    const auto dossier = find_dossier_row(store, did);
    if (dossier == 0) return fail(Fault::not_found, "there is no such dossier here");
    WARD_CHECK(must_stand(store, did));
    auto facts = facts_of(store, dossier);
    const auto& context = context_of(store);
    Trial out;
    out.before = merge::merge(did, facts, context);
    out.position = {author.device, of_trials(), 0};
    if (change.seen.empty()) change.seen = out.before.version;
    if (change.seen.size() > limits::seen_max) change.seen.resize(limits::seen_max);
    std::sort(change.seen.begin(), change.seen.end());
    WARD_CHECK(record::check_change(change, out.position));
    merge::Fact fact;
    fact.position = out.position;
    fact.rid.bytes.fill(0xff);
    fact.hlc = Hlc::at(author.now);
    fact.unit = author.unit;
    fact.act_verified = !change.act.empty();  // who saves it signs it
    fact.change = std::move(change);
    facts.push_back(std::move(fact));
    out.after = merge::merge(did, facts, context);
    out.history = merge::history(did, facts, context);
    return out;
  });
}

std::optional<merge::Refusal> refusal_in(const Trial& trial) {
  using Standing = merge::HistoryEntry::Standing;
  for (const auto& entry : trial.history) {
    if (entry.said.op.change != trial.position) continue;
    if (entry.standing == Standing::proposed || entry.standing == Standing::not_applied) return entry.why;
  }
  return std::nullopt;
}

Result<std::vector<merge::HistoryEntry>> history_seen_by(Store& store, const Did& did, const Position& change) {
  forget_keys(store);
  return store.db.read("history seen by a writer", [&]() -> Result<std::vector<merge::HistoryEntry>> {
    const auto dossier = find_dossier_row(store, did);
    if (dossier == 0) return fail(Fault::not_found, "there is no such dossier here");
    auto facts = facts_of(store, dossier);
    const auto past = past_of(facts, change);
    std::erase_if(facts, [&](const merge::Fact& fact) { return !past.contains(fact.position); });
    return merge::history(did, facts, context_of(store));
  });
}

}  // namespace ward::storage
