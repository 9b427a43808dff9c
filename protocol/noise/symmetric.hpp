#pragma once

#include "protocol/base/bytes.hpp"
#include "protocol/base/error.hpp"
#include "protocol/base/ids.hpp"
#include "protocol/crypto/keys.hpp"

#include <cstdint>
#include <string_view>
#include <utility>

/// The two state objects of the specification that a handshake and a transport are made of. Names of methods are those of its §5.
namespace ward::noise {

inline constexpr std::size_t tag_size = 16;

using Key = crypto::Secret<struct NoiseKeyTag>;

/// CipherState (§5.1) that always has a key: in IK nothing is encrypted before the first MixKey.
class Cipher {
 public:
  Cipher() = default;
  explicit Cipher(Key key) : key_(std::move(key)) {}

  [[nodiscard]] Bytes encrypt(BytesView ad, BytesView plain);
  /// `bad_signature` when the tag does not verify; the nonce then stays.
  [[nodiscard]] Result<Bytes> decrypt(BytesView ad, BytesView sealed);
  void rekey();
  [[nodiscard]] std::uint64_t nonce() const noexcept { return nonce_; }

 private:
  Key key_;
  std::uint64_t nonce_ = 0;
};

/// SymmetricState (§5.2).
class Symmetric {
 public:
  Symmetric(std::string_view protocol_name, BytesView prologue);

  void mix_hash(BytesView data);
  void mix_key(BytesView input);
  void mix_key_and_hash(BytesView input);
  [[nodiscard]] Bytes encrypt_and_hash(BytesView plain);
  [[nodiscard]] Result<Bytes> decrypt_and_hash(BytesView sealed);
  [[nodiscard]] const Hash& hash() const noexcept { return hash_; }
  /// The initiator's sending key, then the responder's.
  [[nodiscard]] std::pair<Key, Key> split() const;

 private:
  Key chaining_key_;
  Hash hash_;
  Cipher cipher_;
};

}  // namespace ward::noise
