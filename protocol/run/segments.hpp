#pragma once

#include "protocol/segment/rows.hpp"

#include <vector>

namespace ward::run {

/// The blocks of a run before they are compressed: what a dictionary is trained on.
[[nodiscard]] std::vector<Bytes> blocks_of(const std::vector<segment::Rows>& segments);

}  // namespace ward::run
