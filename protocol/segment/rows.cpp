#include "protocol/segment/rows.hpp"

#include "protocol/base/limits.hpp"
#include "protocol/crypto/hash.hpp"
#include "protocol/keys/keys.hpp"

#include <algorithm>
#include <numeric>
#include <set>

namespace ward::segment {
namespace {

using record::Sealed;

/// Dossier keys that come with the rows themselves, beside those that the peer holds. They reach its ring only when everything verified.
class LearnedKeys {
 public:
  LearnedKeys(const OrgId& org, KeyRing& ring) : org_(org), ring_(ring), open_key_(record::open_key(org)) {}

  [[nodiscard]] const crypto::DossierKey& open_key() const noexcept { return open_key_; }
  [[nodiscard]] const crypto::UnitSeed* seed(const UnitCode& unit, Epoch epoch) const {
    const auto found = ring_.unit_seeds.find({unit, epoch});
    return found == ring_.unit_seeds.end() ? nullptr : &found->second;
  }
  [[nodiscard]] const crypto::DossierKey* find(const KeyId& id) const {
    if (const auto held = ring_.dossier_keys.find(id); held != ring_.dossier_keys.end()) return &held->second;
    const auto learned = learned_.find(id);
    return learned == learned_.end() ? nullptr : &learned->second;
  }

  /// Where a record creates a dossier, the segment's seed gives its key.
  void learn_created(const record::Header& header, const Array<32>& key_seed) {
    auto key = keys::derive_dossier_key(key_seed, header.position);
    if (crypto::key_id_of(key) == header.key_id) learned_.try_emplace(header.key_id, std::move(key));
  }
  void learn_given(const Array<32>& bytes) {
    crypto::DossierKey key(bytes);
    const auto id = crypto::key_id_of(key);
    learned_.try_emplace(id, std::move(key));
  }
  void note_grant(const record::Header& header, BytesView plain) {
    auto grant = record::decode_grant(plain, header.position);
    if (grant.has_value()) grants_.emplace_back(record::dossier_of(header), *std::move(grant));
  }
  /// A grant gives its dossier's key to whoever holds the seed of one of its units, and with it the earlier ones. What does not open is
  /// passed over: what needs its key says so.
  void learn_granted() {
    for (auto before = learned_.size() + 1; before != learned_.size();) {
      before = learned_.size();
      for (const auto& [did, grant] : grants_) learn_granted(did, grant);
    }
  }
  void keep() { ring_.dossier_keys.merge(learned_); }

 private:
  void learn_granted(const Did& did, const record::GrantBody& grant) {
    for (const auto& wrap : grant.wraps) {
      const auto* unit_seed = find(grant.key_id) == nullptr ? seed(wrap.unit, wrap.unit_epoch) : nullptr;
      if (unit_seed == nullptr) continue;
      auto key = keys::unwrap(wrap, did, org_, *unit_seed, grant.key_id);
      if (key.has_value()) learned_.try_emplace(grant.key_id, *std::move(key));
    }
    const auto* held = find(grant.key_id);
    if (held == nullptr) return;
    for (const auto& before : grant.before) {
      if (find(before.key_id) != nullptr) continue;
      auto key = keys::open_before(before, *held, did, org_);
      if (key.has_value()) learned_.try_emplace(before.key_id, *std::move(key));
    }
  }

  const OrgId& org_;
  KeyRing& ring_;
  crypto::DossierKey open_key_;
  std::unordered_map<KeyId, crypto::DossierKey, FixedHash> learned_;
  std::vector<std::pair<Did, record::GrantBody>> grants_;
};

/// The sealed form of each row, whichever form it came in. All keys are learned first, so that the order of the rows does not matter.
class Sealer {
 public:
  Sealer(const OrgId& org, LearnedKeys& keys, const Rows& rows) : org_(org), keys_(keys), open_id_(crypto::key_id_of(keys.open_key())) {
    for (const auto& key : rows.keys) keys_.learn_given(key);
    for (const auto& row : rows.rows) learn(row, rows.key_seed);
    keys_.learn_granted();
  }

  Result<Sealed> operator()(const HashRow& row) const { return Sealed{row.header, {}}; }
  Result<Sealed> operator()(const SealedRow& row) const {
    if (row.record.body.size() != row.record.header.length + record::tag_size) return fail(Fault::malformed, "sealed row: length");
    return row.record;
  }
  Result<Sealed> operator()(const OpenRow& row) const {
    if (row.plain.empty() || row.plain.size() > limits::body_bytes_max || row.plain.size() != row.header.length)
      return fail(Fault::malformed, "open row: length");
    if (row.header.key_id == open_id_) return record::seal(row.header, row.plain, keys_.open_key(), org_);
    const auto* key = keys_.find(row.header.key_id);
    if (key == nullptr) return fail(Fault::missing_key, "open row: dossier key " + hex(row.header.key_id.view()));
    return record::seal(row.header, row.plain, *key, org_);
  }
  Result<Sealed> operator()(const GrantRow& row) const {
    const auto* seed = keys_.seed(row.unit, row.unit_epoch);
    if (seed == nullptr) return fail(Fault::missing_key, "grant row: unit seed");
    const auto did = record::dossier_of(row.header);
    const auto created_under = created_.find(did);
    if (created_under == created_.end()) return fail(Fault::malformed, "grant row: no creating record beside it");
    const auto* key = keys_.find(created_under->second);
    if (key == nullptr) return fail(Fault::missing_key, "grant row: dossier key");
    const auto body = keys::grant_own_unit(*key, did, org_, row.unit, row.unit_epoch, *seed);
    return record::seal(row.header, record::encode_grant(body, row.header.position), keys_.open_key(), org_);
  }

 private:
  void learn(const Row& row, const std::optional<Array<32>>& key_seed) {
    const auto& header = header_of(row);
    if (header.type == record::Type::change && header.did.is_zero()) {
      created_.emplace(record::dossier_of(header), header.key_id);
      if (key_seed) keys_.learn_created(header, *key_seed);
    }
    if (header.type != record::Type::grant || header.key_id != open_id_) return;
    if (const auto* open = std::get_if<OpenRow>(&row)) keys_.note_grant(header, open->plain);
    if (const auto* sealed = std::get_if<SealedRow>(&row)) {
      const auto plain = record::open(sealed->record, keys_.open_key(), org_);
      if (plain.has_value()) keys_.note_grant(header, *plain);
    }
  }

  const OrgId& org_;
  LearnedKeys& keys_;
  KeyId open_id_;
  std::unordered_map<Did, KeyId, FixedHash> created_;
};

Result<void> check_headers(const Rows& rows) {
  const auto& statement = rows.statement.statement;
  if (rows.rows.empty() || statement.count > limits::segment_records_max) return fail(Fault::malformed, "segment: count");
  std::set<Seq> seen;
  for (const auto& row : rows.rows) {
    const auto& position = header_of(row).position;
    const bool ours = position.device == statement.device && position.incarnation == statement.incarnation;
    const bool inside = position.seq >= statement.first && position.seq - statement.first < statement.count;
    if (!ours || !inside || !seen.insert(position.seq).second) return fail(Fault::malformed, "segment: a row that is not of it");
  }
  const std::size_t expected = rows.subset ? rows.subset->positions.size() : statement.count;
  if (rows.rows.size() != expected) return fail(Fault::malformed, "segment: rows are missing");
  return {};
}

}  // namespace

const record::Header& header_of(const Row& row) {
  struct Get {
    const record::Header& operator()(const OpenRow& r) const { return r.header; }
    const record::Header& operator()(const SealedRow& r) const { return r.record.header; }
    const record::Header& operator()(const HashRow& r) const { return r.header; }
    const record::Header& operator()(const GrantRow& r) const { return r.header; }
  };
  return std::visit(Get{}, row);
}

Result<std::vector<Verified>> verify_rows(Rows& rows, const OrgId& org, const SignKey& device, KeyRing& keys) {
  WARD_CHECK(check_headers(rows));
  LearnedKeys learned(org, keys);
  const Sealer sealer(org, learned, rows);
  std::vector<Verified> out;
  std::vector<Rid> rids;
  for (std::size_t i = 0; i < rows.rows.size(); ++i) {
    WARD_TRY(auto record, std::visit(sealer, rows.rows[i]));
    const auto* hashed = std::get_if<HashRow>(&rows.rows[i]);
    const auto body_hash = hashed != nullptr ? hashed->body_hash : record::body_hash_of(record.body);
    // A sealed key id that changed here means that the key in the ring was not the one that the header names.
    if (!(record.header == header_of(rows.rows[i]))) return fail(Fault::bad_signature, "segment: a header does not re-seal");
    const auto rid = record::rid_of(record.header, body_hash);
    const auto leaf = rows.subset ? rows.subset->positions.at(i) : static_cast<std::uint8_t>(i);
    rids.push_back(rid);
    out.push_back({std::move(record), body_hash, rid, leaf});
  }
  auto& root = rows.statement.statement.root;
  if (rows.subset) {
    WARD_TRY(root, root_of_subset(rids, *rows.subset, rows.statement.statement.count));
  } else {
    root = root_of(rids);
  }
  WARD_CHECK(verify(rows.statement, org, device));
  learned.keep();
  return out;
}

std::vector<std::size_t> leaf_order(const std::vector<record::Header>& headers) {
  std::vector<std::size_t> order(headers.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::vector<Did> dids;
  dids.reserve(headers.size());
  for (const auto& header : headers) dids.push_back(record::dossier_of(header));
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return std::tie(dids[a], headers[a].position.seq) < std::tie(dids[b], headers[b].position.seq);
  });
  return order;
}

}  // namespace ward::segment
