#include "storage/segments.hpp"

#include "protocol/base/codec.hpp"

namespace ward::storage {
namespace {

std::optional<StoredSegment> segment_of(Store& store, Query& found) {
  if (!found.step()) return std::nullopt;
  StoredSegment out;
  out.id = found.number(0);
  out.writer = found.number(1);
  const auto bytes = found.bytes(2);
  Reader from(bytes);
  out.signed_statement = {segment::read_statement(from), found.fixed<Signature>(3)};
  or_damaged(from.finish("statement"), "a segment's statement does not decode");
  out.hash = found.fixed<Hash>(4);
  if (!found.is_null(5)) out.stamp = Stamp{static_cast<std::uint64_t>(found.number(5)), {found.number(6)}};
  out.receipted = found.number(7) != 0;
  out.forked = found.number(8) != 0;
  if (!found.is_null(9)) {
    const auto seed = or_throw(open_local(store.local, "key seed", out.hash.view(), found.bytes(9)));
    out.key_seed = fixed_from<Hash>(seed).bytes;
  }
  return out;
}

#define WARD_SEGMENT_COLUMNS \
  "SELECT id, writer, statement, signature, hash, stamp_index, stamp_ms, receipted, forked, key_seed FROM segment "

}  // namespace

std::int64_t put_segment(Store& store, const NewSegment& segment) {
  const auto& statement = segment.signed_statement.statement;
  const auto bytes = segment::encode_statement(statement);
  Bytes seed;
  if (segment.key_seed) seed = seal_local(store.local, "key seed", segment.hash.view(), *segment.key_seed);
  auto put = store.db.query(
      "INSERT INTO segment (writer, first, count, hash, statement, signature, receipted, forked, bytes, stamp_index, stamp_ms, key_seed) "
      "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  put.bind(segment.writer).bind(static_cast<std::int64_t>(statement.first)).bind(std::int64_t{statement.count});
  put.bind(segment.hash).bind(BytesView(bytes)).bind(segment.signed_statement.signature);
  put.bind(std::int64_t{segment.receipted}).bind(std::int64_t{segment.forked}).bind(static_cast<std::int64_t>(segment.bytes));
  if (segment.stamp)
    put.bind(static_cast<std::int64_t>(segment.stamp->index)).bind(segment.stamp->time.ms);
  else
    put.bind_null().bind_null();
  if (segment.key_seed)
    put.bind(BytesView(seed));
  else
    put.bind_null();
  put.run();
  return store.db.last_row();
}

std::optional<StoredSegment> find_segment(Store& store, const Hash& hash) {
  auto found = store.db.query(WARD_SEGMENT_COLUMNS "WHERE hash = ?");
  found.bind(hash);
  return segment_of(store, found);
}
std::optional<StoredSegment> find_segment(Store& store, std::int64_t id) {
  auto found = store.db.query(WARD_SEGMENT_COLUMNS "WHERE id = ?");
  found.bind(id);
  return segment_of(store, found);
}

void check_statement(Store& store, const StoredSegment& segment) {
  const auto& statement = segment.signed_statement.statement;
  if (segment::hash_of(statement, store.org) != segment.hash) throw Failure{{Fault::storage_damaged, "the statement and its hash differ"}};
  const auto* device = store.policy.device(statement.device);
  if (device == nullptr || segment::verify(segment.signed_statement, store.org, device->device.sign).has_error())
    throw Failure{{Fault::storage_damaged, "the signature does not verify"}};
}
std::optional<StoredSegment> segment_from(Store& store, std::int64_t writer, Seq first) {
  auto found = store.db.query(WARD_SEGMENT_COLUMNS "WHERE writer = ? AND first = ? AND forked = 0");
  found.bind(writer).bind(static_cast<std::int64_t>(first));
  return segment_of(store, found);
}
std::optional<StoredSegment> segment_until(Store& store, std::int64_t writer, Seq end) {
  auto found = store.db.query(WARD_SEGMENT_COLUMNS "WHERE writer = ? AND first < ? AND forked = 0 ORDER BY first DESC LIMIT 1");
  found.bind(writer).bind(static_cast<std::int64_t>(end));
  auto out = segment_of(store, found);
  return out && out->end() == end ? out : std::nullopt;
}

segment::Row sealed_row(const StoredRecord& stored) {
  if (stored.record.body.empty()) return segment::HashRow{stored.record.header, stored.body_hash};
  return segment::SealedRow{stored.record};
}

std::vector<segment::Subset> proofs_of(Store& store, std::int64_t segment) {
  std::vector<segment::Subset> out;
  auto found = store.db.query("SELECT positions, missing FROM proof WHERE segment = ?");
  found.bind(segment);
  while (found.step()) {
    auto& proof = out.emplace_back(segment::Subset{copy(found.bytes(0)), {}});
    const auto missing = found.bytes(1);
    for (std::size_t at = 0; at + Hash::size <= missing.size(); at += Hash::size)
      proof.missing.push_back(fixed_from<Hash>(missing.subspan(at, Hash::size)));
  }
  return out;
}

segment::Row open_row(Store& store, const record::Sealed& sealed) {
  const auto* key = find_key(store, sealed.header.key_id);
  if (key == nullptr) return segment::SealedRow{sealed};
  auto plain = record::open(sealed, *key, store.org);
  if (plain.has_error()) return segment::SealedRow{sealed};
  return segment::OpenRow{sealed.header, *std::move(plain)};
}
segment::Row open_row(Store& store, const StoredRecord& stored) {
  return stored.record.body.empty() ? sealed_row(stored) : open_row(store, stored.record);
}

Chain chain_of(Store& store, std::int64_t writer) {
  auto found = store.db.query("SELECT chained, head, newest FROM writer WHERE id = ?");
  found.bind(writer);
  if (!found.step()) return {};
  Chain out{static_cast<Seq>(found.number(0)), {}, found.number(2)};
  if (!found.is_null(1)) out.head = found.fixed<Hash>(1);
  return out;
}

void set_chain(Store& store, std::int64_t writer, const Chain& chain) {
  store.db.query("UPDATE writer SET chained = ?, head = ?, newest = ? WHERE id = ?")
      .bind(static_cast<std::int64_t>(chain.count))
      .bind(chain.head)
      .bind(chain.segment)
      .bind(writer)
      .run();
}

std::optional<segment::Holding> find_holding(Store& store, const Position& position) {
  auto found = store.db.query(
      "SELECT r.header FROM writer w JOIN record r ON r.writer = w.id WHERE w.device = ? AND w.incarnation = ? AND r.seq = ? AND r.type = "
      "?");
  found.bind(position.device).bind(position.incarnation).bind(static_cast<std::int64_t>(position.seq));
  found.bind(static_cast<std::int64_t>(record::Type::change));
  if (!found.step()) return std::nullopt;
  const auto header = record::decode_header(found.bytes(0));
  if (header.has_error()) return std::nullopt;  // the disk changed it: then it is not held
  return segment::Holding{record::dossier_of(*header), header->key_id};
}

bool name_dossiers(Store& store, segment::Rows& rows) {
  return !rows.elided.dossiers || segment::name_dossiers(rows, [&](const Position& position) { return find_holding(store, position); });
}

std::optional<record::Change> read_change(Store& store, const record::Sealed& sealed) {
  const auto& header = sealed.header;
  const auto* key = header.type == record::Type::change ? find_key(store, header.key_id) : nullptr;
  if (key == nullptr || sealed.body.empty()) return std::nullopt;
  const auto plain = record::open(sealed, *key, store.org);
  if (plain.has_error()) return std::nullopt;
  auto change = record::decode_change(*plain, header.position);
  if (change.has_error()) return std::nullopt;
  return *std::move(change);
}

std::optional<record::GrantBody> read_grant(Store& store, const segment::Verified& verified) {
  const auto& header = verified.record.header;
  if (header.type != record::Type::grant || verified.record.body.empty()) return std::nullopt;
  const auto plain = record::open(verified.record, record::open_key(store.org), store.org);
  if (plain.has_error()) return std::nullopt;
  auto grant = record::decode_grant(*plain, header.position);
  if (grant.has_error()) return std::nullopt;
  return *std::move(grant);
}

void load_keys(Store& store, const segment::Rows& rows) {
  for (const auto& row : rows.rows)
    if (const auto* open = std::get_if<segment::OpenRow>(&row)) (void)find_key(store, open->header.key_id);
}

}  // namespace ward::storage
