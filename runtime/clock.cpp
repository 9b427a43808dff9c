#include "runtime/clock.hpp"

namespace ward::runtime {

Now read_clock() noexcept {
  const auto now = read_nanoseconds();
  return {Instant(std::chrono::milliseconds(now.monotonic / 1'000'000)), WallTime{now.since_1970 / 1'000'000}};
}

}  // namespace ward::runtime
