#pragma once

#include "protocol/deadline/calendar.hpp"
#include "protocol/schema/schema.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>

/// When a result is promised, how the promise moves while the citizen is waited for, and how near it is. Everything is a function of its
/// arguments; README.md names the rule behind each.
namespace ward::deadline {

/// The sessions of a working day, in minutes of the day; eight hours together. A city's own decision.
struct Office {
  int morning = 7 * 60 + 30, noon = 11 * 60 + 30;
  int afternoon = 13 * 60, evening = 17 * 60;
};

/// The time that a procedure's rule gives.
struct Term {
  enum class Unit : std::uint8_t { working_day, working_hour, calendar_day } unit = Unit::working_day;
  int count = 0;                  ///< 0 to `term_max`; 0: the same working day
  bool after_three_next = false;  ///< received from 15:00 on: the result comes the next working day (civil status, certified copies)
};
inline constexpr int term_max = 1000;

[[nodiscard]] Term term_of(const schema::Procedure& procedure);

/// NgayHenTra of what was accepted at `accepted`. Never on a day off.
[[nodiscard]] Moment appointment(const Calendar& calendar, const Office& office, const Term& term, Moment accepted);

/// NgayHenTra after a pause: the working time that was left when it began is added to its end. A promise that was missed before the pause
/// stays missed.
[[nodiscard]] Moment resume(const Calendar& calendar, const Office& office, const Term& term, Moment due, Moment asked, Moment received);

/// `seconds` of working time after `from`. Not negative.
[[nodiscard]] Moment plus_working_time(const Calendar& calendar, const Office& office, Moment from, std::chrono::seconds time);
/// Between two moments; 0 when `to` is not after `from`.
[[nodiscard]] std::chrono::seconds working_time(const Calendar& calendar, const Office& office, Moment from, Moment to);

/// What a dossier's clock does. Its names are stored (storage/), so that lists need not open dossiers.
enum class Clock : std::uint8_t {
  running,  ///< there is an appointment, and it comes nearer
  waiting,  ///< for the citizen
  none,     ///< in hands, without an appointment: not accepted yet, or its procedure gives none
  ended,    ///< nothing more is due: finished, refused, stopped, withdrawn, or made by mistake
};
[[nodiscard]] const char* name_of(Clock clock) noexcept;
[[nodiscard]] std::optional<Clock> clock_named(std::string_view name);

/// `status`, `procedure`, `due`: as stored; empty where the dossier has none, or a conflict hides it.
[[nodiscard]] Clock clock_of(std::string_view status, std::string_view procedure, std::string_view due, bool made_by_mistake);
/// Whether the clock waits in that status of that procedure.
[[nodiscard]] bool waits_in(std::string_view status, std::string_view procedure);

/// What lists are made of. Every dossier is in exactly one class at one moment.
enum class Class : std::uint8_t { overdue, today, soon, later, waiting, none, ended };
inline constexpr std::array classes{Class::overdue, Class::today, Class::soon, Class::later, Class::waiting, Class::none, Class::ended};
inline constexpr int soon_days = 2;  ///< working days within which something is due *soon*
[[nodiscard]] const char* name_of(Class one) noexcept;
[[nodiscard]] std::optional<Class> class_named(std::string_view name);
/// `due` is looked at only while the clock runs.
[[nodiscard]] Class class_of(const Calendar& calendar, Clock clock, Moment due, Moment now);

/// The same as bounds on what is stored, so that an index finds a class: `from` ≤ due < `before`, as text.
struct Range {
  Clock clock = Clock::running;
  std::string from, before;
};
[[nodiscard]] Range range_of(const Calendar& calendar, Class one, Moment now);

/// Working days until the day of the appointment: 0 on it, negative after it.
[[nodiscard]] std::int64_t working_days_left(const Calendar& calendar, Moment due, Moment now);

}  // namespace ward::deadline
