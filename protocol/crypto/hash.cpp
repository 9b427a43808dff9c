#include "protocol/crypto/hash.hpp"

#include "protocol/base/error.hpp"

#include <sodium/crypto_generichash_blake2b.h>
#include <sodium/crypto_hash_sha256.h>

#include <algorithm>

namespace ward::crypto {

void blake2b(std::span<std::uint8_t> out, std::string_view label, BytesView key, std::initializer_list<BytesView> parts) {
  static_assert(crypto_generichash_blake2b_PERSONALBYTES == 16);
  WARD_ASSERT(label.size() <= 16 && !out.empty() && out.size() <= 64);
  WARD_ASSERT(key.empty() || (key.size() >= 16 && key.size() <= 64));
  Array<16> personal{};
  std::copy(label.begin(), label.end(), personal.begin());
  constexpr Array<16> no_salt{};
  crypto_generichash_blake2b_state state;
  const int started = crypto_generichash_blake2b_init_salt_personal(&state, key.empty() ? nullptr : key.data(), key.size(), out.size(),
                                                                    no_salt.data(), personal.data());
  WARD_ASSERT(started == 0);
  for (const auto part : parts) crypto_generichash_blake2b_update(&state, part.data(), part.size());
  crypto_generichash_blake2b_final(&state, out.data(), out.size());
}

OrgId org_of(const SignKey& first_root) { return hash<OrgId>("wsync-org", {}, {first_root.view()}); }
DeviceId device_of(const SignKey& device_sign) { return hash<DeviceId>("wsync-device", {}, {device_sign.view()}); }

Hash sha256(std::initializer_list<BytesView> parts) {
  crypto_hash_sha256_state state;
  crypto_hash_sha256_init(&state);
  for (const auto part : parts) crypto_hash_sha256_update(&state, part.data(), part.size());
  Hash out;
  crypto_hash_sha256_final(&state, out.bytes.data());
  return out;
}

}  // namespace ward::crypto
