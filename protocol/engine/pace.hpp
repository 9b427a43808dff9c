#pragma once

#include "protocol/base/limits.hpp"
#include "protocol/base/time.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <limits>

namespace ward::engine::agent {

/// How much the link carries, learnt from what it answered. Decides the size of runs, and of segments that are still to be cut.
class Pace {
 public:
  using Span = MonotonicClock::duration;

  /// The answer to something small.
  void small_answered(Span took) {
    rtt_ms_ = took.count();
    best_ms_ = std::min(best_ms_, rtt_ms_);
  }

  /// The receipt of a run of so many bytes.
  void run_answered(Span took, std::size_t bytes) {
    if (took <= quick) window_ = std::min(window_ * 2, limits::run_segments_max);
    if (took >= slow) window_ = std::max<std::size_t>(window_ / 2, 1);
    // What is shorter than the jitter of a link says nothing of its rate.
    if (bytes >= telling_bytes) {
      const auto carrying = std::max<std::int64_t>(took.count() - std::min(best_ms_, took.count()), 1);
      const auto in_a_second = bytes * 1000 / static_cast<std::size_t>(carrying);
      segment_records_ = std::clamp(in_a_second / row_bytes, limits::segment_records_min, limits::segment_records_max);
    }
    small_answered(took);
  }

  [[nodiscard]] std::size_t window() const noexcept { return window_; }                    ///< segments in a run
  [[nodiscard]] std::size_t segment_records() const noexcept { return segment_records_; }  ///< what the link carries in a second
  [[nodiscard]] std::int64_t rtt_ms() const noexcept { return rtt_ms_; }                   ///< of the last answer; -1 before the first

 private:
  static constexpr Span quick{2'000};
  static constexpr Span slow{8'000};
  static constexpr std::size_t telling_bytes = 2'048;
  static constexpr std::size_t row_bytes = 20;  ///< a small change in an open run, measured (ADR 0001)
  static constexpr std::size_t window_first = 4;

  std::size_t window_ = window_first;
  std::size_t segment_records_ = limits::segment_records_max;
  std::int64_t rtt_ms_ = -1;
  std::int64_t best_ms_ = std::numeric_limits<std::int64_t>::max();
};

}  // namespace ward::engine::agent
