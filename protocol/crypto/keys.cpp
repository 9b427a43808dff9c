#include "protocol/crypto/keys.hpp"

#include "protocol/crypto/hash.hpp"

#include <sodium/crypto_scalarmult_curve25519.h>
#include <sodium/crypto_sign_ed25519.h>
#include <sodium/utils.h>

namespace ward::crypto {
namespace {

/// libsodium signs one contiguous buffer; the incremental form is Ed25519ph, another algorithm.
Bytes joined(std::string_view prefix, BytesView message) {
  Bytes out;
  out.reserve(prefix.size() + message.size());
  append(out, ward::view(prefix));
  append(out, message);
  return out;
}

struct KeyPair {
  SignKey open;
  Array<64> secret{};
  KeyPair() = default;
  KeyPair(const KeyPair&) = delete;
  KeyPair& operator=(const KeyPair&) = delete;
  ~KeyPair() { sodium_memzero(secret.data(), secret.size()); }
};

void expand(const SignSeed& seed, KeyPair& out) {
  crypto_sign_ed25519_seed_keypair(out.open.bytes.data(), out.secret.data(), seed.view().data());
}

}  // namespace

SignKey public_of(const SignSeed& seed) {
  KeyPair pair;
  expand(seed, pair);
  return pair.open;
}

DhKey public_of(const DhSecret& secret) {
  DhKey out;
  crypto_scalarmult_curve25519_base(out.bytes.data(), secret.view().data());
  return out;
}

Signature sign(const SignSeed& seed, std::string_view prefix, BytesView message) {
  KeyPair pair;
  expand(seed, pair);
  const auto signed_bytes = joined(prefix, message);
  Signature out;
  crypto_sign_ed25519_detached(out.bytes.data(), nullptr, signed_bytes.data(), signed_bytes.size(), pair.secret.data());
  return out;
}

Result<void> verify(const SignKey& key, std::string_view prefix, BytesView message, const Signature& signature) {
  const auto signed_bytes = joined(prefix, message);
  if (crypto_sign_ed25519_verify_detached(signature.bytes.data(), signed_bytes.data(), signed_bytes.size(), key.bytes.data()) != 0)
    return fail(Fault::bad_signature, "verify " + std::string(prefix.substr(0, prefix.find('\0'))));
  return {};
}

Result<Array<32>> dh(const DhSecret& secret, const DhKey& peer) {
  // Computed where it is returned: no second copy of the secret stays on the stack.
  Result<Array<32>> out{Array<32>{}};
  if (crypto_scalarmult_curve25519(out->data(), secret.view().data(), peer.bytes.data()) != 0)
    return fail(Fault::bad_signature, "x25519: small-order point");
  return out;
}

KeyId key_id_of(const DossierKey& key) { return hash<KeyId>("wsync-kid", key.view(), {}); }

bool equal(BytesView a, BytesView b) noexcept { return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0; }

}  // namespace ward::crypto
