#include "runtime/clock.hpp"

#include <windows.h>

namespace ward::runtime {
namespace {

/// Windows counts in steps of 100 ns from the year 1601.
constexpr std::int64_t steps_from_1601_to_1970 = 116'444'736'000'000'000;

}  // namespace

Nanoseconds read_nanoseconds() noexcept {
  FILETIME at{};
  GetSystemTimeAsFileTime(&at);
  const auto steps = static_cast<std::int64_t>((std::uint64_t{at.dwHighDateTime} << 32U) | at.dwLowDateTime);
  // Of the clocks of Windows 7, this one goes on while the PC sleeps.
  return {static_cast<std::int64_t>(GetTickCount64()) * 1'000'000, (steps - steps_from_1601_to_1970) * 100};
}

}  // namespace ward::runtime
