#pragma once

#include "protocol/deadline/moment.hpp"

#include <cstdint>
#include <set>
#include <string_view>
#include <vector>

namespace ward::deadline {

/// Which days are worked: Monday to Friday, except as decisions say. A value, because the decision for a year may come late in the year
/// before: whoever asks passes the calendar that holds for him.
class Calendar {
 public:
  struct Exception {
    Day day;
    bool works = false;    ///< a Saturday that makes up for another day; else a day off
    bool decided = false;  ///< by a decision that is published; else as it is expected
    std::string name{};    ///< as people call it
  };

  /// Monday to Friday, and no year decided. A later exception for a day takes the place of an earlier one.
  explicit Calendar(const std::vector<Exception>& exceptions = {});

  [[nodiscard]] bool works(Day day) const;
  /// Whether the days off of that year are known; where they are not, exceptions that are expected count, and else weekends alone.
  [[nodiscard]] bool decided(std::chrono::year year) const { return decided_.contains(year); }
  [[nodiscard]] bool decided(Day first, Day last) const;  ///< every year from one day to the other
  /// The last day up to which every year from that of `day` on is decided; nothing when that year is not.
  [[nodiscard]] std::optional<Day> decided_through(Day day) const;

  [[nodiscard]] Day on_or_after(Day day) const;  ///< the first working day that is not before `day`
  [[nodiscard]] Day next(Day day) const { return on_or_after(day + std::chrono::days{1}); }
  [[nodiscard]] Day plus(Day day, int working_days) const;  ///< the n-th working day after `day`; `day` itself for 0
  /// Working days after `from`, up to and with `to`; negative when `to` is before `from`.
  [[nodiscard]] std::int64_t working_days(Day from, Day to) const { return ordinal(to) - ordinal(from); }

 private:
  struct Step {
    Day day;
    bool works;
    std::int64_t shift;  ///< by how many working days the count to the end of this day differs from the plain weeks'
  };
  /// Working days up to and with `day`, counted from some day long ago.
  [[nodiscard]] std::int64_t ordinal(Day day) const;

  std::vector<Step> steps_;  ///< by day
  std::set<std::chrono::year> decided_;
};

/// The table of this build (holidays.csv), by day.
[[nodiscard]] const std::vector<Calendar::Exception>& built_in_exceptions();
[[nodiscard]] const Calendar& built_in_calendar();
/// A table in the form of holidays.csv. Nothing when a row is not one: a day that no calendar has, an unknown kind, a Saturday that makes
/// up and is off.
[[nodiscard]] std::optional<std::vector<Calendar::Exception>> read_holidays(std::string_view csv);

}  // namespace ward::deadline
