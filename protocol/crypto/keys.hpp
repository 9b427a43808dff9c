#pragma once

#include "protocol/base/bytes.hpp"
#include "protocol/base/error.hpp"
#include "protocol/base/ids.hpp"

#include <initializer_list>

namespace ward::crypto {

/// 32 secret bytes, wiped on destruction and on being moved from. Copying is explicit (`clone`), so that each copy is a decision.
template <class Tag>
class Secret {
 public:
  Secret() = default;
  explicit Secret(const Array<32>& bytes) : bytes_(bytes) {}
  explicit Secret(BytesView bytes) {
    for (std::size_t i = 0; i < 32 && i < bytes.size(); ++i) bytes_[i] = bytes[i];
  }
  Secret(Secret&& other) noexcept : bytes_(other.bytes_) { other.wipe(); }
  Secret& operator=(Secret&& other) noexcept {
    if (this != &other) {
      bytes_ = other.bytes_;
      other.wipe();
    }
    return *this;
  }
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  ~Secret() { wipe(); }

  [[nodiscard]] Secret clone() const { return Secret(bytes_); }
  [[nodiscard]] BytesView view() const noexcept { return bytes_; }
  [[nodiscard]] std::span<std::uint8_t> mutable_view() noexcept { return bytes_; }

 private:
  void wipe() noexcept {
    volatile std::uint8_t* p = bytes_.data();
    for (std::size_t i = 0; i < 32; ++i) p[i] = 0;
  }
  Array<32> bytes_{};
};

using SignSeed = Secret<struct SignSeedTag>;      ///< Ed25519 seed (RFC 8032)
using DhSecret = Secret<struct DhSecretTag>;      ///< X25519 scalar (RFC 7748)
using DossierKey = Secret<struct DossierKeyTag>;  ///< DK of records.md §2
using UnitSeed = Secret<struct UnitSeedTag>;      ///< S of records.md §7
using WrapKey = Secret<struct WrapKeyTag>;
using LocalKey = Secret<struct LocalKeyTag>;  ///< seals the merged state on one machine's disk (records.md §8)

[[nodiscard]] SignKey public_of(const SignSeed& seed);
[[nodiscard]] DhKey public_of(const DhSecret& secret);

/// Ed25519 over `prefix ‖ message`. `prefix` ends in a zero byte and differs per kind of statement.
[[nodiscard]] Signature sign(const SignSeed& seed, std::string_view prefix, BytesView message);
/// `bad_signature` unless libsodium accepts it.
[[nodiscard]] Result<void> verify(const SignKey& key, std::string_view prefix, BytesView message, const Signature& signature);

/// X25519. `bad_signature` when the result is all zeros (a small-order point).
[[nodiscard]] Result<Array<32>> dh(const DhSecret& secret, const DhKey& peer);

/// Key id of a dossier key: B(8, "wsync-kid", DK, "").
[[nodiscard]] KeyId key_id_of(const DossierKey& key);

/// Constant-time comparison.
[[nodiscard]] bool equal(BytesView a, BytesView b) noexcept;

}  // namespace ward::crypto
