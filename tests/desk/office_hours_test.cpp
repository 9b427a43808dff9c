#include "desk/office_hours.hpp"

#include "protocol/deadline/moment.hpp"

#include <catch2/catch.hpp>

using namespace ward;
using namespace ward::desk;

namespace {

WallTime at(const char* stored) { return deadline::wall_of(*deadline::moment_of(stored)); }

}  // namespace

TEST_CASE("office hours: a working day later is the same hour of the next working day") {
  const auto& calendar = deadline::built_in_calendar();
  CHECK(working_hours_after(calendar, at("20200812093000"), 8) == at("20200813093000"));
  CHECK(working_hours_after(calendar, at("20200814160000"), 8) == at("20200817160000"));  // over a weekend
  CHECK(working_hours_after(calendar, at("20200812220000"), 8) == at("20200813170000"));  // in the night nothing runs
}

TEST_CASE("office hours: looking back finds the last moment from which so much has passed") {
  const auto& calendar = deadline::built_in_calendar();
  for (const auto* now : {"20200813093000", "20200817160000", "20200816120000", "20200812030000"}) {
    CAPTURE(now);
    const auto last = working_hours_before(calendar, at(now), 8);
    CHECK(working_hours_after(calendar, last, 8) <= at(now));
    CHECK(working_hours_after(calendar, {last.ms + 1000}, 8) > at(now));
  }
}

TEST_CASE("office hours: minutes of work between two moments") {
  const auto& calendar = deadline::built_in_calendar();
  CHECK(working_minutes(calendar, at("20200812110000"), at("20200812140000")) == 90);  // half an hour before noon, an hour after
  CHECK(working_minutes(calendar, at("20200812140000"), at("20200812110000")) == 0);
}
