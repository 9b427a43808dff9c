#pragma once

#include "protocol/crypto/passphrase.hpp"

/// Passphrases as people type them.
namespace ward::keys {

/// One keyboard sends an accented letter whole, another in two parts: the key is the same.
[[nodiscard]] Result<Array<32>> key_under(std::string_view passphrase, const Array<16>& salt, const crypto::PassphraseCost& cost);
/// A file that asks for less than an honest one would, or for more memory or time, is not opened.
[[nodiscard]] bool is_honest(const crypto::PassphraseCost& cost);

}  // namespace ward::keys
