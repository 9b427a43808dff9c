#pragma once

#include "protocol/base/ids.hpp"
#include "protocol/base/time.hpp"

#include <chrono>
#include <map>

namespace ward::centre {

/// Whose turn it is to be proved the log, which reads much of it: each device's once a minute.
class ProofTurns {
 public:
  static constexpr std::chrono::minutes pause{1};

  [[nodiscard]] bool take(const DeviceId& device, Instant now) {
    std::erase_if(taken_, [&](const auto& one) { return now - one.second >= pause; });
    return taken_.emplace(device, now).second;
  }

 private:
  std::map<DeviceId, Instant> taken_;
};

}  // namespace ward::centre
