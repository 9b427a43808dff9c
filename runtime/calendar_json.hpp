#pragma once

#include "protocol/deadline/calendar.hpp"
#include "protocol/deadline/moment.hpp"
#include "protocol/policy/policy.hpp"

#include <boost/json/object.hpp>

#include <string>

/// The calendar in force as both APIs show it.
namespace ward::runtime {

/// `decided_through` (a day; empty: not even this year is decided), `years`: [{`year`, `decided`, `entry` (of the policy log; null: of this
/// program), `days`: [{`day`, `works`, `decided`, `name`}]}].
[[nodiscard]] boost::json::object calendar_json(const policy::PolicyLog& log, deadline::Day today);
/// The last day up to which the calendar is decided; empty when not even this year is.
[[nodiscard]] std::string decided_through_text(const deadline::Calendar& calendar, deadline::Day today);

/// `decided_through`, and whether that is `enough`: what is promised now must fall into decided years.
[[nodiscard]] boost::json::object calendar_standing_json(const deadline::Calendar& calendar, deadline::Moment now);

}  // namespace ward::runtime
