#include "protocol/ticket/scanned.hpp"

#include "protocol/ticket/bytes.hpp"

#include <algorithm>
#include <array>

namespace ward::ticket {
namespace {

constexpr std::string_view code_version = "01";
constexpr std::size_t digits_max = 1100;
/// How many digits hold so many bytes.
constexpr std::array<std::size_t, 8> digits_of{0, 3, 5, 8, 10, 13, 15, 17};
constexpr std::size_t group_bytes = digits_of.size() - 1, group_digits = digits_of.back();

std::string decimal(BytesView bytes) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < bytes.size(); ++i) number |= std::uint64_t{bytes[i]} << (8 * i);
  const auto digits = std::to_string(number);
  return std::string(digits_of.at(bytes.size()) - digits.size(), '0') + digits;
}

/// False: the number is larger than the bytes.
bool add_bytes(std::string_view digits, std::size_t count, Bytes& out) {
  std::uint64_t number = 0;
  for (const auto digit : digits) number = number * 10 + static_cast<std::uint64_t>(digit - '0');
  for (std::size_t i = 0; i < count; ++i, number >>= 8U) out.push_back(static_cast<std::uint8_t>(number));
  return number == 0;
}

/// Nothing but digits and white space.
bool is_scanned(std::string_view text) {
  const auto digits = squeezed(text.substr(0, std::min<std::size_t>(text.size(), 2 * digits_max)));
  return !digits.empty() && digits.find_first_not_of("0123456789") == std::string::npos;
}

}  // namespace

std::string encode_scanned(const Ticket& ticket) {
  const auto bytes = encode_bytes(ticket);
  std::string out(code_version);
  for (auto rest = BytesView(bytes); !rest.empty(); rest = rest.subspan(std::min(group_bytes, rest.size())))
    out += decimal(rest.first(std::min(group_bytes, rest.size())));
  return out;
}

Result<Ticket> decode_scanned(std::string_view text) {
  const auto all = squeezed(text);
  std::string_view digits = all;
  if (digits.size() > digits_max || digits.find_first_not_of("0123456789") != std::string_view::npos) return damaged();
  if (!digits.starts_with(code_version)) return fail(Fault::invalid, "ticket: these digits are no ticket's, or one of another version's");
  digits.remove_prefix(code_version.size());
  Bytes bytes;
  while (!digits.empty()) {
    const auto some = digits.substr(0, group_digits);
    const auto* count = std::find(digits_of.begin(), digits_of.end(), some.size());
    if (count == digits_of.end() || !add_bytes(some, static_cast<std::size_t>(count - digits_of.begin()), bytes)) return damaged();
    digits.remove_prefix(some.size());
  }
  return decode_bytes(bytes);
}

Result<Ticket> decode(std::string_view text) { return is_scanned(text) ? decode_scanned(text) : decode_file(text); }

}  // namespace ward::ticket
