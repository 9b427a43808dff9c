#include "runtime/deadline_json.hpp"

namespace ward::runtime {
namespace {

namespace json = boost::json;
using deadline::Class;
using deadline::Clock;
using deadline::day_of;

constexpr std::array listed{Class::overdue, Class::today, Class::soon, Class::later, Class::waiting};

/// While the clock waits, the days that were left when it stopped.
json::value days_left(const course::Row& row, deadline::Moment due, const Today& today) {
  if (row.clock == Clock::running) return deadline::working_days_left(today.calendar, due, today.now);
  const auto asked = deadline::moment_of(row.asked);
  if (row.clock == Clock::waiting && asked) return deadline::working_days_left(today.calendar, due, *asked);
  return nullptr;
}

}  // namespace

json::object deadline_json(const course::Row& row, const Today& today) {
  const auto due = deadline::moment_of(row.due);
  json::object out{{"class", deadline::name_of(deadline::class_of(today.calendar, row.clock, due.value_or(today.now), today.now))},
                   {"clock", deadline::name_of(row.clock)},
                   {"due", row.due},
                   {"days_left", nullptr},
                   {"judgement", deadline::name_of(deadline::judge(course::course_of(row), today.now))},
                   {"day_off", false},
                   {"certain", true}};
  if (!due) return out;
  out["days_left"] = days_left(row, *due, today);
  if (row.clock == Clock::ended) return out;
  out["day_off"] = !today.calendar.works(day_of(*due));
  out["certain"] = today.calendar.decided(std::min(day_of(today.now), day_of(*due)), day_of(*due));
  return out;
}

Result<std::optional<deadline::Range>> due_named(std::string_view name, const Today& today) {
  if (name.empty()) return std::optional<deadline::Range>();
  std::string all;
  for (const auto one : listed) {
    if (name == deadline::name_of(one)) return std::optional(deadline::range_of(today.calendar, one, today.now));
    all += (all.empty() ? "" : ", ") + std::string(deadline::name_of(one));
  }
  return fail(Fault::invalid, "`due` must be one of " + all);
}

}  // namespace ward::runtime
