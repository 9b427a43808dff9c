#include "tests/protocol/deadline/days.hpp"

#include <rapidcheck.h>

using namespace ward;
using namespace ward::deadline;
using namespace ward::test;
namespace chrono = std::chrono;

namespace {

/// Any second from 1970 to 2100, mostly in the years that the table knows.
Moment any_moment() {
  const auto known = *rc::gen::inRange(0, 4) != 0;
  const auto first = known ? at("2019-12-20") : at("1970-01-01");
  const auto last = known ? at("2028-01-10") : at("2100-01-01");
  return first + chrono::seconds{*rc::gen::inRange<std::int64_t>(0, (last - first).count())};
}
/// In the office's hours of a working day.
Moment any_working_moment() {
  const auto day = city().on_or_after(day_of(any_moment()));
  const auto minute = *rc::gen::inRange(0, 8 * 60);
  return day + chrono::minutes{minute < 240 ? office.morning + minute : office.afternoon + minute - 240};
}
Term any_term() {
  return {*rc::gen::element(Term::Unit::working_day, Term::Unit::working_hour, Term::Unit::calendar_day), *rc::gen::inRange(0, 61),
          *rc::gen::arbitrary<bool>()};
}
Moment promise(const Term& term, Moment accepted) { return appointment(city(), office, term, accepted); }

}  // namespace

TEST_CASE("appointment: never on a day off, and never before what was accepted") {
  CHECK(rc::check([] {
    const auto accepted = any_moment();
    const auto due = promise(any_term(), accepted);
    RC_ASSERT(city().works(day_of(due)));
    RC_ASSERT(due >= accepted);
  }));
}

TEST_CASE("appointment: who comes earlier is not promised a later day") {
  CHECK(rc::check([] {
    const auto first = any_moment();
    const auto second = first + chrono::minutes{*rc::gen::inRange(0, 60 * 24 * 20)};
    const auto term = any_term();
    RC_ASSERT(day_of(promise(term, first)) <= day_of(promise(term, second)));
  }));
}

TEST_CASE("appointment: more time is never an earlier promise, and the working days between are the term") {
  CHECK(rc::check([] {
    const auto accepted = any_moment();
    auto term = any_term();
    term.count = std::max(term.count, 1);
    auto longer = term;
    longer.count += *rc::gen::inRange(1, 20);
    RC_ASSERT(promise(term, accepted) <= promise(longer, accepted));
    const auto due = promise(days(term.count), accepted);
    RC_ASSERT(city().working_days(day_of(accepted), day_of(due)) == term.count);
  }));
}

TEST_CASE("appointment: eight working hours are a working day, and measuring gives back what was added") {
  CHECK(rc::check([] {
    const auto from = any_working_moment();
    const auto count = *rc::gen::inRange(1, 40);
    RC_ASSERT(promise(hours(8 * count), from) == promise(days(count), from) ||
              working_time(city(), office, promise(hours(8 * count), from), promise(days(count), from)) == chrono::seconds{0});
    const chrono::seconds time{*rc::gen::inRange(0, 100 * 3600)};
    RC_ASSERT(working_time(city(), office, from, plus_working_time(city(), office, from, time)) == time);
  }));
}

TEST_CASE("resume: a pause adds exactly the working days that were left, and none is the same as no pause") {
  CHECK(rc::check([] {
    const auto accepted = any_moment();
    const auto term = days(*rc::gen::inRange(1, 61));
    const auto due = promise(term, accepted);
    const auto asked = accepted + chrono::minutes{*rc::gen::inRange(0, 60 * 24 * 90)};
    const auto received = asked + chrono::minutes{*rc::gen::inRange(1, 60 * 24 * 90)};
    const auto after = resume(city(), office, term, due, asked, received);
    RC_ASSERT(city().works(day_of(after)));
    RC_ASSERT(after >= due);
    const auto left = city().working_days(day_of(asked), day_of(due));
    if (asked > due) {
      RC_ASSERT(after == due);
    } else if (left > 0) {
      RC_ASSERT(city().working_days(day_of(received), day_of(after)) == left);
      RC_ASSERT(after - day_of(after) == due - day_of(due));
      if (day_of(received) == day_of(asked)) RC_ASSERT(after == due);
    } else {
      RC_ASSERT(after >= received);
    }
  }));
}

TEST_CASE("resume: of hours, exactly the working time that was left") {
  CHECK(rc::check([] {
    const auto accepted = any_working_moment();
    const auto term = hours(*rc::gen::inRange(1, 80));
    const auto due = promise(term, accepted);
    const auto asked = accepted + chrono::minutes{*rc::gen::inRange(0, 60 * 24 * 12)};
    const auto received = asked + chrono::minutes{*rc::gen::inRange(1, 60 * 24 * 90)};
    const auto after = resume(city(), office, term, due, asked, received);
    if (asked > due)
      RC_ASSERT(after == due);
    else
      RC_ASSERT(working_time(city(), office, received, after) == working_time(city(), office, asked, due));
  }));
}

TEST_CASE("resume: who brings the supplement later is not promised an earlier result") {
  CHECK(rc::check([] {
    const auto term = any_term();
    const auto accepted = any_moment();
    const auto due = promise(term, accepted);
    const auto asked = accepted + chrono::minutes{*rc::gen::inRange(0, 60 * 24 * 30)};
    const auto first = asked + chrono::minutes{*rc::gen::inRange(1, 60 * 24 * 30)};
    const auto second = first + chrono::minutes{*rc::gen::inRange(0, 60 * 24 * 30)};
    RC_ASSERT(day_of(resume(city(), office, term, due, asked, first)) <= day_of(resume(city(), office, term, due, asked, second)));
  }));
}

TEST_CASE("classes: as time goes on a dossier is never further from its appointment") {
  CHECK(rc::check([] {
    const auto due = any_moment();
    const auto now = any_moment();
    const auto then = now + chrono::minutes{*rc::gen::inRange(0, 60 * 24 * 30)};
    const auto before = class_of(city(), Clock::running, due, now);
    const auto after = class_of(city(), Clock::running, due, then);
    RC_ASSERT(after <= before);
    RC_ASSERT(working_days_left(city(), due, then) <= working_days_left(city(), due, now));
  }));
}
