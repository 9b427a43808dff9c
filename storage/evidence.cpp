#include "storage/evidence.hpp"

#include "storage/segments.hpp"
#include "storage/ward_parts.hpp"
#include "storage/summaries.hpp"

#include <algorithm>
#include <map>

namespace ward::storage {
namespace {

using evidence::Evidence;

evidence::Leaf leaf_of(const StoredRecord& stored) {
  evidence::Leaf out;
  out.at = stored.leaf;
  out.header = stored.record.header;
  out.body = stored.record.body;
  out.body_hash = stored.body_hash;
  return out;
}

/// Of a segment that is held in part: one of its proofs, and the leaves that it is for. Of a whole one: a proof for just the dossier's.
class Leaves {
 public:
  Leaves(Store& store, const StoredSegment& segment, const std::vector<StoredRecord>& wanted) : wanted_(wanted) {
    for (const auto& each : records_of_segment(store, segment)) held_.emplace(each.leaf, each.rid);
    if (held_.size() == segment.signed_statement.statement.count) {
      whole();
      return;
    }
    for (auto& proof : proofs_of(store, segment.id)) part(std::move(proof));
  }
  struct Part {
    std::vector<evidence::Leaf> leaves;
    std::vector<Hash> missing;
  };
  [[nodiscard]] std::vector<Part> take() && { return std::move(parts_); }

 private:
  void whole() {
    std::vector<Rid> rids;
    rids.reserve(held_.size());
    for (const auto& [at, rid] : held_) rids.push_back(rid);
    std::vector<std::uint8_t> positions;
    Part out;
    for (const auto& each : wanted_) {
      positions.push_back(each.leaf);
      out.leaves.push_back(leaf_of(each));
    }
    out.missing = segment::subset_of(rids, std::move(positions)).missing;
    parts_.push_back(std::move(out));
  }

  void part(segment::Subset proof) {
    Part out;
    bool concerned = false;
    for (const auto at : proof.positions) {
      const auto wanted = std::find_if(wanted_.begin(), wanted_.end(), [&](const auto& each) { return each.leaf == at; });
      const auto held = held_.find(at);
      if (held == held_.end()) return;
      concerned = concerned || wanted != wanted_.end();
      evidence::Leaf other;
      other.at = at;
      other.rid = held->second;
      out.leaves.push_back(wanted != wanted_.end() ? leaf_of(*wanted) : std::move(other));
    }
    out.missing = std::move(proof.missing);
    if (concerned) parts_.push_back(std::move(out));
  }

  const std::vector<StoredRecord>& wanted_;
  std::map<std::uint8_t, Rid> held_;
  std::vector<Part> parts_;
};

}  // namespace

Result<Evidence> gather_evidence(Store& store, const Did& did) {
  const auto dossier = find_dossier_row(store, did);
  if (dossier == 0) return fail(Fault::not_found, "no dossier with that id is here");
  require_records(store, dossier);
  std::map<std::int64_t, std::vector<StoredRecord>> by_segment;
  std::size_t count = 0;
  for (auto& stored : records_of_dossier(store, dossier)) {
    if (++count > evidence_records_max) return fail(Fault::too_large, "the dossier has too many records for one file");
    if (stored.segment != 0) by_segment[stored.segment].push_back(std::move(stored));
  }
  Evidence out;
  out.policy = store.policy.entries();
  for (auto& [id, records] : by_segment) {
    std::sort(records.begin(), records.end(), [](const auto& a, const auto& b) { return a.leaf < b.leaf; });
    const auto segment = find_segment(store, id);
    if (!segment) throw Failure{{Fault::storage_damaged, "a record's segment is missing"}};
    for (auto& part : Leaves(store, *segment, records).take())
      out.segments.push_back({segment->signed_statement, std::move(part.leaves), std::move(part.missing), segment->stamp, std::nullopt});
  }
  return out;
}

namespace {

/// Covers this device's segments by the receipts that were kept, one for each incarnation.
class OwnCover {
 public:
  OwnCover(WardStore& ward, Evidence& to) : store_(ward.store()), device_(ward.membership().device), to_(to) {}

  void cover() {
    for (auto& segment : to_.segments)
      if (segment.statement.statement.device == device_) cover(segment);
  }

 private:
  void cover(evidence::Segment& segment) {
    const auto& statement = segment.statement.statement;
    const auto writer = find_writer(store_, device_, statement.incarnation);
    const auto receipt = receipt_of(writer);
    if (!receipt) return;
    const auto& heads = to_.receipts[*receipt].receipt.heads;
    const auto head = std::find_if(heads.begin(), heads.end(), [&](const auto& each) { return each.incarnation == statement.incarnation; });
    const auto end = statement.first + statement.count;
    if (head == heads.end() || head->count < end) return;
    auto& led = led_to_.try_emplace(writer, head->count).first->second;  // statements from here to the head are in the file
    while (led > end) {
      const auto last = segment_until(store_, writer, led);
      if (!last) return;
      const auto& before = last->signed_statement;
      if (std::none_of(to_.segments.begin(), to_.segments.end(), [&](const auto& each) { return each.statement == before; }))
        to_.between.push_back(before);
      led = before.statement.first;
    }
    segment.cover = evidence::Cover{*receipt, {}, true};
  }

  std::optional<std::uint32_t> receipt_of(std::int64_t writer) {
    if (const auto known = receipts_.find(writer); known != receipts_.end()) return known->second;
    auto kept = kept_receipt(store_, writer);
    if (!kept) return std::nullopt;
    to_.receipts.push_back(*std::move(kept));
    return receipts_[writer] = static_cast<std::uint32_t>(to_.receipts.size() - 1);
  }

  Store& store_;
  DeviceId device_;
  Evidence& to_;
  std::map<std::int64_t, std::uint32_t> receipts_;
  std::map<std::int64_t, Seq> led_to_;
};

}  // namespace

Result<Evidence> evidence_of(WardStore& ward, const Did& did) {
  return ward.store().db.read("evidence", [&]() -> Result<Evidence> {
    WARD_TRY(auto out, gather_evidence(ward.store(), did));
    OwnCover(ward, out).cover();
    return out;
  });
}

Result<std::vector<crypto::DossierKey>> keys_of(Store& store, const Did& did) {
  return store.db.read("keys of a dossier", [&]() -> Result<std::vector<crypto::DossierKey>> {
    std::vector<crypto::DossierKey> out;
    auto found = store.db.query("SELECT key_id FROM dossier_key WHERE dossier = ? ORDER BY key_id");
    found.bind(find_dossier_row(store, did));
    while (found.step())
      if (const auto* key = find_key(store, found.fixed<KeyId>(0))) out.push_back(key->clone());
    return out;
  });
}

}  // namespace ward::storage
