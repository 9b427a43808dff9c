#include "tests/protocol/merge/laws.hpp"

#include <catch2/catch.hpp>

/// Who holds the dossier, and what those may do who do not (laws 20 to 23, 29, 31).
using namespace ward;
using namespace ward::merge;
using namespace ward::merge::test;
using Standing = HistoryEntry::Standing;

namespace {

bool is_good(const std::vector<HistoryEntry>& history, const OpId& id) { return !entry_at(history, id)->why; }

/// Fields and elements with what stands in them, without who wrote what.
struct Shown {
  Map fields;
  std::map<std::pair<std::string, std::string>, Map> elements;
};
Shown shown_in(const DossierState& state) {
  Shown out{state.fields, {}};
  for (const auto& each : state.collections)
    for (const auto& element : each.elements) out.elements[{each.name, element.id}] = element.fields;
  return out;
}

}  // namespace

LAW(one_holder, "merge: one unit holds custody", wild) {
  if (!trial.created()) return Tried::no;
  const auto& state = trial.state();
  const auto& told = trial.history();
  HOLDS(!state.slip.empty());
  for (std::size_t i = 0; i < state.slip.size(); ++i) {
    const auto& stay = state.slip[i];
    HOLDS(stay.until.has_value() == (i + 1 < state.slip.size()));
    if (i == 0) continue;
    HOLDS(state.slip[i - 1].until == stay.from && state.slip[i - 1].until_stamp == stay.from_stamp);
    HOLDS(stay.offered.has_value() && !stay.given_by.empty() && !stay.taken_by.empty());
  }
  HOLDS(state.custody.unit == trial.story.context().house_of(state.slip.back().unit, std::nullopt));
  HOLDS(state.custody.since.has_value() == (state.slip.size() > 1));
  if (state.custody.since) {
    const auto& accept = *entry_at(told, *state.custody.since);
    HOLDS(accept.said.kind == OpKind::accept && !accept.why && accept.standing == Standing::shown);
    HOLDS(accept.said.unit == state.slip.back().unit);
    const auto& offered = *entry_at(told, accept.said.value.heads()->ops.front());
    HOLDS(offered.said.kind == OpKind::offer && !offered.why);
    HOLDS(offered.said.unit == state.slip.back().given_by_unit);
    const auto& context = trial.story.context();
    HOLDS(context.house_of(*record::find(*offered.said.value.map(), "to")->text(), accept.said.stamp) ==
          context.house_of(accept.said.unit, accept.said.stamp));
  }
  // One accepted offer in force for each step of the slip.
  std::set<OpId> accepted;
  for (const auto& entry : told)
    if (entry.said.kind == OpKind::accept && !entry.why && entry.standing == Standing::shown)
      accepted.insert(entry.said.value.heads()->ops.front());
  HOLDS(accepted.size() + 1 == state.slip.size());
  return state.slip.size() > 1 ? Tried::yes : Tried::no;
}

LAW(accept_beats_recall, "merge: accept beats a concurrent recall, the first accept the others", calm) {
  if (!trial.created()) return Tried::no;
  auto story = trial.story;
  const auto chief = Story::chief(trial.state());
  const UnitCode near = "W-NEAR", far = "W-FAR";
  const auto offered = story.say(chief, trial.state().version, {offer(near), offer(far)});
  const auto recalled = story.say(chief, {offered}, {recall({offered, 0})});
  const auto taken = story.say({near, "x"}, {offered}, {accept({offered, 0})});
  HOLDS(story.state().custody.unit == near);
  HOLDS(entry_at(story.history(), {recalled, 0})->why == Refusal::offer_closed);
  const auto other = story.say({far, "x"}, {offered}, {accept({offered, 1})});
  const auto stamp = [&](const Position& position, std::uint64_t index) {
    for (auto& fact : story.facts())
      if (fact.position == position) fact.stamp = Stamp{index, fact.hlc.wall()};
  };
  const auto index = 1000 + story.draw(3);
  stamp(taken, 1001);
  stamp(other, index);
  const bool near_first = index > 1001 || (index == 1001 && [&] {
                            Rid a, b;
                            for (const auto& fact : story.facts()) {
                              if (fact.position == taken) a = fact.rid;
                              if (fact.position == other) b = fact.rid;
                            }
                            return a < b;
                          }());
  auto state = story.state();
  HOLDS(state.custody.unit == (near_first ? near : far));
  auto told = story.history();
  HOLDS(entry_at(told, {near_first ? other : taken, 0})->why == Refusal::lost_custody);
  HOLDS(is_good(told, {near_first ? taken : other, 0}));
  HOLDS(std::any_of(state.conflicts.begin(), state.conflicts.end(),
                    [](const Conflict& c) { return c.kind == ConflictKind::competing_accepts; }));
  // Of two without a stamp the one with the lower record id.
  const auto late = story.say({far, "x"}, state.version, {accept({offered, 1})});
  HOLDS(!is_good(story.history(), {late, 0}));
  HOLDS(story.state().custody == state.custody);
  return Tried::yes;
}

LAW(declined_is_closed, "merge: a closed offer moves nothing", calm) {
  if (!trial.created()) return Tried::no;
  auto story = trial.story;
  const auto chief = Story::chief(trial.state());
  const UnitCode near = "W-NEAR";
  const auto offered = story.say(chief, trial.state().version, {offer(near, "note", "20200101000000")});
  const auto pending = story.state().custody.pending;
  HOLDS(std::any_of(pending.begin(), pending.end(), [&](const Offer& one) {
    return one.op == OpId{offered, 0} && one.to == near && one.note == "note" && one.expires == "20200101000000" && one.user == "chief";
  }));
  const auto stranger = story.say({"W-77", "chief"}, {offered}, {accept({offered, 0}), decline({offered, 0}), recall({offered, 0})});
  auto told = story.history();
  HOLDS(entry_at(told, {stranger, 0})->why == Refusal::not_offered);
  HOLDS(entry_at(told, {stranger, 1})->why == Refusal::not_offered);
  HOLDS(entry_at(told, {stranger, 2})->why == Refusal::outside_custody);
  const bool declined = story.one_in(2);
  const auto closed =
      declined ? story.say({near, "x"}, {stranger}, {decline({offered, 0})}) : story.say(chief, {stranger}, {recall({offered, 0})});
  const auto late = story.say({near, "x"}, {closed}, {accept({offered, 0})});
  told = story.history();
  HOLDS(is_good(told, {closed, 0}));
  HOLDS(entry_at(told, {late, 0})->why == Refusal::offer_closed);
  HOLDS(story.state().custody == trial.state().custody);
  return Tried::yes;
}

LAW(outsiders_decide_nothing, "merge: an outsider takes no decision", wild) {
  if (!trial.created()) return Tried::no;
  auto story = trial.story;
  const auto& before = trial.state();
  const UnitCode far = "W-77";
  std::vector<Op> ops{set("MaHoSo", "0123"), status("9", {{"NgayTra", "out"}}), offer("W-2"), set("TrangThaiHoSo", "8"), payment("77", 77)};
  for (const auto& field : scalar_fields()) ops.push_back(set(field, "out"));
  for (const auto* name : {"p", "q", "new"}) {
    ops.push_back(paper(name, "out"));
    ops.push_back(remove("TaiLieuNop", paper_id(name)));
    ops.push_back(set(at("TaiLieuNop", paper_id(name), "TenTepDinhKem"), "out"));
  }
  for (const auto& conflict : before.conflicts) {
    if (can_keep(conflict)) ops.push_back(keep(conflict, 0));
    if (!is_question(conflict.kind)) ops.push_back(dismiss(conflict));
  }
  for (const auto& one : before.proposals) ops.push_back(approve(one));
  for (const auto& one : before.custody.pending) {
    ops.push_back(accept(one.op));
    ops.push_back(recall(one.op));
  }
  std::shuffle(ops.begin(), ops.end(), std::mt19937_64(story.draw(1000)));
  story.say({far, "chief"}, before.version, ops);
  const auto after = story.state();
  HOLDS(after.fields == before.fields && after.codes == before.codes && after.custody == before.custody && after.slip == before.slip);
  const auto old = shown_in(before), now = shown_in(after);
  for (const auto& [place, fields] : old.elements)
    if (place.first != "BienLai") HOLDS(now.elements.count(place) == 1 && now.elements.at(place) == fields);
  HOLDS(now.elements.count({"BienLai", receipt_id("77")}) == 1);
  for (const auto& conflict : before.conflicts)
    HOLDS(std::any_of(after.conflicts.begin(), after.conflicts.end(), [&](const Conflict& c) {
      // Notices of several operations may name more: another rival from outside, another payment.
      const auto more = ops_in(c), before_it = ops_in(conflict);
      const bool grew = !is_question(c.kind) && c.kind == conflict.kind && c.path == conflict.path;
      return c.id == conflict.id || (grew && std::includes(more.begin(), more.end(), before_it.begin(), before_it.end()));
    }));
  for (const auto& one : before.proposals)
    HOLDS(std::any_of(after.proposals.begin(), after.proposals.end(), [&](const Unapplied& u) { return u == one; }));
  return Tried::yes;
}

LAW(owner_speaks, "merge: the winner's custody speaks for owner fields", honest) {
  auto story = trial.story;
  if (!trial.created()) return Tried::no;
  const auto chief = Story::chief(trial.state());
  const UnitCode near = "W-NEAR", far = "W-FAR";
  const auto offered = story.say(chief, trial.state().version, {offer(near), offer(far)});
  const auto one = story.say({near, "x"}, {offered}, {accept({offered, 0}), set("CanBoXuLy", "near"), set("Email", "near")});
  const auto other = story.say({far, "x"}, {offered}, {accept({offered, 1}), set("CanBoXuLy", "far"), set("Email", "far")});
  const auto state = story.state();
  const bool near_holds = state.custody.unit == near;
  HOLDS(near_holds || state.custody.unit == far);
  HOLDS(shows(state, "CanBoXuLy", near_holds ? "near" : "far"));
  HOLDS(shows(state, "Email", "far"));  // a phone number is anybody's: the later clock
  const auto loser = OpId{near_holds ? other : one, 1};
  HOLDS(std::any_of(state.conflicts.begin(), state.conflicts.end(), [&](const Conflict& c) {
    return c.kind == ConflictKind::lost_custody_edit && c.path == at("CanBoXuLy") && ops_in(c) == std::vector{loser};
  }));
  HOLDS(entry_at(story.history(), loser)->standing == Standing::lost);
  return Tried::yes;
}

LAW(heirs_have, "merge: an heir has what the unit had", honest) {
  if (!trial.created()) return Tried::no;
  // A unit that had this name from the beginning, and one that is its heir from the beginning, are one.
  auto inherits = trial.story, renamed = trial.story;
  inherits.context().successions["W-2"] = {"W-NEW", 0};
  for (auto& fact : renamed.facts()) {
    if (fact.unit == "W-2") fact.unit = "W-NEW";
    for (auto& op : fact.change.ops)
      if (op.kind == OpKind::offer && op.value.map() != nullptr)
        for (auto map = *op.value.map(); auto& member : map)
          if (member.name == "to" && member.value == Value("W-2")) {
            member.value = "W-NEW";
            op.value = map;
          }
  }
  const auto a = inherits.state(), b = renamed.state();
  HOLDS(a.fields == b.fields && a.codes == b.codes);
  HOLDS(a.custody.unit == b.custody.unit && a.custody.since == b.custody.since && a.custody.pending.size() == b.custody.pending.size());
  HOLDS(shown_in(a).elements == shown_in(b).elements);
  HOLDS(a.proposals.size() == b.proposals.size() && a.not_applied.size() == b.not_applied.size());
  HOLDS(a.conflicts.size() == b.conflicts.size());
  for (std::size_t i = 0; i < a.conflicts.size(); ++i)
    HOLDS(a.conflicts[i].kind == b.conflicts[i].kind && ops_in(a.conflicts[i]) == ops_in(b.conflicts[i]));
  HOLDS(a.custody.unit != "W-2");
  for (const auto& stay : a.slip) HOLDS(stay.unit != "W-NEW");  // the text stays as it was
  // From an index on: what was stamped before is not judged again.
  auto later = trial.story;
  const auto chief = Story::chief(trial.state());
  later.context().successions[chief.unit] = {"W-HEIR", 5000};
  const auto before = later.say({"W-HEIR", "x"}, trial.state().version, {set("Email", "too early")});
  later.facts().back().stamp = Stamp{4999, later.facts().back().hlc.wall()};
  const auto after = later.say({"W-HEIR", "x"}, trial.state().version, {set("Email", "heir")});
  later.facts().back().stamp = Stamp{5000, later.facts().back().hlc.wall()};
  HOLDS(entry_at(later.history(), {before, 0})->why == Refusal::outside_custody);
  HOLDS(!entry_at(later.history(), {after, 0})->why);
  HOLDS(later.state().custody.unit == "W-HEIR");
  return Tried::yes;
}
