#pragma once

#include "protocol/crypto/keys.hpp"

/// Keys from what people can remember. Slow and large on purpose.
namespace ward::crypto {

/// What Argon2id (version 1.3, one lane) may cost: `memory_kib` at least 8.
struct PassphraseCost {
  std::uint32_t memory_kib = 65'536;  ///< fits a PC with 1 GB
  std::uint8_t passes = 3;
  friend bool operator==(const PassphraseCost&, const PassphraseCost&) = default;
};
/// `storage_failed` when there is not that much memory.
[[nodiscard]] Result<Array<32>> key_of_passphrase(std::string_view passphrase, const Array<16>& salt, const PassphraseCost& cost);

}  // namespace ward::crypto
