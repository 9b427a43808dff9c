#include "protocol/noise/symmetric.hpp"

#include "protocol/crypto/hash.hpp"

#include <sodium/crypto_aead_chacha20poly1305.h>
#include <sodium/crypto_auth_hmacsha256.h>
#include <sodium/utils.h>

#include <algorithm>
#include <initializer_list>
#include <limits>

namespace ward::noise {
namespace {

static_assert(crypto_aead_chacha20poly1305_ietf_ABYTES == tag_size);

/// The specification keeps the last nonce for rekeying.
constexpr std::uint64_t nonce_of_rekey = std::numeric_limits<std::uint64_t>::max();

Array<12> nonce_bytes(std::uint64_t nonce) {
  Array<12> out{};
  for (std::size_t i = 0; i < 8; ++i) out[4 + i] = static_cast<std::uint8_t>(nonce >> (8 * i));
  return out;
}

Bytes aead_encrypt(const Key& key, std::uint64_t nonce, BytesView ad, BytesView plain) {
  Bytes out(plain.size() + tag_size);
  crypto_aead_chacha20poly1305_ietf_encrypt(out.data(), nullptr, plain.data(), plain.size(), ad.data(), ad.size(), nullptr,
                                            nonce_bytes(nonce).data(), key.view().data());
  return out;
}

Key hmac(const Key& key, std::initializer_list<BytesView> parts) {
  crypto_auth_hmacsha256_state state;
  crypto_auth_hmacsha256_init(&state, key.view().data(), key.view().size());
  for (const auto part : parts) crypto_auth_hmacsha256_update(&state, part.data(), part.size());
  Key out;
  crypto_auth_hmacsha256_final(&state, out.mutable_view().data());
  return out;
}

/// HKDF of §4.3, three outputs; who needs two leaves the last.
struct Derived {
  Key first, second, third;

  Derived(const Key& chaining_key, BytesView input) {
    const auto temporary = hmac(chaining_key, {input});
    first = hmac(temporary, {Array<1>{1}});
    second = hmac(temporary, {first.view(), Array<1>{2}});
    third = hmac(temporary, {second.view(), Array<1>{3}});
  }
};

}  // namespace

Bytes Cipher::encrypt(BytesView ad, BytesView plain) {
  WARD_ASSERT(nonce_ != nonce_of_rekey);
  return aead_encrypt(key_, nonce_++, ad, plain);
}

Result<Bytes> Cipher::decrypt(BytesView ad, BytesView sealed) {
  WARD_ASSERT(nonce_ != nonce_of_rekey);
  if (sealed.size() < tag_size) return fail(Fault::bad_signature, "noise: message is too short");
  Bytes out(sealed.size() - tag_size);
  if (crypto_aead_chacha20poly1305_ietf_decrypt(out.data(), nullptr, nullptr, sealed.data(), sealed.size(), ad.data(), ad.size(),
                                                nonce_bytes(nonce_).data(), key_.view().data()) != 0)
    return fail(Fault::bad_signature, "noise: message does not verify");
  ++nonce_;
  return out;
}

void Cipher::rekey() {
  constexpr Array<32> zeros{};
  auto sealed = aead_encrypt(key_, nonce_of_rekey, {}, zeros);
  key_ = Key(BytesView(sealed).first(32));
  sodium_memzero(sealed.data(), sealed.size());
}

Symmetric::Symmetric(std::string_view protocol_name, BytesView prologue) {
  if (protocol_name.size() <= Hash::size)
    std::copy(protocol_name.begin(), protocol_name.end(), hash_.bytes.begin());
  else
    hash_ = crypto::sha256({view(protocol_name)});
  chaining_key_ = Key(hash_.bytes);
  mix_hash(prologue);
}

void Symmetric::mix_hash(BytesView data) { hash_ = crypto::sha256({hash_.view(), data}); }

void Symmetric::mix_key(BytesView input) {
  Derived derived(chaining_key_, input);
  chaining_key_ = std::move(derived.first);
  cipher_ = Cipher(std::move(derived.second));
}

void Symmetric::mix_key_and_hash(BytesView input) {
  Derived derived(chaining_key_, input);
  chaining_key_ = std::move(derived.first);
  mix_hash(derived.second.view());
  cipher_ = Cipher(std::move(derived.third));
}

Bytes Symmetric::encrypt_and_hash(BytesView plain) {
  auto out = cipher_.encrypt(hash_.view(), plain);
  mix_hash(out);
  return out;
}

Result<Bytes> Symmetric::decrypt_and_hash(BytesView sealed) {
  WARD_TRY(auto out, cipher_.decrypt(hash_.view(), sealed));
  mix_hash(sealed);
  return out;
}

std::pair<Key, Key> Symmetric::split() const {
  Derived derived(chaining_key_, {});
  return {std::move(derived.first), std::move(derived.second)};
}

}  // namespace ward::noise
