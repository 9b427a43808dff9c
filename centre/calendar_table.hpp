#pragma once

#include "protocol/deadline/moment.hpp"
#include "protocol/policy/policy.hpp"

#include <string_view>

namespace ward::centre {

/// The days off of whole years, and the Saturdays that make up for them, as an administrator keeps them: a CSV table (csv_table.hpp) with
/// the columns `date` (2027-02-04 or 4/2/2027) and `kind` (holiday, substitute, swap_off: off; makeup_workday: worked); taken when there:
/// `name_vi`, `certainty` (guess: expected; anything else: decided). Other columns are ignored.
///
/// `invalid` names the line, what is wrong there, and what is accepted: a date that is none, or is there twice; a year that is over, or
/// more than ten years away; a day that is worked or off anyway; a year without its four holidays of fixed date, because a table replaces
/// all that was known of its years.
[[nodiscard]] Result<policy::Calendar> read_calendar_table(std::string_view csv, deadline::Day today);

}  // namespace ward::centre
