#pragma once

#include <string>
#include <vector>

namespace ward::centre {

/// Rows of equal width as aligned columns, two spaces between them, the first row a heading. Widths count characters, not bytes.
[[nodiscard]] std::string align(const std::vector<std::vector<std::string>>& rows);

}  // namespace ward::centre
