#include "tests/protocol/merge/oracle.hpp"

#include <algorithm>
#include <tuple>

/// What the status is (MERGE.md §4).
namespace ward::merge::test {

/// Its priority, when the table has it.
std::optional<int> Oracle::transition(std::optional<int> from, int to) {
  for (const auto& row : schema::transitions())
    if (row.from == from.value_or(0) && row.to == to) return row.priority;
  return std::nullopt;
}

int Oracle::weigh(std::optional<int> from, std::optional<int> to) const {
  if (!to) return -1;
  if (const auto priority = transition(from, *to)) return *priority;
  int out = 0;
  for (const auto& row : schema::transitions())
    if (row.to == *to) out = std::max(out, row.priority);
  return out;
}

bool Oracle::clock_prefers(std::size_t a, std::size_t b) const {
  const auto key = [&](std::size_t op) { return std::tuple{believed(*ops_[op].fact), ops_[op].fact->hlc, ops_[op].id}; };
  return key(a) > key(b);
}

std::size_t Oracle::best_by_clock(const std::vector<std::size_t>& ops) const {
  auto best = ops.front();
  for (const auto op : ops)
    if (clock_prefers(op, best)) best = op;
  return best;
}

Oracle::Shown Oracle::status(const Ops& in) const {
  const auto known = shown_.find(in);
  if (known != shown_.end()) return known->second;
  Shown out;
  int most = -2;
  std::vector<std::size_t> weightiest;
  for (const auto& leaf : leaves(status_path, in)) {
    if (judged_[leaf.by].weight > most) weightiest.clear();
    most = std::max(most, judged_[leaf.by].weight);
    if (judged_[leaf.by].weight == most) weightiest.push_back(leaf.by);
  }
  if (!weightiest.empty()) {
    out.tie = std::any_of(weightiest.begin(), weightiest.end(), [&](std::size_t op) { return target(op) != target(weightiest.front()); });
    if (out.tie) {
      auto common = in;
      for (const auto op : weightiest) common.keep_only(ops_[op].past);
      out = status(common);
      out.tie = true;
    } else {
      out.write = best_by_clock(weightiest);
      out.status = target(*out.write);
    }
  }
  shown_.emplace(in, out);
  return out;
}

/// A decision goes on from the leaf that it chose.
std::optional<std::size_t> Oracle::went_on_from(std::size_t op) const {
  if (!target(op)) return std::nullopt;
  if (judged_[op].decision) {
    std::vector<std::size_t> chosen;
    for (const auto& leaf : leaves(status_path, ops_[op].past))
      if (target(leaf.by) == target(op)) chosen.push_back(leaf.by);
    if (!chosen.empty()) return best_by_clock(chosen);
    if (judged_[op].back_to) return judged_[op].back_to;
  }
  return status(ops_[op].past).write;
}

std::vector<std::size_t> Oracle::line(const Ops& in) const {
  std::vector<std::size_t> out;
  for (auto at = status(in).write; at; at = went_on_from(*at)) out.push_back(*at);
  return out;
}

/// Leaves that another outweighed, in that past and in those of the line.
std::set<std::size_t> Oracle::outvoted(const Ops& in) const {
  std::set<std::size_t> out;
  const auto in_one = [&](const Ops& past) {
    const auto shown = status(past);
    if (shown.tie) return;
    for (const auto& leaf : leaves(status_path, past))
      if (target(leaf.by) != shown.status) out.insert(leaf.by);
  };
  in_one(in);
  for (const auto op : line(in)) in_one(ops_[op].past);
  return out;
}

std::set<std::size_t> Oracle::outside_rivals(const Ops& in) const {
  std::set<std::size_t> out;
  for (std::size_t op = 0; op < ops_.size(); ++op) {
    if (!in.has(op) || judged_[op].sense != Sense::status || judged_[op].why != Refusal::outside_custody || !target(op)) continue;
    const auto shown = status(ops_[op].past).status;
    if (!shown || shown == target(op) || transition(shown, *target(op))) out.insert(op);
  }
  return out;
}

/// A leader has decided about it; or it is, or agrees with, what the status went through.
bool Oracle::settled(std::size_t loser, const std::vector<std::size_t>& line) const {
  return std::any_of(line.begin(), line.end(), [&](std::size_t op) {
    const bool decided = judged_[op].decision && ops_[op].past.has(loser);
    const bool agrees = target(op) == target(loser) && (op == loser || concurrent(op, loser));
    return op == loser || decided || agrees;
  });
}

std::vector<Oracle::Loser> Oracle::losers(const Ops& in) const {
  std::vector<Loser> out;
  const auto on = line(in);
  const auto outside = outside_rivals(in);
  auto all = outvoted(in);
  all.insert(outside.begin(), outside.end());
  for (const auto op : all) {
    if (settled(op, on)) continue;
    Loser loser{op, outside.count(op) != 0, std::nullopt, ConflictKind::lost_to_transition};
    const auto first = std::find_if(on.rbegin(), on.rend(), [&](std::size_t w) { return !ops_[op].past.has(w); });
    if (first != on.rend() && !ops_[*first].past.has(op)) loser.against = *first;
    const auto lost = target(op).value_or(0);
    const auto against = loser.against ? target(*loser.against).value_or(0) : 0;
    if (lost == 5) loser.kind = ConflictKind::recall_supplement;
    if (lost == 7 && (against == 9 || against == 10)) loser.kind = ConflictKind::withdrawal_after_result;
    if (lost == 3 || lost == 8 || lost == 9 || lost == 10) loser.kind = ConflictKind::contradicting_decisions;
    out.push_back(loser);
  }
  return out;
}

bool Oracle::is_dismissed_by_leader(std::size_t a, std::size_t b, const Ops& in) const {
  for (std::size_t op = 0; op < ops_.size(); ++op) {
    if (!in.has(op) || judged_[op].sense != Sense::dismiss) continue;
    const auto named = references_of(ops_[op].op->value);
    const auto names = [&](std::size_t which) { return std::find(named.begin(), named.end(), ops_[which].id) != named.end(); };
    if (names(a) && names(b) && in_force(op, in) && may(op, {Decider::Role::leader, {}, {}})) return true;
  }
  return false;
}

std::vector<Oracle::Loser> Oracle::asked_about(const Ops& in) const {
  auto out = losers(in);
  std::erase_if(out, [&](const Loser& loser) {
    return !loser.against || !loser.for_leader() || is_dismissed_by_leader(loser.op, *loser.against, in);
  });
  return out;
}

bool Oracle::question_open(const Ops& in) const { return status(in).tie || !asked_about(in).empty(); }

Oracle::Judgement Oracle::judge_status(std::size_t op, Judgement about) {
  const auto& past = ops_[op].past;
  const auto refuse = [&](Refusal why) {
    about.outcome = Outcome::refused;
    about.why = why;
    return about;
  };
  if (!about.inside) return refuse(Refusal::outside_custody);
  judged_[op] = about;
  if (question_open(past)) {
    if (!may(op, {Decider::Role::leader, {}, {}})) return refuse(Refusal::not_the_decider);
    about.decision = true;
  }
  const auto shown = status(past);
  const auto wanted = target(op);
  about.weight = weigh(shown.status, wanted);
  const bool in_table = !wanted || !shown.status || wanted == shown.status || transition(shown.status, *wanted);
  bool legal = in_table;
  if (about.decision) {
    for (const auto& leaf : leaves(status_path, past)) legal = legal || target(leaf.by) == wanted;
    for (const auto& loser : asked_about(past)) {
      legal = legal || target(loser.op) == wanted || target(*loser.against) == wanted;
      if (!in_table && target(*loser.against) == wanted) about.back_to = std::max(about.back_to.value_or(0), *loser.against);
    }
  }
  if (!legal) return refuse(Refusal::illegal_transition);
  Writes rides;
  for (const auto& [name, value] : rides_of(*ops_[op].op)) rides[{record::Step::field(name)}] = {op, Write::Kind::ride, value, op};
  (void)question_decided_by(op, rides);  // notes what it resolves
  return about;
}

}  // namespace ward::merge::test
