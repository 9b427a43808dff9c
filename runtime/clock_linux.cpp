#include "runtime/clock.hpp"

#include <ctime>

namespace ward::runtime {
namespace {

std::int64_t nanoseconds(clockid_t clock) noexcept {
  timespec at{};
  clock_gettime(clock, &at);
  return std::int64_t{at.tv_sec} * 1'000'000'000 + at.tv_nsec;
}

}  // namespace

Nanoseconds read_nanoseconds() noexcept { return {nanoseconds(CLOCK_BOOTTIME), nanoseconds(CLOCK_REALTIME)}; }

}  // namespace ward::runtime
