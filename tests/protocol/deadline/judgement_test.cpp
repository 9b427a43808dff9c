#include "protocol/deadline/judgement.hpp"
#include "tests/protocol/deadline/days.hpp"

using namespace ward;
using namespace ward::deadline;
using namespace ward::test;

namespace {

const Moment now = at("2020-08-20 10:00");

Course ended(const std::string& when) { return {Clock::ended, true, at("2020-08-19 09:30"), at(when), std::nullopt, 0}; }
Course open(const std::string& due) { return {Clock::running, true, at(due), std::nullopt, std::nullopt, 0}; }
std::string judged(const Course& course) { return name_of(judge(course, now)); }

OnlineShare share_of(const std::vector<Lodged>& all) {
  OnlineShare out;
  for (const auto& one : all) out.add(one);
  return out;
}

}  // namespace

TEST_CASE("judge: before the day, on it by the hour, after it") {
  CHECK(judged(ended("2020-08-18 23:59")) == "early");
  CHECK(judged(ended("2020-08-19 00:00")) == "on_time");
  CHECK(judged(ended("2020-08-19 09:30")) == "on_time");
  CHECK(judged(ended("2020-08-19 09:30:01")) == "late");
  CHECK(judged(open("2020-08-20 10:00")) == "open_good");
  CHECK(judged(open("2020-08-20 09:59")) == "open_late");
}

TEST_CASE("judge: who waits for the citizen is judged as he stood when he asked") {
  auto course = open("2020-08-19 09:30");
  course.clock = Clock::waiting;
  course.asked = at("2020-08-19 09:30");
  CHECK(judged(course) == "open_good");
  course.asked = at("2020-08-19 09:31");
  CHECK(judged(course) == "open_late");
  course.asked.reset();  // a payment
  CHECK(judged(course) == "open_good");
}

TEST_CASE("judge: a supplement that was asked for more than once counts as late, whatever the dates say") {
  auto course = ended("2020-08-18 09:00");
  course.rounds = 1;
  CHECK(judged(course) == "early");
  course.rounds = 2;
  CHECK(judged(course) == "late");
  auto waiting = open("2020-08-28 09:30");
  waiting.rounds = 2;
  CHECK(judged(waiting) == "open_late");
}

TEST_CASE("judge: what was never accepted, has no appointment, or ended nobody knows when, is not judged") {
  auto course = ended("2020-08-29 09:00");
  course.accepted = false;
  course.rounds = 3;
  CHECK(judged(course) == "none");
  course = ended("2020-08-29 09:00");
  course.due.reset();
  CHECK(judged(course) == "none");
  course = ended("2020-08-29 09:00");
  course.ended.reset();
  CHECK(judged(course) == "none");
}

TEST_CASE("punctuality: every accepted dossier of a period is counted once, and two units add up") {
  Punctuality one, other;
  for (const auto* when : {"2020-08-18", "2020-08-19", "2020-08-25", "2020-08-26"}) one.add(ended(when), now);
  auto never = ended("2020-08-18");
  never.accepted = false;
  one.add(never, now);
  auto twice = open("2020-08-25");
  twice.rounds = 2;
  for (const auto& course : {open("2020-08-25"), open("2020-08-10"), twice}) other.add(course, now);
  auto undated = ended("2020-08-18");
  undated.ended.reset();
  other.add(undated, now);
  CHECK(one.accepted == 4);
  CHECK(one.ended() == 4);
  one.add(other);
  CHECK(one.accepted == 8);
  CHECK(one.early == 1);
  CHECK(one.on_time == 1);
  CHECK(one.late == 2);
  CHECK(one.open_good == 1);
  CHECK(one.open_late == 2);
  CHECK(one.not_judged == 1);
  CHECK(one.asked_twice == 1);
  CHECK(one.ended() + one.open_good + one.open_late + one.not_judged == one.accepted);
}

TEST_CASE("online share: both readings, and no channel counts as at the desk") {
  const auto share = share_of({{"1.001193", "2", true, true},
                               {"1.001193", "2", true, false},
                               {"1.000894", "", false, false},
                               {"2.000815", "1", true, true},
                               {"2.001019", "2", false, false},  // a service that is not offered online
                               {"9.999999", "2", false, false},  // one that nobody knows
                               {"1.003554", "3", false, false}});
  CHECK(share.accepted() == 7);
  CHECK(share.online() == 4);
  CHECK(share.online_finished() == 2);
  CHECK(share.online_with_result() == 1);
  CHECK(share.services_used("ward") == 1);
  CHECK(share.services_used("city") == 0);
  CHECK(share.services_used("") == 1);
  CHECK(OnlineShare::services_offered("ward") + OnlineShare::services_offered("city") == OnlineShare::services_offered(""));
  CHECK(OnlineShare::services_offered("ward") > 30);
  CHECK(OnlineShare::services_offered("moon") == 0);
}

TEST_CASE("online share: units add up, a service that two of them served counts once") {
  auto one = share_of({{"1.001193", "2", false, false}, {"1.001193", "1", false, false}});
  one.add(share_of({{"1.001193", "2", false, false}, {"1.000656", "2", true, true}}));
  CHECK(one.accepted() == 4);
  CHECK(one.online() == 3);
  CHECK(one.services_used("") == 2);
  CHECK(one.online_with_result() == 1);
}

TEST_CASE("shares: thousandths, rounded half up; of nothing there is none") {
  CHECK(permille(1, 3) == 333);
  CHECK(permille(2, 3) == 667);
  CHECK(permille(1, 2000) == 1);
  CHECK(permille(0, 5) == 0);
  CHECK(permille(5, 5) == 1000);
  CHECK_FALSE(permille(0, 0).has_value());
  CHECK(points_permille(5, 10) == 1000);
  CHECK(points_permille(9, 10) == 1000);
  CHECK(points_permille(1, 4) == 500);
  CHECK_FALSE(points_permille(0, 0).has_value());
}
