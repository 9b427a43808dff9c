#pragma once

#include "protocol/base/time.hpp"

/// The only place that asks the time. Monotonic time goes on while the PC sleeps, so that a clock is not blamed for a night with the lid
/// closed.
namespace ward::runtime {

[[nodiscard]] Now read_clock() noexcept;

/// The same two clocks, as finely as the system tells them.
struct Nanoseconds {
  std::int64_t monotonic = 0;
  std::int64_t since_1970 = 0;
};
[[nodiscard]] Nanoseconds read_nanoseconds() noexcept;

}  // namespace ward::runtime
