#pragma once

#include "protocol/base/error.hpp"

#include <string>
#include <string_view>

namespace ward::runtime {

/// A line that is typed at the terminal and not shown there. `invalid` when nobody sits at one.
[[nodiscard]] Result<std::string> ask_secret(std::string_view question);

}  // namespace ward::runtime
