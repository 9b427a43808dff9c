#pragma once

#include "protocol/log/receipt.hpp"
#include "protocol/log/tree.hpp"
#include "protocol/policy/policy.hpp"
#include "protocol/record/record.hpp"
#include "protocol/segment/statement.hpp"

#include <optional>
#include <vector>

/// What shows that a centre confirmed records, to somebody who has only the root key of its city, years later (WIRE.md §12).
namespace ward::evidence {

struct SignedReceipt {
  log::Receipt receipt;
  Signature signature;
};

/// A leaf of a segment: a record, or another's id, of which no more is told.
struct Leaf {
  std::uint8_t at = 0;
  std::optional<record::Header> header;
  Bytes body;      ///< sealed; empty: it is not there any more, and `body_hash` stands for it
  Hash body_hash;  ///< where there is no body
  Rid rid;         ///< where there is no header
};

/// A receipt covers a segment by its place in the log (`path`, RFC 6962), or because a head of the receipt is its statement or one that
/// follows from it.
struct Cover {
  std::uint32_t receipt = 0;
  std::vector<Hash> path;  ///< empty, and `by_head`: through the heads
  bool by_head = false;
};

struct Segment {
  segment::SignedStatement statement;
  std::vector<Leaf> leaves;   ///< ascending by `at`
  std::vector<Hash> missing;  ///< of the leaves that are not here, as in a subset proof
  std::optional<Stamp> stamp;
  std::optional<Cover> cover;  ///< none: no receipt for it is here
};

struct Evidence {
  std::vector<policy::Entry> policy;
  std::vector<SignedReceipt> receipts;
  std::vector<Segment> segments;
  std::vector<segment::SignedStatement> between;  ///< statements that lead from a segment to a head
};

/// What is shown of one record.
struct Shown {
  Rid rid;
  record::Header header;
  UnitCode unit;      ///< of its device
  std::string label;  ///< the same
  bool after_revocation = false;
  bool set_aside = false;                ///< a person let another record stand under its number: it counts nowhere
  std::optional<WallTime> confirmed_at;  ///< the stamp's time, or that of the receipt; none: no receipt covers it here
};
struct Verdict {
  std::string organisation;
  std::vector<Shown> records;  ///< in the order of the segments
  std::uint64_t confirmed = 0;
};

/// A city's policy log from its entries, each verified. `wrong_organisation`: it is not that of `root`.
[[nodiscard]] Result<policy::PolicyLog> policy_of(const std::vector<policy::Entry>& entries, const SignKey& root);

/// Checks everything. Fails at the first thing that does not verify, and names it: `wrong_organisation` when the policy log is not that of
/// `root`; `not_member` when a device is not in it; `bad_signature`, `malformed`. Work: linear in what is there.
[[nodiscard]] Result<Verdict> check(const Evidence& evidence, const SignKey& root);

}  // namespace ward::evidence
