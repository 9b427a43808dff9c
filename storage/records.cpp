#include "protocol/base/codec.hpp"
#include "protocol/crypto/siv.hpp"
#include "storage/erasures.hpp"
#include "storage/segments.hpp"
#include "storage/store.hpp"

#include <algorithm>

namespace ward::storage {
namespace {

constexpr std::size_t keys_kept_max = 8192;

/// Texts of statements must be literals, so this is one.
#define WARD_RECORD_COLUMNS "SELECT r.id, r.segment, r.leaf, r.header, r.body, r.body_hash, r.rid, r.saved_ms, s.stamp_index, s.stamp_ms "

StoredRecord record_of(const Query& row) {
  StoredRecord out;
  out.id = row.number(0);
  out.segment = row.number(1);
  out.leaf = static_cast<std::uint8_t>(row.number(2));
  out.record.header = or_damaged(record::decode_header(row.bytes(3)), "a record's header does not decode");
  if (row.is_null(4))
    out.body_hash = row.fixed<Hash>(5);
  else
    out.record.body = copy(row.bytes(4));
  out.rid = row.fixed<Rid>(6);
  out.saved_at = {row.number(7)};
  if (!row.is_null(8)) out.stamp = Stamp{static_cast<std::uint64_t>(row.number(8)), {row.number(9)}};
  return out;
}

std::vector<StoredRecord> all_of(Query& found) {
  std::vector<StoredRecord> out;
  while (found.step()) out.push_back(record_of(found));
  return out;
}

struct HeldRecord {
  std::int64_t id = 0, dossier = 0;
  bool lacks_body = false;
};
std::optional<HeldRecord> held_record(Store& store, std::int64_t writer, std::int64_t seq, const Rid& rid) {
  auto held = store.db.query("SELECT id, dossier, rid, body IS NULL FROM record WHERE writer = ? AND seq = ?");
  held.bind(writer).bind(seq);
  while (held.step())
    if (held.fixed<Rid>(2) == rid) return HeldRecord{held.number(0), held.number(1), held.number(3) != 0};
  return std::nullopt;
}

crypto::SivKeys local_keys(const crypto::LocalKey& local, std::string_view what, BytesView name) {
  return crypto::SivKeys::derive("wsync-local-key", local.view(), {view(what), view(std::string_view("\0", 1)), name});
}

}  // namespace

Put put_record(Store& store, const segment::Verified& verified, std::int64_t writer, std::int64_t segment, WallTime at) {
  const auto& header = verified.record.header;
  const auto seq = static_cast<std::int64_t>(header.position.seq);
  const auto did = record::dossier_of(header);
  const bool has_body = !verified.record.body.empty() && !is_erased(store, did);
  if (const auto held = held_record(store, writer, seq, verified.rid)) {
    if (!held->lacks_body || !has_body) return {false, false, held->id, held->dossier};
    store.db.query("UPDATE record SET body = ?, body_hash = NULL WHERE id = ?").bind(BytesView(verified.record.body)).bind(held->id).run();
    return {false, true, held->id, held->dossier};
  }
  const auto dossier = did.is_zero() ? 0 : dossier_row(store, did);
  const auto head = record::encode_header(header);
  auto put = store.db.query(
      "INSERT INTO record (writer, seq, rid, segment, leaf, dossier, type, saved_ms, header, body, body_hash) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  put.bind(writer).bind(seq).bind(verified.rid);
  if (segment == 0)
    put.bind_null().bind_null();
  else
    put.bind(segment).bind(std::int64_t{verified.leaf});
  if (dossier == 0)
    put.bind_null();
  else
    put.bind(dossier);
  put.bind(static_cast<std::int64_t>(header.type)).bind(at.ms).bind(BytesView(head));
  if (has_body)
    put.bind(BytesView(verified.record.body)).bind_null();
  else
    put.bind_null().bind(verified.body_hash);
  put.run();
  return {true, true, store.db.last_row(), dossier};
}

void drop_bodies(Store& store, std::int64_t dossier, std::int64_t but_of) {
  std::vector<std::pair<std::int64_t, Hash>> held;
  {
    auto found = store.db.query("SELECT id, body FROM record WHERE dossier = ? AND body IS NOT NULL AND id <> ?");
    found.bind(dossier).bind(but_of);
    while (found.step()) held.emplace_back(found.number(0), record::body_hash_of(found.bytes(1)));
  }
  for (const auto& [id, hash] : held) store.db.query("UPDATE record SET body = NULL, body_hash = ? WHERE id = ?").bind(hash).bind(id).run();
}

void put_back_record(Store& store, const segment::Verified& verified, std::int64_t writer, std::int64_t segment, WallTime at) {
  const auto& header = verified.record.header;
  const auto did = record::dossier_of(header);
  const auto head = record::encode_header(header);
  auto put = store.db.query(
      "UPDATE record SET writer = ?, seq = ?, rid = ?, dossier = ?, type = ?, header = ?, body = ?, body_hash = ? WHERE segment = ? AND "
      "leaf "
      "= ?");
  put.bind(writer).bind(static_cast<std::int64_t>(header.position.seq)).bind(verified.rid);
  if (did.is_zero())
    put.bind_null();
  else
    put.bind(dossier_row(store, did));
  put.bind(static_cast<std::int64_t>(header.type)).bind(BytesView(head));
  if (verified.record.body.empty() || is_erased(store, did))
    put.bind_null().bind(verified.body_hash);
  else
    put.bind(BytesView(verified.record.body)).bind_null();
  put.bind(segment).bind(std::int64_t{verified.leaf}).run();
  if (store.db.changes() != 0) return;
  const auto fresh = put_record(store, verified, writer, segment, at);
  if (!fresh.fresh) share_record(store, segment, verified.leaf, fresh.record);
}

std::vector<StoredRecord> records_of_dossier(Store& store, std::int64_t dossier) {
  auto found =
      store.db.query(WARD_RECORD_COLUMNS "FROM record r LEFT JOIN segment s ON s.id = r.segment WHERE r.dossier = ? ORDER BY r.id");
  found.bind(dossier);
  return all_of(found);
}

std::vector<Rid> changes_of_dossier(Store& store, std::int64_t dossier) {
  std::vector<Rid> out;
  auto found = store.db.query("SELECT rid FROM record WHERE dossier = ? AND type = ?");
  found.bind(dossier).bind(static_cast<std::int64_t>(record::Type::change));
  while (found.step()) out.push_back(found.fixed<Rid>(0));
  return out;
}

std::vector<StoredRecord> records_of_segment(Store& store, const StoredSegment& segment) {
  const auto& statement = segment.signed_statement.statement;
  auto found =
      store.db.query(WARD_RECORD_COLUMNS
                     "FROM record r JOIN segment s ON s.id = r.segment WHERE r.writer = ? AND r.seq >= ? AND r.seq < ? AND r.segment = ?");
  const auto first = static_cast<std::int64_t>(statement.first);
  found.bind(segment.writer).bind(first).bind(first + statement.count).bind(segment.id);
  auto out = all_of(found);
  if (segment.forked) {
    auto shared = store.db.query(
        "SELECT r.id, r.segment, h.leaf, r.header, r.body, r.body_hash, r.rid, r.saved_ms, NULL, NULL FROM shared h JOIN record r ON r.id "
        "= h.record "
        "WHERE h.segment = ?");
    shared.bind(segment.id);
    while (shared.step()) out.push_back(record_of(shared));
  }
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.leaf < b.leaf; });
  return out;
}

void share_record(Store& store, std::int64_t segment, std::uint8_t leaf, std::int64_t record) {
  store.db.query("INSERT INTO shared (segment, leaf, record) VALUES (?, ?, ?)").bind(segment).bind(std::int64_t{leaf}).bind(record).run();
}

std::vector<std::int64_t> dossiers_that_stamps_change(Store& store, const StoredSegment& segment) {
  const auto& statement = segment.signed_statement.statement;
  const auto* device = store.policy.device(statement.device);
  const bool judged_by_stamp = device == nullptr || device->revoked;
  auto found = store.db.query(
      "SELECT DISTINCT r.dossier FROM record r JOIN dossier d ON d.id = r.dossier "
      "WHERE r.writer = ? AND r.seq >= ? AND r.seq < ? AND r.segment = ? AND (d.in_line = 0 OR ?)");
  const auto first = static_cast<std::int64_t>(statement.first);
  found.bind(segment.writer).bind(first).bind(first + statement.count).bind(segment.id).bind(std::int64_t{judged_by_stamp});
  std::vector<std::int64_t> out;
  while (found.step()) out.push_back(found.number(0));
  return out;
}

std::vector<StoredRecord> waiting_records(Store& store, std::int64_t writer, Seq from, std::size_t limit) {
  auto found = store.db.query(
      WARD_RECORD_COLUMNS "FROM record r LEFT JOIN segment s ON s.id = r.segment WHERE r.writer = ? AND r.seq >= ? ORDER BY r.seq LIMIT ?");
  found.bind(writer).bind(static_cast<std::int64_t>(from)).bind(static_cast<std::int64_t>(limit));
  return all_of(found);
}

void put_key(Store& store, std::int64_t dossier, const KeyId& id, const crypto::DossierKey& key) {
  if (is_erased(store, dossier)) return;
  const auto sealed = seal_local(store.local, "key", id.view(), key.view());
  store.db.query("INSERT OR IGNORE INTO dossier_key (key_id, dossier, sealed) VALUES (?, ?, ?)")
      .bind(id)
      .bind(dossier)
      .bind(BytesView(sealed))
      .run();
  store.keys.dossier_keys.try_emplace(id, key.clone());
}

const crypto::DossierKey* find_key(Store& store, const KeyId& id) {
  if (const auto kept = store.keys.dossier_keys.find(id); kept != store.keys.dossier_keys.end()) return &kept->second;
  auto found = store.db.query("SELECT sealed FROM dossier_key WHERE key_id = ?");
  found.bind(id);
  if (!found.step()) return nullptr;
  const auto plain = or_throw(open_local(store.local, "key", id.view(), found.bytes(0)));
  return &store.keys.dossier_keys.emplace(id, crypto::DossierKey(plain)).first->second;
}

std::optional<KeyId> key_of_dossier(Store& store, std::int64_t dossier) {
  auto found = store.db.query("SELECT key_id FROM dossier_key WHERE dossier = ?");
  found.bind(dossier);
  if (!found.step()) return std::nullopt;
  return found.fixed<KeyId>(0);
}

void forget_keys(Store& store) {
  if (store.keys.dossier_keys.size() > keys_kept_max) store.keys.dossier_keys.clear();
  auto open = record::open_key(store.org);
  const auto id = crypto::key_id_of(open);
  store.keys.dossier_keys.try_emplace(id, std::move(open));
}

Bytes seal_local(const crypto::LocalKey& local, std::string_view what, BytesView name, BytesView plain) {
  return crypto::siv_seal("wsync-local-siv", local_keys(local, what, name), {}, plain);
}

Result<Bytes> open_local(const crypto::LocalKey& local, std::string_view what, BytesView name, BytesView sealed) {
  auto plain = crypto::siv_open("wsync-local-siv", local_keys(local, what, name), {}, sealed);
  if (plain.has_error()) return fail(Fault::storage_damaged, std::string(what) + ": a sealed value does not open");
  return plain;
}

}  // namespace ward::storage
