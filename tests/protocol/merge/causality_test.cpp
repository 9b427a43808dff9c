#include "tests/protocol/merge/scene.hpp"

#include "protocol/base/limits.hpp"
#include "protocol/merge/causality.hpp"

#include <catch2/catch.hpp>

using namespace ward;
using namespace ward::merge;
using namespace ward::merge::test;
using Standing = HistoryEntry::Standing;

TEST_CASE("causality: a change waits until its whole past is held") {
  Scene scene;
  const auto a = scene.say(1, {scene.root()}, set("ChuHoSo", "a"));
  const auto b = scene.say(2, {a}, set("ChuHoSo", "b"));
  scene.say(3, {b}, set("ChuHoSo", "c"));
  auto facts = scene.facts();
  facts.erase(facts.begin() + 1);
  const auto state = merge::merge(scene.did(), facts);
  CHECK(state.changes == 1);
  CHECK(state.waiting == 2);
  CHECK(shown(state, "ChuHoSo") == nullptr);
  CHECK(state.version == std::vector{scene.root()});
  const auto told = merge::history(scene.did(), facts);
  CHECK(entry_of(told, b).standing == Standing::waiting);
  CHECK(shows(scene.state(), "ChuHoSo", "c"));
}

TEST_CASE("causality: two records at one position are a fork, and neither merges, nor what saw it") {
  Scene scene;
  const auto a = scene.say(1, {scene.root()}, set("ChuHoSo", "a"));
  scene.say(2, {a}, set("SoDienThoai", "b"));
  scene.say(3, {scene.root()}, set("Email", "e"));
  auto fork = scene.facts()[1];
  fork.rid.bytes.fill(99);
  fork.change.ops = {set("ChuHoSo", "z")};
  scene.facts().push_back(fork);
  const auto state = scene.state();
  CHECK(state.changes == 2);
  CHECK(state.waiting == 3);
  CHECK(shown(state, "ChuHoSo") == nullptr);
  CHECK(shown(state, "SoDienThoai") == nullptr);
  CHECK(shows(state, "Email", "e"));
  CHECK(scene.history().size() == 4);
}

TEST_CASE("causality: a record that the policy log cannot judge yet waits, and what saw it too") {
  Scene scene;
  const auto a = scene.say(1, {scene.root()}, set("ChuHoSo", "a"));
  scene.last().admission = Admission::waiting;
  scene.say(2, {a}, set("ChuHoSo", "b"));
  CHECK(scene.state().waiting == 2);
  scene.facts()[1].admission = Admission::admitted;
  CHECK(scene.state().waiting == 0);
}

TEST_CASE("causality: what a revoked device wrote is a proposal, and what saw it still merges") {
  Scene scene;
  const auto a = scene.say(1, {scene.root()}, set("ChuHoSo", "a"));
  scene.last().admission = Admission::proposal;
  scene.last().change.reason = "because";
  const auto b = scene.say(2, {a}, set("SoDienThoai", "b"));
  const auto state = scene.state();
  CHECK(shown(state, "ChuHoSo") == nullptr);
  CHECK(shows(state, "SoDienThoai", "b"));
  REQUIRE(state.proposals.size() == 1);
  CHECK(state.proposals[0].said.value == Value("a"));
  CHECK(state.proposals[0].said.reason == "because");
  CHECK(state.changes == 2);
  CHECK(state.version == std::vector{b});
  CHECK(entry_of(scene.history(), a).standing == Standing::proposed);
}

TEST_CASE("causality: hostile records that see themselves or each other wait for ever and end the work") {
  Scene scene;
  const auto a = scene.say(1, {scene.root()}, set("ChuHoSo", "a"));
  const auto b = scene.say(2, {a}, set("ChuHoSo", "b"));
  scene.facts()[1].change.seen = {b};
  const auto c = scene.say(3, {}, set("ChuHoSo", "c"));
  scene.last().change.seen = {c};
  scene.say(4, {scene.root(), scene.root()}, set("Email", "twice"));
  CHECK(scene.state().waiting == 3);
  CHECK(shows(scene.state(), "Email", "twice"));
}

TEST_CASE("causality: only the creating change may have seen nothing") {
  Scene scene;
  scene.say(1, {}, set("ChuHoSo", "a"));
  CHECK(scene.state().waiting == 1);
  CHECK(shown(scene.state(), "ChuHoSo") == nullptr);
  const auto nothing = merge::merge(scene.did(), {});
  CHECK(nothing.did == scene.did());
  CHECK_FALSE(nothing.created.has_value());
  CHECK(nothing.version.empty());
}

TEST_CASE("causality: a record held twice counts once, and its stamp counts") {
  Scene scene;
  scene.say(1, {scene.root()}, set("SoDienThoai", "ahead"));
  scene.last().hlc = hlc_at(10'000'000);
  scene.say(2, {scene.root()}, set("SoDienThoai", "honest"));
  CHECK(shows(scene.state(), "SoDienThoai", "ahead"));
  auto stamped = scene.facts()[1];
  stamped.stamp = Stamp{3, hlc_at(1000).wall()};
  scene.facts().push_back(stamped);
  CHECK(scene.state().changes == 3);
  CHECK(shows(scene.state(), "SoDienThoai", "honest"));
  CHECK(scene.history().size() == 2);
}

TEST_CASE("causality: the past is transitive, and the order is one that the past allows") {
  Scene scene;
  const auto a = scene.say(3, {scene.root()}, set("ChuHoSo", "a"));
  const auto b = scene.say(2, {a}, set("ChuHoSo", "b"));
  const auto c = scene.say(1, {scene.root()}, set("ChuHoSo", "c"));
  const auto d = scene.say(1, {b, c}, set("ChuHoSo", "d"));
  const Causality causality(scene.did(), scene.facts());
  REQUIRE(causality.held().size() == 5);
  const auto nth = [&](const Position& position) { return *causality.find(position); };
  CHECK(causality.saw(nth(d), nth(a)));
  CHECK(causality.saw(nth(d), nth(scene.root())));
  CHECK_FALSE(causality.saw(nth(c), nth(a)));
  CHECK_FALSE(causality.saw(nth(a), nth(d)));
  CHECK_FALSE(causality.saw(nth(a), nth(a)));
  CHECK(nth(d) == 4);
  CHECK_FALSE(causality.find({device_of(9), Incarnation{}, 1}).has_value());
}

TEST_CASE("causality: a dossier past its bound keeps merging what fits, the rest waits") {
  Scene scene;
  auto fact = scene.facts().front();
  fact.change.seen = {scene.root()};
  for (std::size_t i = 1; i < limits::changes_per_dossier_max + 3; ++i) {
    fact.position.seq = i;
    fact.rid = fixed_from<Rid>(Bytes{static_cast<std::uint8_t>(i), static_cast<std::uint8_t>(i >> 8U), 1});
    fact.change.ops = {set("ChuHoSo", std::to_string(i % 7))};
    scene.facts().push_back(fact);
  }
  const auto state = scene.state();
  CHECK(state.changes == limits::changes_per_dossier_max);
  CHECK(state.waiting == 3);
  REQUIRE(state.conflicts.size() == 1);
  CHECK(state.conflicts[0].values.size() == limits::changes_per_dossier_max - 1);
}
