#pragma once

#include "protocol/base/time.hpp"

#include <cstdint>

namespace ward {

/// Where and when a segment entered the centre's log (records.md §4). One of the facts that a merge is a function of.
struct Stamp {
  std::uint64_t index = 0;
  WallTime time;
  friend auto operator<=>(const Stamp&, const Stamp&) = default;
};

}  // namespace ward
