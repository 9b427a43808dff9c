#pragma once

#include "protocol/segment/rows.hpp"

#include <vector>

namespace ward::run {

inline constexpr std::size_t parts_of_segment = 3;

/// A run before it is compressed; of each segment its head and numbers, its texts, and what does not compress.
[[nodiscard]] std::vector<Bytes> parts_of(const std::vector<segment::Rows>& segments);

}  // namespace ward::run
