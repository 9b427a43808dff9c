#pragma once

#include "protocol/evidence/evidence.hpp"
#include "protocol/log/consistency.hpp"

#include <variant>

/// What shows to somebody who has only the root key of a city that its centre showed two histories, or took back what it had signed
/// (WIRE.md §15).
namespace ward::evidence {

struct Contradiction {
  /// A receipt, or a segment of another PC, which names the log that this PC had been shown.
  std::variant<SignedReceipt, segment::SignedStatement> earlier;
  SignedReceipt later;
  struct Answer {
    std::vector<log::HeadName> asked;
    std::vector<log::Join> joins;
    Signature signature;
  };
  std::optional<Answer> answer;  ///< when the centre was asked how `later` goes on from `earlier`
};

[[nodiscard]] Bytes encode_contradiction(const Contradiction& contradiction);
[[nodiscard]] Result<Contradiction> decode_contradiction(BytesView bytes);

enum class Contradicts : std::uint8_t {
  two_roots,  ///< two logs of one size
  went_back,  ///< a later log is shorter, or holds less of a device
  not_joined  ///< the centre's own proof does not lead from the one to the other, or it disowns the one
};
struct Contradicted {
  std::string organisation;
  Contradicts how = Contradicts::two_roots;
  log::HeadName earlier, later;
  WallTime later_at;
  std::optional<WallTime> earlier_at;  ///< of a receipt
  std::optional<DeviceId> said_by;     ///< no receipt, but the word of this PC: either it or the centre is wrong
};
/// Checks every signature, and whether the two cannot both be true. `invalid`: they can; else as `check` of evidence.
[[nodiscard]] Result<Contradicted> check(const Contradiction& contradiction, const std::vector<policy::Entry>& policy, const SignKey& root);

/// Whether the two receipts of one incarnation cannot both be honest, by themselves.
[[nodiscard]] std::optional<Contradicts> contradicts(const log::Receipt& earlier, const log::Receipt& later);

}  // namespace ward::evidence
