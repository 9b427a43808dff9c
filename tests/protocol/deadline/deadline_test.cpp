#include "tests/protocol/deadline/days.hpp"

#include <fstream>

using namespace ward;
using namespace ward::deadline;
using namespace ward::test;
namespace chrono = std::chrono;

namespace {

std::string promised(const Term& term, const std::string& accepted) {
  return stored(appointment(city(), office, term, at(accepted))).substr(0, 12);
}

/// A member with a text value that occurs once in a line of JSON; empty when it does not.
std::string member(const std::string& line, const std::string& name) {
  const auto key = "\"" + name + "\":\"";
  const auto found = line.find(key);
  if (found == std::string::npos) return {};
  const auto begin = found + key.size();
  return line.substr(begin, line.find('"', begin) - begin);
}

std::string resumed(const Term& term, const std::string& due, const std::string& asked, const std::string& received) {
  return stored(resume(city(), office, term, at(due), at(asked), at(received))).substr(0, 12);
}

}  // namespace

TEST_CASE("appointment: the vectors of the domain") {
  std::ifstream in("tests/data/text-vectors.csv");
  REQUIRE(in.good());
  int seen = 0;
  for (std::string line; std::getline(in, line);) {
    if (line.rfind("deadline,", 0) != 0) continue;
    const auto plus = line.find('+'), comma = line.rfind(',');
    const auto count = std::stoi(line.substr(plus + 1));
    const bool working = line.substr(0, comma).ends_with("wd");
    const auto term = count == 0 ? at_once : working ? days(count) : calendar_days(count);
    INFO(line);
    CHECK(appointment(city(), office, term, at(line.substr(9, plus - 9))) == at(line.substr(comma + 1)));
    ++seen;
  }
  CHECK(seen == 8);
}

TEST_CASE("appointment: the sample dossiers' appointments follow from their procedures, and so do those after a supplement") {
  std::ifstream in("tests/data/dossiers-200.jsonl");
  REQUIRE(in.good());
  int accepted = 0, supplemented = 0;
  for (std::string line; std::getline(in, line);) {
    const auto taken = moment_of(member(line, "NgayTiepNhan"));
    if (!taken) continue;
    const auto* procedure = schema::find_procedure(member(line, "MaTTHC"));
    REQUIRE(procedure != nullptr);
    const auto term = term_of(*procedure);
    auto due = appointment(city(), office, term, *taken);
    INFO(member(line, "MaHoSo"));
    ++accepted;
    if (const auto asked = moment_of(member(line, "NgayBoSung"))) {
      CHECK(stored(due) == member(line, "NgayHenTraTruoc"));
      if (const auto received = moment_of(member(line, "NgayTiepNhanBoSung"))) {
        due = resume(city(), office, term, due, *asked, *received);
        CHECK(stored(due) == member(line, "NgayHenTraMoi"));
        ++supplemented;
      }
    }
    CHECK(stored(due) == member(line, "NgayHenTra"));
  }
  CHECK(accepted == 187);
  CHECK(supplemented > 5);
}

TEST_CASE("appointment: by hand, over Tết, year ends, swapped days and into years that nobody has decided") {
  CHECK(promised(days(5), "2020-01-21 10:00") == "202002041000");  // 22/1, 30, 31, 3/2, 4/2
  CHECK(promised(days(1), "2020-12-31 16:00") == "202101041600");  // 1/1 is off, then a weekend
  CHECK(promised(days(3), "2021-04-19 09:00") == "202104230900");  // Hùng kings on the 21st
  CHECK(promised(days(2), "2023-04-28 09:00") == "202305050900");  // five days off
  CHECK(promised(days(3), "2024-04-26 09:00") == "202405040900");  // 2/5, 3/5, and the Saturday that makes up for 29/4
  CHECK(promised(days(1), "2024-05-03 09:00") == "202405040900");  // the same Saturday
  CHECK(promised(days(1), "2026-02-13 09:00") == "202602230900");
  CHECK(promised(days(1), "2026-12-31 09:00") == "202701040900");
  CHECK(promised(days(2), "1970-01-01 07:00") == "197001050700");
  CHECK(promised(days(1), "2099-12-31 09:00") == "210001010900");
  CHECK(promised(days(22), "2026-11-02 09:00") == "202612030900");  // the day of culture on the 24th
}

TEST_CASE("appointment: three o'clock matters only where the law says so, and never moves a promise onto a day off") {
  CHECK(promised(at_once, "2020-08-14 14:59:59") == "202008141700");
  CHECK(promised(at_once, "2020-08-14 15:00") == "202008171100");
  CHECK(promised(at_once, "2020-08-15 08:00") == "202008171700");  // taken in on a Saturday morning
  CHECK(promised(at_once, "2021-02-09 15:01") == "202102171100");  // before Tết
  CHECK(promised(days(0), "2020-08-14 15:01") == "202008141700");
  CHECK(promised(days(0), "2020-08-14 17:01") == "202008171700");
  CHECK(promised(days(3), "2020-08-12 15:30") == "202008171530");
  CHECK(promised(days(1), "2020-08-15 08:00") == "202008170800");
}

TEST_CASE("appointment: calendar days roll forward to a working day") {
  CHECK(promised(calendar_days(30), "2020-08-12 09:00") == "202009110900");
  CHECK(promised(calendar_days(30), "2020-08-13 09:00") == "202009140900");
  CHECK(promised(calendar_days(45), "2020-12-28 09:00") == "202102170900");  // 11/2 is Tết
}

TEST_CASE("appointment: hours are working hours, eight to a day") {
  CHECK(promised(hours(2), "2020-08-12 10:30") == "202008121400");
  CHECK(promised(hours(8), "2020-08-14 09:00") == "202008170900");
  CHECK(promised(hours(4), "2020-08-14 22:00") == "202008171130");
  CHECK(promised(hours(1), "2020-08-14 16:00") == "202008141700");
  CHECK(working_time(city(), office, at("2020-08-14 16:00"), at("2020-08-17 08:00")) == chrono::minutes{90});
  CHECK(working_time(city(), office, at("2020-08-17 08:00"), at("2020-08-14 16:00")) == chrono::seconds{0});
  CHECK(working_time(city(), office, at("2020-08-12 12:00"), at("2020-08-12 12:30")) == chrono::seconds{0});
}

TEST_CASE("resume: what was left is added to the day of reception, and what was missed stays missed") {
  CHECK(resumed(days(5), "2020-08-19 09:30", "2020-08-14 10:00", "2020-08-25 15:00") == "202008280930");  // three were left
  CHECK(resumed(days(5), "2021-02-08 09:30", "2021-02-05 10:00", "2021-02-13 15:00") == "202102170930");  // one; received at Tết
  CHECK(resumed(days(5), "2020-08-19 09:30", "2020-08-19 09:00", "2020-08-25 09:00") == "202008250930");
  CHECK(resumed(days(5), "2020-08-19 09:30", "2020-08-19 09:00", "2020-08-25 15:00") == "202008251700");  // hours were left
  CHECK(resumed(days(5), "2020-08-19 09:30", "2020-08-19 09:31", "2020-08-25 15:00") == "202008190930");
  CHECK(resumed(days(5), "2020-08-19 09:30", "2020-08-20 10:00", "2020-08-25 15:00") == "202008190930");
  CHECK(resumed(days(5), "2020-08-19 09:30", "2020-08-14 10:00", "2020-08-13 15:00") ==
        "202008190930");  // received before it was asked for
  CHECK(resumed(hours(8), "2020-08-13 09:00", "2020-08-12 16:00", "2020-08-18 08:00") == "202008181030");
  CHECK(resumed(hours(8), "2199-12-31 09:00", "1970-01-01 08:00", "1970-01-02 08:00").substr(0, 2) == "22");
}

TEST_CASE("classes: every dossier is in one class at one moment, and the stored bounds say the same") {
  const auto now = at("2026-11-20 10:00");  // a Friday; Tuesday the 24th is off
  const auto of = [&](const std::string& due) { return name_of(class_of(city(), Clock::running, at(due), now)); };
  CHECK(of("2026-11-20 09:59:59") == std::string("overdue"));
  CHECK(of("2026-11-20 10:00") == std::string("today"));
  CHECK(of("2026-11-20 23:59:59") == std::string("today"));
  CHECK(of("2026-11-21 08:00") == std::string("soon"));
  CHECK(of("2026-11-25 17:00") == std::string("soon"));
  CHECK(of("2026-11-26 00:00") == std::string("later"));
  CHECK(class_of(city(), Clock::waiting, at("2020-01-01"), now) == Class::waiting);
  CHECK(class_of(city(), Clock::ended, at("2020-01-01"), now) == Class::ended);
  CHECK(working_days_left(city(), at("2026-11-25 17:00"), now) == 2);
  CHECK(working_days_left(city(), at("2026-11-20 08:00"), now) == 0);
  CHECK(working_days_left(city(), at("2026-11-18 08:00"), now) == -2);
  for (const auto* due : {"1970-01-01", "2020-08-12 09:30", "2026-11-20 09:59:59", "2026-11-20 10:00", "2026-11-20 23:59:59", "2026-11-21",
                          "2026-11-25 23:59:59", "2026-11-26", "2099-12-31", "2199-12-31 23:59:59"})
    for (const auto moment : {now, at("1970-01-01 08:00"), at("2099-12-31 23:59:59"), at("2026-11-26")})
      for (const auto clock : {Clock::running, Clock::waiting, Clock::none, Clock::ended}) {
        int in = 0;
        for (const auto one : classes) {
          const auto range = range_of(city(), one, moment);
          const auto text = stored(at(due));
          const bool inside = range.clock == clock && range.from <= text && text < range.before;
          in += inside ? 1 : 0;
          CHECK(inside == (class_of(city(), clock, at(due), moment) == one));
        }
        CHECK(in == 1);
      }
}

TEST_CASE("clocks: each status does to the time what the law says") {
  const auto clock = [](const char* status, const char* procedure, const char* due, bool mistake = false) {
    return name_of(clock_of(status, procedure, due, mistake));
  };
  const auto* due = "20200812093000";
  const std::string running = "running", waiting = "waiting", none = "none", ended = "ended";
  CHECK(clock("1", "1.001193", due) == none);
  CHECK(clock("2", "1.001193", due) == running);
  CHECK(clock("2", "1.001193", "") == none);
  CHECK(clock("2", "1.001193", "20200230093000") == none);
  CHECK(clock("4", "no such procedure", due) == running);
  CHECK(clock("5", "1.001193", due) == waiting);
  CHECK(clock("5", "1.001193", "") == waiting);
  CHECK(clock("6", "1.001193", due) == running);
  CHECK(clock("6", "2.000880", due) == waiting);  // land
  CHECK(clock("6", "no such procedure", due) == running);
  for (const auto* over : {"3", "7", "8", "9", "10"}) CHECK(clock(over, "1.001193", due) == ended);
  CHECK(clock("4", "1.001193", due, true) == ended);
  CHECK(clock("", "1.001193", due) == running);  // its status is in conflict
  CHECK(clock("77", "", "") == none);
}

TEST_CASE("names: clocks and classes are read back, and nothing else is") {
  for (const auto one : classes) CHECK(class_named(name_of(one)) == one);
  for (const auto one : {Clock::running, Clock::waiting, Clock::none, Clock::ended}) CHECK(clock_named(name_of(one)) == one);
  for (const auto* wrong : {"", "Overdue", "late", "overdue "}) {
    CHECK_FALSE(class_named(wrong).has_value());
    CHECK_FALSE(clock_named(wrong).has_value());
  }
}

TEST_CASE("terms: every procedure of the table has one, and only the same day knows three o'clock") {
  for (const auto& procedure : schema::procedures()) {
    const auto term = term_of(procedure);
    CHECK(term.after_three_next == (term.count == 0));
    CHECK(city().works(day_of(appointment(city(), office, term, at("2026-02-14 08:00")))));
  }
}
