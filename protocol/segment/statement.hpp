#pragma once

#include "protocol/base/codec.hpp"
#include "protocol/base/ids.hpp"
#include "protocol/crypto/keys.hpp"

#include <vector>

/// Segments: up to 256 consecutive records of one incarnation under one signature (records.md §3).
namespace ward::segment {

/// The last receipt of the centre that the signer had seen: the gossip that betrays a centre with two faces. All zero before the first.
struct ReceiptSeen {
  Incarnation centre;
  std::uint64_t size = 0;
  Hash root;
  friend bool operator==(const ReceiptSeen&, const ReceiptSeen&) = default;
};

struct Statement {
  std::uint8_t suite = 1;
  DeviceId device;
  Incarnation incarnation;
  Seq first = 0;
  std::uint16_t count = 0;  ///< 1 to 256
  Hash previous;            ///< hash of the previous statement of this incarnation; zero for its first
  Hash root;                ///< over the rids in leaf order
  Epoch policy_epoch = 0;
  ReceiptSeen receipt_seen;
  friend bool operator==(const Statement&, const Statement&) = default;
};

struct SignedStatement {
  Statement statement;
  Signature signature;
  friend bool operator==(const SignedStatement&, const SignedStatement&) = default;
};

/// Root of the RFC 6962 shape over rids; leaf B(32, "wsync-seg-leaf", –, rid), node B(32, "wsync-seg-node", –, left ‖ right). 1 to 256
/// rids.
[[nodiscard]] Hash root_of(const std::vector<Rid>& rids);

[[nodiscard]] Bytes encode_statement(const Statement& statement);
[[nodiscard]] Statement read_statement(Reader& from);  ///< rejects a count outside 1…256

/// B(32, "wsync-statement", –, org ‖ encoded statement): what stamps and receipts name. Without the signature.
[[nodiscard]] Hash hash_of(const Statement& statement, const OrgId& org);

[[nodiscard]] SignedStatement sign(const Statement& statement, const OrgId& org, const crypto::SignSeed& key);
[[nodiscard]] Result<void> verify(const SignedStatement& signed_statement, const OrgId& org, const SignKey& key);

/// What a unit needs to check its records of a segment: where they stand, and the hashes of the subtrees that it does not get.
struct Subset {
  std::vector<std::uint8_t> positions;  ///< strictly ascending leaf positions
  std::vector<Hash> missing;            ///< in the order of a left-to-right walk
  friend bool operator==(const Subset&, const Subset&) = default;
};

/// `positions` strictly ascending and below `rids.size()`.
[[nodiscard]] Subset subset_of(const std::vector<Rid>& rids, std::vector<std::uint8_t> positions);

/// The root that `rids` (at `subset.positions`) and the missing hashes give for a segment of `count` leaves; `malformed` unless exactly
/// the hashes that are needed are there.
[[nodiscard]] Result<Hash> root_of_subset(const std::vector<Rid>& rids, const Subset& subset, std::size_t count);

}  // namespace ward::segment
