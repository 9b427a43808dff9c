#include "protocol/crypto/passphrase.hpp"

#include <sodium.h>

namespace ward::crypto {

Result<Array<32>> key_of_passphrase(std::string_view passphrase, const Array<16>& salt, const PassphraseCost& cost) {
  static_assert(crypto_pwhash_argon2id_SALTBYTES == 16);
  constexpr std::size_t bytes_per_kib = 1024;
  Array<32> out{};
  const auto done = crypto_pwhash_argon2id(out.data(), out.size(), passphrase.data(), passphrase.size(), salt.data(), cost.passes,
                                           cost.memory_kib * bytes_per_kib, crypto_pwhash_argon2id_ALG_ARGON2ID13);
  if (done != 0) return fail(Fault::storage_failed, "not enough memory for the passphrase's key");
  return out;
}

}  // namespace ward::crypto
