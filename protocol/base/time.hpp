#pragma once

#include <chrono>
#include <compare>
#include <cstdint>

namespace ward {

/// Monotonic; its zero means nothing and is not shared between machines or boots.
struct MonotonicClock {
  using duration = std::chrono::milliseconds;
  using rep = duration::rep;
  using period = duration::period;
  using time_point = std::chrono::time_point<MonotonicClock>;
  static constexpr bool is_steady = true;
};
using Instant = MonotonicClock::time_point;

/// Milliseconds since 1970-01-01T00:00:00Z as some clock claims; nothing in `protocol/` believes it without a reason.
struct WallTime {
  std::int64_t ms = 0;
  friend auto operator<=>(const WallTime&, const WallTime&) = default;
};

/// Both clocks as the caller read them: the only way that time enters `protocol/`.
struct Now {
  Instant monotonic{};
  WallTime wall{};
};

/// Hybrid logical clock: 48 bits of milliseconds, 16 of counter (records.md §5.3). Orders concurrent values, nothing else.
struct Hlc {
  std::uint64_t value = 0;

  static constexpr Hlc at(WallTime wall, std::uint16_t counter = 0) noexcept {
    const auto ms = wall.ms < 0 ? std::uint64_t{0} : static_cast<std::uint64_t>(wall.ms) & 0xffff'ffff'ffffU;
    return {(ms << 16U) | counter};
  }
  [[nodiscard]] constexpr WallTime wall() const noexcept { return {static_cast<std::int64_t>(value >> 16U)}; }
  friend auto operator<=>(const Hlc&, const Hlc&) = default;
};

inline constexpr WallTime clock_earliest{1'577'836'800'000};  ///< 2020-01-01T00:00:00Z
inline constexpr WallTime clock_latest{3'471'292'800'000};    ///< 2080-01-01T00:00:00Z
inline constexpr std::chrono::minutes clock_ahead_max{5};

}  // namespace ward
