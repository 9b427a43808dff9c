#pragma once

#include "protocol/crypto/passphrase.hpp"

#include <optional>
#include <string_view>

/// The keys of a PC, or of the centre, as they lie on its disk when something keeps them besides the file's mode (WIRE.md §18). What is
/// inside is storage's.
namespace ward::keys {

/// What keeps them. The numbers are those of the file.
enum class Protection : std::uint8_t {
  none = 0,        ///< the file's mode alone
  passphrase = 1,  ///< of a person, who is there at each start
  system = 2,      ///< a secret that the operating system keeps for this PC
};
[[nodiscard]] const char* name_of(Protection protection) noexcept;

/// The file's first bytes say it, and are under the seal.
enum class KeyOwner { device, centre };

struct SealedKeys {
  Protection by = Protection::passphrase;
  Array<16> salt{};
  crypto::PassphraseCost cost{0, 0};  ///< of a passphrase
  Bytes wrapped;                      ///< what the system needs to give its secret again; may be empty
  Bytes sealed;
  KeyOwner owner = KeyOwner::device;
  friend bool operator==(const SealedKeys&, const SealedKeys&) = default;
};

/// `salt`: fresh random bytes.
[[nodiscard]] Result<SealedKeys> lock_by_passphrase(KeyOwner owner, BytesView plain, std::string_view passphrase, const Array<16>& salt,
                                                    const crypto::PassphraseCost& cost = {});
[[nodiscard]] SealedKeys lock_by_system(KeyOwner owner, BytesView plain, BytesView secret, Bytes wrapped, const Array<16>& salt);
/// `bad_signature`: another secret, or a file that was changed.
[[nodiscard]] Result<Bytes> unlock_by_passphrase(const SealedKeys& file, std::string_view passphrase);
[[nodiscard]] Result<Bytes> unlock_by_system(const SealedKeys& file, BytesView secret);

[[nodiscard]] Bytes encode_sealed_keys(const SealedKeys& file);
/// Nothing: the file is not sealed, or is another owner's. `malformed`: it is, and is damaged, or asks for more memory or time than an
/// honest one.
[[nodiscard]] Result<std::optional<SealedKeys>> decode_sealed_keys(KeyOwner owner, BytesView bytes);

}  // namespace ward::keys
