#include "tests/protocol/merge/laws.hpp"

#include <catch2/catch.hpp>

/// What fields, elements, payments come to, and that nothing is lost (laws 5, 9 to 15, 32, 33).
using namespace ward;
using namespace ward::merge;
using namespace ward::merge::test;
using Standing = HistoryEntry::Standing;
using schema::Policy;

namespace {

Story::Person founder(const Story& story) { return {story.facts().front().unit, "chief"}; }

bool names(const std::vector<Said>& values, const OpId& id) {
  return std::any_of(values.begin(), values.end(), [&](const Said& said) { return said.op == id; });
}

std::vector<Conflict> questions(const DossierState& state) {
  std::vector<Conflict> out;
  for (const auto& conflict : state.conflicts)
    if (is_question(conflict.kind)) {
      out.push_back(conflict);
      out.back().id = {};
    }
  return out;
}

bool is_listed(const std::vector<Unapplied>& list, const OpId& id) {
  return std::any_of(list.begin(), list.end(), [&](const Unapplied& one) { return one.said.op == id; });
}

/// An edit inside the element, by somebody who had seen what was done to it, has renewed it: also one that was approved.
bool is_renewed(const HistoryEntry& entry, const std::vector<HistoryEntry>& told, const Oracle& model) {
  const auto& element = entry.said.path;
  const auto inside = [&](const Path& path) {
    return path.size() > element.size() && std::equal(element.begin(), element.end(), path.begin());
  };
  return std::any_of(told.begin(), told.end(), [&](const HistoryEntry& by) {
    bool renews = inside(by.place);
    if (by.said.kind == OpKind::approve)
      for (const auto& id : references_of(by.said.value))
        if (const auto* proposal = entry_at(told, id)) renews = renews || inside(proposal->said.path);
    return renews && model.saw(by.said.op, entry.said.op);
  });
}

}  // namespace

LAW(comes_to_heads, "merge: a field comes to its heads", wild) {
  const auto what = difference(trial.state(), trial.model().state());
  if (!what.empty()) throw Broken{"the model says otherwise: " + what};
  return Tried::yes;
}

LAW(loses_nothing, "merge: loses nothing silently", wild) {
  if (!trial.created()) return Tried::no;
  const auto& state = trial.state();
  const auto& told = trial.history();
  const auto& model = trial.model();
  std::size_t all = 0, proposed = 0, not_applied = 0;
  for (const auto& fact : trial.story.facts()) all += fact.change.ops.size();
  HOLDS(told.size() == all);
  for (const auto& entry : told) {
    const auto& id = entry.said.op;
    const auto at = model.find(id);
    HOLDS((entry.standing == Standing::waiting) == !at.has_value());
    if (!at) continue;
    HOLDS(entry.why == model.refusal(*at));
    proposed += entry.standing == Standing::proposed ? 1 : 0;
    not_applied += entry.standing == Standing::not_applied ? 1 : 0;
    for (const auto& old : entry.replaced) HOLDS(model.saw(id, old));
    switch (entry.standing) {
      case Standing::proposed: HOLDS(is_listed(state.proposals, id)); break;
      case Standing::not_applied: HOLDS(is_listed(state.not_applied, id)); break;
      case Standing::approved:
      case Standing::dismissed:
        HOLDS(entry.why.has_value());
        HOLDS(!is_listed(state.proposals, id) && !is_listed(state.not_applied, id));
        break;
      case Standing::replaced:
        HOLDS(std::any_of(
                  told.begin(), told.end(),
                  [&](const HistoryEntry& by) { return std::find(by.replaced.begin(), by.replaced.end(), id) != by.replaced.end(); }) ||
              ((model.judgement(*at).sense == Sense::remove || model.judgement(*at).sense == Sense::revive) &&
               (entry.said.path.size() > 2 || is_renewed(entry, told, model))) ||
              model.judgement(*at).sense == Sense::add || model.judgement(*at).sense == Sense::field ||
              model.judgement(*at).sense == Sense::note || model.judgement(*at).sense == Sense::approve ||
              model.judgement(*at).sense == Sense::dismiss || is_custody(model.judgement(*at).sense));
        break;
      case Standing::in_conflict:
        if (entry.said.value.heads() == nullptr)
          HOLDS(std::any_of(state.conflicts.begin(), state.conflicts.end(), [&](const Conflict& c) { return names(c.values, id); }));
        break;
      default: break;
    }
  }
  HOLDS(proposed == state.proposals.size());
  HOLDS(not_applied == state.not_applied.size());
  return Tried::yes;
}

LAW(add_wins, "merge: add wins", honest) {
  const auto& model = trial.model();
  const auto there = ids_in(trial.state(), "TaiLieuNop");
  bool tried = false;
  for (const auto* name : {"p", "q"}) {
    const auto id = paper_id(name);
    std::vector<std::size_t> marks, removals;
    for (std::size_t i = 0; i < model.operations().size(); ++i) {
      const auto& [op_id, fact, op, past] = model.operations()[i];
      if (model.judgement(i).outcome != Oracle::Outcome::applies) continue;
      std::vector<const Op*> said{op};
      if (op->kind == OpKind::approve) {
        said.clear();
        for (const auto& proposal : references_of(op->value)) said.push_back(model.operations()[*model.find(proposal)].op);
      }
      for (const auto* each : said) {
        const bool inside = each->path.size() > 2 && each->path[0].text == "TaiLieuNop" && each->path[1].text == id;
        if (each->kind == OpKind::remove && each->path == at("TaiLieuNop", id)) removals.push_back(i);
        if ((each->kind == OpKind::set && inside) ||
            (each->kind == OpKind::add && each->path == at("TaiLieuNop") && name_of_element(*each, op_id) == id))
          marks.push_back(i);
      }
    }
    const bool alive = std::any_of(marks.begin(), marks.end(), [&](std::size_t mark) {
      return std::none_of(removals.begin(), removals.end(),
                          [&](std::size_t removal) { return model.operations()[removal].past.has(mark); });
    });
    // One approval of an edit and a removal is both: which stands is not this law's matter.
    bool both = false;
    for (const auto mark : marks) both = both || std::find(removals.begin(), removals.end(), mark) != removals.end();
    if (both) continue;
    HOLDS((std::find(there.begin(), there.end(), id) != there.end()) == alive);
    tried = tried || !removals.empty();
  }
  return tried ? Tried::yes : Tried::no;
}

LAW(covers_what_it_saw, "merge: a resolution covers exactly what it saw", honest) {
  auto story = trial.story;
  const auto who = founder(story);
  const auto root = story.facts().front().position;
  std::vector<Position> seen, unseen;
  for (auto left = 2 + story.draw(3); left > 0; --left)
    seen.push_back(story.say(who, {root}, {set("ChuHoSo", "seen" + std::to_string(left))}));
  for (auto left = story.draw(3); left > 0; --left)
    unseen.push_back(story.say(who, {root}, {set("ChuHoSo", "unseen" + std::to_string(left))}));
  const auto ids = [&](const Oracle& model) {
    std::set<OpId> out;
    for (const auto& head : model.heads(at("ChuHoSo"), model.everything())) out.insert(model.operations()[head.by].id);
    return out;
  };
  const auto before = ids(Oracle(story.did(), story.facts(), story.context()));
  const auto decided = story.say(who, seen, {set("ChuHoSo", "decided")});
  const Oracle model(story.did(), story.facts(), story.context());
  std::set<OpId> expected{OpId{decided, 0}};
  for (const auto& id : before)
    if (!model.saw({decided, 0}, id)) expected.insert(id);
  HOLDS(ids(model) == expected);
  const auto state = story.state();
  const auto* asked = conflict_at(state, at("ChuHoSo"));
  HOLDS((asked == nullptr) == shows(state, "ChuHoSo", "decided"));
  HOLDS(asked == nullptr || names(asked->values, {decided, 0}));
  HOLDS(asked == nullptr || asked->decider.role == Decider::Role::leader);
  for (const auto& position : unseen) HOLDS(asked != nullptr && names(asked->values, {position, 0}));
  for (const auto& position : seen) HOLDS(expected.count({position, 0}) == 0);
  return Tried::yes;
}

LAW(resolutions_differ, "merge: two different resolutions are a new conflict, two equal ones are none", honest) {
  auto story = trial.story;
  const auto who = founder(story);
  const auto root = story.facts().front().position;
  const bool payments = story.one_in(3);
  const auto place = payments ? at("BienLai", receipt_id("7")) : at("ChuHoSo");
  const auto say = [&](std::vector<Position> seen, int value) {
    const auto map = record::canonical({{"KyHieu", "AA"}, {"SoBienLai", "7"}, {"SoTien", value}});
    return story.say(who, std::move(seen), {set(place, payments ? Value(map) : Value("v" + std::to_string(value)))});
  };
  const auto a = say({root}, 1), b = say({root}, 2);
  const auto both = std::vector{std::min(a, b), std::max(a, b)};
  const auto* found = conflict_at(story.state(), place);
  HOLDS(found != nullptr);
  const bool equal = story.one_in(2);
  const auto first = conflict_at(story.state(), place)->id;
  const auto one = say(both, 3), other = say(both, equal ? 3 : 4);
  // Others may have written here, too; then there is a conflict anyhow.
  std::vector<Fact> only;
  for (const auto& fact : story.facts())
    if (fact.position == root || fact.position == a || fact.position == b || fact.position == one || fact.position == other)
      only.push_back(fact);
  const auto state = story.state_of(only);
  const auto* conflict = conflict_at(state, place);
  HOLDS((conflict == nullptr) == equal);
  if (conflict == nullptr) return Tried::yes;
  HOLDS(conflict->id != first);
  HOLDS(conflict->values.size() == 2 && names(conflict->values, {one, 0}) && names(conflict->values, {other, 0}));
  HOLDS(conflict->decider.role == Decider::Role::leader);
  return Tried::yes;
}

LAW(takes_back, "merge: an undo gives the heads back", calm) {
  if (!trial.created()) return Tried::no;
  auto story = trial.story;
  const auto& before = trial.state();
  std::vector<Op> acts{remove("TaiLieuNop", paper_id("p")), status(story.one_in(2) ? "9" : "5", {{"NgayTra", "act"}})};
  for (const auto& field : scalar_fields()) acts.push_back(set(field, "act"));
  for (const auto& conflict : before.conflicts) {
    if (can_keep(conflict)) acts.push_back(keep(conflict, story.draw(conflict.values.size())));
    if (!is_question(conflict.kind)) acts.push_back(dismiss(conflict));
  }
  for (const auto& proposal : before.proposals) {
    acts.push_back(dismiss(proposal));
    acts.push_back(approve(proposal));
  }
  const auto act = story.one_of(acts);
  const auto done = story.say(Story::chief(before), before.version, {act});
  const auto entry = *entry_at(story.history(), {done, 0});
  if (entry.why || !can_undo(entry)) return Tried::no;
  if (entry.place == at("BienLai", entry.place.size() == 2 ? entry.place.back().text : "") &&
      trial.model().register_at(entry.place, trial.model().everything()).empty())
    return Tried::no;  // a receipt number stays
  const Path around(entry.place.begin(), entry.place.begin() + static_cast<std::ptrdiff_t>(entry.place.size() > 2 ? 2 : 0));
  if (!around.empty() && (!trial.model().alive(around, trial.model().everything()) || conflict_at(before, around) != nullptr))
    return Tried::no;  // it stays renewed
  const auto undone = story.say(Story::chief(before), {done}, {undo(entry)});
  const auto after = story.state();
  HOLDS(!entry_at(story.history(), {undone, 0})->why);
  HOLDS(after.fields == before.fields);
  HOLDS(after.collections == before.collections);
  HOLDS(questions(after) == questions(before));
  if (act.kind == OpKind::dismiss) {
    HOLDS(after.conflicts == before.conflicts);
    HOLDS(after.proposals == before.proposals);
  }
  if (act.kind != OpKind::approve) HOLDS(after.proposals == before.proposals);
  HOLDS(after.not_applied == before.not_applied);
  HOLDS(after.custody == before.custody && after.codes == before.codes);
  return Tried::yes;
}

LAW(stays_decided, "merge: a decided conflict is gone for whoever saw it", calm) {
  if (!trial.created() || trial.state().conflicts.empty()) return Tried::no;
  auto story = trial.story;
  for (std::size_t rounds = 0; rounds < 6; ++rounds) {
    const auto state = story.state();
    if (state.conflicts.empty()) break;
    const auto conflict = story.one_of(state.conflicts);
    const bool decide = can_keep(conflict) && (is_question(conflict.kind) || story.one_in(2));
    if (!decide && is_question(conflict.kind)) continue;
    auto who = Story::chief(state);
    if (conflict.decider.role == Decider::Role::centre_admin) who.unit = story.context().centres.front();
    HOLDS(may_decide(conflict.decider, state, story.context(), who.unit, who.user));
    if (story.one_in(3)) story.say(Story::chief(state), state.version, {set("GhiChu", "meanwhile"), append("notes", "meanwhile")});
    const auto which = story.draw(conflict.values.size());
    story.say(who, state.version, {decide ? keep(conflict, which) : dismiss(conflict)});
    const auto after = story.state();
    for (const auto& other : after.conflicts) {
      const bool same = other.path == conflict.path && other.kind == conflict.kind && ops_in(other) == ops_in(conflict);
      HOLDS(!same);
      HOLDS(!is_question(conflict.kind) || other.path != conflict.path || other.kind != conflict.kind);
    }
  }
  return Tried::yes;
}

LAW(payments_stay, "merge: a payment is never merged away", wild) {
  if (!trial.created()) return Tried::no;
  const auto& model = trial.model();
  std::set<std::string> entered;
  for (std::size_t i = 0; i < model.operations().size(); ++i) {
    const auto& op = *model.operations()[i].op;
    if (model.judgement(i).sense == Sense::entry && op.path == at("BienLai") && model.judgement(i).outcome == Oracle::Outcome::applies)
      entered.insert(name_of_element(op, model.operations()[i].id));
  }
  const auto there = ids_in(trial.state(), "BienLai");
  for (const auto& id : entered) {
    HOLDS(std::find(there.begin(), there.end(), id) != there.end());
    std::set<std::int64_t> amounts;
    const auto leaves = model.leaves(at("BienLai", id), model.everything());
    bool plain = true;
    for (const auto& leaf : leaves) {
      const auto* amount = leaf.value.map() == nullptr ? nullptr : record::find(*leaf.value.map(), "SoTien");
      plain = plain && amount != nullptr && amount->number() != nullptr;
      if (plain) amounts.insert(*amount->number());
    }
    const auto* conflict = conflict_at(trial.state(), at("BienLai", id));
    if (plain) HOLDS((conflict != nullptr && conflict->kind == ConflictKind::payment_differs) == (amounts.size() > 1));
  }
  return entered.size() > 1 ? Tried::yes : Tried::no;
}

LAW(newest_schema, "merge: a field's policy is that of its heads' newest schema", honest) {
  auto story = trial.story;
  const auto who = founder(story);
  const auto root = story.facts().front().position;
  story.context().policy_changes = {{2, "", "SoDienThoai", Policy::ask}, {3, "", "SoDienThoai", Policy::latest}};
  const auto a = story.say(who, {root}, {set("SoDienThoai", "one")});
  const auto b = story.say(who, {root}, {set("SoDienThoai", "other")});
  std::vector<Fact> only{story.facts().front()};
  for (const auto& fact : story.facts())
    if (fact.position == a || fact.position == b) only.push_back(fact);
  HOLDS(shows(story.state_of(only), "SoDienThoai", "other"));
  only[1 + story.draw(2)].schema = 2;
  HOLDS(conflict_at(story.state_of(only), at("SoDienThoai")) != nullptr);
  only[1 + story.draw(2)].schema = 3;
  HOLDS(shows(story.state_of(only), "SoDienThoai", "other"));
  story.context().policy_changes.push_back({4, "", "SoDienThoai", Policy::set});
  only[1].schema = 4;
  HOLDS(shows(story.state_of(only), "SoDienThoai", "other"));
  return Tried::yes;
}

LAW(erased, "merge: an erased dossier shows nothing", wild) {
  auto story = trial.story;
  story.context().erased = {story.did()};
  if (!trial.created()) return Tried::no;
  const auto state = story.state();
  HOLDS(state.erased && state.conflicts.empty() && state.proposals.empty() && state.not_applied.empty() && state.collections.empty());
  HOLDS(state.codes == trial.state().codes);
  for (const auto& field : state.fields) HOLDS(field.name == "TrangThaiHoSo" && *shown(trial.state(), "TrangThaiHoSo") == field.value);
  HOLDS(state.custody.unit == trial.state().custody.unit);
  HOLDS(state.slip.size() == trial.state().slip.size());
  for (const auto& stay : state.slip) HOLDS(stay.given_by.empty() && stay.taken_by.empty() && stay.note.empty());
  for (const auto& one : state.custody.pending) HOLDS(one.user.empty() && one.note.empty());
  for (const auto& entry : story.history()) {
    HOLDS(entry.said.value.is_null() && entry.said.reason.empty() && entry.said.user.empty() && entry.said.author.empty());
    HOLDS(entry_at(trial.history(), entry.said.op) != nullptr);
  }
  HOLDS(story.history().size() == trial.history().size());
  return Tried::yes;
}

LAW(conflicts_have_names, "merge: a conflict's id names what is shown", calm) {
  if (!trial.created() || trial.state().conflicts.empty()) return Tried::no;
  auto story = trial.story;
  std::map<ConflictId, const Conflict*> by_id;
  for (const auto& conflict : trial.state().conflicts) HOLDS(by_id.emplace(conflict.id, &conflict).second);
  const auto later = story.state_of(story.some());
  for (const auto& conflict : later.conflicts)
    for (const auto& other : trial.state().conflicts) {
      const bool same = other.path == conflict.path && other.kind == conflict.kind && ops_in(other) == ops_in(conflict);
      if (other.id == conflict.id) HOLDS(other.path == conflict.path && other.kind == conflict.kind);
      if (same && !is_question(conflict.kind)) HOLDS(other.id == conflict.id);
    }
  return Tried::yes;
}
