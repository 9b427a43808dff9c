#include "protocol/merge/causality.hpp"

#include "protocol/base/limits.hpp"
#include "protocol/record/record.hpp"

#include <algorithm>
#include <limits>
#include <tuple>

namespace ward::merge {
namespace {

constexpr Nth nowhere = std::numeric_limits<Nth>::max();

/// The same record may come twice, before and after its stamp: the stamped one stands first.
bool stands_before(const Fact* a, const Fact* b) {
  const auto stamp = [](const Fact* f) { return std::tuple{!f->stamp.has_value(), f->stamp.value_or(Stamp{}), f->admission}; };
  if (a->position != b->position) return a->position < b->position;
  if (a->rid != b->rid) return a->rid < b->rid;
  return stamp(a) < stamp(b);
}

/// For heaps, whose top is the greatest: the change that comes first.
bool comes_later(const Fact* a, const Fact* b) {
  if (a->stamp.has_value() != b->stamp.has_value()) return b->stamp.has_value();
  if (a->stamp && a->stamp->index != b->stamp->index) return a->stamp->index > b->stamp->index;
  return rank_of(*a, 0) > rank_of(*b, 0);
}

}  // namespace

bool clock_good(Hlc hlc, const std::optional<Stamp>& stamp) noexcept {
  const auto wall = hlc.wall();
  if (wall < clock_earliest || wall >= clock_latest) return false;
  if (!stamp) return true;
  const auto ahead_max = std::chrono::milliseconds(clock_ahead_max).count();
  return stamp->time.ms >= wall.ms || wall.ms - stamp->time.ms <= ahead_max;
}

ClockRank rank_of(const Fact& fact, std::uint16_t op) noexcept { return {clock_good(fact.hlc, fact.stamp), fact.hlc, fact.position, op}; }

Causality::Causality(const Did& did, const std::vector<Fact>& facts) {
  gather(facts);
  connect(did);
  sort_causally();
  find_pasts();
}

/// One candidate for each position that one record holds; two records at one position are a fork, and neither merges, unless all but one
/// are set aside.
void Causality::gather(const std::vector<Fact>& facts) {
  std::vector<const Fact*> all;
  all.reserve(facts.size());
  for (const auto& fact : facts) all.push_back(&fact);
  std::sort(all.begin(), all.end(), stands_before);
  all.erase(
      std::unique(all.begin(), all.end(), [](const Fact* a, const Fact* b) { return a->position == b->position && a->rid == b->rid; }),
      all.end());
  const auto kept = std::stable_partition(all.begin(), all.end(), [](const Fact* f) { return f->admission != Admission::set_aside; });
  set_aside_.assign(kept, all.end());
  all.erase(kept, all.end());
  candidates_.reserve(all.size());
  for (auto at = all.begin(); at != all.end();) {
    const auto end = std::find_if(at, all.end(), [&](const Fact* f) { return f->position != (*at)->position; });
    if (end - at == 1) candidates_.push_back({.fact = *at});
    if (end - at > 1) waiting_.insert(waiting_.end(), at, end);
    at = end;
  }
}

/// Only the creating change has seen nothing, so every change that merges comes after it.
void Causality::connect(const Did& did) {
  seen_by_.resize(candidates_.size());
  for (std::uint32_t i = 0; i < candidates_.size(); ++i) {
    auto& candidate = candidates_[i];
    const auto& fact = *candidate.fact;
    const bool rootless = fact.change.seen.empty() && record::did_created_by(fact.position) != did;
    candidate.blocked = rootless || fact.admission == Admission::waiting;
    for (const auto& position : fact.change.seen) {
      const auto seen = candidate_at(position);
      if (seen) seen_by_[*seen].push_back(i);
      candidate.blocked = candidate.blocked || !seen;
      ++candidate.missing;
    }
  }
}

void Causality::sort_causally() {
  const auto later = [&](std::uint32_t a, std::uint32_t b) { return comes_later(candidates_[a].fact, candidates_[b].fact); };
  std::vector<std::uint32_t> ready;
  const auto make_ready = [&](std::uint32_t i) {
    if (candidates_[i].blocked || candidates_[i].missing != 0) return;
    ready.push_back(i);
    std::push_heap(ready.begin(), ready.end(), later);
  };
  place_.assign(candidates_.size(), nowhere);
  for (std::uint32_t i = 0; i < candidates_.size(); ++i) make_ready(i);
  while (!ready.empty() && held_.size() < limits::changes_per_dossier_max) {
    std::pop_heap(ready.begin(), ready.end(), later);
    const auto next = ready.back();
    ready.pop_back();
    place_[next] = static_cast<Nth>(held_.size());
    held_.push_back(candidates_[next].fact);
    for (const auto i : seen_by_[next]) {
      --candidates_[i].missing;
      make_ready(i);
    }
  }
  for (std::uint32_t i = 0; i < candidates_.size(); ++i)
    if (place_[i] == nowhere) waiting_.push_back(candidates_[i].fact);
  std::sort(waiting_.begin(), waiting_.end(), stands_before);
}

void Causality::find_pasts() {
  words_ = (held_.size() + 63) / 64;
  past_.assign(held_.size() * words_, 0);
  for (Nth nth = 0; nth < held_.size(); ++nth) {
    auto* row = past_.data() + nth * words_;
    for (const auto& position : held_[nth]->change.seen) {
      const auto seen = find(position);
      WARD_ASSERT(seen && *seen < nth);
      if (saw(nth, *seen)) continue;
      const auto* other = past_.data() + *seen * words_;
      for (std::size_t w = 0; w <= *seen / 64; ++w) row[w] |= other[w];
      row[*seen / 64] |= std::uint64_t{1} << (*seen % 64);
    }
  }
}

std::optional<std::uint32_t> Causality::candidate_at(const Position& position) const noexcept {
  const auto at = std::lower_bound(candidates_.begin(), candidates_.end(), position,
                                   [](const Candidate& c, const Position& p) { return c.fact->position < p; });
  if (at == candidates_.end() || at->fact->position != position) return std::nullopt;
  return static_cast<std::uint32_t>(at - candidates_.begin());
}

std::optional<Nth> Causality::find(const Position& position) const noexcept {
  const auto candidate = candidate_at(position);
  if (!candidate || place_[*candidate] == nowhere) return std::nullopt;
  return place_[*candidate];
}

std::optional<OpRef> Causality::find_op(const OpId& id) const noexcept {
  const auto change = find(id.change);
  if (!change || id.index >= at(*change).change.ops.size()) return std::nullopt;
  return OpRef{*change, id.index};
}

}  // namespace ward::merge
