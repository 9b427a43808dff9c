#include "protocol/schema/schema.hpp"
#include "tests/protocol/merge/oracle.hpp"
#include "tests/protocol/merge/stories.hpp"

#include <catch2/catch.hpp>
#include <rapidcheck.h>

/// The laws of protocol/merge/MERGE.md, each under its name.
using namespace ward;
using namespace ward::merge;
using namespace ward::merge::test;
using Standing = HistoryEntry::Standing;

namespace {

constexpr std::size_t steps_max = 14;

/// Tries a law on random stories; RapidCheck prints the seed and the shortest story that breaks it.
template <class Law>
void hold(const char* name, Mix mix, Law law) {
  CHECK(rc::check(name, [&] {
    const auto seed = *rc::gen::noShrink(rc::gen::arbitrary<std::uint64_t>());
    const auto steps = *rc::gen::inRange<std::size_t>(0, steps_max + 1);
    Story story(seed, steps, mix);
    law(story);
  }));
}

/// The question that is asked about it; notices are none.
const Conflict* conflict_at(const DossierState& state, const Path& path) {
  for (const auto& conflict : state.conflicts)
    if (conflict.path == path && is_question(conflict.kind)) return &conflict;
  return nullptr;
}

std::vector<Conflict> questions_of(const DossierState& state) {
  auto out = state.conflicts;
  std::erase_if(out, [](const Conflict& conflict) { return !is_question(conflict.kind); });
  return out;
}

/// The conflict, or one of its kind about the same operations.
bool stands(const DossierState& state, const Conflict& conflict) {
  return std::any_of(state.conflicts.begin(), state.conflicts.end(), [&](const Conflict& other) {
    return other.kind == conflict.kind && other.path == conflict.path && other.values == conflict.values;
  });
}

std::vector<Fact> some_of(Story& story) {
  std::vector<Fact> out;
  for (const auto& fact : story.facts())
    if (story.draw(3) != 0) out.push_back(fact);
  return out;
}

bool is_latest(const Path& path) {
  const auto policy = schema::policy_at(path);
  return policy == schema::Policy::latest || policy == schema::Policy::owner || policy == schema::Policy::workflow;
}
bool is_latest(const std::string& field) { return is_latest(at(field)); }

/// What `path` comes to: the shown value, or the conflict's values.
std::pair<std::optional<Value>, std::vector<Said>> outcome(const DossierState& state, const Path& path) {
  std::pair<std::optional<Value>, std::vector<Said>> out;
  if (const auto* value = shown(state, path.front().text)) out.first = *value;
  if (const auto* conflict = conflict_at(state, path)) out.second = conflict->values;
  return out;
}

}  // namespace

TEST_CASE("merge: commutes") {
  hold("any order of arrival gives the same dossier and the same history", {}, [](Story& story) {
    const auto facts = story.shuffled();
    RC_ASSERT(merge::merge(story.did(), facts) == story.state());
    const auto told = merge::history(story.did(), facts), before = story.history();
    RC_ASSERT(told.size() == before.size());
    for (std::size_t i = 0; i < told.size(); ++i)
      RC_ASSERT(told[i].said == before[i].said && told[i].replaced == before[i].replaced && told[i].standing == before[i].standing);
  });
}

TEST_CASE("merge: is associative") {
  hold("deliveries may be grouped in any way, and overlap", {}, [](Story& story) {
    auto left = some_of(story), right = some_of(story);
    auto rest = story.shuffled();
    std::vector<Fact> joined = right;
    joined.insert(joined.end(), rest.begin(), rest.end());
    joined.insert(joined.begin(), left.begin(), left.end());
    left.insert(left.end(), right.begin(), right.end());
    left.insert(left.end(), rest.begin(), rest.end());
    RC_ASSERT(merge::merge(story.did(), left) == merge::merge(story.did(), joined));
    RC_ASSERT(merge::merge(story.did(), left) == story.state());
  });
}

TEST_CASE("merge: is idempotent") {
  hold("a record that arrives again changes nothing, nor does its unstamped form", {}, [](Story& story) {
    auto facts = story.facts();
    for (const auto& fact : story.facts())
      for (auto times = story.draw(3); times > 0; --times) {
        facts.push_back(fact);
        if (story.draw(2) == 0) facts.back().stamp.reset();
      }
    RC_ASSERT(merge::merge(story.did(), facts) == story.state());
  });
}

TEST_CASE("merge: is monotone") {
  hold("every operation that anyone held is in the history of whoever holds more, and what merged by then still has its say", {},
       [](Story& story) {
         const auto fewer = some_of(story);
         const auto told = story.history();
         for (const auto& fact : fewer)
           for (std::uint16_t op = 0; op < fact.change.ops.size(); ++op)
             RC_ASSERT(std::any_of(told.begin(), told.end(), [&](const HistoryEntry& e) {
               return e.said.op == OpId{fact.position, op} && e.said.value == fact.change.ops[op].value;
             }));
         auto honest = Story(story.draw(1'000'000), steps_max, {.strangers = false});
         std::vector<Fact> part = some_of(honest);
         const auto before = merge::merge(honest.did(), part), after = honest.state();
         RC_ASSERT(before.changes <= after.changes);
         const Oracle oracle(honest.did(), honest.facts());
         for (const auto& head : before.version) RC_ASSERT(oracle.merges(head));
       });
}

TEST_CASE("merge: loses nothing silently") {
  hold("what does not show was replaced by somebody who had seen it, lost by a clock, or is in conflict, proposed, not applied or waiting",
       {}, [](Story& story) {
         const auto state = story.state();
         const auto told = story.history();
         const Oracle oracle(story.did(), story.facts());
         std::size_t all = 0, not_applied = 0, proposed = 0;
         for (const auto& fact : story.facts()) all += fact.change.ops.size();
         RC_ASSERT(told.size() == all);
         for (const auto& entry : told) {
           const auto& id = entry.said.op;
           RC_ASSERT((entry.standing == Standing::waiting) == !oracle.merges(id.change));
           not_applied += entry.standing == Standing::not_applied ? 1 : 0;
           proposed += entry.standing == Standing::proposed ? 1 : 0;
           for (const auto& old : entry.replaced) RC_ASSERT(oracle.saw(id, old));
           if (entry.standing == Standing::replaced)
             RC_ASSERT(std::any_of(told.begin(), told.end(), [&](const HistoryEntry& by) {
               return oracle.merges(by.said.op.change) && oracle.saw(by.said.op, id) && by.said.path.front() == entry.said.path.front();
             }));
           if (entry.standing == Standing::lost) RC_ASSERT(is_latest(entry.said.path));
           if (entry.standing == Standing::in_conflict && entry.said.value.heads() == nullptr)
             RC_ASSERT(std::any_of(state.conflicts.begin(), state.conflicts.end(), [&](const Conflict& c) {
               return std::any_of(c.values.begin(), c.values.end(), [&](const Said& said) { return said.op == id; });
             }));
         }
         RC_ASSERT(not_applied == state.not_applied.size());
         RC_ASSERT(proposed == state.proposals.size());
       });
}

TEST_CASE("merge: waits for the whole past") {
  hold("a change merges exactly when all that it had seen is held and merges", {}, [](Story& story) {
    const auto facts = some_of(story);
    const auto state = merge::merge(story.did(), facts);
    const Oracle oracle(story.did(), facts);
    std::set<std::pair<Position, Rid>> waiting;
    std::set<Position> merged;
    for (const auto& fact : facts) {
      if (!oracle.merges(fact.position)) waiting.insert({fact.position, fact.rid});
      if (oracle.merges(fact.position) && fact.admission == Admission::admitted) merged.insert(fact.position);
    }
    RC_ASSERT(state.waiting == waiting.size());
    RC_ASSERT(state.changes == merged.size());
    for (const auto& head : state.version)
      for (const auto& other : merged) RC_ASSERT(!oracle.saw({other, 0}, {head, 0}) || other == head);
  });
}

TEST_CASE("merge: a field comes to its heads") {
  hold("what shows and what is asked follows from who had seen what", {}, [](Story& story) {
    const auto state = story.state();
    const Oracle oracle(story.did(), story.facts());
    RC_ASSERT(std::is_sorted(state.conflicts.begin(), state.conflicts.end(), [](const auto& a, const auto& b) { return a.path < b.path; }));
    for (const auto& field : scalar_fields()) {
      const auto [value, asked] = outcome(state, at(field));
      RC_ASSERT(value == oracle.shown(at(field), is_latest(field)));
      std::set<OpId> ids;
      for (const auto& said : asked) ids.insert(said.op);
      if (!asked.empty()) RC_ASSERT(!is_latest(field) && ids == oracle.leaves(at(field)));
      if (asked.empty() && !value && !is_latest(field))
        for (const auto& leaf : oracle.leaves(at(field)))
          RC_ASSERT(oracle.op(leaf).value.heads() != nullptr || oracle.op(leaf).value.is_null());
    }
  });
}

TEST_CASE("merge: ties are decided the same everywhere") {
  hold("equal clocks leave one winner, by device, incarnation, number and operation", {.clocks = false}, [](Story& story) {
    for (const auto& head : {"x", "y", "z"}) story.say({story.facts().front().position}, {set("SoDienThoai", head)});
    auto facts = story.facts();
    for (auto& fact : facts) fact.hlc = hlc_at(1);
    const auto state = merge::merge(story.did(), facts);
    const Oracle oracle(story.did(), facts);
    OpId greatest{};
    for (const auto& id : oracle.heads(at("SoDienThoai"))) greatest = std::max(greatest, id);
    RC_ASSERT(shows(state, "SoDienThoai", oracle.op(greatest).value));
    std::shuffle(facts.begin(), facts.end(), std::mt19937_64(story.draw(1000)));
    RC_ASSERT(merge::merge(story.did(), facts) == state);
  });
}

TEST_CASE("merge: no clock wins by lying") {
  hold("a bad clock never beats a good one of which it had not seen the writer", {.undos = false}, [](Story& story) {
    const auto told = story.history();
    for (const auto* field : {"SoDienThoai", "Email"}) {
      bool shown_good = true, lost_good = false;
      for (const auto& entry : told) {
        if (entry.said.path != at(field)) continue;
        if (entry.standing == Standing::shown) shown_good = entry.said.clock_good;
        if (entry.standing == Standing::lost) lost_good = lost_good || entry.said.clock_good;
      }
      RC_ASSERT(shown_good || !lost_good);
    }
  });
  hold("a clock that is set further ahead than its stamp allows changes nothing for the better", {.clocks = false, .strangers = false},
       [](Story& story) {
         const auto root = story.facts().front().position;
         story.say({root}, {set("Email", "honest")});
         const auto liar = story.say({root}, {set("Email", "liar")});
         auto facts = story.facts();
         for (auto& fact : facts)
           if (fact.position == liar) {
             fact.stamp = Stamp{1, hlc_at(5000).wall()};
             fact.hlc = Hlc::at({fact.stamp->time.ms + 300'001 + static_cast<std::int64_t>(story.draw(1'000'000'000'000))});
           }
         RC_ASSERT(shows(merge::merge(story.did(), facts), "Email", "honest"));
       });
}

TEST_CASE("merge: add wins") {
  hold("an element is there exactly while a mark of life is in the past of no removal", {.undos = false}, [](Story& story) {
    const auto state = story.state();
    const Oracle oracle(story.did(), story.facts());
    const auto there = ids_in(state, "TaiLieuNop");
    for (const auto* name : {"p", "q"}) {
      const auto id = paper_id(name);
      RC_ASSERT((std::find(there.begin(), there.end(), id) != there.end()) == oracle.alive("TaiLieuNop", id));
    }
  });
}

TEST_CASE("merge: a resolution covers exactly what it saw") {
  hold("heads that the decider had not seen stay", {.strangers = false}, [](Story& story) {
    const auto root = story.facts().front().position;
    std::vector<Position> seen, unseen;
    for (auto left = 2 + story.draw(3); left > 0; --left) seen.push_back(story.say({root}, {set("ChuHoSo", std::to_string(left))}));
    for (auto left = story.draw(3); left > 0; --left) unseen.push_back(story.say({root}, {set("ChuHoSo", std::to_string(10 + left))}));
    const auto before = Oracle(story.did(), story.facts()).heads(at("ChuHoSo"));
    const auto decided = story.say(seen, {set("ChuHoSo", "decided")});
    const Oracle oracle(story.did(), story.facts());
    std::set<OpId> expected{OpId{decided, 0}};
    for (const auto& id : before)
      if (!oracle.saw({decided, 0}, id)) expected.insert(id);
    RC_ASSERT(oracle.heads(at("ChuHoSo")) == expected);
    const auto [value, asked] = outcome(story.state(), at("ChuHoSo"));
    RC_ASSERT(asked.empty() == (value == Value("decided")));
    RC_ASSERT(asked.empty() || std::any_of(asked.begin(), asked.end(), [&](const Said& said) { return said.op == OpId(decided, 0); }));
    for (const auto& position : unseen) RC_ASSERT(expected.count({position, 0}) == 1);
    for (const auto& position : seen) RC_ASSERT(expected.count({position, 0}) == 0);
  });
}

TEST_CASE("merge: two different resolutions are a new conflict, two equal ones are none") {
  hold("after two deciders who had not seen each other", {.strangers = false}, [](Story& story) {
    const auto root = story.facts().front().position;
    const auto a = story.say({root}, {set("NguoiNop", "a")}), b = story.say({root}, {set("NguoiNop", "b")});
    auto seen = story.state().version;
    const auto first = conflict_at(story.state(), at("NguoiNop"))->id;
    const bool equal = story.draw(2) == 0;
    const auto one = story.say(seen, {set("NguoiNop", "one")}), other = story.say(seen, {set("NguoiNop", equal ? "one" : "other")});
    const auto state = story.state();
    const auto* conflict = conflict_at(state, at("NguoiNop"));
    RC_ASSERT((conflict == nullptr) == equal);
    if (equal) {
      RC_ASSERT(shows(state, "NguoiNop", "one"));
    } else {
      RC_ASSERT(conflict->id != first);
      RC_ASSERT(conflict->values.size() == 2);
      RC_ASSERT(conflict->values[0].op == OpId(one, 0) && conflict->values[1].op == OpId(other, 0));
    }
    for (const auto& position : {a, b}) RC_ASSERT(entry_of(story.history(), position).standing == Standing::replaced);
  });
}

TEST_CASE("merge: an undo gives the heads back") {
  hold("whatever the act was: a value, a decision, a removal", {.strangers = false}, [](Story& story) {
    const auto before = story.state();
    std::vector<Op> acts{remove("TaiLieuNop", paper_id("p"))};
    for (const auto& field : scalar_fields()) acts.push_back(set(field, "act"));
    for (const auto& conflict : before.conflicts)
      if (can_keep(conflict)) acts.push_back(keep(conflict, story.draw(conflict.values.size())));
    const auto act = acts[story.draw(acts.size())];
    const auto done = story.say(before.version, {act});
    const auto entry = entry_of(story.history(), done);
    story.say({done}, {undo(entry)});
    const auto after = story.state();
    RC_ASSERT(after.fields == before.fields);
    RC_ASSERT(after.collections == before.collections);
    const auto asked_before = questions_of(before), asked = questions_of(after);
    RC_ASSERT(asked.size() == asked_before.size());
    for (std::size_t i = 0; i < asked.size(); ++i) {
      RC_ASSERT(asked[i].path == asked_before[i].path);
      RC_ASSERT(asked[i].values == asked_before[i].values);
    }
  });
}

TEST_CASE("merge: a decided conflict is gone for whoever saw it") {
  hold("each conflict, decided for any of its values, or dismissed", {.strangers = false}, [](Story& story) {
    for (std::size_t rounds = 0; rounds < 40; ++rounds) {
      const auto state = story.state();
      if (state.conflicts.empty()) return;
      const auto& conflict = state.conflicts[story.draw(state.conflicts.size())];
      const bool keeps = is_question(conflict.kind) || (can_keep(conflict) && story.draw(2) == 0);
      story.say(state.version, {keeps ? keep(conflict, story.draw(conflict.values.size())) : dismiss(conflict)});
      RC_ASSERT(!stands(story.state(), conflict));
    }
    RC_ASSERT(story.state().conflicts.empty());
  });
}

TEST_CASE("merge: a payment is never merged away") {
  hold("every receipt number that was entered is in the ledger, and two amounts under one number are asked about", {}, [](Story& story) {
    const auto state = story.state();
    const Oracle oracle(story.did(), story.facts());
    std::map<std::string, std::set<std::int64_t>> paid;
    for (const auto& fact : story.facts())
      for (const auto& op : fact.change.ops)
        if (op.path == at("BienLai") && oracle.merges(fact.position) && fact.admission == Admission::admitted)
          paid[element_of(op, {fact.position, 0})].insert(*record::find(*op.value.map(), "SoTien")->number());
    RC_ASSERT(ids_in(state, "BienLai").size() == paid.size());
    for (const auto& [id, amounts] : paid) {
      const auto* conflict = conflict_at(state, at("BienLai", id));
      RC_ASSERT((conflict != nullptr && conflict->kind == ConflictKind::payment_differs) == (amounts.size() > 1));
    }
  });
}

TEST_CASE("merge: a log keeps causal order") {
  hold("no entry stands before one that its writer had seen, and among the others the lower stamp stands first", {}, [](Story& story) {
    const auto state = story.state();
    const Oracle oracle(story.did(), story.facts());
    std::map<std::string, OpId> by_element;
    for (const auto& fact : story.facts())
      for (std::uint16_t op = 0; op < fact.change.ops.size(); ++op)
        by_element[record::element_id(OpId{fact.position, op})] = {fact.position, op};
    const auto notes = ids_in(state, "notes");
    for (std::size_t i = 0; i < notes.size(); ++i)
      for (std::size_t j = i + 1; j < notes.size(); ++j) RC_ASSERT(!oracle.saw(by_element.at(notes[i]), by_element.at(notes[j])));
    const auto stands_later = [&](const Position& than, const Position& what) {
      const auto &a = oracle.fact(than).stamp, &b = oracle.fact(what).stamp;
      return !b || (a && b->index >= a->index);
    };
    for (std::size_t i = 1; i < notes.size(); ++i) {
      const auto first = by_element.at(notes[i - 1]), second = by_element.at(notes[i]);
      const auto& facts = story.facts();
      const bool had_to_wait = std::any_of(facts.begin(), facts.end(), [&](const Fact& fact) {
        const OpId other{fact.position, 0};
        return oracle.merges(fact.position) && oracle.saw({second.change, 0}, other) && !oracle.saw({first.change, 0}, other) &&
               stands_later(first.change, fact.position);
      });
      RC_ASSERT(first.change == second.change || stands_later(first.change, second.change) || had_to_wait);
    }
  });
}

TEST_CASE("merge: what is not known is kept") {
  hold("operations of an unknown kind, fields and collections of a newer version", {}, [](Story& story) {
    const auto before = story.state();
    const auto odd = story.say(before.version, {Op{static_cast<OpKind>(99), at("ChuHoSo"), "x", std::nullopt}, set("NewField", "kept"),
                                                add("NewList", {{"name", "kept"}}), append("NewLog", "kept")});
    const auto state = story.state();
    if (before.created) {
      RC_ASSERT(shows(state, "NewField", "kept"));
      const Map list{{"name", "kept"}}, log{{"text", "kept"}};
      RC_ASSERT(collection(state, "NewList")->elements[0].fields == list);
      RC_ASSERT(collection(state, "NewLog")->elements[0].fields == log);
      RC_ASSERT(entry_of(story.history(), odd).standing == Standing::not_applied);
      RC_ASSERT(state.not_applied.size() == before.not_applied.size() + 1);
    }
  });
}

TEST_CASE("merge: a proposal changes nothing") {
  hold("a change of a revoked device leaves all that shows as it was", {}, [](Story& story) {
    const auto before = story.state();
    story.say(before.version,
              {set("ChuHoSo", "revoked"), set("SoDienThoai", "revoked"), remove("TaiLieuNop", paper_id("p")), payment("9", 9)});
    auto facts = story.facts();
    facts.back().admission = Admission::proposal;
    auto after = merge::merge(story.did(), facts);
    if (!before.created) return;
    RC_ASSERT(after.proposals.size() == before.proposals.size() + 4);
    after.proposals = before.proposals;
    after.version = before.version;  // it is seen all the same
    RC_ASSERT(after == before);
  });
}

TEST_CASE("merge: a fork speaks for nobody") {
  hold("two records at one position leave all as it was without either, and without whatever had seen them", {}, [](Story& story) {
    const auto before = story.state();
    story.say(before.version, {set("ChuHoSo", "one")});
    auto facts = story.facts();
    facts.push_back(facts.back());
    facts.back().rid.bytes.fill(255);
    facts.back().change.ops = {set("ChuHoSo", "other")};
    auto after = merge::merge(story.did(), facts);
    RC_ASSERT(after.waiting == before.waiting + 2);
    after.waiting = before.waiting;
    RC_ASSERT(after == before);
  });
}

TEST_CASE("merge: codes are never taken away") {
  hold("every code that was ever given stays an alias", {}, [](Story& story) {
    const auto state = story.state();
    const Oracle oracle(story.did(), story.facts());
    for (const auto& fact : story.facts())
      for (const auto& op : fact.change.ops)
        if (op.path == at("MaHoSo") && oracle.merges(fact.position) && fact.admission == Admission::admitted)
          RC_ASSERT(std::find(state.codes.begin(), state.codes.end(), *op.value.text()) != state.codes.end());
  });
}

TEST_CASE("merge: the state survives as bytes") {
  hold("decoding gives the same state, and no cut or longer form is taken", {}, [](Story& story) {
    const auto state = story.state();
    auto bytes = encode_state(state);
    const auto back = decode_state(bytes);
    RC_ASSERT(back.has_value());
    RC_ASSERT(*back == state);
    const auto cut = story.draw(bytes.size());
    RC_ASSERT(decode_state(BytesView(bytes).first(cut)).has_error());
    bytes[story.draw(bytes.size())] ^= static_cast<std::uint8_t>(1 + story.draw(255));
    const auto odd = decode_state(bytes);
    if (odd.has_value()) RC_ASSERT(decode_state(encode_state(*odd)).has_value());
    bytes = encode_state(state);
    bytes.push_back(0);
    RC_ASSERT(decode_state(bytes).has_error());
  });
}
