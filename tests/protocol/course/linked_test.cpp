#include "protocol/course/linked.hpp"
#include "protocol/schema/schema.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace ward;
using namespace ward::course;

TEST_CASE("linked: the citizen is told what the desk entered, and while that is in process what follows from the parts") {
  CHECK(joint_status("2", {}) == "2");
  CHECK(joint_status("2", {"2", "2"}) == "4");
  CHECK(joint_status("4", {"9", "4"}) == "4");
  CHECK(joint_status("4", {"9", ""}) == "4");
  CHECK(joint_status("4", {"9", "5", "6"}) == "5");
  CHECK(joint_status("4", {"9", "6"}) == "6");
  CHECK(joint_status("4", {"9", "10"}) == "9");
  CHECK(joint_status("4", {"9", "8", "3"}) == "9");
  CHECK(joint_status("4", {"8", "3"}) == "8");
  CHECK(joint_status("4", {"7", "9"}) == "4");
  for (const auto* own : {"1", "3", "5", "7", "8", "9", "10"}) CHECK(joint_status(own, {"4", "5"}) == own);
}

TEST_CASE("linked: every procedure of the table has parts with names of their own, and a desk or an authority for each") {
  std::set<std::string> kinds;
  std::size_t procedures = 0;
  for (const auto& procedure : schema::procedures()) {
    const auto parts = schema::linked_parts(procedure.code);
    if (parts.empty()) continue;
    ++procedures;
    CAPTURE(procedure.code);
    CHECK(parts.size() >= 2);
    std::set<std::string> keys;
    for (const auto& part : parts) {
      CHECK(part.procedure == procedure.code);
      CHECK(keys.insert(part.key).second);
      CHECK_FALSE((part.name_vi.empty() || part.name_en.empty()));
      CHECK(part.unit.empty() == (part.kind == "ward"));
      kinds.insert(part.kind);
    }
  }
  CHECK(procedures == 5);
  CHECK(kinds == std::set<std::string>{"ward", "police", "insurance", "department", "land", "tax"});
  CHECK(schema::linked_parts("1.001193").empty());
  CHECK(schema::linked_parts("").empty());
}

TEST_CASE("linked: what a part says of its whole, and the whole of its part, is read as it was said") {
  const Did whole = fixed_from<Did>(unhex("00112233445566778899aabbccddeeff"));
  const Position created{};
  merge::DossierState state;
  state.created = created;
  state.slip.emplace_back().unit = "W-VYDA";
  const auto put = [&](const record::Op& op, const std::string& id) {
    state.collections = {{op.path.front().text, {{id, *op.value.map(), {}, {}, {}}}}};
  };
  const auto said = say_part_of(whole, "H57-1", "bhyt");
  put(said, record::element_id(OpId{created, 0}));
  const auto part = part_of(state);
  REQUIRE(part);
  CHECK(part->whole == whole);
  CHECK(part->code == "H57-1");
  CHECK(part->part == "bhyt");
  CHECK(part->desk == "W-VYDA");
  SECTION("not said first") { put(said, record::element_id(OpId{created, 1})); }
  SECTION("another relation") {
    auto other = *said.value.map();
    for (auto& member : other)
      if (member.name == "QuanHe") member.value = record::Value("1");
    state.collections.front().elements.front().fields = other;
  }
  SECTION("no id") {
    auto other = *said.value.map();
    for (auto& member : other)
      if (member.name == "HoSoId") member.value = record::Value("H57-1");
    state.collections.front().elements.front().fields = other;
  }
  SECTION("an erased dossier") { state.collections.clear(); }
  SECTION("the whole's") {
    put(say_part("bhyt", whole, "X-BHXH"), record::element_id({record::Value("bhyt")}));
    const auto parts = parts_of(state);
    REQUIRE(parts.size() == 1);
    CHECK(parts[0].key == "bhyt");
    CHECK(parts[0].dossier == whole);
    CHECK(parts[0].to == "X-BHXH");
  }
  CHECK_FALSE(part_of(state));
}
