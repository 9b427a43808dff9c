#include "desk/office_hours.hpp"

#include "protocol/deadline/deadline.hpp"

namespace ward::desk {
namespace {

constexpr std::int64_t back_max_ms = std::int64_t{62} * 24 * 3'600'000;

}  // namespace

WallTime working_hours_after(const deadline::Calendar& calendar, WallTime from, int hours) {
  return deadline::wall_of(deadline::plus_working_time(calendar, deadline::Office{}, deadline::moment_of(from), std::chrono::hours(hours)));
}

WallTime working_hours_before(const deadline::Calendar& calendar, WallTime now, int hours) {
  std::int64_t passed = now.ms - back_max_ms, not_passed = now.ms + 1;
  while (not_passed - passed > 1) {
    const auto middle = passed + (not_passed - passed) / 2;
    (working_hours_after(calendar, {middle}, hours) <= now ? passed : not_passed) = middle;
  }
  return {passed};
}

std::int64_t working_minutes(const deadline::Calendar& calendar, WallTime from, WallTime to) {
  const auto time = deadline::working_time(calendar, deadline::Office{}, deadline::moment_of(from), deadline::moment_of(to));
  return std::chrono::duration_cast<std::chrono::minutes>(time).count();
}

}  // namespace ward::desk
