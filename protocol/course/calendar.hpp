#pragma once

#include "protocol/deadline/calendar.hpp"
#include "protocol/policy/policy.hpp"

#include <map>
#include <optional>
#include <vector>

/// The calendar in force: of each year what the newest entry of the policy log that names it says, else the table of this build. Equal
/// logs give equal calendars for all years that entries name.
namespace ward::course {

struct Year {
  std::optional<Epoch> entry;                             ///< of the policy log; none: of this build
  std::vector<deadline::Calendar::Exception> exceptions;  ///< by day
};
[[nodiscard]] std::map<std::chrono::year, Year> years_in_force(const policy::PolicyLog& log);
[[nodiscard]] deadline::Calendar calendar_in_force(const policy::PolicyLog& log);

}  // namespace ward::course
