#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ward::schema {

using Row = std::vector<std::string>;

/// The rows below the header of a comma-separated table: LF line ends, a field with a comma, quote or line feed stands in quotes, a quote
/// inside is doubled. Nothing when the first line is not `header`, a row is wider or narrower than it, a quote is out of place, or the last
/// line has no end.
[[nodiscard]] std::optional<std::vector<Row>> read_csv(std::string_view text, std::string_view header);

}  // namespace ward::schema
