#include "protocol/evidence/evidence.hpp"

#include "protocol/crypto/hash.hpp"

#include <algorithm>
#include <unordered_map>
#include <unordered_set>

namespace ward::evidence {
namespace {

std::string numbered(const char* what, std::size_t i) { return std::string(what) + " " + std::to_string(i + 1); }

Error named(const Error& error, const std::string& what) { return {error.fault, what + ": " + error.detail}; }

class Checker {
 public:
  Checker(const Evidence& evidence, policy::PolicyLog log) : evidence_(evidence), log_(std::move(log)), keys_(log_.receipt_keys()) {}

  Result<Verdict> run() {
    for (std::size_t i = 0; i < evidence_.receipts.size(); ++i)
      if (auto checked = check_receipt(evidence_.receipts[i]); checked.has_error()) return named(checked.error(), numbered("receipt", i));
    WARD_CHECK(check_statements());
    Verdict out;
    out.organisation = log_.genesis().organisation;
    for (std::size_t i = 0; i < evidence_.segments.size(); ++i)
      if (auto checked = show(evidence_.segments[i], out); checked.has_error()) return named(checked.error(), numbered("segment", i));
    return out;
  }

 private:
  Result<void> check_receipt(const SignedReceipt& signed_receipt) {
    const auto& receipt = signed_receipt.receipt;
    if (receipt.org != log_.org()) return fail(Fault::wrong_organisation, "it is of another city");
    for (const auto& each : keys_)
      if (each.counts_at(receipt.time) && log::verify(receipt, signed_receipt.signature, each.key).has_value()) return {};
    return fail(Fault::bad_signature, "no receipt key of its time signed it");
  }

  Result<const policy::DeviceStanding*> check_signature(const segment::SignedStatement& statement) {
    const auto* device = log_.device(statement.statement.device);
    if (device == nullptr) return fail(Fault::not_member, "its device is not in the policy log");
    WARD_CHECK(segment::verify(statement, log_.org(), device->device.sign));
    return device;
  }

  /// Every statement, and which ones follow from the heads of each receipt.
  Result<void> check_statements() {
    const auto enter = [&](const segment::SignedStatement& statement, const std::string& what) -> Result<void> {
      if (auto checked = check_signature(statement); checked.has_error()) return named(checked.error(), what);
      statements_.emplace(segment::hash_of(statement.statement, log_.org()), &statement.statement);
      return {};
    };
    for (std::size_t i = 0; i < evidence_.segments.size(); ++i) WARD_CHECK(enter(evidence_.segments[i].statement, numbered("segment", i)));
    for (std::size_t i = 0; i < evidence_.between.size(); ++i) WARD_CHECK(enter(evidence_.between[i], numbered("statement between", i)));
    covered_.resize(evidence_.receipts.size());
    for (std::size_t i = 0; i < evidence_.receipts.size(); ++i)
      for (const auto& head : evidence_.receipts[i].receipt.heads) follow(head, evidence_.receipts[i].receipt.device, covered_[i]);
    return {};
  }

  void follow(const log::DeviceHead& head, const DeviceId& device, std::unordered_set<Hash, FixedHash>& covered) {
    auto at = statements_.find(head.statement);
    if (at == statements_.end()) return;
    const auto& last = *at->second;
    if (last.device != device || last.incarnation != head.incarnation || last.first + last.count != head.count) return;
    while (at != statements_.end() && covered.insert(at->first).second) {
      const auto& statement = *at->second;
      at = statements_.find(statement.previous);
      const bool follows = at != statements_.end() && at->second->device == device && at->second->incarnation == statement.incarnation &&
                           at->second->first + at->second->count == statement.first;
      if (!follows) return;
    }
  }

  Result<WallTime> confirmed_at(const Segment& segment, const Hash& hash) {
    const auto& cover = *segment.cover;
    if (cover.receipt >= evidence_.receipts.size()) return fail(Fault::malformed, "it names a receipt that is not here");
    const auto& receipt = evidence_.receipts[cover.receipt].receipt;
    if (cover.by_head) {
      if (!covered_[cover.receipt].contains(hash)) return fail(Fault::bad_signature, "no head of its receipt leads to it");
      return segment.stamp ? std::min(segment.stamp->time, receipt.time) : receipt.time;
    }
    if (!segment.stamp) return fail(Fault::malformed, "it has no place in the log");
    WARD_CHECK(
        log::verify_inclusion(log::leaf_of(hash, segment.stamp->time), segment.stamp->index, receipt.size, cover.path, receipt.root));
    return segment.stamp->time;
  }

  Result<void> check_leaves(const Segment& segment, std::vector<Rid>& rids) {
    const auto& statement = segment.statement.statement;
    segment::Subset subset;
    subset.missing = segment.missing;
    std::unordered_set<Seq> seqs;
    for (const auto& leaf : segment.leaves) {
      subset.positions.push_back(leaf.at);
      if (!leaf.header) {
        rids.push_back(leaf.rid);
        continue;
      }
      const auto& position = leaf.header->position;
      const bool fits = position.device == statement.device && position.incarnation == statement.incarnation &&
                        position.seq >= statement.first && position.seq - statement.first < statement.count;
      if (!fits || !seqs.insert(position.seq).second) return fail(Fault::malformed, "a record does not belong into it");
      rids.push_back(record::rid_of(*leaf.header, leaf.body.empty() ? leaf.body_hash : record::body_hash_of(leaf.body)));
    }
    WARD_TRY(const auto root, segment::root_of_subset(rids, subset, statement.count));
    if (root != statement.root) return fail(Fault::bad_signature, "the records are not those that were signed");
    return {};
  }

  Result<void> show(const Segment& segment, Verdict& to) {
    std::vector<Rid> rids;
    WARD_CHECK(check_leaves(segment, rids));
    const auto& device = *log_.device(segment.statement.statement.device);
    const auto hash = segment::hash_of(segment.statement.statement, log_.org());
    std::optional<WallTime> at;
    if (segment.cover) {
      WARD_TRY(at, confirmed_at(segment, hash));
    }
    const bool late = device.revoked_index && segment.stamp && segment.stamp->index >= *device.revoked_index;
    for (std::size_t i = 0; i < segment.leaves.size(); ++i) {
      if (!segment.leaves[i].header) continue;
      const auto& header = *segment.leaves[i].header;
      const bool after = late && !log_.admitted_in_full(header.position);
      const auto* stands = log_.standing_at(header.position);
      to.records.push_back({rids[i], header, device.device.unit, device.device.label, after, stands != nullptr && *stands != rids[i], at});
      to.confirmed += at ? 1U : 0U;
    }
    return {};
  }

  const Evidence& evidence_;
  policy::PolicyLog log_;
  std::vector<policy::ReceiptKey> keys_;
  std::unordered_map<Hash, const segment::Statement*, FixedHash> statements_;
  std::vector<std::unordered_set<Hash, FixedHash>> covered_;  ///< of each receipt: what its heads lead to
};

}  // namespace

Result<policy::PolicyLog> policy_of(const std::vector<policy::Entry>& entries, const SignKey& root) {
  if (entries.empty()) return fail(Fault::malformed, "the policy log is missing");
  WARD_TRY(auto log, policy::PolicyLog::start(entries.front(), crypto::org_of(root)));
  for (std::size_t i = 1; i < entries.size(); ++i)
    if (auto taken = log.append(entries[i]); taken.has_error()) return named(taken.error(), numbered("policy entry", i));
  return log;
}

Result<Verdict> check(const Evidence& evidence, const SignKey& root) {
  WARD_TRY(auto log, policy_of(evidence.policy, root));
  return Checker(evidence, std::move(log)).run();
}

}  // namespace ward::evidence
