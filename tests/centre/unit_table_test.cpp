#include "centre/unit_table.hpp"

#include <catch2/catch.hpp>

using namespace ward;
using Catch::Contains;

namespace {

const std::string head = "code,name_vi,name_en,kind,parent,valid_from\n";

std::string refusal(const std::string& csv) {
  const auto units = centre::read_unit_table(csv);
  REQUIRE(units.has_error());
  CHECK(units.error().fault == Fault::invalid);
  return units.error().detail;
}

}  // namespace

TEST_CASE("unit table: parents come before their children, whatever the order of the file") {
  const auto units = centre::read_unit_table(head + "W-B,Phường B,Ward B,ward,C-A,\nC-A,Thành phố A,City A,city,,2025-07-01\n");
  REQUIRE(units.has_value());
  REQUIRE(units->size() == 2);
  CHECK((*units)[0].code == "C-A");
  CHECK((*units)[1].code == "W-B");
  CHECK((*units)[1].parent == "C-A");
  CHECK((*units)[1].name_vi == "Phường B");
}

TEST_CASE("unit table: quoted cells, CRLF, BOM, unknown columns and empty lines are fine") {
  const auto units = centre::read_unit_table(
      "\xEF\xBB\xBF"
      "code,name_vi,name_en,kind,parent,colour\r\nC-A,\"Ủy ban, \"\"A\"\"\",City A,city,,\"hai\ndòng\"\r\n\r\n");
  REQUIRE(units.has_value());
  CHECK((*units)[0].name_vi == "Ủy ban, \"A\"");
}

TEST_CASE("unit table: decomposed names become composed") {
  const auto units = centre::read_unit_table(head + "C-A,Hue\xCC\x82\xCC\x81,City A,city,,\n");
  REQUIRE(units.has_value());
  CHECK((*units)[0].name_vi == "Huế");
}

TEST_CASE("unit table: what is wrong is said with its line") {
  CHECK_THAT(refusal(""), Contains("line 1") && Contains("code is missing"));
  CHECK_THAT(refusal(head), Contains("names no unit"));
  CHECK_THAT(refusal("code,code,name_vi\n"), Contains("code is there twice"));
  CHECK_THAT(refusal(head + "C-A,A,A,city,,\nC-A,A,A,city,,\n"), Contains("line 3") && Contains("C-A is there twice"));
  CHECK_THAT(refusal(head + "W-B,B,B,ward,C-A,\n"), Contains("line 2") && Contains("not in the table"));
  CHECK_THAT(refusal(head + "A,A,A,ward,B,\nB,B,B,ward,A,\n"), Contains("stands under itself"));
  CHECK_THAT(refusal(head + "w-b,B,B,ward,,\n"), Contains("A-Z"));
  CHECK_THAT(refusal(head + std::string(65, 'A') + ",B,B,ward,,\n"), Contains("1 to 64"));
  CHECK_THAT(refusal(head + "A,,B,ward,,\n"), Contains("name_vi"));
  CHECK_THAT(refusal(head + "A,\xFF\xFE,B,ward,,\n"), Contains("UTF-8"));
  CHECK_THAT(refusal(head + "A,B,B,,,\n"), Contains("kind"));
  CHECK_THAT(refusal(head + "A,B,B,ward,,tomorrow\n"), Contains("2025-07-01"));
  CHECK_THAT(refusal(head + "A,B,B,ward,\n"), Contains("5 cells"));
  CHECK_THAT(refusal(head + "A,\"B,B,ward,,\n"), Contains("never closed"));
  CHECK_THAT(refusal(head + "A,\"B\"x,B,ward,,\n"), Contains("after a closing"));
  CHECK_THAT(refusal(head + "A,B\"x,B,ward,,\n"), Contains("without quotation marks"));
}

// Found by tests/fuzz: such a table was accepted, and then no entry could be made of it.
TEST_CASE("unit table: a text that the policy log cannot carry is refused by its line and column") {
  const std::string long_name(257, 'x'), long_kind(65, 'x');
  CHECK_THAT(refusal(head + "A," + long_name + ",B,ward,,\n"), Contains("line 2") && Contains("name_vi") && Contains("256 bytes"));
  CHECK_THAT(refusal(head + "A,B,\"two\nlines\",ward,,\n"), Contains("name_en") && Contains("one line"));
  CHECK_THAT(refusal(head + "A,B,B," + long_kind + ",,\n"), Contains("kind") && Contains("64 bytes"));
  CHECK_THAT(refusal(head + "A,B,B,\xFF,,\n"), Contains("kind") && Contains("UTF-8"));
  CHECK_THAT(refusal("code,name_vi,name_en,kind,parent,identification_code\nA,B,B,ward,,a\x01\n"), Contains("identification_code"));
  const auto longest = centre::read_unit_table(head + "A," + std::string(256, 'x') + ",B," + std::string(64, 'x') + ",,\n");
  CHECK(longest.has_value());
}
