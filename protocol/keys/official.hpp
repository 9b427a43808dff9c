#pragma once

#include "protocol/crypto/passphrase.hpp"

#include <string>

/// An official's own key, as it lies on a stick: the seed under a passphrase (WIRE.md §13).
namespace ward::keys {

struct OfficialKey {
  std::string user;  ///< for people; what counts is the policy log
  SignKey key;
  Array<16> salt{};
  crypto::PassphraseCost cost;
  Bytes sealed;  ///< 64 bytes
  friend bool operator==(const OfficialKey&, const OfficialKey&) = default;
};

/// `salt`: fresh random bytes.
[[nodiscard]] Result<OfficialKey> lock_official_key(std::string user, const crypto::SignSeed& seed, std::string_view passphrase,
                                                    const Array<16>& salt, const crypto::PassphraseCost& cost = {});
/// `wrong_key`: another passphrase, or a file that was changed.
[[nodiscard]] Result<crypto::SignSeed> unlock_official_key(const OfficialKey& key, std::string_view passphrase);

/// One line of text.
[[nodiscard]] std::string encode_official_key(const OfficialKey& key);
/// `invalid`: no such file, or one that asks for more memory or time than an honest one.
[[nodiscard]] Result<OfficialKey> decode_official_key(std::string_view file);
/// The public half, for the centre's administrator: one line.
[[nodiscard]] std::string encode_official_public(const OfficialKey& key);
[[nodiscard]] Result<SignKey> decode_official_public(std::string_view file);

}  // namespace ward::keys
