#pragma once

#include "protocol/deadline/calendar.hpp"

/// Working time, eight hours a day.
namespace ward::desk {

inline constexpr int working_day_hours = 8;

/// When so many working hours will have passed since then.
[[nodiscard]] WallTime working_hours_after(const deadline::Calendar& calendar, WallTime from, int hours);
/// The last moment from which so many working hours have passed by `now`; looks back two months at most.
[[nodiscard]] WallTime working_hours_before(const deadline::Calendar& calendar, WallTime now, int hours);
/// Whole working minutes between two moments; 0 when `to` is not after `from`.
[[nodiscard]] std::int64_t working_minutes(const deadline::Calendar& calendar, WallTime from, WallTime to);

}  // namespace ward::desk
