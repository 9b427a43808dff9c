#pragma once

#include <chrono>
#include <optional>

namespace ward::runtime {

/// How often this process should tell the service manager that it lives ("WATCHDOG=1"): half of what WATCHDOG_USEC allows, and at most
/// every 10 s. Nothing when nobody watches, or when somebody else's process is watched (WATCHDOG_PID).
[[nodiscard]] std::optional<std::chrono::milliseconds> watchdog_pause();

}  // namespace ward::runtime
