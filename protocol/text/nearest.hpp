#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace ward::text {

/// Of the words, the one that a mistyped one most likely was meant to be: at most two letters off, and no more than one in
/// three; capitals or not. Empty when none is near.
[[nodiscard]] std::string nearest(std::string_view mistyped, const std::vector<std::string>& words);

}  // namespace ward::text
