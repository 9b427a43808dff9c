#include "protocol/schema/csv.hpp"

#include <algorithm>

namespace ward::schema {
namespace {

/// Takes one quoted field off `rest`, the opening quote included; false when it never closes.
bool take_quoted(std::string_view& rest, std::string& out) {
  rest.remove_prefix(1);
  while (true) {
    const auto quote = rest.find('"');
    if (quote == std::string_view::npos) return false;
    out.append(rest.substr(0, quote));
    rest.remove_prefix(quote + 1);
    if (!rest.starts_with('"')) return true;
    out += '"';
    rest.remove_prefix(1);
  }
}

bool take_field(std::string_view& rest, std::string& out) {
  if (rest.starts_with('"')) return take_quoted(rest, out);
  const auto end = rest.find_first_of(",\n\"\r");
  if (end == std::string_view::npos) return false;
  out = rest.substr(0, end);
  rest.remove_prefix(end);
  return true;
}

/// One line and its end.
bool take_row(std::string_view& rest, Row& out) {
  while (true) {
    if (!take_field(rest, out.emplace_back())) return false;
    const bool more = rest.starts_with(',');
    if (!more && !rest.starts_with('\n')) return false;
    rest.remove_prefix(1);
    if (!more) return true;
  }
}

}  // namespace

std::optional<std::vector<Row>> read_csv(std::string_view text, std::string_view header) {
  if (!text.starts_with(header) || !text.substr(header.size()).starts_with('\n')) return std::nullopt;
  text.remove_prefix(header.size() + 1);
  const auto width = static_cast<std::size_t>(std::count(header.begin(), header.end(), ',')) + 1;
  std::vector<Row> out;
  while (!text.empty())
    if (!take_row(text, out.emplace_back()) || out.back().size() != width) return std::nullopt;
  return out;
}

}  // namespace ward::schema
