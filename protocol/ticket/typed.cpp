#include "protocol/ticket/ticket.hpp"

#include <array>
#include <optional>

/// The typed form: a Reed-Solomon code of 28 letters over GF(32) with two check letters. Its distance is 3, so that any one or two wrong
/// letters, and with them any two that changed places, are noticed.
namespace ward::ticket {
namespace {

constexpr std::string_view typed_letters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
constexpr std::size_t data_letters = 26;
constexpr std::size_t letters = data_letters + 2;
constexpr std::size_t group = 4;
constexpr unsigned typed_bits = 5;
constexpr unsigned spare_bits = data_letters * typed_bits - 128;

using Letters = std::array<std::uint8_t, letters>;

/// x · a in GF(32) = GF(2)[a] / (a⁵ + a² + 1).
constexpr std::uint8_t times_a(std::uint8_t x) { return static_cast<std::uint8_t>((x << 1U) ^ ((x & 16U) != 0 ? 0b100101U : 0U)); }

constexpr std::uint8_t times(std::uint8_t x, std::uint8_t y) {
  std::uint8_t out = 0;
  for (; y != 0; y = static_cast<std::uint8_t>(y >> 1U), x = times_a(x))
    if ((y & 1U) != 0) out ^= x;
  return out;
}

constexpr std::uint8_t power_of_a(std::size_t exponent) {
  std::uint8_t out = 1;
  for (std::size_t i = 0; i < exponent; ++i) out = times_a(out);
  return out;
}

constexpr std::uint8_t inverse(std::uint8_t x) {
  std::uint8_t out = 1;
  for (int i = 0; i < 30; ++i) out = times(out, x);  // x³¹ = 1
  return out;
}

/// Σ xᵢ and Σ aⁱ·xᵢ over all letters; both are zero in a code word.
struct Sums {
  std::uint8_t plain = 0, weighted = 0;
};
Sums sums_of(const Letters& code) {
  Sums out;
  for (std::size_t i = 0; i < letters; ++i) {
    out.plain ^= code[i];
    out.weighted ^= times(power_of_a(i), code[i]);
  }
  return out;
}

void add_checks(Letters& code) {
  constexpr auto first = power_of_a(data_letters);
  constexpr auto second = power_of_a(data_letters + 1);
  constexpr auto scale = inverse(first ^ second);
  const auto sums = sums_of(code);
  code[data_letters + 1] = times(scale, static_cast<std::uint8_t>(sums.weighted ^ times(first, sums.plain)));
  code[data_letters] = static_cast<std::uint8_t>(sums.plain ^ code[data_letters + 1]);
}

/// The letter's value as people read and type it, or npos.
std::size_t value_of(char letter) {
  if (letter >= 'a' && letter <= 'z') letter = static_cast<char>(letter - 'a' + 'A');
  if (letter == 'I' || letter == 'L') letter = '1';
  if (letter == 'O') letter = '0';
  return typed_letters.find(letter);
}

/// Where the one wrong letter is, if it is one: e and aⁱ·e are the sums then.
std::optional<std::size_t> wrong_letter(const Sums& sums) {
  if (sums.plain == 0 || sums.weighted == 0) return std::nullopt;
  for (std::size_t i = 0; i < letters; ++i)
    if (times(power_of_a(i), sums.plain) == sums.weighted) return i;
  return std::nullopt;
}

Error wrong(const Sums& sums) {
  const auto at = wrong_letter(sums);
  if (!at) return fail(Fault::invalid, "ticket code: several letters are wrong; compare it with the paper, letter by letter");
  return fail(Fault::invalid, "ticket code: a letter is wrong, in group " + std::to_string(*at / group + 1) + " if it is only one");
}

Result<Letters> read_letters(std::string_view text) {
  Letters out{};
  std::size_t count = 0;
  for (const auto c : text) {
    if (c == '-' || c == ' ' || c == '\t' || c == '\r' || c == '\n') continue;
    const auto value = value_of(c);
    if (value == std::string_view::npos)
      return fail(Fault::invalid,
                  "ticket code: letter " + std::to_string(count + 1) + " is none that a code uses; switch a Vietnamese keyboard off");
    if (count < letters) out[count] = static_cast<std::uint8_t>(value);
    ++count;
  }
  if (count != letters) return fail(Fault::invalid, "ticket code: " + std::to_string(count) + " letters instead of 28");
  return out;
}

}  // namespace

std::string encode_typed(const Array<16>& secret) {
  Letters code{};
  std::uint32_t held = 0;
  unsigned bits = 0;
  std::size_t at = 0;
  for (const auto byte : secret) {
    held = (held << 8U) | byte;
    for (bits += 8; bits >= typed_bits; bits -= typed_bits) code.at(at++) = (held >> (bits - typed_bits)) & 31U;
  }
  code.at(at) = static_cast<std::uint8_t>((held << spare_bits) & 31U);
  add_checks(code);
  std::string out;
  for (std::size_t i = 0; i < letters; ++i) {
    if (i != 0 && i % group == 0) out += '-';
    out += typed_letters[code[i]];
  }
  return out;
}

Result<Array<16>> decode_typed(std::string_view text) {
  WARD_TRY(const auto code, read_letters(text));
  const auto sums = sums_of(code);
  const auto spare = code[data_letters - 1] & ((1U << spare_bits) - 1);
  if (sums.plain != 0 || sums.weighted != 0 || spare != 0) return wrong(sums);
  Array<16> out{};
  std::uint32_t held = 0;
  unsigned bits = 0;
  std::size_t at = 0;
  for (std::size_t i = 0; i < data_letters && at < out.size(); ++i) {
    held = (held << typed_bits) | code[i];
    bits += typed_bits;
    if (bits < 8) continue;
    bits -= 8;
    out.at(at++) = static_cast<std::uint8_t>(held >> bits);
  }
  return out;
}

}  // namespace ward::ticket
