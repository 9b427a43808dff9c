#pragma once

#include "protocol/base/bytes.hpp"
#include "protocol/base/time.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <span>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

/// What a simulated city stands in: one random stream, one clock, one trace. Everything that happens comes out of these, so a seed replays
/// bit for bit.
namespace ward::sim {

/// The seed found something: a promise that does not hold.
struct Complaint : std::runtime_error {
  using std::runtime_error::runtime_error;
};

/// xoshiro256**, seeded by splitmix64 (public domain algorithms of Blackman and Vigna).
class Dice {
 public:
  explicit Dice(std::uint64_t seed) {
    for (auto& word : state_) {
      seed += 0x9e3779b97f4a7c15U;
      auto z = seed;
      z = (z ^ (z >> 30U)) * 0xbf58476d1ce4e5b9U;
      z = (z ^ (z >> 27U)) * 0x94d049bb133111ebU;
      word = z ^ (z >> 31U);
    }
  }

  std::uint64_t next() {
    const auto out = turned(state_[1] * 5, 7) * 9;
    const auto t = state_[1] << 17U;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= t;
    state_[3] = turned(state_[3], 45);
    return out;
  }
  /// 0 to `size` - 1; the bias does not matter here.
  std::size_t below(std::size_t size) { return static_cast<std::size_t>(next() % size); }
  std::int64_t between(std::int64_t low, std::int64_t high) {
    return low + static_cast<std::int64_t>(below(static_cast<std::size_t>(high - low + 1)));
  }
  bool one_in(std::size_t n) { return below(n) == 0; }
  std::chrono::milliseconds pause(std::int64_t low_ms, std::int64_t high_ms) { return std::chrono::milliseconds(between(low_ms, high_ms)); }
  void fill(std::span<std::uint8_t> out) {
    for (auto& byte : out) byte = static_cast<std::uint8_t>(next());
  }

 private:
  static std::uint64_t turned(std::uint64_t x, unsigned by) { return (x << by) | (x >> (64U - by)); }
  std::uint64_t state_[4]{};
};

/// Everything that happened, as one number; and as lines, for whoever looks into a seed.
class Trace {
 public:
  explicit Trace(bool aloud) : aloud_(aloud) {}
  void note(Instant at, std::string_view what, BytesView bytes = {});
  [[nodiscard]] std::uint64_t hash() const noexcept { return hash_; }
  [[nodiscard]] std::uint64_t lines() const noexcept { return lines_; }

 private:
  void mix(BytesView bytes);
  std::uint64_t hash_ = 0xcbf29ce484222325U;
  std::uint64_t lines_ = 0;
  bool aloud_;
};

/// What is to happen, in order of time; at one time, in order of planning.
class Schedule {
 public:
  void at(Instant when, std::function<void()> what) { planned_.emplace(std::pair(std::max(when, now_), count_++), std::move(what)); }
  void after(MonotonicClock::duration pause, std::function<void()> what) { at(now_ + pause, std::move(what)); }
  [[nodiscard]] Instant now() const noexcept { return now_; }
  void run_until(Instant end);

 private:
  std::map<std::pair<Instant, std::uint64_t>, std::function<void()>> planned_;
  std::uint64_t count_ = 0;
  Instant now_{std::chrono::hours(1)};
};

struct Surroundings {
  Dice dice;
  Trace trace;
  Schedule schedule;
  bool faulty = true;  ///< things still go wrong; afterwards nothing does

  Surroundings(std::uint64_t seed, bool aloud) : dice(seed), trace(aloud) {}
  void note(const std::string& what, BytesView bytes = {}) { trace.note(schedule.now(), what, bytes); }
  /// One time in `n`, while things go wrong.
  bool goes_wrong(std::size_t n) { return faulty && dice.one_in(n); }
  /// True time, which the clocks of the sites only claim to know.
  [[nodiscard]] WallTime true_time() const { return {1'760'000'000'000 + slept.count() + schedule.now().time_since_epoch().count()}; }
  std::chrono::milliseconds slept{};  ///< in which nothing happened
};

}  // namespace ward::sim
