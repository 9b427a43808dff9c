#include "tests/protocol/merge/town.hpp"

#include <catch2/catch.hpp>

using namespace ward;
using namespace ward::merge;
using namespace ward::merge::test;
using Standing = HistoryEntry::Standing;

TEST_CASE("merge: different fields never conflict") {
  Scene scene({set("ChuHoSo", "An")});
  scene.say(1, {scene.root()}, set("SoDienThoai", "1"));
  scene.say(2, {scene.root()}, set("DiaChiChuHoSo", "2"));
  const auto state = scene.state();
  CHECK(shows(state, "ChuHoSo", "An"));
  CHECK(shows(state, "SoDienThoai", "1"));
  CHECK(shows(state, "DiaChiChuHoSo", "2"));
  CHECK(state.conflicts.empty());
  CHECK(state.changes == 3);
  CHECK(state.custody.unit == "W-0");
  CHECK(state.created == scene.root());
  CHECK(state.version.size() == 2);
}

TEST_CASE("merge: latest shows the later clock, and the loser stays in the history") {
  Scene scene;
  const auto early = scene.say(2, {scene.root()}, set("SoDienThoai", "early"));
  const auto late = scene.say(1, {scene.root()}, set("SoDienThoai", "late"));
  CHECK(shows(scene.state(), "SoDienThoai", "late"));
  CHECK(scene.state().conflicts.empty());
  CHECK(entry_of(scene.history(), early).standing == Standing::lost);
  CHECK(entry_of(scene.history(), late).standing == Standing::shown);
}

TEST_CASE("merge: a seen predecessor loses to its successor whatever the clocks say") {
  Scene scene;
  const auto first = scene.say(1, {scene.root()}, set("SoDienThoai", "first"));
  scene.last().hlc = hlc_at(1'000'000'000);
  const auto second = scene.say(2, {first}, set("SoDienThoai", "second"));
  scene.last().hlc = Hlc::at({5});
  CHECK(shows(scene.state(), "SoDienThoai", "second"));
  const auto history = scene.history();
  CHECK(entry_of(history, first).standing == Standing::replaced);
  CHECK(entry_of(history, second).replaced == std::vector{OpId{first, 0}});
  CHECK_FALSE(entry_of(history, second).said.clock_good);
}

TEST_CASE("merge: equal clocks are decided by device, then incarnation, then number, then operation") {
  Scene scene;
  scene.say(1, {scene.root()}, set("SoDienThoai", "one"));
  scene.last().hlc = hlc_at(5);
  scene.say(2, {scene.root()}, set("SoDienThoai", "two"));
  scene.last().hlc = hlc_at(5);
  CHECK(shows(scene.state(), "SoDienThoai", "two"));
  scene.facts()[1].position.device = device_of(3);
  CHECK(shows(scene.state(), "SoDienThoai", "one"));
  scene.facts()[1].position = {device_of(2), scene.facts()[2].position.incarnation, 9};
  CHECK(shows(scene.state(), "SoDienThoai", "one"));
  scene.facts()[1].position.incarnation.bytes.fill(0);
  CHECK(shows(scene.state(), "SoDienThoai", "two"));
}

TEST_CASE("merge: ask shows none of several values until a person decides") {
  Scene scene({set("ChuHoSo", "Hòa")});
  const auto a = scene.say(1, {scene.root()}, set("ChuHoSo", "Hoà"));
  const auto b = scene.say(2, {scene.root()}, set("ChuHoSo", "Hoa"));
  const auto state = scene.state();
  CHECK(shown(state, "ChuHoSo") == nullptr);
  REQUIRE(state.conflicts.size() == 1);
  CHECK(state.conflicts[0].kind == ConflictKind::choose_value);
  CHECK(state.conflicts[0].path == at("ChuHoSo"));
  CHECK(values_of(state.conflicts[0]) == std::vector<Value>{"Hoà", "Hoa"});
  CHECK(state.conflicts[0].values[0].user == "user1");
  CHECK(state.conflicts[0].values[0].unit == "W-0");
  CHECK(entry_of(scene.history(), a).standing == Standing::in_conflict);

  const auto c = scene.say(1, {a, b}, keep(state.conflicts[0], 1));
  CHECK(shows(scene.state(), "ChuHoSo", "Hoa"));
  CHECK(scene.state().conflicts.empty());
  CHECK(entry_of(scene.history(), c).replaced == std::vector{OpId{a, 0}, OpId{b, 0}});
}

TEST_CASE("merge: equal values agree, and a third that differs brings all of them into the conflict") {
  Scene scene;
  scene.say(1, {scene.root()}, set("ChuHoSo", "Hồng"));
  scene.say(2, {scene.root()}, set("ChuHoSo", "Hồng"));
  CHECK(shows(scene.state(), "ChuHoSo", "Hồng"));
  CHECK(scene.state().conflicts.empty());
  scene.say(3, {scene.root()}, set("ChuHoSo", "Hông"));
  const auto state = scene.state();
  REQUIRE(state.conflicts.size() == 1);
  CHECK(state.conflicts[0].values.size() == 3);
}

TEST_CASE("merge: an explicit list replaces fewer than all that was seen") {
  Scene scene;
  const auto a = scene.say(1, {scene.root()}, set("ChuHoSo", "a"));
  const auto b = scene.say(2, {scene.root()}, set("ChuHoSo", "b"));
  auto op = set("ChuHoSo", "c");
  op.replaces = std::vector{OpId{a, 0}};
  scene.say(3, {a, b}, op);
  const auto state = scene.state();
  REQUIRE(state.conflicts.size() == 1);
  CHECK(values_of(state.conflicts[0]) == std::vector<Value>{"b", "c"});
}

TEST_CASE("merge: an explicit list may stand in any order") {
  Scene scene;
  const auto b = scene.say(2, {scene.root()}, set("ChuHoSo", "b"));
  const auto a = scene.say(1, {scene.root()}, set("ChuHoSo", "a"));
  const auto c = scene.say(3, {scene.root()}, set("ChuHoSo", "c"));
  for (const auto& list : {std::vector{OpId{a, 0}, OpId{b, 0}}, std::vector{OpId{b, 0}, OpId{a, 0}}}) {
    auto two = scene;
    auto op = set("ChuHoSo", "d");
    op.replaces = list;
    two.say(1, {a, b, c}, op);
    const auto state = two.state();
    REQUIRE(state.conflicts.size() == 1);
    CHECK(values_of(state.conflicts[0]) == std::vector<Value>{"d", "c"});
  }
}

TEST_CASE("merge: what an operation could not have seen it cannot replace, and it is not applied") {
  Scene scene;
  const auto a = scene.say(1, {scene.root()}, set("ChuHoSo", "a"));
  auto op = set("ChuHoSo", "b");
  op.replaces = std::vector{OpId{a, 0}};
  scene.say(2, {scene.root()}, op);
  auto state = scene.state();
  CHECK(shows(state, "ChuHoSo", "a"));
  REQUIRE(state.not_applied.size() == 1);
  CHECK(state.not_applied[0].said.value == Value("b"));
  CHECK(state.not_applied[0].why == Refusal::missing_reference);
  scene.say(3, {scene.root()}, set("ChuHoSo", record::Heads{{OpId{a, 0}}}));
  CHECK(scene.state().not_applied.size() == 2);
}

TEST_CASE("merge: in one change the last operation on a path stands, whatever it lists") {
  Scene scene;
  auto second = set("ChuHoSo", "second");
  second.replaces = std::vector<OpId>{};
  scene.say(1, {scene.root()}, {set("ChuHoSo", "first"), second});
  CHECK(shows(scene.state(), "ChuHoSo", "second"));
  CHECK(scene.state().conflicts.empty());
}

TEST_CASE("merge: an undo may refer to an earlier operation of its own change, never to itself or a later one") {
  Scene scene;
  const auto next = Position{device_of(1), scene.root().incarnation, 1};
  auto own = next;
  own.incarnation.bytes.fill(1);
  const auto said = scene.say(1, {scene.root()}, {set("ChuHoSo", "a"), set("ChuHoSo", "b"), set("ChuHoSo", record::Heads{{OpId{own, 0}}})});
  REQUIRE(said == own);
  CHECK(shows(scene.state(), "ChuHoSo", "a"));
  CHECK(entry_of(scene.history(), said, 0).standing == Standing::shown);
  CHECK(entry_of(scene.history(), said, 1).standing == Standing::replaced);
  CHECK(entry_of(scene.history(), said, 2).standing == Standing::shown);
  own.seq = 2;
  scene.say(1, {said}, {set("ChuHoSo", record::Heads{{OpId{own, 0}}}), set("ChuHoSo", record::Heads{{OpId{own, 2}}})});
  CHECK(scene.state().not_applied.size() == 2);
  CHECK(shows(scene.state(), "ChuHoSo", "a"));
}

TEST_CASE("merge: two who undo the same decision at once ask about each value once") {
  Scene scene;
  const auto b = scene.say(2, {scene.root()}, set("ChuHoSo", "b"));
  const auto a = scene.say(1, {scene.root()}, set("ChuHoSo", "a"));
  const auto decided = scene.say(3, {a, b}, set("ChuHoSo", "c"));
  const auto back = undo(entry_of(scene.history(), decided));
  scene.say(1, {decided}, back);
  scene.say(2, {decided}, back);
  const auto state = scene.state();
  REQUIRE(state.conflicts.size() == 1);
  CHECK(values_of(state.conflicts[0]) == std::vector<Value>{"a", "b"});
  CHECK(entry_of(scene.history(), a).standing == Standing::in_conflict);
}

TEST_CASE("merge: an undo of a first value leaves none, and against another value it asks") {
  Scene scene;
  const auto a = scene.say(1, {scene.root()}, set("ChuHoSo", "a"));
  scene.say(1, {a}, undo(entry_of(scene.history(), a)));
  CHECK(shown(scene.state(), "ChuHoSo") == nullptr);
  CHECK(scene.state().conflicts.empty());
  scene.say(2, {a}, set("ChuHoSo", "b"));
  const auto state = scene.state();
  REQUIRE(state.conflicts.size() == 1);
  CHECK(values_of(state.conflicts[0]) == std::vector<Value>{Value(), "b"});
}

TEST_CASE("merge: an undo on a latest field competes by its own clock") {
  Scene scene({set("SoDienThoai", "old")});
  const auto a = scene.say(1, {scene.root()}, set("SoDienThoai", "wrong"));
  scene.say(2, {a}, set("SoDienThoai", "other"));
  scene.say(1, {a}, undo(entry_of(scene.history(), a)));
  CHECK(shows(scene.state(), "SoDienThoai", "old"));
}

TEST_CASE("merge: an older program that takes something back brings no older policy with it") {
  Town town;
  town.context.policy_changes = {{2, "", "SoDienThoai", schema::Policy::ask}};
  const auto a = town.home_says({town.root()}, set("SoDienThoai", "a"), 1);
  const auto b = town.home_says({town.root()}, set("SoDienThoai", "b"), 2);
  for (auto& fact : town.facts()) fact.schema = 2;
  const auto asked = town.state();
  REQUIRE(asked.conflicts.size() == 1);
  const auto edit = town.home_says({a, b}, set("SoDienThoai", "c"));
  town.last().schema = 1;
  CHECK(shows(town.state(), "SoDienThoai", "c"));
  town.home_says({edit}, undo(town.entry(edit)));
  town.last().schema = 1;
  const auto state = town.state();
  REQUIRE(state.conflicts.size() == 1);
  CHECK(state.conflicts[0].values == asked.conflicts[0].values);
}

TEST_CASE("merge: unknown fields are kept as ask") {
  Scene scene;
  scene.say(1, {scene.root()}, set("FieldOfTomorrow", "a"));
  CHECK(shows(scene.state(), "FieldOfTomorrow", "a"));
  scene.say(2, {scene.root()}, set("FieldOfTomorrow", "b"));
  CHECK(scene.state().conflicts.size() == 1);
}

TEST_CASE("merge: while custody lies still, an owner field shows the later clock, and so does a date that goes with a status") {
  for (const auto* field : {"CanBoXuLy", "NgayTra"}) {
    Scene scene;
    scene.say(1, {scene.root()}, set(field, "a"));
    scene.say(2, {scene.root()}, set(field, "b"));
    CHECK(shows(scene.state(), field, "b"));
    CHECK(scene.state().conflicts.empty());
  }
}

TEST_CASE("merge: codes are an add-only set of aliases, the first one shown first") {
  Scene scene({set("MaHoSo", "provisional")});
  const auto a = scene.say(1, {scene.root()}, set("MaHoSo", "official"));
  scene.say(2, {scene.root()}, add("MaHoSo", {}));
  scene.say(2, {scene.root()}, set("MaHoSo", "provisional"));
  scene.say(1, {a}, Op{OpKind::remove, at("MaHoSo", "official"), {}, std::nullopt});
  const auto state = scene.state();
  CHECK(state.codes == std::vector<std::string>{"provisional", "official"});
  CHECK(shown(state, "MaHoSo") == nullptr);
  CHECK(state.not_applied.size() == 2);
}

TEST_CASE("merge: a code of the provisional form stands behind every other, whenever it was given") {
  const std::string provisional = "0000170000471170", official = "000.36.22.H57-201124-0001";
  Scene scene({set("MaHoSo", provisional)});
  const auto a = scene.say(1, {scene.root()}, set("MaHoSo", "0000170000471171"));  // does not check: somebody's own
  CHECK(scene.state().codes == std::vector<std::string>{"0000170000471171", provisional});
  scene.say(1, {a}, set("MaHoSo", official));
  CHECK(scene.state().codes == std::vector<std::string>{"0000170000471171", official, provisional});
}

TEST_CASE("merge: operations without a meaning are kept and shown, never applied") {
  const auto element = paper_id("x");
  const std::vector<Op> odd{
      Op{static_cast<OpKind>(77), at("ChuHoSo"), "x", std::nullopt},
      set("TaiLieuNop", record::List{}),
      set(at("TaiLieuNop", element), "x"),
      set(at("TaiLieuNop", element, "TepDinhKemId"), "y"),
      set(at("ChuHoSo", element, "X"), "y"),
      set(at("BienLai", element, "SoTien"), 5),
      set(Path{Step::element("x")}, 5),
      set(Path{Step::field("A"), Step::field("B")}, 5),
      set(Path{Step::field("A"), Step::element("B"), Step::element("C")}, 5),
      set(Path(9, Step::field("A")), 5),
      add("ChuHoSo", {}),
      add("BienLai", {}),
      append("TaiLieuNop", Map{}),
      append("BienLai", "text"),
      append("ChuHoSo", "x"),
      Op{OpKind::add, at("TaiLieuNop"), "text", std::nullopt},
      remove("BienLai", element),
      remove("notes", element),
      set(at("notes", element), record::Heads{}),
      Op{OpKind::remove, at("TaiLieuNop"), {}, std::nullopt},
      set("MaHoSo", 5),
  };
  Scene scene;
  const auto position = scene.say(1, {scene.root()}, odd);
  const auto state = scene.state();
  CHECK(state.not_applied.size() == odd.size());
  CHECK(state.fields.empty());
  CHECK(state.collections.empty());
  CHECK(state.conflicts.empty());
  for (std::size_t i = 0; i < odd.size(); ++i) {
    INFO(i);
    const auto entry = entry_of(scene.history(), position, static_cast<std::uint16_t>(i));
    CHECK(entry.standing == Standing::not_applied);
    CHECK(entry.said.value == odd[i].value);
  }
}

TEST_CASE("clock: good between 2020 and 2080, at most five minutes past its stamp") {
  const auto at_ms = [](std::int64_t ms) { return Hlc::at({ms}); };
  CHECK_FALSE(clock_good(at_ms(clock_earliest.ms - 1), std::nullopt));
  CHECK(clock_good(at_ms(clock_earliest.ms), std::nullopt));
  CHECK(clock_good(at_ms(clock_latest.ms - 1), std::nullopt));
  CHECK_FALSE(clock_good(at_ms(clock_latest.ms), std::nullopt));
  const Stamp stamp{7, {1'700'000'000'000}};
  CHECK(clock_good(at_ms(1'700'000'300'000), stamp));
  CHECK_FALSE(clock_good(at_ms(1'700'000'300'001), stamp));
  CHECK(clock_good(at_ms(1'600'000'000'000), stamp));
  CHECK_FALSE(clock_good(at_ms(1'600'000'000'000), Stamp{7, {-9'000'000'000'000'000'000}}));
}
