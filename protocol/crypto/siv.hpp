#pragma once

#include "protocol/crypto/keys.hpp"

/// The one sealing construction of the project (records.md §2): a synthetic IV from keyed BLAKE2b, then XChaCha20. Deterministic, and the
/// tag commits to the key.
namespace ward::crypto {

/// Km ‖ Ke. Wiped on destruction.
class SivKeys {
 public:
  /// B(64, label, key, context).
  [[nodiscard]] static SivKeys derive(std::string_view label, BytesView key, std::initializer_list<BytesView> context) {
    return SivKeys(label, key, context);
  }
  SivKeys(const SivKeys&) = delete;
  SivKeys& operator=(const SivKeys&) = delete;
  SivKeys(SivKeys&&) = delete;
  SivKeys& operator=(SivKeys&&) = delete;
  ~SivKeys();

  [[nodiscard]] BytesView mac() const noexcept { return BytesView(bytes_).first(32); }
  [[nodiscard]] BytesView cipher() const noexcept { return BytesView(bytes_).subspan(32); }

 private:
  SivKeys(std::string_view label, BytesView key, std::initializer_list<BytesView> context);
  Array<64> bytes_{};
};

/// C ‖ T, T = B(32, label, Km, le64 |H| ‖ H ‖ P).
[[nodiscard]] Bytes siv_seal(std::string_view label, const SivKeys& keys, BytesView header, BytesView plain);
/// P, or `bad_signature`; nothing of P is given out before the tag was checked.
[[nodiscard]] Result<Bytes> siv_open(std::string_view label, const SivKeys& keys, BytesView header, BytesView sealed);

}  // namespace ward::crypto
