#include "protocol/text/text.hpp"

#include <catch2/catch.hpp>

#include <fstream>

using namespace ward;

namespace {

struct Row {
  std::string input, expected;
};

/// Rows of one kind; neither kind that is read here has a comma in its cells.
std::vector<Row> rows_of(const std::string& kind) {
  std::ifstream in("tests/data/text-vectors.csv");
  REQUIRE(in.is_open());
  std::vector<Row> out;
  for (std::string line; std::getline(in, line);) {
    if (!line.starts_with(kind + ",")) continue;
    const auto middle = line.find(',', kind.size() + 1);
    REQUIRE(middle != std::string::npos);
    out.push_back({line.substr(kind.size() + 1, middle - kind.size() - 1), line.substr(middle + 1)});
  }
  return out;
}

}  // namespace

TEST_CASE("text: every nfc vector holds, and normal text stays as it is") {
  const auto rows = rows_of("nfc");
  REQUIRE(rows.size() == 5);
  for (const auto& row : rows) {
    INFO(row.input);
    CHECK(text::to_nfc(row.input).value() == row.expected);
    CHECK(text::is_nfc(row.expected));
    CHECK(text::to_nfc(row.expected).value() == row.expected);
    CHECK(text::is_nfc(row.input) == (row.input == row.expected));
  }
}

TEST_CASE("text: every fold vector holds") {
  const auto rows = rows_of("fold");
  REQUIRE(rows.size() == 12);
  for (const auto& row : rows) {
    INFO(row.input);
    CHECK(text::fold(row.input) == row.expected);
    CHECK(text::fold(row.expected) == row.expected);
  }
}

TEST_CASE("text: decomposed names are not normal, and become the composed ones") {
  const std::string decomposed = "Nguye\xcc\x82\xcc\x83n";  // e, circumflex, tilde
  const std::string composed = "Nguy\xe1\xbb\x85n";
  CHECK_FALSE(text::is_nfc(decomposed));
  CHECK(text::to_nfc(decomposed).value() == composed);
  CHECK(text::to_nfc("a\xcc\xa3\xcc\x82").value() == "\xe1\xba\xad");  // marks in another order: ậ
  CHECK(text::to_nfc("a\xcc\x82\xcc\xa3").value() == "\xe1\xba\xad");
  CHECK(text::fold(decomposed) == text::fold(composed));
}

TEST_CASE("text: letters that are taken as normal without the tables are normal by them") {
  // A mark that composes with nothing before it sends the whole text through the tables.
  const std::string through_tables = "-\u0323";
  const auto check = [&](char32_t point) {
    std::string letter;
    if (point < 0x80) {
      letter = {static_cast<char>(point)};
    } else if (point < 0x800) {
      letter = {static_cast<char>(0xC0 | point >> 6), static_cast<char>(0x80 | (point & 0x3F))};
    } else {
      letter = {static_cast<char>(0xE0 | point >> 12), static_cast<char>(0x80 | (point >> 6 & 0x3F)),
                static_cast<char>(0x80 | (point & 0x3F))};
    }
    CHECK(*text::to_nfc(letter) == letter);
    CHECK(*text::to_nfc(letter + through_tables) == letter + through_tables);
  };
  for (char32_t point = 0x20; point < 0x300; ++point)
    if (point < 0x7F || point > 0x9F) check(point);
  for (char32_t point = 0x1EA0; point < 0x1EFA; ++point) check(point);
}

TEST_CASE("text: what is not UTF-8 is refused") {
  for (const std::string bad :
       {"\xff", "a\x80", "\xc3", "\xc3(", "\xe1\xbb", "\xc0\xaf", "\xed\xa0\x80", "\xf4\x90\x80\x80", "\xf8\x88\x80\x80\x80"}) {
    CHECK(text::to_nfc(bad).error() == fail(Fault::invalid, "text is not UTF-8"));
    CHECK_FALSE(text::is_nfc(bad));
    CHECK(text::fold(bad).empty());
  }
}

TEST_CASE("text: control characters are refused, but tab and line feed stay") {
  for (int code = 0; code < 0xa0; ++code) {
    const bool control = code < 0x20 || code >= 0x7f;
    std::string text = "a";
    if (code < 0x80)
      text += static_cast<char>(code);
    else
      (text += '\xc2') += static_cast<char>(code);
    INFO(code);
    const bool allowed = !control || code == '\t' || code == '\n';
    CHECK(text::to_nfc(text).has_value() == allowed);
    CHECK(text::is_nfc(text) == allowed);
    if (!allowed) CHECK(text::to_nfc(text).error().fault == Fault::invalid);
  }
}

TEST_CASE("text: an error never repeats the text") {
  CHECK(text::to_nfc("Nguyen \x01").error().detail.find("Nguyen") == std::string::npos);
}

TEST_CASE("text: spaces of every kind are squeezed by fold and kept by nfc") {
  CHECK(text::fold("  L\xc3\xaa \t\xc2\xa0 \xe3\x80\x80 Th\xe1\xbb\x8b\n ") == "le thi");
  CHECK(text::fold("").empty());
  CHECK(text::fold(" \n ").empty());
  CHECK(text::to_nfc("a  b").value() == "a  b");
}

TEST_CASE("text: a line is normalised, and one that is empty, too long or more than a line is refused by its name") {
  CHECK(text::to_line("the label", "Qu\xc3\xa2\xcc\x80y 1", 64).value() == "Qu\xe1\xba\xa7y 1");
  CHECK(text::to_line("the label", std::string(64, 'x'), 64).has_value());
  for (const auto& wrong :
       {std::string(), std::string(65, 'x'), std::string("a\nb"), std::string("a\tb"), std::string("\xff"), std::string("\x1b")}) {
    const auto line = text::to_line("the label", wrong, 64);
    REQUIRE(line.has_error());
    CHECK(line.error().fault == Fault::invalid);
    CHECK(line.error().detail == "the label must be text on one line, in UTF-8, of 1 to 64 bytes");
  }
}

TEST_CASE("text: an Eth of old files becomes the letter that was meant") {
  std::string name = "\xc3\x90\xe1\xba\xb7ng \xc3\xb0\xc3\xb0 \xc4\x90\xc3";
  CHECK(text::mend_eth(name));
  CHECK(name == "\xc4\x90\xe1\xba\xb7ng \xc4\x91\xc4\x91 \xc4\x90\xc3");
  CHECK_FALSE(text::mend_eth(name));
}

TEST_CASE("text: words are runs of letters and digits, folded") {
  CHECK(text::words("Nguy\xe1\xbb\x85n Th\xe1\xbb\x8b H\xe1\xbb\x93ng, 046182001234") ==
        std::vector<std::string>{"nguyen", "thi", "hong", "046182001234"});
  CHECK(text::words("000.36.22.H57-200812-0007") == std::vector<std::string>{"000", "36", "22", "h57", "200812", "0007"});
  CHECK(text::words("\xc4\x90\xe1\xba\xb7ng") == std::vector<std::string>{"dang"});
  CHECK(text::words(" -- ").empty());
}
