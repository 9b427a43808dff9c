#include "protocol/deadline/deadline.hpp"

#include "protocol/base/error.hpp"

#include <algorithm>
#include <charconv>

namespace ward::deadline {
namespace {

namespace chrono = std::chrono;
using chrono::minutes;
using chrono::seconds;

constexpr std::int64_t left_max = 100'000;  ///< working days: more than lie between the first and the last time that is stored
constexpr minutes three{15 * 60};
constexpr minutes late_result{11 * 60};  ///< the hour of a result that had to wait for the next working day
constexpr std::array clock_names{"running", "waiting", "none", "ended"};
constexpr std::array class_names{"overdue", "today", "soon", "later", "waiting", "none", "ended"};
constexpr std::string_view before_all, after_all = "~";  // as texts of digits are ordered

seconds hour_of(Moment moment) { return moment - day_of(moment); }

/// By the end of the same working day, or of the next one where that is not possible any more.
Moment same_day(const Calendar& calendar, const Office& office, bool after_three_next, Moment accepted) {
  const auto day = day_of(accepted);
  const minutes evening{office.evening};
  if (!calendar.works(day)) return calendar.next(day) + evening;
  if (after_three_next && hour_of(accepted) >= three) return calendar.next(day) + late_result;
  return hour_of(accepted) > evening ? calendar.next(day) + evening : day + evening;
}

struct Session {
  Moment from, to;
};
std::array<Session, 2> sessions_of(const Office& office, Day day) {
  return {Session{day + minutes{office.morning}, day + minutes{office.noon}},
          Session{day + minutes{office.afternoon}, day + minutes{office.evening}}};
}

/// Of one working day, between two moments.
seconds worked_within(const Office& office, Day day, Moment from, Moment to) {
  seconds out{0};
  for (const auto& session : sessions_of(office, day)) out += std::max(seconds{0}, std::min(session.to, to) - std::max(session.from, from));
  return out;
}

seconds working_day_of(const Office& office) { return minutes{office.noon - office.morning + office.evening - office.afternoon}; }

const schema::Status* find_status(std::string_view code) {
  const auto all = schema::statuses();
  const auto found = std::find_if(all.begin(), all.end(), [&](const auto& one) { return std::to_string(one.code) == code; });
  return found == all.end() ? nullptr : &*found;
}

template <class E, std::size_t N>
std::optional<E> named(const std::array<const char*, N>& names, std::string_view name) {
  const auto found = std::find(names.begin(), names.end(), name);
  return found == names.end() ? std::nullopt : std::optional(static_cast<E>(found - names.begin()));
}

}  // namespace

Term term_of(const schema::Procedure& procedure) {
  WARD_ASSERT(procedure.time_value >= 0 && procedure.time_value <= term_max);
  const auto unit = procedure.time_unit == "hour" ? Term::Unit::working_hour
                    : procedure.working_days      ? Term::Unit::working_day
                                                  : Term::Unit::calendar_day;
  return {unit, procedure.time_value, procedure.same_day};
}

Moment appointment(const Calendar& calendar, const Office& office, const Term& term, Moment accepted) {
  WARD_ASSERT(term.count >= 0 && term.count <= term_max);
  if (term.count == 0) return same_day(calendar, office, term.after_three_next, accepted);
  const auto day = day_of(accepted);
  switch (term.unit) {
    case Term::Unit::working_day: return calendar.plus(day, term.count) + hour_of(accepted);
    case Term::Unit::working_hour: return plus_working_time(calendar, office, accepted, chrono::hours{term.count});
    case Term::Unit::calendar_day: break;
  }
  return calendar.on_or_after(day + chrono::days{term.count}) + hour_of(accepted);
}

Moment resume(const Calendar& calendar, const Office& office, const Term& term, Moment due, Moment asked, Moment received) {
  if (asked > due || received <= asked) return due;
  if (term.unit == Term::Unit::working_hour && term.count > 0)
    return plus_working_time(calendar, office, received, working_time(calendar, office, asked, due));
  const auto left = calendar.working_days(day_of(asked), day_of(due));
  const auto day = day_of(received);
  if (left > 0) return calendar.plus(day, static_cast<int>(left)) + hour_of(due);
  // Hours of one day were left. They are not counted: the promise is that day's end.
  const auto same_hour = calendar.on_or_after(day) + hour_of(due);
  return same_hour >= received ? same_hour : same_day(calendar, office, false, received);
}

Moment plus_working_time(const Calendar& calendar, const Office& office, Moment from, seconds time) {
  WARD_ASSERT(time >= seconds{0} && time <= left_max * working_day_of(office));
  auto day = calendar.on_or_after(day_of(from));
  while (true) {
    for (const auto& session : sessions_of(office, day)) {
      const auto begin = std::max(session.from, from);
      if (begin >= session.to) continue;
      if (time <= session.to - begin) return begin + time;
      time -= session.to - begin;
    }
    day = calendar.next(day);
  }
}

seconds working_time(const Calendar& calendar, const Office& office, Moment from, Moment to) {
  if (to <= from) return seconds{0};
  const auto first = day_of(from), last = day_of(to);
  const auto on = [&](Day day) { return calendar.works(day) ? worked_within(office, day, from, to) : seconds{0}; };
  if (first == last) return on(first);
  const auto between = calendar.working_days(first, last) - std::int64_t{calendar.works(last)};
  return on(first) + between * working_day_of(office) + on(last);
}

const char* name_of(Clock clock) noexcept { return clock_names[static_cast<std::size_t>(clock)]; }
std::optional<Clock> clock_named(std::string_view name) { return named<Clock>(clock_names, name); }
const char* name_of(Class one) noexcept { return class_names[static_cast<std::size_t>(one)]; }
std::optional<Class> class_named(std::string_view name) { return named<Class>(class_names, name); }

bool waits_in(std::string_view status, std::string_view procedure) {
  const auto* known = find_status(status);
  if (known == nullptr || known->clock != schema::Clock::suspended) return false;
  constexpr int payment = 6;
  if (known->code != payment) return true;
  const auto* rule = schema::find_procedure(procedure);
  return rule != nullptr && rule->payment_waits;
}

Clock clock_of(std::string_view status, std::string_view procedure, std::string_view due, bool made_by_mistake) {
  if (made_by_mistake) return Clock::ended;
  const auto* known = find_status(status);
  if (known != nullptr && known->clock == schema::Clock::stopped) return Clock::ended;
  if (waits_in(status, procedure)) return Clock::waiting;
  if (known != nullptr && known->clock == schema::Clock::not_started) return Clock::none;
  return moment_of(due) ? Clock::running : Clock::none;
}

Class class_of(const Calendar& calendar, Clock clock, Moment due, Moment now) {
  switch (clock) {
    case Clock::waiting: return Class::waiting;
    case Clock::none: return Class::none;
    case Clock::ended: return Class::ended;
    case Clock::running: break;
  }
  if (due < now) return Class::overdue;
  if (day_of(due) == day_of(now)) return Class::today;
  return working_days_left(calendar, due, now) <= soon_days ? Class::soon : Class::later;
}

Range range_of(const Calendar& calendar, Class one, Moment now) {
  const auto today = day_of(now);
  const auto tomorrow = stored(today + chrono::days{1});
  const auto after_soon = stored(calendar.plus(today, soon_days + 1));
  const std::string all_from(before_all), all_before(after_all);
  switch (one) {
    case Class::overdue: return {Clock::running, all_from, stored(now)};
    case Class::today: return {Clock::running, stored(now), tomorrow};
    case Class::soon: return {Clock::running, tomorrow, after_soon};
    case Class::later: return {Clock::running, after_soon, all_before};
    case Class::waiting: return {Clock::waiting, all_from, all_before};
    case Class::none: return {Clock::none, all_from, all_before};
    case Class::ended: break;
  }
  return {Clock::ended, all_from, all_before};
}

std::int64_t working_days_left(const Calendar& calendar, Moment due, Moment now) { return calendar.working_days(day_of(now), day_of(due)); }

}  // namespace ward::deadline
