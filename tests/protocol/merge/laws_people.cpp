#include "tests/protocol/merge/laws.hpp"

#include <catch2/catch.hpp>

/// Proposals, approvals, dismissals, and who may (laws 17, 24, 30).
using namespace ward;
using namespace ward::merge;
using namespace ward::merge::test;
using Standing = HistoryEntry::Standing;

namespace {

std::vector<Op> ordinary_ops(Story& story) {
  std::vector<Op> out{
      paper("fresh", "x"),      set(at("TaiLieuNop", paper_id("p"), "TenTepDinhKem"), "x"), remove("TaiLieuNop", paper_id("p")),
      payment("99", 9),         append("DanhSachHoSoBoSung", Map{{"HoSoBoSungId", "9"}}),   set("GhiChu", Value()),
      set("MaHoSo", "approved")};
  for (const auto& field : scalar_fields()) out.push_back(set(field, "proposed"));
  std::shuffle(out.begin(), out.end(), std::mt19937_64(story.draw(1000)));
  return out;
}

/// Without who said it.
std::vector<std::pair<std::string, std::vector<std::pair<std::string, Map>>>> elements_of(const DossierState& state) {
  std::vector<std::pair<std::string, std::vector<std::pair<std::string, Map>>>> out;
  for (const auto& each : state.collections) {
    out.emplace_back(each.name, std::vector<std::pair<std::string, Map>>{});
    for (const auto& element : each.elements) out.back().second.emplace_back(element.id, element.fields);
  }
  return out;
}

bool is_listed(const std::vector<Unapplied>& list, const OpId& id) {
  return std::any_of(list.begin(), list.end(), [&](const Unapplied& one) { return one.said.op == id; });
}

}  // namespace

LAW(proposals_change_nothing, "merge: a proposal changes nothing", wild) {
  if (!trial.created()) return Tried::no;
  auto story = trial.story;
  const auto ops = ordinary_ops(story);
  const auto chief = Story::chief(trial.state());
  const auto said = story.say(chief, trial.state().version, ops);
  if (story.one_in(2)) {
    story.facts().back().admission = Admission::proposal;
  } else {
    story.give_standing(chief, {0, false, true, true, true});
  }
  auto after = story.state();
  HOLDS(after.proposals.size() == trial.state().proposals.size() + ops.size());
  HOLDS(after.version == std::vector{said});
  after.proposals = trial.state().proposals;
  after.version = trial.state().version;
  after.changes = trial.state().changes;
  HOLDS(after == trial.state());
  // What others wrote after reading it merges.
  const auto next = story.say({chief.unit, "somebody else"}, {said}, {set("GhiChu", "read it")});
  HOLDS(shows(story.state(), "GhiChu", "read it"));
  HOLDS(story.state().version == std::vector{next});
  return Tried::yes;
}

LAW(approved_applies, "merge: an approved proposal applies as if the approver had written it", calm) {
  if (!trial.created()) return Tried::no;
  auto story = trial.story;
  const auto op = ordinary_ops(story).front();
  const auto chief = Story::chief(trial.state());
  const auto said = story.say({chief.unit, "x"}, trial.state().version, {op});
  story.facts().back().admission = Admission::proposal;
  if (story.one_in(2)) story.say(chief, trial.state().version, {set("GhiChu", "meanwhile")});
  const auto between = story.state();
  auto by_hand = story;
  const auto proposal =
      *std::find_if(between.proposals.begin(), between.proposals.end(), [&](const Unapplied& u) { return u.said.op == OpId{said, 0}; });
  const auto approved = story.say(chief, between.version, {approve(proposal)});
  by_hand.say(chief, between.version, {op});
  const auto a = story.state(), b = by_hand.state();
  HOLDS(!entry_at(story.history(), {approved, 0})->why);
  HOLDS(a.fields == b.fields && a.codes == b.codes);
  HOLDS(elements_of(a) == elements_of(b));
  HOLDS(a.conflicts.size() == b.conflicts.size());
  for (std::size_t i = 0; i < a.conflicts.size(); ++i)
    HOLDS(a.conflicts[i].kind == b.conflicts[i].kind && a.conflicts[i].path == b.conflicts[i].path);
  HOLDS(!is_listed(a.proposals, {said, 0}));
  HOLDS(entry_at(story.history(), {said, 0})->standing == Standing::approved);
  return Tried::yes;
}

LAW(dismissed_is_gone, "merge: a dismissed proposal never shows again", calm) {
  if (!trial.created()) return Tried::no;
  auto story = trial.story;
  const auto chief = Story::chief(trial.state());
  const auto said = story.say({"W-77", "x"}, trial.state().version, {set("Email", "from outside"), status("9")});
  const auto seen = story.state();
  HOLDS(is_listed(seen.proposals, {said, 0}) && is_listed(seen.not_applied, {said, 1}));
  const bool own = story.one_in(2);
  const Story::Person who = own ? Story::Person{"W-77", "x"} : chief;
  const auto gone = story.say(who, seen.version, {Op{OpKind::dismiss, at("Email"), record::Heads{{{said, 0}}}, std::nullopt}});
  auto state = story.state();
  HOLDS(!is_listed(state.proposals, {said, 0}) && is_listed(state.not_applied, {said, 1}));
  HOLDS(entry_at(story.history(), {said, 0})->standing == Standing::dismissed);
  HOLDS(state.fields == seen.fields);
  // A stranger's dismissal is nothing, and does not take back another.
  const auto strange =
      story.say({"W-78", "y"}, state.version, {Op{OpKind::dismiss, at("Email"), record::Heads{{{gone, 0}}}, std::nullopt}});
  HOLDS(entry_at(story.history(), {strange, 0})->why == Refusal::not_the_decider);
  HOLDS(!is_listed(story.state().proposals, {said, 0}));
  story.say(who, {strange}, {undo(*entry_at(story.history(), {gone, 0}))});
  HOLDS(is_listed(story.state().proposals, {said, 0}));
  return Tried::yes;
}

LAW(disabled_users, "merge: a disabled user changes nothing", honest) {
  if (!trial.created()) return Tried::no;
  auto story = trial.story;
  for (std::size_t i = 0; i < story.facts().size(); ++i) story.facts()[i].stamp = Stamp{i, story.facts()[i].hlc.wall()};
  const auto before = story.history();
  const auto from = story.draw(story.facts().size() + 1);
  const auto who = story.one_of(story.facts());
  const auto all_units = {who.unit};
  for (const auto& unit : all_units) story.context().users[{unit, who.change.user}] = {{from, false, false, false, false}};
  bool tried = false;
  const auto now = story.history();
  for (const auto& entry : now) {
    const auto index = entry.said.stamp->index;
    const auto& then = *entry_at(before, entry.said.op);
    const bool his = entry.said.user == who.change.user && entry.said.unit == who.unit;
    if (his && index >= from) {
      const bool wrong = then.why == Refusal::unknown_kind || then.why == Refusal::bad_path || then.why == Refusal::wrong_type ||
                         then.why == Refusal::missing_reference || entry.why == Refusal::missing_reference ||
                         entry.why == Refusal::wrong_type;
      HOLDS(wrong || entry.why == Refusal::disabled_user);
      tried = true;
    } else if (index < from) {
      const bool by_others = then.why == Refusal::lost_to_transition || then.why == Refusal::lost_custody ||
                             then.why == Refusal::offer_closed || entry.why == Refusal::lost_to_transition ||
                             entry.why == Refusal::lost_custody || entry.why == Refusal::offer_closed;
      HOLDS(by_others || entry.why == then.why);
    }
  }
  return tried ? Tried::yes : Tried::no;
}

LAW(knows_who_may, "merge: who may decide is known before he does", wild) {
  if (!trial.created() || trial.state().conflicts.empty()) return Tried::no;
  auto story = trial.story;
  const auto& conflict = story.one_of(trial.state().conflicts);
  if (is_question(conflict.kind)) return Tried::no;
  const auto unit = story.one_of(std::vector<UnitCode>{"W-1", "W-2", "C-9", "W-8", trial.state().custody.unit});
  const auto user = story.one_of(std::vector<std::string>{"an", "lan", "ke", "quan", "moi", "user1", "user2", "user3"});
  const bool may = may_decide(conflict.decider, trial.state(), story.context(), unit, user);
  if (!story.context().standing_of(unit, user, std::nullopt).enabled) return Tried::no;
  story.say({unit, user}, trial.state().version, {dismiss(conflict)});
  const auto after = story.state();
  const bool gone = std::none_of(after.conflicts.begin(), after.conflicts.end(), [&](const Conflict& c) { return c.id == conflict.id; });
  HOLDS(gone == may);
  return Tried::yes;
}

LAW(proposals_know_who_may, "merge: who may approve is known before he does", wild) {
  if (!trial.created() || trial.state().proposals.empty()) return Tried::no;
  auto story = trial.story;
  const auto& proposal = story.one_of(trial.state().proposals);
  const auto unit = story.one_of(std::vector<UnitCode>{"W-1", "W-2", "C-9", trial.state().custody.unit});
  const auto user = story.one_of(std::vector<std::string>{"an", "lan", "ke", "moi"});
  if (!story.context().standing_of(unit, user, std::nullopt).enabled) return Tried::no;
  const bool may = may_decide(proposal.decider, trial.state(), story.context(), unit, user);
  const auto approved = story.say({unit, user}, trial.state().version, {approve(proposal)});
  const auto why = entry_at(story.history(), {approved, 0})->why;
  HOLDS(may || why == Refusal::not_the_decider);
  // He may not be the one to decide a question that stands there by now.
  HOLDS(!why || why == Refusal::not_the_decider);
  HOLDS(!why == !is_listed(story.state().proposals, proposal.said.op));
  return Tried::yes;
}
