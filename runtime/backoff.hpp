#pragma once

#include <algorithm>
#include <chrono>
#include <cstdint>

namespace ward::runtime {

/// How long to wait before the next attempt: doubling from `first` to `longest`, and of that a random part between one half and the whole,
/// so that a city's PCs do not come back in step. Pure: randomness is an argument.
class Backoff {
 public:
  using Duration = std::chrono::milliseconds;
  constexpr Backoff(Duration first, Duration longest) : first_(first), longest_(longest), next_(first) {}

  [[nodiscard]] constexpr Duration next(std::uint64_t random) {
    const auto whole = next_;
    next_ = std::min(next_ * 2, longest_);
    const auto half = whole.count() / 2;
    return Duration(whole.count() - half + static_cast<std::int64_t>(random % (static_cast<std::uint64_t>(half) + 1)));
  }
  /// The last attempt went well, or something changed: begin again.
  constexpr void reset() noexcept { next_ = first_; }

 private:
  Duration first_, longest_, next_;
};

}  // namespace ward::runtime
