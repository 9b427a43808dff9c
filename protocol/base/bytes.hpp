#pragma once

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ward {

using Bytes = std::vector<std::uint8_t>;
using BytesView = std::span<const std::uint8_t>;

template <std::size_t N>
using Array = std::array<std::uint8_t, N>;

inline BytesView view(std::string_view text) noexcept { return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}; }
inline std::string_view text_of(BytesView bytes) noexcept { return {reinterpret_cast<const char*>(bytes.data()), bytes.size()}; }
inline Bytes copy(BytesView bytes) { return {bytes.begin(), bytes.end()}; }
inline void append(Bytes& to, BytesView bytes) { to.insert(to.end(), bytes.begin(), bytes.end()); }

/// Lower-case hexadecimal.
[[nodiscard]] std::string hex(BytesView bytes);
/// Empty when `text` is not an even number of hexadecimal digits.
[[nodiscard]] Bytes unhex(std::string_view text);

/// A fixed-size value that never converts to another of the same size: a key is not an id. `Tag` makes the type.
template <class Tag, std::size_t N>
struct Fixed {
  Array<N> bytes{};

  static constexpr std::size_t size = N;
  [[nodiscard]] BytesView view() const noexcept { return bytes; }
  [[nodiscard]] bool is_zero() const noexcept {
    for (const auto byte : bytes)
      if (byte != 0) return false;
    return true;
  }
  friend auto operator<=>(const Fixed&, const Fixed&) = default;
};

/// For unordered containers whose keys are already uniformly distributed (hashes, random ids).
struct FixedHash {
  template <class Tag, std::size_t N>
  std::size_t operator()(const Fixed<Tag, N>& value) const noexcept {
    static_assert(N >= sizeof(std::size_t));
    std::size_t out = 0;
    for (std::size_t i = 0; i < sizeof out; ++i) out = (out << 8U) | value.bytes[i];
    return out;
  }
};

/// The N bytes of `from` as a `F`; the caller has checked the length.
template <class F>
[[nodiscard]] F fixed_from(BytesView from) noexcept {
  F out;
  for (std::size_t i = 0; i < F::size && i < from.size(); ++i) out.bytes[i] = from[i];
  return out;
}

}  // namespace ward
