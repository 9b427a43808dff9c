#pragma once

#include "protocol/base/bytes.hpp"
#include "protocol/crypto/keys.hpp"

#include <catch2/catch.hpp>

/// Keys and ids that tests make: the same on every run, and easy to tell apart.
namespace ward::test {

template <std::size_t N>
Array<N> filled(std::uint8_t byte) {
  Array<N> out{};
  out.fill(byte);
  return out;
}
template <class F>
F made(std::uint8_t byte) {
  return F{filled<F::size>(byte)};
}
template <class S>
S made_secret(std::uint8_t byte) {
  return S(filled<32>(byte));
}

/// Why `result` failed. A result that did not fail has a default error, so `result.error().fault` would compare equal to the first fault.
template <class T>
Fault fault_of(const Result<T>& result) {
  REQUIRE(result.has_error());
  return result.error().fault;
}

/// Calls `check` with each copy of `bytes` that has one bit flipped.
template <class Check>
void for_each_flipped_bit(const Bytes& bytes, Check&& check) {
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    Bytes flipped = bytes;
    flipped[bit / 8] = static_cast<std::uint8_t>(flipped[bit / 8] ^ (1U << (bit % 8)));
    check(flipped);
  }
}

}  // namespace ward::test
