#include "tests/protocol/merge/laws.hpp"

#include <catch2/catch.hpp>

#include <tuple>

/// That all sites come to the same, whatever arrives when (laws 1 to 8, 16 to 20).
using namespace ward;
using namespace ward::merge;
using namespace ward::merge::test;
using Standing = HistoryEntry::Standing;

namespace {

bool same(const std::vector<HistoryEntry>& a, const std::vector<HistoryEntry>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const HistoryEntry& x, const HistoryEntry& y) {
    return x.said == y.said && x.replaced == y.replaced && x.given_back == y.given_back && x.standing == y.standing && x.why == y.why &&
           x.place == y.place;
  });
}

/// Judged by what was seen alone; the others may come later.
bool is_lasting(Refusal why) { return why != Refusal::lost_custody && why != Refusal::lost_to_transition && why != Refusal::offer_closed; }

bool is_fork(const std::vector<Fact>& facts, const Position& position) {
  std::set<Rid> rids;
  for (const auto& fact : facts)
    if (fact.position == position) rids.insert(fact.rid);
  return rids.size() > 1;
}

}  // namespace

LAW(commutes, "merge: commutes", wild) {
  const auto facts = trial.story.shuffled();
  HOLDS(trial.story.state_of(facts) == trial.state());
  HOLDS(same(merge::history(trial.story.did(), facts, trial.story.context()), trial.history()));
  return Tried::yes;
}

LAW(associates, "merge: is associative", wild) {
  auto& story = trial.story;
  auto left = story.some();
  const auto right = story.some(), rest = story.shuffled();
  auto joined = right;
  joined.insert(joined.end(), rest.begin(), rest.end());
  joined.insert(joined.begin(), left.begin(), left.end());
  left.insert(left.end(), right.begin(), right.end());
  left.insert(left.end(), rest.begin(), rest.end());
  HOLDS(story.state_of(left) == story.state_of(joined));
  HOLDS(story.state_of(left) == trial.state());
  return Tried::yes;
}

LAW(repeats, "merge: is idempotent", wild) {
  auto& story = trial.story;
  auto facts = story.facts();
  for (const auto& fact : story.facts())
    for (auto times = story.draw(3); times > 0; --times) {
      facts.push_back(fact);
      if (story.one_in(2)) facts.back().stamp.reset();
    }
  std::shuffle(facts.begin(), facts.end(), std::mt19937_64(story.draw(1000)));
  HOLDS(story.state_of(facts) == trial.state());
  return Tried::yes;
}

LAW(grows, "merge: is monotone", wild) {
  auto& story = trial.story;
  const auto fewer = story.some();
  const auto& told = trial.history();
  for (const auto& fact : fewer)
    for (std::uint16_t op = 0; op < fact.change.ops.size(); ++op)
      HOLDS(std::any_of(told.begin(), told.end(), [&](const HistoryEntry& e) {
        return e.said.op == OpId{fact.position, op} && e.said.value == fact.change.ops[op].value && e.said.path == fact.change.ops[op].path;
      }));
  const Oracle then(story.did(), fewer, story.context());
  for (const auto& fact : fewer) {
    bool forked = is_fork(story.facts(), fact.position);
    for (const auto& other : fewer)
      forked = forked || (is_fork(story.facts(), other.position) && then.saw({fact.position, 0}, {other.position, 0}));
    HOLDS(forked || !then.merges(fact.position) || entry_at(told, {fact.position, 0})->standing != Standing::waiting);
  }
  const auto before = story.state_of(fewer);
  for (const auto& code : before.codes) {
    const auto& codes = trial.state().codes;
    const bool fork = std::any_of(fewer.begin(), fewer.end(), [&](const Fact& fact) { return is_fork(story.facts(), fact.position); });
    HOLDS(fork || std::find(codes.begin(), codes.end(), code) != codes.end());
  }
  return Tried::yes;
}

LAW(waits, "merge: waits for the whole past", wild) {
  auto& story = trial.story;
  const auto facts = story.some();
  const auto state = story.state_of(facts);
  std::set<Position> merged;
  std::set<std::pair<Position, Rid>> all;
  for (const auto& fact : facts) all.insert({fact.position, fact.rid});
  for (bool grew = true; grew;) {
    grew = false;
    for (const auto& fact : facts) {
      const auto& seen = fact.change.seen;
      const bool ready = std::all_of(seen.begin(), seen.end(), [&](const Position& p) { return merged.count(p) != 0; });
      const bool creates = record::did_created_by(fact.position) == story.did();
      if (ready && creates == seen.empty() && fact.admission != Admission::waiting && !is_fork(facts, fact.position))
        grew = merged.insert(fact.position).second || grew;
    }
  }
  std::size_t believed_changes = 0;
  for (const auto& position : merged) {
    const auto fact = std::find_if(facts.begin(), facts.end(), [&](const Fact& one) { return one.position == position; });
    const auto& known = story.context();
    believed_changes +=
        fact->admission != Admission::proposal && known.standing_of(fact->unit, fact->change.user, fact->stamp).enabled ? 1 : 0;
  }
  HOLDS(state.changes == believed_changes);
  HOLDS(state.waiting == all.size() - merged.size());
  std::set<Position> seen_by_others;
  for (const auto& fact : facts)
    if (merged.count(fact.position) != 0) seen_by_others.insert(fact.change.seen.begin(), fact.change.seen.end());
  std::vector<Position> heads;
  for (const auto& position : merged)
    if (seen_by_others.count(position) == 0) heads.push_back(position);
  HOLDS(state.version == heads);
  return Tried::yes;
}

LAW(ties, "merge: ties are decided the same everywhere", honest) {
  auto story = trial.story;
  const Story::Person root{story.facts().front().unit, "chief"};
  for (const auto* value : {"x", "y", "z"}) story.say(root, {story.facts().front().position}, {set("SoDienThoai", value)});
  for (auto& fact : story.facts()) {
    fact.hlc = hlc_at(1);
    fact.stamp.reset();
  }
  const Oracle model(story.did(), story.facts(), story.context());
  OpId greatest{};
  Value value;
  for (const auto& head : model.heads(at("SoDienThoai"), model.everything())) {
    const auto& op = model.operations()[head.by];
    if (greatest < op.id) value = op.op->value;
    greatest = std::max(greatest, op.id);
  }
  const auto state = story.state();
  const auto* shown_value = shown(state, "SoDienThoai");
  HOLDS(value.is_null() ? shown_value == nullptr : shown_value != nullptr && *shown_value == value);
  HOLDS(story.state_of(story.shuffled()) == state);
  return Tried::yes;
}

LAW(believes_no_liar, "merge: no clock wins by lying", wild) {
  if (!trial.created()) return Tried::no;
  auto story = trial.story;
  const auto& created = story.facts().front();
  story.say({created.unit, "chief"}, {created.position}, {set("Email", "another lie"), set("SoDienThoai", "another lie")});
  story.facts().back().hlc = Hlc::at({clock_latest.ms + 1000});
  const Oracle model(story.did(), story.facts(), story.context());
  const auto before = story.state();
  bool tried = false;
  for (const auto& field : scalar_fields()) {
    const auto merges_as = model.policy(at(field), model.everything());
    if (merges_as != schema::Policy::latest) continue;
    bool good = false, bad = false;
    const auto heads = model.heads(at(field), model.everything());
    for (const auto& head : heads) (believed(*model.operations()[head.by].fact) ? good : bad) = true;
    if (!good || !bad) continue;
    tried = true;
    // Without the liars, all shows as with them.
    auto facts = story.facts();
    std::set<OpId> liars;
    for (const auto& head : heads)
      if (!believed(*model.operations()[head.by].fact)) liars.insert(model.operations()[head.by].id);
    for (auto& fact : facts)
      for (std::uint16_t i = 0; i < fact.change.ops.size(); ++i)
        if (liars.count({fact.position, i}) != 0 && fact.change.ops[i].kind == OpKind::set) fact.change.ops[i].value = "a lie";
    const auto state = story.state_of(facts);
    const auto *with = shown(before, field), *lie = shown(state, field);
    HOLDS(lie == nullptr || !(*lie == Value("a lie")) || with == nullptr);
    HOLDS(lie == nullptr || !(*lie == Value("a lie")));
  }
  return tried ? Tried::yes : Tried::no;
}

LAW(forgets_no_liar, "merge: no clock wins by lying (ahead of its stamp)", honest) {
  auto story = trial.story;
  const Story::Person root{story.facts().front().unit, "chief"};
  const auto created = story.facts().front().position;
  story.say(root, {created}, {set("Email", "honest")});
  const auto liar = story.say(root, {created}, {set("Email", "liar")});
  for (auto& fact : story.facts())
    if (fact.position == liar) {
      fact.stamp = Stamp{1, hlc_at(5000).wall()};
      fact.hlc = Hlc::at({fact.stamp->time.ms + 300'001 + static_cast<std::int64_t>(story.draw(1'000'000'000'000))});
    }
  HOLDS(shows(story.state(), "Email", "honest"));
  const auto after = story.say(root, {liar}, {set("Email", "after")});
  HOLDS(!shows(story.state(), "Email", "liar"));
  HOLDS(entry_at(story.history(), {liar, 0})->standing == Standing::replaced);
  (void)after;
  return Tried::yes;
}

LAW(logs_in_order, "merge: a log keeps causal order", wild) {
  const auto& model = trial.model();
  const auto& all = model.operations();
  std::map<std::string, std::size_t> by_element;
  for (std::size_t op = 0; op < all.size(); ++op) by_element[record::element_id(all[op].id)] = op;
  const auto notes = ids_in(trial.state(), "notes");
  std::vector<std::size_t> places;
  for (const auto& id : notes)
    if (by_element.count(id) != 0) places.push_back(by_element.at(id));
  HOLDS(places.size() == notes.size());
  const auto key = [&](std::size_t op) {
    const auto& fact = *all[op].fact;
    return std::tuple{!fact.stamp.has_value(), fact.stamp ? fact.stamp->index : 0, clock_good(fact.hlc, fact.stamp), fact.hlc,
                      fact.position};
  };
  for (std::size_t i = 0; i < places.size(); ++i)
    for (std::size_t j = i + 1; j < places.size(); ++j) {
      const auto &before = all[places[i]], &after = all[places[j]];
      if (trial.model().judgement(places[i]).outcome != Oracle::Outcome::applies) continue;  // an approval put it there
      if (trial.model().judgement(places[j]).outcome != Oracle::Outcome::applies) continue;
      HOLDS(!before.past.has(places[j]));
      // The later one may have the lower key only because something that it had seen has a higher one.
      bool had_to_wait = before.id.change == after.id.change || after.past.has(places[i]) || key(places[i]) <= key(places[j]);
      for (std::size_t k = 0; k < all.size(); ++k)
        had_to_wait = had_to_wait || (after.past.has(k) && !before.past.has(k) && key(k) >= key(places[i]));
      HOLDS(had_to_wait);
    }
  return places.size() > 1 ? Tried::yes : Tried::no;
}

LAW(keeps_the_unknown, "merge: what is not known is kept", wild) {
  if (!trial.created()) return Tried::no;
  auto story = trial.story;
  const auto odd = story.say(Story::chief(trial.state()), trial.state().version,
                             {Op{static_cast<OpKind>(99), at("ChuHoSo"), "x", std::nullopt}, set("NewField", "kept"),
                              add("NewList", {{"name", "kept"}}), append("NewLog", "kept")});
  const auto state = story.state();
  HOLDS(shows(state, "NewField", "kept"));
  const Map list{{"name", "kept"}}, log{{"text", "kept"}};
  HOLDS(collection(state, "NewList")->elements.at(0).fields == list);
  HOLDS(collection(state, "NewLog")->elements.at(0).fields == log);
  HOLDS(entry_at(story.history(), {odd, 0})->standing == Standing::not_applied);
  HOLDS(entry_at(story.history(), {odd, 0})->why == Refusal::unknown_kind);
  HOLDS(state.not_applied.size() == trial.state().not_applied.size() + 1);
  return Tried::yes;
}

LAW(forks, "merge: a fork speaks for nobody", wild) {
  if (!trial.created()) return Tried::no;
  auto story = trial.story;
  const auto chief = Story::chief(trial.state());
  const auto one = story.say(chief, trial.state().version, {set("ChuHoSo", "one"), status("9")});
  auto other = story.facts().back();
  story.say(chief, {one}, {set("ChuHoSo", "seen by this")});
  other.rid.bytes.fill(255);
  other.change.ops = {offer("W-2")};
  story.facts().push_back(other);
  auto after = story.state();
  HOLDS(after.waiting == trial.state().waiting + 3);
  after.waiting = trial.state().waiting;
  HOLDS(after == trial.state());
  HOLDS(story.history().size() == trial.history().size() + 4);
  return Tried::yes;
}

LAW(let_in, "merge: the side of a fork that was let in speaks alone", wild) {
  if (!trial.created()) return Tried::no;
  auto story = trial.story;
  const auto chief = Story::chief(trial.state());
  story.say(chief, trial.state().version, {set("ChuHoSo", "one"), status("9")});
  auto other = story.facts().back();
  other.rid.bytes.fill(255);
  other.change.ops = {offer("W-2")};
  other.admission = Admission::set_aside;
  // Who holds the other side only shows nothing of it, as if it had never come.
  story.facts().back() = other;
  HOLDS(story.state() == trial.state());
  story = trial.story;
  other.position = story.say(chief, trial.state().version, {set("ChuHoSo", "one"), status("9")});
  story.say(chief, {other.position}, {set("ChuHoSo", "seen by this")});
  const auto alone = story.state();
  const auto told = story.history().size();
  HOLDS(alone.waiting == trial.state().waiting);
  // Whenever it comes.
  for (const auto at : {std::size_t{0}, story.facts().size()}) {
    auto both = story;
    both.facts().insert(both.facts().begin() + static_cast<std::ptrdiff_t>(at), other);
    HOLDS(both.state() == alone);
    const auto history = both.history();
    HOLDS(history.size() == told + 1);
    HOLDS(history.back().standing == Standing::not_applied && history.back().why == Refusal::set_aside);
  }
  return Tried::yes;
}

LAW(codes_stay, "merge: codes are never taken away", wild) {
  const auto& codes = trial.state().codes;
  bool tried = false;
  const auto& model = trial.model();
  for (std::size_t op = 0; op < model.operations().size(); ++op) {
    if (model.operations()[op].op->path != at("MaHoSo") || model.judgement(op).outcome != Oracle::Outcome::applies) continue;
    const auto* text = model.operations()[op].op->value.text();
    HOLDS(text == nullptr || std::find(codes.begin(), codes.end(), *text) != codes.end());
    tried = true;
  }
  auto story = trial.story;
  if (!trial.created()) return Tried::no;
  const auto chief = Story::chief(trial.state());
  const auto first = story.say(chief, trial.state().version, {set("MaHoSo", "0000170000471170")});
  story.say(chief, {first}, {set("MaHoSo", "000.36.22.H57-200812-0007"), set("MaHoSo", Value())});
  const auto after = story.state().codes;
  HOLDS(after.front() == (codes.empty() || codes.front().size() == 16 ? "000.36.22.H57-200812-0007" : codes.front()));
  HOLDS(std::find(after.begin(), after.end(), "0000170000471170") != after.end());
  return tried ? Tried::yes : Tried::no;
}

LAW(judges_once, "merge: custody is judged once", wild) {
  auto& story = trial.story;
  const auto fewer = story.some();
  bool tried = false;
  const auto& later = trial.history();
  for (const auto& then : merge::history(story.did(), fewer, story.context())) {
    const auto* now = entry_at(later, then.said.op);
    if (then.standing == Standing::waiting || now->standing == Standing::waiting || is_fork(story.facts(), then.said.op.change)) continue;
    if (then.why && is_lasting(*then.why)) {
      HOLDS(now->why == then.why);
      tried = true;
    }
    if (now->why && is_lasting(*now->why)) HOLDS(then.why == now->why);
  }
  return tried ? Tried::yes : Tried::no;
}

LAW(survives_as_bytes, "merge: the state survives as bytes", wild) {
  auto bytes = encode_state(trial.state());
  const auto back = decode_state(bytes);
  HOLDS(back.has_value());
  HOLDS(*back == trial.state());
  const auto whole = bytes;
  HOLDS(decode_state(BytesView(bytes).first(trial.story.draw(bytes.size()))).has_error());
  bytes[trial.story.draw(bytes.size())] ^= static_cast<std::uint8_t>(1 + trial.story.draw(255));
  const auto odd = decode_state(bytes);
  if (odd.has_value()) HOLDS(decode_state(encode_state(*odd)).has_value());
  bytes = whole;
  bytes.push_back(0);
  HOLDS(decode_state(bytes).has_error());
  return Tried::yes;
}
