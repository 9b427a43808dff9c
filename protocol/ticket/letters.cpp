#include "protocol/ticket/letters.hpp"

namespace ward::ticket {
namespace {

constexpr std::string_view alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr unsigned letter_bits = 6;

}  // namespace

std::string to_base64url(BytesView bytes) {
  std::string out;
  std::uint32_t held = 0;
  unsigned bits = 0;
  for (const auto byte : bytes) {
    held = (held << 8U) | byte;
    for (bits += 8; bits >= letter_bits; bits -= letter_bits) out += alphabet[(held >> (bits - letter_bits)) & 63U];
  }
  if (bits > 0) out += alphabet[(held << (letter_bits - bits)) & 63U];
  return out;
}

std::optional<Bytes> from_base64url(std::string_view text) {
  Bytes out;
  std::uint32_t held = 0;
  unsigned bits = 0;
  for (const auto letter : text) {
    const auto value = alphabet.find(letter);
    if (value == std::string_view::npos) return std::nullopt;
    held = (held << letter_bits) | static_cast<std::uint32_t>(value);
    bits += letter_bits;
    if (bits < 8) continue;
    bits -= 8;
    out.push_back(static_cast<std::uint8_t>(held >> bits));
  }
  // What is left over is less than a letter, and zero.
  if (bits >= letter_bits || (held & ((1U << bits) - 1)) != 0) return std::nullopt;
  return out;
}

}  // namespace ward::ticket
