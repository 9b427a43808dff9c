#pragma once

#include <cstddef>

namespace ward::crash {

/// `--points N`: how many moments of crashing are tried in all.
[[nodiscard]] std::size_t points_wanted();

}  // namespace ward::crash
