#pragma once

#include "protocol/base/bytes.hpp"
#include "protocol/base/ids.hpp"

#include <initializer_list>
#include <string_view>

namespace ward::crypto {

/// B(n, label, key, message) of records.md: BLAKE2b with `label`, zero-padded to 16 bytes, as personalisation (RFC 7693
/// with libsodium's salt_personal form). `label` ≤ 16 bytes, `out` 1 to 64 bytes (libsodium's documented floor of 16 is advice
/// about collisions; its code takes less, and a golden test pins that), `key` empty or 16 to 64 bytes. The parts are
/// hashed as one message.
void blake2b(std::span<std::uint8_t> out, std::string_view label, BytesView key, std::initializer_list<BytesView> parts);

template <class F>
[[nodiscard]] F hash(std::string_view label, BytesView key, std::initializer_list<BytesView> parts) {
  F out;
  blake2b(out.bytes, label, key, parts);
  return out;
}

[[nodiscard]] OrgId org_of(const SignKey& first_root);
[[nodiscard]] DeviceId device_of(const SignKey& device_sign);

/// SHA-256 over a tag byte and two parts, for the RFC 6962 log of the centre.
[[nodiscard]] Hash sha256(std::initializer_list<BytesView> parts);

}  // namespace ward::crypto
