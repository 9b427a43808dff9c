#pragma once

#include "tests/sim/surroundings.hpp"

#include <memory>

namespace ward::sim {

enum class End : std::uint8_t { ward, centre };
[[nodiscard]] constexpr End other(End end) noexcept { return end == End::ward ? End::centre : End::ward; }

/// One connection, as TCP gives it on a bad line: bytes keep their order, come late and in pieces; the line may fall silent, or break in
/// the middle of anything, and what was under way then arrives or does not.
class Wire : public std::enable_shared_from_this<Wire> {
 public:
  /// What an end is told. `lost`: the connection is over; told at most once, and last.
  struct Listener {
    std::function<void(Bytes)> bytes;
    std::function<void()> lost;
  };

  Wire(Surroundings& world, Listener ward, Listener centre);

  void send(End from, const Bytes& bytes);
  /// From one end, in order: what it sent before still arrives.
  void close(End from);
  /// From outside: each direction loses what is under way, or does not.
  void cut();
  /// Nothing arrives any more, and nobody is told.
  void fall_silent() { silent_ = true; }

 private:
  struct Direction {
    Instant busy_until{};
    Instant last_arrival{};
    bool lossy = false;  ///< since the cut
  };
  [[nodiscard]] Direction& towards(End end) { return directions_[static_cast<std::size_t>(end)]; }
  [[nodiscard]] Listener& listener(End end) { return listeners_[static_cast<std::size_t>(end)]; }
  void arrive(End at, Instant when, std::function<void(Listener&)> what);
  void tell_lost(End end);

  Surroundings& world_;
  Listener listeners_[2];
  Direction directions_[2];
  std::int64_t latency_ms_;
  std::int64_t bytes_per_second_;
  bool cut_ = false;
  bool silent_ = false;
};

}  // namespace ward::sim
