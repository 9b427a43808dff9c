#pragma once

#include "protocol/crypto/passphrase.hpp"

#include <optional>
#include <string_view>

/// A PC's keys as they lie on its disk when something keeps them besides the file's mode (WIRE.md §18). What is inside is storage's.
namespace ward::keys {

/// What keeps them. The numbers are those of the file.
enum class Protection : std::uint8_t {
  none = 0,        ///< the file's mode alone
  passphrase = 1,  ///< of a person, who is there at each start
  system = 2,      ///< a secret that the operating system keeps for this PC
};
[[nodiscard]] const char* name_of(Protection protection) noexcept;

struct DeviceFile {
  Protection by = Protection::passphrase;
  Array<16> salt{};
  crypto::PassphraseCost cost{0, 0};  ///< of a passphrase
  Bytes wrapped;                      ///< what the system needs to give its secret again; may be empty
  Bytes sealed;
  friend bool operator==(const DeviceFile&, const DeviceFile&) = default;
};

/// `salt`: fresh random bytes.
[[nodiscard]] Result<DeviceFile> lock_by_passphrase(BytesView plain, std::string_view passphrase, const Array<16>& salt,
                                                    const crypto::PassphraseCost& cost = {});
[[nodiscard]] DeviceFile lock_by_system(BytesView plain, BytesView secret, Bytes wrapped, const Array<16>& salt);
/// `bad_signature`: another secret, or a file that was changed.
[[nodiscard]] Result<Bytes> unlock_by_passphrase(const DeviceFile& file, std::string_view passphrase);
[[nodiscard]] Result<Bytes> unlock_by_system(const DeviceFile& file, BytesView secret);

[[nodiscard]] Bytes encode_device_file(const DeviceFile& file);
/// Nothing: the file is not sealed. `malformed`: it is, and is damaged, or asks for more memory or time than an honest one.
[[nodiscard]] Result<std::optional<DeviceFile>> decode_device_file(BytesView bytes);

}  // namespace ward::keys
