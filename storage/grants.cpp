#include "storage/grants.hpp"

#include "protocol/base/codec.hpp"
#include "protocol/base/limits.hpp"
#include "protocol/keys/keys.hpp"
#include "storage/erasures.hpp"
#include "storage/segments.hpp"

#include <algorithm>

namespace ward::storage {
namespace {

Bytes encode(const std::vector<SeedHolder>& holders) {
  Writer out;
  for (const auto& holder : holders) {
    out.text(holder.unit);
    out.u32(holder.epoch);
  }
  return std::move(out).take();
}

std::vector<SeedHolder> decode_holders(BytesView bytes) {
  Reader from(bytes);
  std::vector<SeedHolder> out;
  while (from.ok() && from.remaining() != 0) {
    auto& holder = out.emplace_back();
    holder.unit = from.text(limits::name_bytes_max);
    holder.epoch = from.u32();
  }
  or_damaged(from.finish("key"), "who knows a key does not decode");
  return out;
}

Bytes encode(const std::vector<KeyId>& ids) {
  Bytes out;
  for (const auto& id : ids) append(out, id.view());
  return out;
}

std::vector<KeyId> decode_ids(BytesView bytes) {
  std::vector<KeyId> out;
  for (std::size_t at = 0; at + KeyId::size <= bytes.size(); at += KeyId::size)
    out.push_back(fixed_from<KeyId>(bytes.subspan(at, KeyId::size)));
  return out;
}

KeyLine line_of(const Query& row) {
  KeyLine out{row.fixed<KeyId>(0), std::nullopt, {}};
  if (!row.is_null(1)) out.known_to = decode_holders(row.bytes(1));
  if (!row.is_null(2)) out.before = decode_ids(row.bytes(2));
  return out;
}

template <class T>
bool add(std::vector<T>& to, T value) {
  const auto at = std::lower_bound(to.begin(), to.end(), value);
  if (at != to.end() && *at == value) return false;
  to.insert(at, std::move(value));
  return true;
}

std::vector<record::GrantBody> grants_of(Store& store, std::int64_t dossier) {
  std::vector<record::GrantBody> out;
  auto found = store.db.query("SELECT header, body FROM record WHERE dossier = ? AND type = ? ORDER BY id");
  found.bind(dossier).bind(static_cast<std::int64_t>(record::Type::grant));
  while (found.step()) {
    if (found.is_null(1)) continue;
    segment::Verified verified;
    verified.record = {or_damaged(record::decode_header(found.bytes(0)), "a record's header does not decode"), copy(found.bytes(1))};
    if (auto grant = read_grant(store, verified)) out.push_back(*std::move(grant));
  }
  return out;
}

const crypto::UnitSeed* seed_for(Store& store, const record::GrantBody::Wrap& wrap) {
  const auto found = store.keys.unit_seeds.find({wrap.unit, wrap.unit_epoch});
  return found == store.keys.unit_seeds.end() ? nullptr : &found->second;
}

bool is_stored(Store& store, const KeyId& id) {
  auto found = store.db.query("SELECT 1 FROM dossier_key WHERE key_id = ?");
  found.bind(id);
  return found.step();
}

/// What came with rows is only in the ring as yet.
bool store_known(Store& store, std::int64_t dossier, const KeyId& id) {
  const auto* key = find_key(store, id);
  if (key == nullptr) return false;
  const auto copy = key->clone();
  put_later_key(store, dossier, id, copy);
  return true;
}

bool open_wraps(Store& store, std::int64_t dossier, const Did& did, const record::GrantBody& grant) {
  for (const auto& wrap : grant.wraps) {
    const auto* seed = seed_for(store, wrap);
    if (seed == nullptr) continue;
    const auto key = keys::unwrap(wrap, did, store.org, *seed, grant.key_id);
    if (key.has_error()) continue;
    put_later_key(store, dossier, grant.key_id, *key);
    return true;
  }
  return false;
}

/// Whoever holds the seed can open it; where the seed is not held here it is believed.
bool reaches(Store& store, const Did& did, const record::GrantBody::Wrap& wrap, const KeyId& key) {
  const auto* seed = seed_for(store, wrap);
  return seed == nullptr || keys::unwrap(wrap, did, store.org, *seed, key).has_value();
}

std::vector<SeedHolder> holders_by(const std::vector<record::GrantBody>& grants, const KeyId& key) {
  std::vector<SeedHolder> out;
  for (const auto& grant : grants)
    if (grant.key_id == key)
      for (const auto& wrap : grant.wraps) add(out, {wrap.unit, wrap.unit_epoch});
  return out;
}

bool open_before(Store& store, std::int64_t dossier, const Did& did, const record::GrantBody& grant) {
  bool learned = false;
  for (const auto& before : grant.before) {
    if (is_stored(store, before.key_id)) continue;
    learned = store_known(store, dossier, before.key_id) || learned;
    if (is_stored(store, before.key_id)) continue;
    const auto key = keys::open_before(before, *find_key(store, grant.key_id), did, store.org);
    if (key.has_error()) continue;
    put_later_key(store, dossier, before.key_id, *key);
    learned = true;
  }
  return learned;
}

}  // namespace

std::vector<KeyLine> keys_of(Store& store, std::int64_t dossier) {
  std::vector<KeyLine> out;
  auto found = store.db.query("SELECT key_id, known_to, before FROM dossier_key WHERE dossier = ? ORDER BY key_id");
  found.bind(dossier);
  while (found.step()) out.push_back(line_of(found));
  return out;
}

std::vector<KeyLine> tips_with_holders(Store& store, std::int64_t dossier) {
  const auto keys = keys_of(store, dossier);
  std::vector<KeyLine> out;
  for (const auto& key : keys) {
    const bool opened = std::any_of(keys.begin(), keys.end(), [&](const auto& other) {
      return std::find(other.before.begin(), other.before.end(), key.id) != other.before.end();
    });
    if (!opened) out.push_back(key);
  }
  for (auto& tip : out)
    if (!tip.known_to) tip.known_to = holders_by(grants_of(store, dossier), tip.id);
  return out;
}

void put_first_key(Store& store, std::int64_t dossier, const KeyId& id, const crypto::DossierKey& key, const SeedHolder& known_to) {
  WARD_ASSERT(!is_erased(store, dossier));
  const auto sealed = seal_local(store.local, "key", id.view(), key.view());
  const auto holders = encode(std::vector{known_to});
  store.db.query("INSERT INTO dossier_key (key_id, dossier, sealed, known_to) VALUES (?, ?, ?, ?)")
      .bind(id)
      .bind(dossier)
      .bind(BytesView(sealed))
      .bind(BytesView(holders))
      .run();
  store.keys.dossier_keys.try_emplace(id, key.clone());
}

void put_later_key(Store& store, std::int64_t dossier, const KeyId& id, const crypto::DossierKey& key) {
  if (is_erased(store, dossier)) return;
  put_key(store, dossier, id, key);
  if (store.db.changes() == 0) return;
  store.db.query("UPDATE dossier_key SET known_to = x'' WHERE key_id = ?").bind(id).run();
}

void note_grant(Store& store, std::int64_t dossier, const Did& did, const record::GrantBody& grant) {
  KeyLine line;
  {
    auto found = store.db.query("SELECT key_id, known_to, before FROM dossier_key WHERE key_id = ? AND dossier = ?");
    found.bind(grant.key_id).bind(dossier);
    if (!found.step()) return;
    line = line_of(found);
  }
  bool changed = false;
  if (!line.known_to && store.site == Site::ward) {
    line.known_to = holders_by(grants_of(store, dossier), line.id);
    changed = true;
  }
  for (const auto& wrap : grant.wraps) {
    if (!line.known_to || !reaches(store, did, wrap, grant.key_id)) continue;
    changed = add(*line.known_to, {wrap.unit, wrap.unit_epoch}) || changed;
  }
  for (const auto& before : grant.before) changed = add(line.before, before.key_id) || changed;
  if (!changed) return;
  const auto before = encode(line.before);
  auto put = store.db.query("UPDATE dossier_key SET known_to = ?, before = ? WHERE key_id = ?");
  const auto known_to = line.known_to ? encode(*line.known_to) : Bytes{};
  line.known_to ? put.bind(BytesView(known_to)) : put.bind_null();
  put.bind(BytesView(before)).bind(grant.key_id).run();
}

std::map<KeyId, std::uint64_t> given_by_grants(Store& store, std::int64_t dossier, const std::set<UnitCode>& units) {
  std::map<KeyId, std::uint64_t> out;
  const auto did = did_of(store, dossier);
  for (const auto& stored : records_of_dossier(store, dossier)) {
    segment::Verified verified;
    verified.record = stored.record;
    const auto grant = stored.stamp ? read_grant(store, verified) : std::nullopt;
    if (!grant) continue;
    const bool gives = std::any_of(grant->wraps.begin(), grant->wraps.end(),
                                   [&](const auto& wrap) { return units.contains(wrap.unit) && reaches(store, did, wrap, grant->key_id); });
    if (gives) out.try_emplace(grant->key_id, stored.stamp->index);
    if (!out.contains(grant->key_id)) continue;
    for (const auto& before : grant->before) out.try_emplace(before.key_id, stored.stamp->index);
  }
  return out;
}

void learn_from_grants(Store& store, std::int64_t dossier) {
  const auto did = did_of(store, dossier);
  const auto grants = grants_of(store, dossier);
  for (bool learned = true; learned;) {
    learned = false;
    for (const auto& grant : grants) {
      if (!is_stored(store, grant.key_id))
        learned = store_known(store, dossier, grant.key_id) || open_wraps(store, dossier, did, grant) || learned;
      if (is_stored(store, grant.key_id)) learned = open_before(store, dossier, did, grant) || learned;
    }
  }
  for (const auto& grant : grants) note_grant(store, dossier, did, grant);
}

std::set<KeyId> keys_given_late(Store& store, std::int64_t dossier) {
  std::set<KeyId> late, in_time;
  const auto devices = store.policy.devices();
  const bool any = std::any_of(devices.begin(), devices.end(), [&](const auto* one) {
    if (!one->revoked_index) return false;
    auto found = store.db.query(
        "SELECT 1 FROM record r JOIN writer w ON w.id = r.writer WHERE r.dossier = ? AND r.type = ? AND w.device = ? LIMIT 1");
    found.bind(dossier).bind(static_cast<std::int64_t>(record::Type::grant)).bind(one->id);
    return found.step();
  });
  if (!any) return late;
  for (const auto& stored : records_of_dossier(store, dossier)) {
    segment::Verified verified;
    verified.record = stored.record;
    if (stored.record.header.type != record::Type::grant) continue;
    const auto grant = read_grant(store, verified);
    if (!grant) continue;
    const auto& position = stored.record.header.position;
    const auto* device = store.policy.device(position.device);
    const bool is_late = device != nullptr && device->revoked_index && (!stored.stamp || stored.stamp->index >= *device->revoked_index) &&
                         !store.policy.admitted_in_full(position);
    (is_late ? late : in_time).insert(grant->key_id);
  }
  std::erase_if(late, [&](const auto& id) { return in_time.contains(id); });
  return late;
}

}  // namespace ward::storage
