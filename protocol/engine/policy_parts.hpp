#pragma once

#include "protocol/sync/messages.hpp"

#include <vector>

namespace ward::engine {

/// Entries cut into messages that no bound refuses.
[[nodiscard]] std::vector<sync::PolicyEntries> split_policy(const std::vector<policy::Entry>& entries);

}  // namespace ward::engine
