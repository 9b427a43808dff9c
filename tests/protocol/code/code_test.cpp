#include "protocol/code/code.hpp"

#include <catch2/catch.hpp>
#include <rapidcheck.h>

#include <fstream>

using namespace ward;
using namespace std::chrono_literals;

namespace {

constexpr code::Day day{2020y / 11 / 24};

std::vector<std::pair<std::string, std::string>> vectors() {
  std::ifstream in("tests/data/text-vectors.csv");
  REQUIRE(in.is_open());
  std::vector<std::pair<std::string, std::string>> out;
  const std::string kind = "dossier_code,";
  for (std::string line; std::getline(in, line);)
    if (line.starts_with(kind)) out.emplace_back(line.substr(kind.size(), line.rfind(',') - kind.size()), line.substr(line.rfind(',') + 1));
  return out;
}

std::string described(const code::Official& code) {
  return "valid;unit=" + code.identification + ";date=" + code::date_text(code.day) + ";n=" + std::to_string(code.serial);
}

}  // namespace

TEST_CASE("code: every vector of dossier codes holds") {
  const auto rows = vectors();
  REQUIRE(rows.size() == 7);
  for (const auto& [input, expected] : rows) {
    INFO(input);
    const auto parsed = code::parse_official(input);
    CHECK(parsed.has_value() == expected.starts_with("valid"));
    if (parsed) CHECK(described(*parsed) == expected);
  }
}

TEST_CASE("code: an official code is the identification code, the day and the serial in four digits or more") {
  CHECK(code::make_official({"000.00.22.H57", day, 1}) == "000.00.22.H57-201124-0001");
  CHECK(code::make_official({"H57.22.36", day, 12'345}) == "H57.22.36-201124-12345");
  CHECK(code::make_official({"H57", code::last_day, code::serial_max}) == "H57-991231-999999");
}

TEST_CASE("code: what is not just as an official code is written does not parse as one") {
  for (const auto* bad : {"",
                          "-",
                          "H57-201124-",
                          "H57-201124-001",
                          "H57-201124-00001",
                          "H57-201124-0000",
                          "H57-201124-1000000",
                          "H57-201124-0001 ",
                          " H57-201124-0001",
                          "H57 -201124-0001",
                          "H57-201100-0001",
                          "H57-20112-40001",
                          "-201124-0001",
                          "H57..22-201124-0001",
                          "H57.-201124-0001",
                          "22-201124-0001",
                          "H57.22.H57-201124-0001",
                          "H57.1-201124-0001",
                          "H57.22.36.01.02-201124-0001",
                          "H57-2011\xc3\xa9-0001",
                          "H57-201124-0001-1",
                          "22.H57.22-201124-0001"})
    CHECK_FALSE(code::parse_official(bad).has_value());
}

TEST_CASE("code: every official code reads back, and no other text does") {
  CHECK(rc::check("read back", [] {
    const auto& names = std::vector<std::string>{"000.36.22.H57", "H57", "H57.36", "00.00.H57", "H57.22.36"};
    const code::Official made{*rc::gen::elementOf(names), code::first_day + std::chrono::days(*rc::gen::inRange(0, 36'525)),
                              *rc::gen::inRange<std::uint32_t>(1, code::serial_max + 1)};
    const auto text = code::make_official(made);
    RC_ASSERT(code::parse_official(text) == made);
    auto changed = text;
    changed[*rc::gen::inRange<std::size_t>(0, text.size())] = *rc::gen::inRange<char>(' ', '~');
    const auto other = code::parse_official(changed);
    if (other) RC_ASSERT(code::make_official(*other) == changed);
    RC_ASSERT_FALSE(code::parse_provisional(text).has_value());
    RC_ASSERT_FALSE(code::digits_of(text).has_value());
  }));
}

TEST_CASE("code: a provisional code is sixteen digits of which the last two check") {
  CHECK(code::make_provisional({0, 0}) == "0000000000000098");
  CHECK(code::make_provisional({17, 4'711}) == "0000170000471170");
  CHECK(code::make_provisional({17, 4'711}).size() == 16);
  CHECK(code::make_provisional({code::provisional_device_max, code::provisional_drawn_max}).size() == 16);
  CHECK(code::parse_provisional(code::make_provisional({17, 4'711})) == code::Provisional{17, 4'711});
  CHECK(code::grouped("0000170000471170") == "0000 1700 0047 1170");
  CHECK(code::digits_of("0000 1700-0047 1170") == "0000170000471170");
  for (const auto* bad : {"", "000017000047110", "00001700004711708", "0000 1700 0047 110x", "0000.1700.0047.1108"})
    CHECK_FALSE(code::digits_of(bad).has_value());
}

TEST_CASE("code: one wrong digit, or two that changed places, is found") {
  CHECK(rc::check("mistyped", [] {
    const auto text = code::make_provisional({*rc::gen::inRange<std::uint32_t>(0, code::provisional_device_max + 1),
                                              *rc::gen::inRange<std::uint32_t>(0, code::provisional_drawn_max + 1)});
    RC_ASSERT(code::parse_provisional(text).has_value());
    for (std::size_t at = 0; at < text.size(); ++at) {
      for (char digit = '0'; digit <= '9'; ++digit) {
        auto wrong = text;
        wrong[at] = digit;
        RC_ASSERT(code::parse_provisional(wrong).has_value() == (digit == text[at]));
      }
      auto swapped = text;
      if (at > 0) std::swap(swapped[at], swapped[at - 1]);
      RC_ASSERT(code::parse_provisional(swapped).has_value() == (swapped == text));
    }
  }));
}

TEST_CASE("code: the day is Vietnam's, seven hours ahead of the world's") {
  const auto at = [](int hour, int minute) {
    const auto time = std::chrono::sys_time<std::chrono::milliseconds>(day) + std::chrono::hours(hour) + std::chrono::minutes(minute);
    return WallTime{time.time_since_epoch().count()};
  };
  CHECK(code::day_of(at(0, 0)) == day);
  CHECK(code::day_of(at(16, 59)) == day);
  CHECK(code::day_of(at(17, 0)) == day + std::chrono::days(1));
  CHECK(code::day_of(at(-7, 0)) == day);
  CHECK(code::day_of(at(-7, -1)) == day - std::chrono::days(1));
  CHECK(code::date_text(day) == "2020-11-24");
  CHECK(code::parse_date("2020-11-24") == day);
  for (const auto* bad : {"", "2020-11-31", "2020-02-30", "20201124", "2020-1-24", "24-11-2020", "2020/11/24", "2020-11-24 "})
    CHECK_FALSE(code::parse_date(bad).has_value());
}
