#include "protocol/merge/workflow.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace ward::merge {
namespace {

constexpr int statuses_max = 16;
constexpr int impossible = -1;
constexpr int asked_for_papers = 5, withdrawn = 7, finished = 9, handed_over = 10;

/// Priorities of transitions; `impossible` where there is none.
struct Table {
  std::array<std::array<int, statuses_max>, statuses_max> from_to{};
  std::array<int, statuses_max> to{};  ///< the greatest of all that lead there
};

const Table& table() {
  static const auto built = [] {
    Table out;
    for (auto& row : out.from_to) row.fill(impossible);
    for (const auto& transition : schema::transitions()) {
      const auto from = static_cast<std::size_t>(transition.from), to = static_cast<std::size_t>(transition.to);
      out.from_to.at(from).at(to) = transition.priority;
      out.to.at(to) = std::max(out.to.at(to), transition.priority);
    }
    return out;
  }();
  return built;
}

int priority(int from, int to) { return table().from_to.at(static_cast<std::size_t>(from)).at(static_cast<std::size_t>(to)); }
bool follows(int from, int to) { return from == 0 || from == to || priority(from, to) != impossible; }

ConflictKind kind_of(int winner, int loser) {
  if (loser == asked_for_papers) return ConflictKind::recall_supplement;
  if (loser == withdrawn && (winner == finished || winner == handed_over)) return ConflictKind::withdrawal_after_result;
  for (const int legal_act : {3, 8, finished, handed_over})
    if (loser == legal_act) return ConflictKind::contradicting_decisions;
  return ConflictKind::lost_to_transition;
}

int code_in(const record::Value& value) {
  const auto* map = value.map();
  const auto* code = map == nullptr ? &value : record::find(*map, status_field);
  const auto* text = code == nullptr ? nullptr : code->text();
  int out = 0;
  if (text != nullptr) std::from_chars(text->data(), text->data() + text->size(), out);
  return out;
}

}  // namespace

bool asks_leader(ConflictKind kind) noexcept {
  return kind == ConflictKind::contradicting_decisions || kind == ConflictKind::withdrawal_after_result;
}

Workflow::Workflow(const Tenures& tenures, const Dismissals& dismissals) : tenures_(tenures), dismissals_(dismissals) {
  for (const auto& act : tenures.forms().acts())
    if (tenures.forms().meaning(act) == Meaning::status) judge(act);
  now_ = outcome_of(heads_);
  for (const auto place : line_of(now_)) line_.push_back(writes_[place].by);
  losers_ = losers_in(now_, {});
  for (const auto& rival : rivals_)
    for (const auto& place : line_of(now_))
      if (known_[place].decision && causality().in_past(writes_[place].by, rival.op)) answered_.push_back(rival.op);
  std::sort(answered_.begin(), answered_.end());
}

int Workflow::target_of(const OpRef& op) const { return code_in(causality().op_at(op).value); }

void Workflow::judge(const OpRef& status) {
  const bool undo = causality().op_at(status).value.heads() != nullptr;
  const auto target = target_of(status);
  const Past past{&status, nullptr};
  const auto before = outcome_in(past);
  if (!tenures_.inside(status)) {
    refused_.emplace(status, Refusal::outside_custody);
    if (!undo && follows(shown_in(before), target)) rivals_.push_back({status, target});
    return;
  }
  const auto question = asked_in(before, past);
  if (question.open && !may(tenures_, status, {Decider::Role::leader, {}, {}})) {
    refused_.emplace(status, Refusal::not_the_decider);
    return;
  }
  const auto chosen = [&](const OpRef& op) { return target_of(op) == target; };
  const bool legal = undo || follows(shown_in(before), target) || std::any_of(question.named.begin(), question.named.end(), chosen);
  if (legal)
    enter(status, before, question);
  else
    refused_.emplace(status, Refusal::illegal_transition);
}

void Workflow::enter(const OpRef& status, const Outcome& before, const Question& question) {
  const auto& op = causality().op_at(status);
  Known known;
  known.target = target_of(status);
  known.decision = question.open;
  if (known.target != 0) {
    known.went_on_from = goes_on_from(known.target, before, question);
    const auto step = priority(shown_in(before), known.target);
    known.weight = step != impossible ? step : table().to.at(static_cast<std::size_t>(known.target));
  }
  for (const auto leaf : before.leaves)
    if (!before.tie && known_[leaf].target != shown_in(before)) known.lost.push_back(leaf);
  lost_before_ = lost_before_ || !known.lost.empty();
  writes_.push_back({status, Write::Kind::value, false, &op.value, status});
  known_.push_back(std::move(known));
  advance(heads_, writes_, causality());
}

std::optional<std::uint32_t> Workflow::goes_on_from(int target, const Outcome& before, const Question& question) const {
  if (!question.open) return before.shown;
  const auto of_target = [&](Places places) {
    std::erase_if(places, [&](std::uint32_t place) { return known_[place].target != target; });
    return places;
  };
  if (const auto leaves = of_target(before.leaves); !leaves.empty()) return greatest_of(writes_, leaves, causality());
  const auto passed = of_target(question.passed);
  return passed.empty() || follows(shown_in(before), target) ? before.shown : passed.back();
}

bool Workflow::is_there(const OpRef& what, const Past& past) const {
  if (past.of != nullptr) return causality().in_past(*past.of, what);
  return past.common == nullptr || std::all_of(past.common->begin(), past.common->end(),
                                               [&](std::uint32_t place) { return causality().in_past(writes_[place].by, what); });
}

Workflow::Outcome Workflow::outcome_in(const Past& past) const {
  // Who saw all heads saw whatever those replaced.
  if (std::all_of(heads_.begin(), heads_.end(), [&](std::uint32_t head) { return is_there(writes_[head].by, past); }))
    return outcome_of(heads_);
  return outcome_of(heads_among(writes_, causality(), [&](const Write& write) { return is_there(write.by, past); }));
}

Workflow::Outcome Workflow::outcome_of(Places heads) const {
  Outcome out;
  out.heads = std::move(heads);
  out.leaves = leaves_of(writes_, out.heads, causality());
  auto leaves = out.leaves;
  while (!leaves.empty()) {
    const auto weight_of = [&](std::uint32_t leaf) { return known_[leaf].weight; };
    const auto most =
        weight_of(*std::max_element(leaves.begin(), leaves.end(), [&](auto a, auto b) { return weight_of(a) < weight_of(b); }));
    std::erase_if(leaves, [&](std::uint32_t leaf) { return weight_of(leaf) != most; });
    const auto target = known_[leaves.front()].target;
    if (std::all_of(leaves.begin(), leaves.end(), [&](std::uint32_t leaf) { return known_[leaf].target == target; })) {
      out.shown = greatest_of(writes_, leaves, causality());
      return out;
    }
    out.tie = true;
    const Past common{nullptr, &leaves};
    const auto heads_there = heads_among(writes_, causality(), [&](const Write& write) { return is_there(write.by, common); });
    leaves = leaves_of(writes_, heads_there, causality());
  }
  return out;
}

std::vector<std::uint32_t> Workflow::line_of(const Outcome& outcome) const {
  std::vector<std::uint32_t> out;
  for (auto at = outcome.shown; at; at = known_[*at].went_on_from) out.push_back(*at);
  std::reverse(out.begin(), out.end());
  return out;
}

std::vector<OpRef> Workflow::line_before(const OpRef& op) const {
  std::vector<OpRef> out;
  for (const auto place : line_of(outcome_in({&op, nullptr}))) out.push_back(writes_[place].by);
  return out;
}

Loser Workflow::matched(const OpRef& op, int target, const std::vector<std::uint32_t>& line) const {
  Loser out{op, {}, ConflictKind::refused_act};
  const auto first =
      std::find_if(line.begin(), line.end(), [&](std::uint32_t place) { return !causality().in_past(op, writes_[place].by); });
  if (first == line.end() || causality().in_past(writes_[*first].by, op)) return out;
  out.match = writes_[*first].by;
  out.kind = kind_of(known_[*first].target, target);
  return out;
}

std::vector<Loser> Workflow::losers_in(const Outcome& outcome, const Past& past) const {
  if (!lost_before_ && rivals_.empty() && outcome.leaves.size() < 2) return {};
  const auto line = line_of(outcome);
  std::map<OpRef, int> lost;
  const auto lose = [&](std::uint32_t place) { lost.emplace(writes_[place].by, known_[place].target); };
  if (!outcome.tie)
    for (const auto leaf : outcome.leaves)
      if (known_[leaf].target != shown_in(outcome)) lose(leaf);
  for (const auto place : line)
    for (const auto leaf : known_[place].lost) lose(leaf);
  for (const auto& rival : rivals_)
    if (is_there(rival.op, past)) lost.emplace(rival.op, rival.target);
  std::vector<Loser> out;
  for (const auto& loser : lost) {
    const bool settled = std::any_of(line.begin(), line.end(), [&](std::uint32_t place) {
      const auto& by = writes_[place].by;
      return by == loser.first || (known_[place].decision && causality().in_past(by, loser.first)) ||
             (known_[place].target == loser.second && causality().concurrent(by, loser.first));
    });
    if (!settled) out.push_back(matched(loser.first, loser.second, line));
  }
  return out;
}

Workflow::Question Workflow::asked_in(const Outcome& outcome, const Past& past) const {
  Question out;
  out.open = outcome.tie;
  for (const auto& loser : losers_in(outcome, past)) {
    if (!loser.match || !asks_leader(loser.kind)) continue;
    const std::array both{*loser.match, loser.op};
    if (dismissals_.cover(both, {Decider::Role::leader, {}, {}}, past.of)) continue;
    out.open = true;
    out.named.insert(out.named.end(), both.begin(), both.end());
    const auto match =
        std::lower_bound(writes_.begin(), writes_.end(), *loser.match, [](const Write& w, const OpRef& op) { return w.by < op; });
    out.passed.push_back(static_cast<std::uint32_t>(match - writes_.begin()));
  }
  std::sort(out.passed.begin(), out.passed.end());
  if (out.open)
    for (const auto leaf : outcome.leaves) out.named.push_back(writes_[leaf].by);
  return out;
}

const record::Value* Workflow::shown() const {
  if (!now_.shown) return nullptr;
  const auto& value = shown_by(writes_[*now_.shown]);
  const auto* map = value.map();
  const auto* code = map == nullptr ? &value : record::find(*map, status_field);
  return code == nullptr || code->is_null() ? nullptr : code;
}

std::optional<Refusal> Workflow::refusal(const OpRef& status) const {
  const auto found = refused_.find(status);
  return found == refused_.end() ? std::nullopt : std::optional(found->second);
}

std::vector<std::vector<OpRef>> Workflow::repeated(std::string_view target) const {
  const auto code = code_in(std::string(target));
  std::map<OpRef, std::vector<OpRef>> out;
  const auto repeat = [&](const OpRef& op) {
    for (const auto& by : line_)
      if (target_of(by) == code && causality().concurrent(by, op)) return out[by].push_back(op);
  };
  for (const auto leaf : now_.leaves)
    if (known_[leaf].target == code && !on_line(writes_[leaf].by)) repeat(writes_[leaf].by);
  for (const auto& rival : rivals_)
    if (rival.target == code && !answered(rival.op)) repeat(rival.op);
  std::vector<std::vector<OpRef>> groups;
  for (auto& [by, ops] : out) {
    ops.push_back(by);
    std::sort(ops.begin(), ops.end());
    groups.push_back(std::move(ops));
  }
  return groups;
}

}  // namespace ward::merge
