#pragma once

#include "protocol/deadline/deadline.hpp"

#include <catch2/catch.hpp>

#include <string>

namespace ward::test {

/// `2020-08-12 09:30` as a moment in Vietnam.
[[nodiscard]] inline deadline::Moment at(const std::string& text) {
  std::string digits;
  for (const char c : text)
    if (c >= '0' && c <= '9') digits.push_back(c);
  digits.resize(14, '0');
  return deadline::moment_of(digits).value();
}
[[nodiscard]] inline deadline::Day day(const std::string& text) { return deadline::day_of(at(text)); }

[[nodiscard]] inline const deadline::Calendar& city() { return deadline::built_in_calendar(); }

inline constexpr deadline::Office office{};
[[nodiscard]] inline deadline::Term days(int count) { return {deadline::Term::Unit::working_day, count, false}; }
[[nodiscard]] inline deadline::Term hours(int count) { return {deadline::Term::Unit::working_hour, count, false}; }
[[nodiscard]] inline deadline::Term calendar_days(int count) { return {deadline::Term::Unit::calendar_day, count, false}; }
inline constexpr deadline::Term at_once{deadline::Term::Unit::working_day, 0, true};

}  // namespace ward::test
