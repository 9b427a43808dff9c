#include "protocol/segment/statement.hpp"

#include "protocol/base/limits.hpp"
#include "protocol/crypto/hash.hpp"

#include <algorithm>
#include <bit>

namespace ward::segment {
namespace {

constexpr std::string_view prefix{"wsync-segment-v1\0", 17};

Hash leaf_of(const Rid& rid) { return crypto::hash<Hash>("wsync-seg-leaf", {}, {rid.view()}); }
Hash node_of(const Hash& left, const Hash& right) { return crypto::hash<Hash>("wsync-seg-node", {}, {left.view(), right.view()}); }

/// RFC 6962 §2.1: the left subtree holds the largest power of two below the number of leaves.
std::size_t left_size(std::size_t leaves) { return std::bit_floor(leaves - 1); }

Hash root_of(std::span<const Rid> rids) {
  if (rids.size() == 1) return leaf_of(rids[0]);
  const auto split = left_size(rids.size());
  return node_of(root_of(rids.first(split)), root_of(rids.subspan(split)));
}

void collect_missing(std::span<const Rid> rids, std::size_t first, const std::vector<std::uint8_t>& positions, std::vector<Hash>& missing) {
  const auto at = std::lower_bound(positions.begin(), positions.end(), first);
  if (at == positions.end() || *at >= first + rids.size()) return missing.push_back(root_of(rids));
  if (rids.size() == 1) return;
  const auto split = left_size(rids.size());
  collect_missing(rids.first(split), first, positions, missing);
  collect_missing(rids.subspan(split), first + split, positions, missing);
}

/// Consumes rids and hashes in the order in which `collect_missing` leaves them.
struct SubsetWalk {
  const std::vector<Rid>& rids;
  const Subset& subset;
  std::size_t rid_at = 0;
  std::size_t hash_at = 0;
  bool failed = false;

  Hash root(std::size_t first, std::size_t leaves) {
    const bool holds_one = rid_at < rids.size() && subset.positions[rid_at] < first + leaves;
    if (!holds_one) {
      if (hash_at >= subset.missing.size()) failed = true;
      return failed ? Hash{} : subset.missing[hash_at++];
    }
    if (leaves == 1) return leaf_of(rids[rid_at++]);
    const auto split = left_size(leaves);
    const auto left = root(first, split);
    return node_of(left, root(first + split, leaves - split));
  }
};

Bytes signed_bytes(const Statement& statement, const OrgId& org) {
  Bytes out = copy(org.view());
  append(out, encode_statement(statement));
  return out;
}

}  // namespace

Hash root_of(const std::vector<Rid>& rids) {
  WARD_ASSERT(!rids.empty() && rids.size() <= limits::segment_records_max);
  return root_of(std::span<const Rid>(rids));
}

Bytes encode_statement(const Statement& statement) {
  Writer out;
  out.u8(statement.suite);
  out.raw(statement.device);
  out.raw(statement.incarnation);
  out.u64(statement.first);
  out.u16(statement.count);
  out.raw(statement.previous);
  out.raw(statement.root);
  out.u32(statement.policy_epoch);
  out.raw(statement.receipt_seen.centre);
  out.u64(statement.receipt_seen.size);
  out.raw(statement.receipt_seen.root);
  return std::move(out).take();
}

Statement read_statement(Reader& from) {
  Statement out;
  out.suite = from.u8();
  out.device = from.fixed_value<DeviceId>();
  out.incarnation = from.fixed_value<Incarnation>();
  out.first = from.u64();
  out.count = from.u16();
  out.previous = from.fixed_value<Hash>();
  out.root = from.fixed_value<Hash>();
  out.policy_epoch = from.u32();
  out.receipt_seen.centre = from.fixed_value<Incarnation>();
  out.receipt_seen.size = from.u64();
  out.receipt_seen.root = from.fixed_value<Hash>();
  if (out.suite != 1) from.reject(Fault::unsupported);
  if (out.count == 0 || out.count > limits::segment_records_max || out.first > limits::seq_max) from.reject();
  return out;
}

Hash hash_of(const Statement& statement, const OrgId& org) {
  const auto bytes = encode_statement(statement);
  return crypto::hash<Hash>("wsync-statement", {}, {org.view(), bytes});
}

SignedStatement sign(const Statement& statement, const OrgId& org, const crypto::SignSeed& key) {
  return {statement, crypto::sign(key, prefix, signed_bytes(statement, org))};
}

Result<void> verify(const SignedStatement& signed_statement, const OrgId& org, const SignKey& key) {
  if (crypto::device_of(key) != signed_statement.statement.device)
    return fail(Fault::wrong_key, "verify segment: the key of another device");
  return crypto::verify(key, prefix, signed_bytes(signed_statement.statement, org), signed_statement.signature);
}

Subset subset_of(const std::vector<Rid>& rids, std::vector<std::uint8_t> positions) {
  WARD_ASSERT(!rids.empty() && rids.size() <= limits::segment_records_max);
  Subset out;
  collect_missing(rids, 0, positions, out.missing);
  out.positions = std::move(positions);
  return out;
}

Result<Hash> root_of_subset(const std::vector<Rid>& rids, const Subset& subset, std::size_t count) {
  const auto& at = subset.positions;
  const bool ascending = std::adjacent_find(at.begin(), at.end(), std::greater_equal<>{}) == at.end();
  if (rids.empty() || rids.size() != at.size() || !ascending || count > limits::segment_records_max || at.back() >= count)
    return fail(Fault::malformed, "subset proof: positions");
  SubsetWalk walk{rids, subset};
  const auto root = walk.root(0, count);
  if (walk.failed || walk.hash_at != subset.missing.size()) return fail(Fault::malformed, "subset proof: hashes");
  return root;
}

}  // namespace ward::segment
