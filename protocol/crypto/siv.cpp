#include "protocol/crypto/siv.hpp"

#include "protocol/base/codec.hpp"
#include "protocol/crypto/hash.hpp"

#include <sodium/crypto_stream_xchacha20.h>
#include <sodium/utils.h>

namespace ward::crypto {
namespace {

constexpr std::size_t tag_size = 32;

Hash tag_of(std::string_view label, const SivKeys& keys, BytesView header, BytesView plain) {
  Writer length;
  length.u64(header.size());
  return hash<Hash>(label, keys.mac(), {length.peek(), header, plain});
}

void stream(Bytes& bytes, const Hash& tag, const SivKeys& keys) {
  static_assert(crypto_stream_xchacha20_NONCEBYTES == 24);
  if (bytes.empty()) return;  // libsodium wants a pointer even to no bytes
  crypto_stream_xchacha20_xor(bytes.data(), bytes.data(), bytes.size(), tag.bytes.data(), keys.cipher().data());
}

}  // namespace

SivKeys::SivKeys(std::string_view label, BytesView key, std::initializer_list<BytesView> context) { blake2b(bytes_, label, key, context); }

SivKeys::~SivKeys() { sodium_memzero(bytes_.data(), bytes_.size()); }

Bytes siv_seal(std::string_view label, const SivKeys& keys, BytesView header, BytesView plain) {
  const auto tag = tag_of(label, keys, header, plain);
  Bytes out;
  out.reserve(plain.size() + tag_size);
  append(out, plain);
  stream(out, tag, keys);
  append(out, tag.view());
  return out;
}

Result<Bytes> siv_open(std::string_view label, const SivKeys& keys, BytesView header, BytesView sealed) {
  if (sealed.size() < tag_size) return fail(Fault::malformed, "open sealed bytes: too short");
  const auto tag = fixed_from<Hash>(sealed.last(tag_size));
  Bytes plain = copy(sealed.first(sealed.size() - tag_size));
  stream(plain, tag, keys);
  if (!equal(tag_of(label, keys, header, plain).view(), tag.view())) return fail(Fault::bad_signature, "open sealed bytes");
  return plain;
}

}  // namespace ward::crypto
