#include "protocol/policy/plain_text.hpp"

#include <bit>
#include <cstdint>

namespace ward::policy {
namespace {

/// The code point at the front of `text`, which is taken off; -1 when there is none.
std::int32_t take_point(std::string_view& text) {
  const auto first = static_cast<std::uint8_t>(text.front());
  const auto ones = static_cast<unsigned>(std::countl_one(first));
  const std::size_t size = ones == 0 ? 1 : ones;
  if (ones == 1 || size > 4 || size > text.size()) return -1;
  std::int32_t point = first & (0xffU >> (ones + 1));
  for (std::size_t i = 1; i < size; ++i) {
    const auto next = static_cast<std::uint8_t>(text[i]);
    if ((next & 0xc0U) != 0x80U) return -1;
    point = (point << 6) | (next & 0x3fU);
  }
  constexpr std::int32_t smallest[] = {0, 0, 0x80, 0x800, 0x10000};
  const bool surrogate = point >= 0xd800 && point <= 0xdfff;
  if (point < smallest[size] || point > 0x10ffff || surrogate) return -1;
  text.remove_prefix(size);
  return point;
}

}  // namespace

bool is_plain_text(std::string_view text) {
  while (!text.empty()) {
    const auto point = take_point(text);
    if (point < 0x20 || point == 0x7f) return false;
  }
  return true;
}

}  // namespace ward::policy
