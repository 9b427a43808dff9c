#include "tests/protocol/deadline/days.hpp"

using namespace ward;
using namespace ward::deadline;
using namespace ward::test;
namespace chrono = std::chrono;

TEST_CASE("moments: what dossiers store and what clocks say are the same moment, whatever zone a PC is in") {
  CHECK(moment_of("20200812093000") == at("2020-08-12 09:30"));
  CHECK(stored(at("2020-08-12 09:30")) == "20200812093000");
  CHECK(moment_of(WallTime{1'597'199'400'999}) == at("2020-08-12 09:30"));
  CHECK(wall_of(at("2020-08-12 09:30")) == WallTime{1'597'199'400'000});
  CHECK(stored(moment_of(WallTime{0})) == "19700101070000");
  CHECK(stored(moment_of(WallTime{-1})) == "19700101065959");
  CHECK(stored(moment_of(WallTime{4'102'419'600'000 - 1000})) == "20991231235959");
  CHECK(stored(at("1800-01-01")) == "18000101000000");
}

TEST_CASE("moments: what is no stored time is none") {
  for (const auto* wrong : {"", "2020", "2020-08-12", "20200812", "202008120930", "20200230093000", "20200812243000", "20200812096000",
                            "20200812093060", "2020081209300x", " 20200812093000", "202008120930001", "00000000000000", "99999999999999"})
    CHECK_FALSE(moment_of(std::string_view(wrong)).has_value());
}

TEST_CASE("calendar: weekends, Tết, the Hùng kings, days swapped and Saturdays that make up for them") {
  for (const auto* worked :
       {"2020-08-12", "2020-01-22", "2024-05-04", "2025-04-26", "2026-01-10", "2026-08-22", "2020-09-03", "1970-01-01", "2099-12-31"})
    CHECK(city().works(day(worked)));
  for (const auto* off : {"2020-08-15", "2020-08-16", "2020-01-29", "2021-02-10", "2021-02-16", "2022-04-11", "2023-05-02", "2024-04-29",
                          "2024-04-18", "2025-01-31", "2026-02-16", "2026-04-27", "2026-11-24", "2020-09-02", "1970-01-03"})
    CHECK_FALSE(city().works(day(off)));
}

TEST_CASE("calendar: a year without a decision has weekends, and says so") {
  for (int year = 2020; year <= 2026; ++year) CHECK(city().decided(chrono::year{year}));
  for (const int year : {1970, 2019, 2027, 2028, 2099}) CHECK_FALSE(city().decided(chrono::year{year}));
  CHECK(city().works(day("2099-01-01")));
  CHECK(city().decided(day("2025-12-31"), day("2026-01-05")));
  CHECK_FALSE(city().decided(day("2026-12-31"), day("2027-01-05")));
}

TEST_CASE("calendar: a decision that comes later is more data, and an earlier expectation gives way") {
  const std::vector<Calendar::Exception> expected{{day("2028-01-26"), false, false}};
  CHECK_FALSE(Calendar(expected).decided(chrono::year{2028}));
  auto decided = expected;
  decided.push_back({day("2028-01-26"), true, true});
  decided.push_back({day("2028-01-27"), false, true});
  decided.push_back({day("2028-01-29"), true, true});  // a Saturday
  const Calendar calendar(decided);
  CHECK(calendar.decided(chrono::year{2028}));
  CHECK(calendar.works(day("2028-01-26")));
  CHECK_FALSE(calendar.works(day("2028-01-27")));
  CHECK(calendar.working_days(day("2028-01-25"), day("2028-01-31")) == 4);  // 26, 28, 29, 31
}

TEST_CASE("calendar: counting is going day by day, over every day of two centuries") {
  const Calendar plain;
  for (const auto* calendar : {&city(), &plain}) {
    std::int64_t count = 0;
    const auto first = day("1960-01-01");
    for (auto one = first + chrono::days{1}; one < day("2105-01-01"); one += chrono::days{1}) {
      count += calendar->works(one) ? 1 : 0;
      if (calendar->working_days(first, one) != count || calendar->working_days(one, first) != -count) FAIL(stored(one));
    }
    CHECK(count > 37'000);
  }
}

TEST_CASE("calendar: the n-th working day after a day is one, and is n away") {
  for (const auto* from : {"2020-01-22", "2020-01-25", "2021-12-31", "2024-04-26", "2026-02-13"})
    for (int n = 1; n < 60; ++n) {
      const auto found = city().plus(day(from), n);
      CHECK(city().works(found));
      CHECK(city().working_days(day(from), found) == n);
    }
  CHECK(city().plus(day("2020-08-15"), 0) == day("2020-08-15"));
}

TEST_CASE("calendar: a table that is not one is refused") {
  const std::string header = "date,kind,name_vi,day_off,certainty,note\n";
  CHECK(read_holidays(header)->empty());
  CHECK(read_holidays(header + "2020-01-01,holiday,x,yes,certain,\n")->size() == 1);
  for (const auto* row : {"2020-02-30,holiday,x,yes,certain,\n", "01/01/2020,holiday,x,yes,certain,\n", "2020,holiday,x,yes,certain,\n",
                          "2020-01-01,party,x,yes,certain,\n", "2020-01-04,makeup_workday,x,yes,certain,\n",
                          "2020-01-01,holiday,x,no,certain,\n", "2020-01-01,holiday,x,yes,perhaps,\n", "2020-01-01,holiday,x,yes\n"})
    CHECK_FALSE(read_holidays(header + row).has_value());
  CHECK_FALSE(read_holidays("2020-01-01,holiday,x,yes,certain,\n").has_value());
}
