#include "protocol/course/calendar.hpp"

#include "tests/protocol/policy/policy_fixture.hpp"

#include <catch2/catch.hpp>

using namespace ward;
using namespace ward::test;
namespace chrono = std::chrono;

namespace {

deadline::Day day(int year, unsigned month, unsigned of_month) {
  return deadline::Day{chrono::year{year} / chrono::month{month} / chrono::day{of_month}};
}
policy::PolicyLog with(const City& city, policy::PolicyLog log, policy::Calendar calendar) {
  if (log.append(city.next(log, std::move(calendar))).has_error()) throw std::logic_error("the calendar");
  return log;
}

}  // namespace

TEST_CASE("calendar in force: without a decision it is that of the program") {
  const City city;
  const auto calendar = course::calendar_in_force(city.log());
  CHECK_FALSE(calendar.works(day(2026, 9, 2)));
  CHECK(calendar.works(day(2026, 8, 22)));  // a Saturday that makes up
  CHECK(calendar.decided(chrono::year{2026}));
  CHECK_FALSE(calendar.decided(chrono::year{2027}));
  CHECK_FALSE(calendar.decided(chrono::year{2028}));
}

TEST_CASE("calendar in force: a decision takes the place of all that was known of its year, and of no other") {
  const City city;
  policy::Calendar decided{
      {{chrono::year{2027} / 1 / 1, false, true, "Tết Dương lịch"}, {chrono::year{2027} / 2 / 8, false, true, "Tết Nguyên đán"}}};
  const auto calendar = course::calendar_in_force(with(city, city.log(), decided));
  CHECK(calendar.decided(chrono::year{2027}));
  CHECK_FALSE(calendar.works(day(2027, 2, 8)));
  CHECK(calendar.works(day(2027, 2, 4)));  // what the program had guessed
  CHECK(calendar.works(day(2027, 9, 2)));  // the decision does not name it
  CHECK_FALSE(calendar.works(day(2026, 9, 2)));
  CHECK(calendar.decided_through(day(2026, 11, 30)) == day(2027, 12, 31));
}

TEST_CASE("calendar in force: equal policy logs give equal calendars, and a later decision wins") {
  const City city;
  const auto first = with(city, city.log(), a_calendar(2028));
  const auto later = with(city, first, policy::Calendar{{{chrono::year{2028} / 5 / 1, true, true, ""}}});
  const auto one = course::years_in_force(first), other = course::years_in_force(first);
  CHECK(one.size() == other.size());
  CHECK(one.at(chrono::year{2028}).entry == 1);
  CHECK_FALSE(course::calendar_in_force(first).decided(chrono::year{2028}));  // one day is expected only
  CHECK(course::calendar_in_force(first).works(day(2028, 5, 6)));
  CHECK(course::calendar_in_force(later).works(day(2028, 5, 1)));
  CHECK_FALSE(course::calendar_in_force(later).works(day(2028, 5, 6)));
  CHECK(course::calendar_in_force(later).decided(chrono::year{2028}));
}

TEST_CASE("calendar: how far it is decided, from this year on without a gap") {
  const City city;
  const auto gap = course::calendar_in_force(with(city, city.log(), policy::Calendar{{{chrono::year{2028} / 1 / 3, false, true, ""}}}));
  CHECK(gap.decided_through(day(2026, 6, 1)) == day(2026, 12, 31));
  CHECK(gap.decided_through(day(2028, 6, 1)) == day(2028, 12, 31));
  CHECK_FALSE(gap.decided_through(day(2027, 1, 1)).has_value());
  CHECK(gap.decided_through(day(2020, 1, 1)) == day(2026, 12, 31));
}
