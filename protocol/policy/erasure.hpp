#pragma once

#include "protocol/base/codec.hpp"
#include "protocol/base/error.hpp"
#include "protocol/base/ids.hpp"
#include "protocol/base/time.hpp"
#include "protocol/crypto/keys.hpp"

#include <optional>
#include <string>
#include <vector>

/// Orders to erase a dossier (Law 91/2025/QH15; WIRE.md §5.2).
namespace ward::policy {

/// Operations key: whatever holds this dossier destroys its records' bodies, its keys and what was made of them. For ever: a dossier is
/// erased once.
struct Erasure {
  struct Stay {
    UnitCode unit;
    Hlc from;
    friend bool operator==(const Stay&, const Stay&) = default;
  };
  Did did;
  UnitCode unit;     ///< of the official who ordered it
  std::string user;  ///< 1 to 64 bytes
  std::string reason;
  Hash past;  ///< the digest of the changes that it was about (`record::past_digest`)

  // What stays to be shown, at every site the same.
  std::vector<std::string> codes;  ///< at most `erased_codes_max`
  std::string status;
  UnitCode custodian;       ///< may be empty
  std::vector<Stay> stays;  ///< where it lay, the oldest first; at most `erased_stays_max`

  std::optional<Signature> signature;  ///< the official's own, exactly where his account has a key
  friend bool operator==(const Erasure&, const Erasure&) = default;
};
inline constexpr std::size_t erased_codes_max = 64;
inline constexpr std::size_t erased_stays_max = 64;

void encode(Writer& to, const Erasure& erasure);
[[nodiscard]] Erasure read_erasure(Reader& from);

/// The official's signature over the order as entry `epoch` of the policy log; what `erasure.signature` holds does not count.
[[nodiscard]] Signature sign_erasure(const Erasure& erasure, Epoch epoch, const OrgId& org, const crypto::SignSeed& key);
[[nodiscard]] Result<void> verify_erasure(const Erasure& erasure, Epoch epoch, const OrgId& org, const SignKey& key);

/// One line that a person may be shown. Every site must judge an entry alike for ever, so no table of Unicode normal forms is asked.
[[nodiscard]] std::string read_line(Reader& from, std::size_t size_max);
[[nodiscard]] UnitCode read_unit_code(Reader& from, bool may_be_empty);

}  // namespace ward::policy
