#include "centre/calendar_table.hpp"

#include <catch2/catch.hpp>

using namespace ward;
using Catch::Contains;
namespace chrono = std::chrono;

namespace {

const deadline::Day today{chrono::year{2026} / 11 / 30};
const std::string head = "date,kind,name_vi,certainty\n";
const std::string fixed =
    "2027-01-01,holiday,Tết Dương lịch,certain\n30/4/2027,holiday,Ngày Giải phóng miền "
    "Nam,certain\n2027-05-01,holiday,,certain\n2027-09-02,holiday,Quốc "
    "khánh,certain\n";

std::string refusal(const std::string& csv) {
  const auto calendar = centre::read_calendar_table(csv, today);
  REQUIRE(calendar.has_error());
  CHECK(calendar.error().fault == Fault::invalid);
  return calendar.error().detail;
}

}  // namespace

TEST_CASE("calendar table: days come in their order, whatever the order and the form of the file") {
  const auto calendar = centre::read_calendar_table(
      "\xEF\xBB\xBFkind,date,colour\r\nholiday,2/9/2027,x\r\nmakeup_workday,8/5/2027,x\r\nswap_off,2027-05-03,x\r\n"
      "holiday,2027-05-01,x\r\nholiday,2027-04-30,x\r\nholiday,1/1/2027,x\r\n",
      today);
  REQUIRE(calendar.has_value());
  REQUIRE(calendar->exceptions.size() == 6);
  CHECK(calendar->exceptions.front().day == code::Day(chrono::year{2027} / 1 / 1));
  CHECK(calendar->exceptions.front().decided);
  CHECK(calendar->exceptions[4].works);
  CHECK(calendar->exceptions.back().day == code::Day(chrono::year{2027} / 9 / 2));
}

TEST_CASE("calendar table: names and what is only expected are kept") {
  const auto calendar = centre::read_calendar_table(head + fixed + "2027-02-05,holiday,\"Tết, mồng 0\",guess\n", today);
  REQUIRE(calendar.has_value());
  CHECK(calendar->exceptions[1].name == "Tết, mồng 0");
  CHECK_FALSE(calendar->exceptions[1].decided);
  CHECK(calendar->exceptions[0].decided);
}

TEST_CASE("calendar table: what is wrong is said with its line") {
  CHECK_THAT(refusal(head + fixed + "2027-02-30,holiday,,\n"), Contains("line 6") && Contains("`date`"));
  for (const auto* date : {"", "2027", "02/2027", "Tết", "2027-13-01", "=1+1"})
    CHECK_THAT(refusal(head + fixed + std::string(date) + ",holiday,,\n"), Contains("line 6") && Contains("`date`"));
  CHECK_THAT(refusal(head + fixed + "2027-02-04,party,,\n"), Contains("line 6") && Contains("makeup_workday"));
  CHECK_THAT(refusal(head + fixed + "2027-02-04,makeup_workday,,\n"), Contains("line 6") && Contains("Saturday"));
  CHECK_THAT(refusal(head + fixed + "2027-02-06,swap_off,,\n"), Contains("line 6") && Contains("weekend"));
  CHECK_THAT(refusal(head + fixed + "2/9/2027,holiday,,\n"), Contains("line 6") && Contains("2027-09-02 is there twice"));
  CHECK_THAT(refusal(head + fixed + "2025-09-02,holiday,,\n"), Contains("line 6") && Contains("2025 is over"));
  CHECK_THAT(refusal(head + fixed + "2037-09-02,holiday,,\n"), Contains("line 6") && Contains("ten years"));
  CHECK_THAT(refusal(head + fixed + "2027-02-04,holiday\n"), Contains("line 6") && Contains("2 cells"));
  CHECK_THAT(refusal(head + fixed + "2027-02-04,holiday,\"x,\n"), Contains("line 6") && Contains("never closed"));
  CHECK_THAT(refusal(head + fixed + "2027-02-04,holiday," + std::string(300, 'x') + ",\n"), Contains("line 6") && Contains("name_vi"));
  CHECK_THAT(refusal("date,name\n"), Contains("line 1") && Contains("kind"));
  CHECK_THAT(refusal("date,kind,date\n"), Contains("line 1") && Contains("twice"));
  CHECK_THAT(refusal(head), Contains("names no day"));
  CHECK_THAT(refusal(""), Contains("line 1"));
}

TEST_CASE("calendar table: a year without its holidays of fixed date is refused, because it replaces all that was known") {
  CHECK_THAT(refusal(head + "2027-01-01,holiday,,\n"), Contains("2027-04-30 is missing"));
  CHECK_THAT(refusal(head + fixed + "2028-01-03,holiday,,\n"), Contains("2028-01-01 is missing"));
  CHECK(centre::read_calendar_table(head + fixed, today).has_value());
}

TEST_CASE("calendar table: more rows than years have is refused by its line") {
  std::string csv = "date,kind\n";
  for (std::size_t i = 0; i <= policy::calendar_exceptions_max; ++i) csv += "2027-01-01,holiday\n";
  CHECK_THAT(refusal(csv), Contains("line 1002") && Contains("more than 1000"));
}
