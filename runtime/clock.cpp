#include "runtime/clock.hpp"

#include <ctime>

namespace ward::runtime {
namespace {

std::int64_t milliseconds(clockid_t clock) noexcept {
  timespec at{};
  clock_gettime(clock, &at);
  return std::int64_t{at.tv_sec} * 1000 + at.tv_nsec / 1'000'000;
}

}  // namespace

Now read_clock() noexcept {
  return {Instant(std::chrono::milliseconds(milliseconds(CLOCK_BOOTTIME))), WallTime{milliseconds(CLOCK_REALTIME)}};
}

}  // namespace ward::runtime
