#pragma once

#include "protocol/log/receipt.hpp"

#include <vector>

/// Whether the log that a centre shows now begins with those that it, or somebody else in its name, showed before (WIRE.md §7).
namespace ward::log {

/// A log that somebody was shown; the question of what it held stays with who asks.
struct HeadName {
  Incarnation centre;
  std::uint64_t size = 0;  ///< at least 1
  friend bool operator==(const HeadName&, const HeadName&) = default;
};
inline constexpr std::size_t asked_heads_max = 16;  ///< in one question
inline constexpr std::size_t path_hashes_max = 128;

/// The answer about one of them. `held` false: the log of now does not begin with it; no sin where the centre was restored from a copy.
struct Join {
  bool held = false;
  std::vector<Hash> path;  ///< RFC 6962 §2.1.2
  friend bool operator==(const Join&, const Join&) = default;
};

void put_heads_asked(Writer& to, const std::vector<HeadName>& asked);
[[nodiscard]] std::vector<HeadName> read_heads_asked(Reader& from);
void put_joins(Writer& to, const std::vector<Join>& joins);
[[nodiscard]] std::vector<Join> read_joins(Reader& from);

/// Signed, so that an answer that is wrong shows to everyone that it is.
[[nodiscard]] Signature sign_joins(const Receipt& now, const std::vector<HeadName>& asked, const std::vector<Join>& joins,
                                   const crypto::SignSeed& receipt_key);
[[nodiscard]] Result<void> verify_joins(const Receipt& now, const std::vector<HeadName>& asked, const std::vector<Join>& joins,
                                        const Signature& signature, const SignKey& receipt_key);

}  // namespace ward::log
