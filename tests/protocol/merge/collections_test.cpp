#include "tests/protocol/merge/scene.hpp"

#include <catch2/catch.hpp>

using namespace ward;
using namespace ward::merge;
using namespace ward::merge::test;
using Standing = HistoryEntry::Standing;

namespace {

const Element& only_element(const DossierState& state, std::string_view name) {
  const auto* found = collection(state, name);
  REQUIRE(found != nullptr);
  REQUIRE(found->elements.size() == 1);
  return found->elements[0];
}

}  // namespace

TEST_CASE("set: elements with the same key are one, and their fields merge by their own policies") {
  Scene scene;
  scene.say(1, {scene.root()}, paper("cccd", "a.pdf"));
  scene.say(2, {scene.root()}, paper("cccd", "b.pdf"));
  const auto state = scene.state();
  const auto& element = only_element(state, "TaiLieuNop");
  CHECK(element.id == paper_id("cccd"));
  CHECK(*record::find(element.fields, "TenTepDinhKem") == Value("b.pdf"));
  CHECK(*record::find(element.fields, "TepDinhKemId") == Value("cccd"));
  CHECK(element.user == "user1");
  CHECK(element.unit == home);
  CHECK(state.conflicts.empty());
}

TEST_CASE("set: without key fields, or with an empty one, an element is named by the operation that added it") {
  Scene scene;
  const auto a =
      scene.say(1, {scene.root()}, {add("DanhSachTepDinhKemKhac", {{"TenGiayTo", "x"}}), add("TaiLieuNop", {{"TepDinhKemId", ""}})});
  scene.say(2, {scene.root()}, {add("DanhSachTepDinhKemKhac", {{"TenGiayTo", "x"}}), add("TaiLieuNop", {{"TepDinhKemId", ""}})});
  const auto state = scene.state();
  CHECK(ids_in(state, "DanhSachTepDinhKemKhac").size() == 2);
  CHECK(ids_in(state, "TaiLieuNop").size() == 2);
  CHECK(ids_in(state, "TaiLieuNop")[0] == record::element_id(OpId{a, 1}));
  CHECK(element_of(add("TaiLieuNop", {{"TepDinhKemId", std::string(400, 'x')}}), {a, 0}) == record::element_id(OpId{a, 0}));
  CHECK(element_of(paper("cccd", "x"), {a, 0}) == paper_id("cccd"));
}

TEST_CASE("set: a removal takes the element away, and a later add brings it back with what it had") {
  Scene scene({paper("cccd", "a.pdf")});
  const auto gone = scene.say(1, {scene.root()}, remove("TaiLieuNop", paper_id("cccd")));
  CHECK(scene.state().collections.empty());
  CHECK(scene.state().conflicts.empty());
  CHECK(entry_of(scene.history(), scene.root()).standing == Standing::replaced);
  CHECK(entry_of(scene.history(), gone).standing == Standing::shown);
  scene.say(2, {gone}, add("TaiLieuNop", {{"TepDinhKemId", "cccd"}}));
  CHECK(*record::find(only_element(scene.state(), "TaiLieuNop").fields, "TenTepDinhKem") == Value("a.pdf"));
  CHECK(scene.state().conflicts.empty());
}

TEST_CASE("set: an edit wins against a concurrent removal, and somebody is asked") {
  Scene scene({paper("cccd", "a.pdf"), paper("tk01", "t.pdf")});
  const auto gone = scene.say(1, {scene.root()}, remove("TaiLieuNop", paper_id("cccd")));
  const auto edit = scene.say(2, {scene.root()}, set(at("TaiLieuNop", paper_id("cccd"), "TenTepDinhKem"), "b.pdf"));
  const auto state = scene.state();
  CHECK(ids_in(state, "TaiLieuNop").size() == 2);
  REQUIRE(state.conflicts.size() == 1);
  CHECK(state.conflicts[0].kind == ConflictKind::removed_but_edited);
  CHECK(state.conflicts[0].path == at("TaiLieuNop", paper_id("cccd")));
  REQUIRE(state.conflicts[0].values.size() == 2);
  CHECK(entry_of(scene.history(), gone).standing == Standing::in_conflict);
  CHECK(entry_of(scene.history(), edit).standing == Standing::in_conflict);

  SECTION("the removal may stay, and be undone into the same question") {
    const auto decided = scene.say(1, {gone, edit}, keep(state.conflicts[0], 0));
    CHECK(ids_in(scene.state(), "TaiLieuNop").size() == 1);
    CHECK(scene.state().conflicts.empty());
    scene.say(2, {decided}, undo(entry_of(scene.history(), decided)));
    const auto again = scene.state();
    CHECK(ids_in(again, "TaiLieuNop").size() == 2);
    REQUIRE(again.conflicts.size() == 1);
    CHECK(again.conflicts[0].values == state.conflicts[0].values);
    CHECK(again.conflicts[0].id != state.conflicts[0].id);
  }
  SECTION("the element may stay, and be undone into the same question") {
    const auto decided = scene.say(1, {gone, edit}, keep(state.conflicts[0], 1));
    CHECK(ids_in(scene.state(), "TaiLieuNop").size() == 2);
    CHECK(scene.state().conflicts.empty());
    scene.say(2, {decided}, undo(entry_of(scene.history(), decided)));
    CHECK(scene.state().conflicts.size() == 1);
  }
}

TEST_CASE("set: an edit whose writer had seen the removal keeps the element, whatever else it lists") {
  Scene scene({paper("cccd", "a.pdf")});
  const auto gone = scene.say(1, {scene.root()}, remove("TaiLieuNop", paper_id("cccd")));
  const auto edit = scene.say(2, {scene.root()}, set(at("TaiLieuNop", paper_id("cccd"), "TenTepDinhKem"), "b.pdf"));
  CHECK(entry_of(scene.history(), edit).replaced == std::vector{OpId{scene.root(), 0}});
  auto other = set(at("TaiLieuNop", paper_id("cccd"), "MaThanhPhanHoSo"), "TP01");
  other.replaces = std::vector<OpId>{};
  const auto later = scene.say(3, {gone, edit}, other);
  CHECK(scene.state().conflicts.empty());
  CHECK(ids_in(scene.state(), "TaiLieuNop").size() == 1);
  CHECK(entry_of(scene.history(), later).replaced.empty());
}

TEST_CASE("set: removed by both is agreement") {
  Scene scene({paper("cccd", "a.pdf"), paper("tk01", "t.pdf")});
  scene.say(1, {scene.root()}, remove("TaiLieuNop", paper_id("cccd")));
  scene.say(2, {scene.root()}, remove("TaiLieuNop", paper_id("cccd")));
  CHECK(ids_in(scene.state(), "TaiLieuNop") == std::vector{paper_id("tk01")});
  CHECK(scene.state().conflicts.empty());
}

TEST_CASE("set: a field of an element that asks is a conflict at its path") {
  const Map fee{{"Gia", 1}, {"MaPhiLePhi", "LP"}};
  Scene scene({add("DanhSachLePhi", fee)});
  const auto id = record::element_id(std::vector<Value>{"LP"});
  scene.say(1, {scene.root()}, set(at("DanhSachLePhi", id, "Gia"), 2));
  scene.say(2, {scene.root()}, set(at("DanhSachLePhi", id, "Gia"), 3));
  const auto state = scene.state();
  REQUIRE(state.conflicts.size() == 1);
  CHECK(state.conflicts[0].path == at("DanhSachLePhi", id, "Gia"));
  CHECK(record::find(only_element(state, "DanhSachLePhi").fields, "Gia") == nullptr);
}

TEST_CASE("set: collections inside elements merge in the same way, and an edit deep inside renews all around it") {
  const auto round = record::element_id(std::vector<Value>{"1"});
  Path papers{Step::field("DanhSachHoSoBoSung"), Step::element(round), Step::field("DanhSachGiayToBoSung")};
  Scene scene({append("DanhSachHoSoBoSung", Map{{"HoSoBoSungId", "1"}}),
               Op{OpKind::add, papers, Map{{"TenTepDinhKem", "a"}, {"TepDinhKemId", "p"}}, std::nullopt}});
  auto file = papers;
  file.push_back(Step::element(paper_id("p")));
  const auto removed = file;
  file.push_back(Step::field("TenTepDinhKem"));
  scene.say(1, {scene.root()}, Op{OpKind::remove, removed, {}, std::nullopt});
  scene.say(2, {scene.root()}, set(file, "b"));
  const auto state = scene.state();
  const auto& element = only_element(state, "DanhSachHoSoBoSung");
  const auto* inner = record::find(element.fields, "DanhSachGiayToBoSung");
  REQUIRE(inner != nullptr);
  CHECK(*inner == Value(record::List{Map{{"TenTepDinhKem", "b"}, {"TepDinhKemId", "p"}}}));
  REQUIRE(state.conflicts.size() == 1);
  CHECK(state.conflicts[0].path == removed);
}

TEST_CASE("set: a removal inside an element does not renew it") {
  const auto element = record::element_id(std::vector<Value>{"x"});
  const Path inner{Step::field("TaiLieuNop"), Step::element(paper_id("p")), Step::field("Tomorrow"), Step::element(element)};
  Scene scene({paper("p", "a")});
  scene.say(1, {scene.root()}, remove("TaiLieuNop", paper_id("p")));
  scene.say(2, {scene.root()}, Op{OpKind::remove, inner, {}, std::nullopt});
  CHECK(scene.state().collections.empty());
  CHECK(scene.state().conflicts.empty());
  CHECK(scene.state().not_applied.empty());
}

TEST_CASE("set: a collection of a newer version is carried, shown, and may be removed from") {
  Scene scene({add("Tomorrow", {{"x", 1}})});
  const auto id = record::element_id(OpId{scene.root(), 0});
  CHECK(ids_in(scene.state(), "Tomorrow") == std::vector{id});
  const auto edited = scene.say(1, {scene.root()}, set(at("Tomorrow", id, "x"), 2));
  CHECK(only_element(scene.state(), "Tomorrow").fields == Map{{"x", 2}});
  scene.say(1, {edited}, remove("Tomorrow", id));
  CHECK(scene.state().collections.empty());
}

TEST_CASE("ledger: one receipt number with one amount is one payment") {
  Scene scene;
  scene.say(1, {scene.root()}, payment("1", 15000));
  scene.say(2, {scene.root()}, payment("1", 15000));
  scene.say(2, {scene.root()}, payment("2", 15000));
  const auto state = scene.state();
  CHECK(ids_in(state, "BienLai") == std::vector{receipt_id("1"), receipt_id("2")});
  CHECK(state.conflicts.empty());
}

TEST_CASE("ledger: the collector and the minute may differ, the amount may not") {
  Scene scene;
  const auto paid = [](const char* by, int amount) {
    return append("BienLai", record::canonical({{"KyHieu", "AA"}, {"SoBienLai", "1"}, {"SoTien", amount}, {"NguoiThu", by}}));
  };
  scene.say(1, {scene.root()}, paid("An", 5));
  const auto late = scene.say(2, {scene.root()}, paid("Bình", 5));
  CHECK(scene.state().conflicts.empty());
  CHECK(*record::find(only_element(scene.state(), "BienLai").fields, "NguoiThu") == Value("Bình"));
  scene.say(3, {late}, paid("Bình", 6));
  const auto state = scene.state();
  REQUIRE(state.conflicts.size() == 1);
  CHECK(state.conflicts[0].kind == ConflictKind::payment_differs);
  CHECK(state.conflicts[0].path == at("BienLai", receipt_id("1")));
  CHECK(state.conflicts[0].values.size() == 3);
  const auto& element = only_element(state, "BienLai");
  CHECK(record::find(element.fields, "SoTien") == nullptr);
  CHECK(*record::find(element.fields, "SoBienLai") == Value("1"));
}

TEST_CASE("ledger: a field of a newer version must agree as well") {
  Scene scene;
  for (const std::uint8_t writer : {1, 2})
    scene.say(writer, {scene.root()},
              append("BienLai", record::canonical({{"KyHieu", "AA"}, {"SoBienLai", "1"}, {"SoTien", 5}, {"Currency", int{writer}}})));
  const auto state = scene.state();
  REQUIRE(state.conflicts.size() == 1);
  CHECK(state.conflicts[0].kind == ConflictKind::payment_differs);
  CHECK(*record::find(only_element(state, "BienLai").fields, "SoTien") == Value(5));
}

TEST_CASE("ledger: a difference is decided by a person, seen or not by the payer, and the decision can be undone") {
  Scene scene;
  const auto a = scene.say(1, {scene.root()}, payment("1", 5));
  const auto b = scene.say(2, {a}, payment("1", 6));
  const auto state = scene.state();
  REQUIRE(state.conflicts.size() == 1);
  const auto decided = scene.say(1, {b}, keep(state.conflicts[0], 1));
  CHECK(scene.state().conflicts.empty());
  CHECK(*record::find(only_element(scene.state(), "BienLai").fields, "SoTien") == Value(6));
  CHECK(entry_of(scene.history(), a).standing == Standing::replaced);
  scene.say(2, {decided}, undo(entry_of(scene.history(), decided)));
  CHECK(scene.state().conflicts.size() == 1);
  CHECK(values_of(scene.state().conflicts[0]) == values_of(state.conflicts[0]));
}

TEST_CASE("log: causal order first, then stamps, then clocks") {
  Scene scene;
  const auto a = scene.say(1, {scene.root()}, append("notes", "a"));
  scene.last().hlc = hlc_at(2000);
  scene.say(2, {a}, append("notes", "b"));
  scene.last().hlc = hlc_at(2010);
  scene.say(3, {scene.root()}, append("notes", "c"));
  scene.last().hlc = hlc_at(2005);
  const auto texts = [](const DossierState& state) {
    std::vector<std::string> out;
    for (const auto& element : collection(state, "notes")->elements) out.push_back(*record::find(element.fields, "text")->text());
    return out;
  };
  CHECK(texts(scene.state()) == std::vector<std::string>{"a", "c", "b"});
  scene.facts()[3].stamp = Stamp{1, {1'700'000'000'000}};
  CHECK(texts(scene.state()) == std::vector<std::string>{"c", "a", "b"});
  scene.facts()[1].stamp = Stamp{2, {1'600'000'000'000}};
  CHECK(texts(scene.state()) == std::vector<std::string>{"c", "a", "b"});
  scene.facts()[1].stamp = Stamp{0, {1'600'000'000'000}};
  CHECK(texts(scene.state()) == std::vector<std::string>{"a", "c", "b"});
  scene.facts()[1].stamp.reset();
  CHECK(collection(scene.state(), "notes")->elements[0].user == "user3");
  CHECK(collection(scene.state(), "notes")->elements[0].hlc == hlc_at(2005));
}

TEST_CASE("log: two rounds under one number keep both texts, and a person joins them") {
  Scene scene;
  const auto round = [](const char* text) { return append("DanhSachHoSoBoSung", Map{{"HoSoBoSungId", "1"}, {"NoiDungBoSung", text}}); };
  scene.say(1, {scene.root()}, round("a"));
  scene.say(2, {scene.root()}, round("b"));
  const auto state = scene.state();
  REQUIRE(state.conflicts.size() == 1);
  CHECK(values_of(state.conflicts[0]) == std::vector<Value>{"a", "b"});
}
