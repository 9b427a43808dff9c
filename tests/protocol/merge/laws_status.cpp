#include "tests/protocol/merge/laws.hpp"

#include "protocol/schema/schema.hpp"

#include <catch2/catch.hpp>

/// The status, what rides with it, and what a leader must decide (laws 25 to 28).
using namespace ward;
using namespace ward::merge;
using namespace ward::merge::test;
using Standing = HistoryEntry::Standing;

namespace {

std::optional<int> status_of(const DossierState& state) {
  const auto* text = shown(state, "TrangThaiHoSo");
  return text == nullptr ? std::nullopt : std::optional(std::stoi(*text->text()));
}

std::optional<int> priority(std::optional<int> from, int to) {
  for (const auto& row : schema::transitions())
    if (row.from == from.value_or(0) && row.to == to) return row.priority;
  return std::nullopt;
}

int weight(std::optional<int> from, std::optional<int> to) {
  if (!to) return -1;
  if (const auto found = priority(from, *to)) return *found;
  int out = 0;
  for (const auto& row : schema::transitions())
    if (row.to == *to) out = std::max(out, row.priority);
  return out;
}

/// Something stands there that only a leader may go past.
bool waits_for_leader(const DossierState& state) {
  return std::any_of(state.conflicts.begin(), state.conflicts.end(), [](const Conflict& c) {
    return c.kind == ConflictKind::status_differs || c.kind == ConflictKind::withdrawal_after_result ||
           c.kind == ConflictKind::contradicting_decisions;
  });
}

DossierState past_state(Trial& trial, std::size_t op) {
  return trial.story.state_of(cut_to(trial.model(), trial.model().operations()[op].past));
}

/// A dossier in status 2 or 4 in which nothing waits for anybody, and its chief.
bool is_quiet(Trial& trial) {
  const auto now = status_of(trial.state());
  return trial.created() && (now == 2 || now == 4) && !waits_for_leader(trial.state());
}

}  // namespace

LAW(legal_in_its_past, "merge: a status is legal in its own past", wild) {
  if (!trial.created()) return Tried::no;
  const auto& model = trial.model();
  bool tried = false;
  for (std::size_t op = 0; op < model.operations().size(); ++op) {
    const auto& [id, fact, text, past] = model.operations()[op];
    if (model.judgement(op).sense != Sense::status || id.change == trial.story.facts().front().position) continue;
    const auto& entry = *entry_at(trial.history(), id);
    const auto target = status_said(*text);
    const auto state = past_state(trial, op);
    const auto now = status_of(state);
    const bool in_table = !target || !now || now == target || priority(now, *target);
    if (!entry.why || *entry.why == Refusal::lost_to_transition) {
      HOLDS(in_table || waits_for_leader(state));
      tried = true;
    } else if (*entry.why == Refusal::illegal_transition) {
      HOLDS(!in_table);
      tried = true;
    } else if (*entry.why == Refusal::not_the_decider) {
      HOLDS(waits_for_leader(state));
    } else {
      HOLDS(*entry.why != Refusal::outside_custody ||
            trial.story.context().house_of(fact->unit, fact->stamp) != trial.story.context().house_of(state.slip.back().unit, fact->stamp));
    }
  }
  return tried ? Tried::yes : Tried::no;
}

LAW(weightier_shows, "merge: the weightier status shows, a tie changes nothing", wild) {
  if (!trial.created()) return Tried::no;
  const auto& model = trial.model();
  const auto leaves = model.leaves(at("TrangThaiHoSo"), model.everything());
  if (leaves.size() < 2) return Tried::no;
  int most = -2;
  std::set<std::optional<int>> targets;
  Ops common = model.everything();
  for (const auto& leaf : leaves) {
    const auto target = status_said(*model.operations()[leaf.by].op);
    const auto weighs = weight(status_of(past_state(trial, leaf.by)), target);
    if (weighs > most) {
      targets.clear();
      common = model.everything();
    }
    most = std::max(most, weighs);
    if (weighs < most) continue;
    targets.insert(target);
    common.keep_only(model.operations()[leaf.by].past);
  }
  const auto shows_now = status_of(trial.state());
  const auto* asked = conflict_at(trial.state(), at("TrangThaiHoSo"));
  HOLDS((asked != nullptr) == (targets.size() > 1));
  if (targets.size() == 1) {
    HOLDS(shows_now == *targets.begin());
    return Tried::yes;
  }
  HOLDS(asked->kind == ConflictKind::status_differs && asked->decider.role == Decider::Role::leader);
  HOLDS(asked->values.size() == leaves.size());
  HOLDS(shows_now == status_of(trial.story.state_of(cut_to(model, common))));
  return Tried::yes;
}

LAW(dates_ride, "merge: dates ride with their status", calm) {
  if (!is_quiet(trial)) return Tried::no;
  auto story = trial.story;
  const auto chief = Story::chief(trial.state());
  const auto seen = trial.state().version;
  const auto asks = story.say(chief, seen, {status("5", {{"NgayTra", "rider"}, {"GhiChu", "rider"}})});
  HOLDS(status_of(story.state()) == 5 && shows(story.state(), "GhiChu", "rider"));
  const auto ends = story.say(chief, seen, {status("9", {{"NgayKetThucXuLy", "ended"}})});
  auto state = story.state();
  HOLDS(status_of(state) == 9 && shows(state, "NgayKetThucXuLy", "ended"));
  HOLDS(!shows(state, "GhiChu", "rider") && !shows(state, "NgayTra", "rider"));
  HOLDS(entry_at(story.history(), {asks, 0})->why == Refusal::lost_to_transition);
  HOLDS(std::any_of(state.conflicts.begin(), state.conflicts.end(), [&](const Conflict& c) {
    return c.kind == ConflictKind::recall_supplement && c.decider.user == "chief" && c.values.size() == 2;
  }));
  // Whoever goes on, goes on from there.
  const auto both = std::vector{std::min(asks, ends), std::max(asks, ends)};
  const auto given = story.say(chief, both, {status("10", {{"NgayTra", "given"}})});
  state = story.state();
  HOLDS(status_of(state) == 10 && shows(state, "NgayTra", "given") && shows(state, "NgayKetThucXuLy", "ended"));
  story.say(chief, {given}, {undo(*entry_at(story.history(), {given, 0}))});
  state = story.state();
  HOLDS(status_of(state) == 9 && !shows(state, "NgayTra", "given") && shows(state, "NgayKetThucXuLy", "ended"));
  return Tried::yes;
}

LAW(contradictions_wait, "merge: contradicting acts wait for a leader", calm) {
  if (!is_quiet(trial)) return Tried::no;
  auto story = trial.story;
  const auto chief = Story::chief(trial.state());
  const Story::Person clerk{chief.unit, "clerk of this law"};
  story.give_standing(clerk, {0, true, false, false, false});
  story.give_standing(chief, {0, true, true, true, true});
  const auto seen = trial.state().version;
  const auto stops = story.say(clerk, seen, {status("8", {{"NgayTra", "stopped"}})});
  const auto ends = story.say(clerk, seen, {status("9", {{"NgayTra", "ended"}})});
  auto both = std::vector{std::min(stops, ends), std::max(stops, ends)};
  auto state = story.state();
  HOLDS(status_of(state) == 9 && waits_for_leader(state));
  const auto early = story.say(clerk, both, {status("10"), status("8"), undo(*entry_at(story.history(), {stops, 0}))});
  auto told = story.history();
  for (std::uint16_t i = 0; i < 3; ++i) HOLDS(entry_at(told, {early, i})->why == Refusal::not_the_decider);
  HOLDS(status_of(story.state()) == 9);
  if (story.one_in(2)) {
    // Who had seen only one of them goes on; the question stands.
    const auto given = story.say(clerk, {ends}, {status("10")});
    HOLDS(!entry_at(story.history(), {given, 0})->why);
    HOLDS(status_of(story.state()) == 10 && waits_for_leader(story.state()));
    return Tried::yes;
  }
  const auto way = story.draw(3);
  if (way == 2) {
    const auto& conflicts = state.conflicts;
    const auto* notice = &*std::find_if(conflicts.begin(), conflicts.end(),
                                        [](const Conflict& c) { return c.kind == ConflictKind::contradicting_decisions; });
    const auto before = story.say(clerk, {early}, {dismiss(*notice)});
    HOLDS(waits_for_leader(story.state()));
    const auto settled = story.say(chief, {before}, {dismiss(*notice)});
    HOLDS(!waits_for_leader(story.state()));
    const auto given = story.say(clerk, {settled}, {status("10")});
    HOLDS(!entry_at(story.history(), {given, 0})->why && status_of(story.state()) == 10);
    return Tried::yes;
  }
  const auto decided = story.say(chief, {early}, {status(way == 0 ? "8" : "9", {{"GhiChu", "leader"}})});
  state = story.state();
  HOLDS(!entry_at(story.history(), {decided, 0})->why);
  HOLDS(status_of(state) == (way == 0 ? 8 : 9) && shows(state, "GhiChu", "leader"));
  HOLDS(!waits_for_leader(state));
  HOLDS(shows(state, "NgayTra", way == 0 ? "stopped" : "ended"));
  if (way == 0) return Tried::yes;
  const auto given = story.say(clerk, {decided}, {status("10")});
  HOLDS(!entry_at(story.history(), {given, 0})->why && status_of(story.state()) == 10);
  return Tried::yes;
}
