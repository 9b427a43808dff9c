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

class Sealer {
 public:
  Sealer(const OrgId& org, KeyRing& keys, const std::optional<Array<32>>& key_seed) : org_(org), keys_(keys), key_seed_(key_seed) {}

  Result<Sealed> operator()(const SealedRow& row) const { return row.record; }
  Result<Sealed> operator()(const HashRow& row) const { return Sealed{row.header, {}}; }
  Result<Sealed> operator()(const OpenRow& row) const {
    if (row.plain.empty() || row.plain.size() > limits::body_bytes_max || row.plain.size() != row.header.length)
      return fail(Fault::malformed, "open row: length");
    const auto open_key = record::open_key(org_);
    if (row.header.key_id == crypto::key_id_of(open_key)) return record::seal(row.header, row.plain, open_key, org_);
    WARD_TRY(const auto* key, key_for(row.header));
    return record::seal(row.header, row.plain, *key, org_);
  }
  Result<Sealed> operator()(const GrantRow& row) const {
    const auto seed = keys_.unit_seeds.find({row.unit, row.unit_epoch});
    if (seed == keys_.unit_seeds.end()) return fail(Fault::missing_key, "grant row: unit seed");
    const auto did = record::dossier_of(row.header);
    const auto created_at = creating_.find(did);
    if (created_at == creating_.end()) return fail(Fault::malformed, "grant row: no creating record beside it");
    const auto found = keys_.dossier_keys.find(created_at->second);
    if (found == keys_.dossier_keys.end()) return fail(Fault::missing_key, "grant row: dossier key");
    const auto body = keys::grant_own_unit(found->second, did, org_, row.unit, row.unit_epoch, seed->second);
    return record::seal(row.header, record::encode_grant(body, row.header.position), record::open_key(org_), org_);
  }

  /// Where the rows create dossiers, the seed gives their keys_.
  void learn(const std::vector<Row>& rows) {
    for (const auto& row : rows) {
      const auto& header = header_of(row);
      if (header.type != record::Type::change || !header.did.is_zero()) continue;
      creating_.emplace(record::dossier_of(header), header.key_id);
      if (!key_seed_) continue;
      auto key = keys::derive_dossier_key(*key_seed_, header.position);
      if (crypto::key_id_of(key) == header.key_id) keys_.dossier_keys.insert_or_assign(header.key_id, std::move(key));
    }
  }

 private:
  Result<const crypto::DossierKey*> key_for(const record::Header& header) const {
    const auto found = keys_.dossier_keys.find(header.key_id);
    if (found == keys_.dossier_keys.end()) return fail(Fault::missing_key, "open row: dossier key " + hex(header.key_id.view()));
    return &found->second;
  }

  const OrgId& org_;
  KeyRing& keys_;
  const std::optional<Array<32>>& key_seed_;
  std::unordered_map<Did, KeyId, FixedHash> creating_;
};

Result<void> check_headers(const Rows& rows) {
  const auto& statement = rows.statement.statement;
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
  if (rows.rows.empty()) return fail(Fault::malformed, "segment: no rows");
  WARD_CHECK(check_headers(rows));
  Sealer sealer(org, keys, rows.key_seed);
  sealer.learn(rows.rows);
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
  return out;
}

std::vector<std::size_t> leaf_order(const std::vector<record::Header>& headers) {
  std::vector<std::size_t> order(headers.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::vector<Did> dids;
  for (const auto& header : headers) dids.push_back(record::dossier_of(header));
  std::sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return std::tie(dids[a], headers[a].position.seq) < std::tie(dids[b], headers[b].position.seq);
  });
  return order;
}

}  // namespace ward::segment
