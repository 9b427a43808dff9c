#pragma once

#include "protocol/base/time.hpp"

/// The only place that asks the time. Monotonic time goes on while the PC sleeps, so that a clock is not blamed for a night with the lid
/// closed.
namespace ward::runtime {

[[nodiscard]] Now read_clock() noexcept;

}  // namespace ward::runtime
