#pragma once

#include "protocol/base/bytes.hpp"

#include <string_view>
#include <vector>

namespace ward::fuzz {

/// What a target's fuzzing begins with: the golden files, and what the code itself writes. The same every time. Reads the repository's
/// files, from its top folder; throws std::runtime_error without them.
[[nodiscard]] std::vector<Bytes> seeds_for(std::string_view target);

}  // namespace ward::fuzz
