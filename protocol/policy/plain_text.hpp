#pragma once

#include <string_view>

namespace ward::policy {

/// Well-formed UTF-8 without C0 controls or DEL. Every site must judge an entry alike for ever, so no table of Unicode's is asked.
[[nodiscard]] bool is_plain_text(std::string_view text);

}  // namespace ward::policy
