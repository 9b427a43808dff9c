#include "protocol/base/limits.hpp"
#include "protocol/keys/keys.hpp"
#include "protocol/run/run.hpp"
#include "storage/ward_parts.hpp"

#include <algorithm>
#include <limits>

namespace ward::storage {
namespace {

constexpr std::string_view again_key = "sent again";  ///< meta: segments, by their ids
/// Of `segment s`: records that were let go.
#define WARD_LET_GO                                                                                                                      \
  "SELECT 1 FROM record r JOIN summary m ON m.dossier = r.dossier WHERE r.writer = s.writer AND r.seq >= s.first AND r.seq < s.first + " \
  "s.count AND r.segment = s.id AND r.body IS NULL AND m.record IS NOT NULL"

constexpr std::size_t small_records_max = 4;  ///< as many sealed records as a greeting can carry

bool creates_dossier(const record::Header& header) { return header.type == record::Type::change && header.did.is_zero(); }

bool is_grant_of(const record::Header& grant, const record::Header& creating) {
  return grant.type == record::Type::grant && creates_dossier(creating) && grant.did == record::dossier_of(creating);
}

/// How many of the waiting records the next segment takes. A new dossier's key travels as the grant beside its first record, so these are
/// never parted.
std::size_t cut_at(const std::vector<StoredRecord>& waiting, std::size_t records_max) {
  const auto count = std::min(waiting.size(), records_max);
  const bool parts = count < waiting.size() && count > 1 && is_grant_of(waiting[count].record.header, waiting[count - 1].record.header);
  return parts ? count - 1 : count;
}

Bytes padded(Bytes body) {
  body.resize((body.size() + limits::body_padding - 1) / limits::body_padding * limits::body_padding);
  return body;
}

segment::ReceiptSeen receipt_seen(Store& store) {
  const auto last = stored_receipt(store);
  if (!last) return {};
  return {last->receipt.centre, last->receipt.size, last->receipt.root};
}

/// The grant beside a new dossier's first record: the centre computes it from the segment's key seed.
segment::Row grant_row(Store& store, const segment::OpenRow& open, const std::set<Did>& created) {
  const auto did = record::dossier_of(open.header);
  const auto grant = record::decode_grant(open.plain, open.header.position);
  if (grant.has_error() || grant->wraps.size() != 1 || !created.contains(did)) return open;
  const auto& wrap = grant->wraps.front();
  const auto seed = store.keys.unit_seeds.find({wrap.unit, wrap.unit_epoch});
  const auto* key = find_key(store, grant->key_id);
  if (seed == store.keys.unit_seeds.end() || key == nullptr) return open;
  const auto body = keys::grant_own_unit(*key, did, store.org, wrap.unit, wrap.unit_epoch, seed->second);
  if (padded(record::encode_grant(body, open.header.position)) != open.plain) return open;
  return segment::GrantRow{open.header, wrap.unit, wrap.unit_epoch};
}

std::vector<std::int64_t> again(Store& store) {
  std::vector<std::int64_t> out;
  const auto held = meta(store, again_key);
  if (!held) return out;
  Reader from(*held);
  while (from.ok() && from.remaining() > 0) out.push_back(static_cast<std::int64_t>(from.varint()));
  return out;
}

void set_again(Store& store, const std::vector<std::int64_t>& ids) {
  if (ids.empty()) return drop_meta(store, again_key);
  Writer out;
  for (const auto id : ids) out.varint(static_cast<std::uint64_t>(id));
  set_meta(store, again_key, out.peek());
}

/// Held whole; 0: it is not.
std::int64_t whole_own_segment(Store& store, std::int64_t writer, Seq first) {
  auto found = store.db.query(
      "SELECT s.id FROM segment s WHERE s.writer = ? AND s.first = ? AND s.forked = 0 AND (SELECT count(*) FROM record r WHERE r.segment = "
      "s.id) = s.count");
  found.bind(writer).bind(static_cast<std::int64_t>(first));
  return found.step() ? found.number(0) : 0;
}

bool is_hash(const segment::Row& row) { return std::holds_alternative<segment::HashRow>(row); }

/// The centre finds the dossier and key of a change by the first head that it names; where that would not give this one, it must be told.
bool goes_without_saying(Store& store, const segment::Row& row) {
  if (is_hash(row)) return false;
  const auto* open = std::get_if<segment::OpenRow>(&row);
  if (open == nullptr || open->header.type != record::Type::change || open->header.did.is_zero()) return true;
  const auto change = record::decode_change(open->plain, open->header.position);
  if (change.has_error() || change->seen.empty()) return false;
  const auto before = find_holding(store, change->seen.front());
  return before && before->did == open->header.did && before->key_id == open->header.key_id;
}

}  // namespace

Outbox::Outbox(WardStore& of) : ward(of), store(of.store_) {}

std::vector<Outbox::Writer> Outbox::writers(bool sendable_only) {
  if (sendable_only && ward.full_until_) return {};
  std::set<std::int64_t> unreceipted;
  std::set<std::int64_t> refused;
  auto segments = store.db.query("SELECT writer, refused IS NOT NULL FROM segment WHERE receipted = 0");
  while (segments.step()) {
    unreceipted.insert(segments.number(0));
    if (segments.number(1) != 0) refused.insert(segments.number(0));
  }
  const auto let_go = let_go_unreceipted();
  const auto lost = lost_heads(store);
  std::vector<Writer> out;
  auto own = store.db.query("SELECT id, incarnation, chained, written FROM writer WHERE device = ? ORDER BY id");
  own.bind(ward.membership_.device);
  while (own.step()) {
    const Writer writer{own.number(0), own.fixed<Incarnation>(1), static_cast<Seq>(own.number(2)), static_cast<Seq>(own.number(3))};
    if (writer.written <= writer.chained && !unreceipted.contains(writer.id)) continue;
    // What the centre refused, or holds more of than this file, goes no further until that is settled.
    const bool held_back = refused.contains(writer.id) || let_go.contains(writer.id) || ward.postponed_.contains(writer.incarnation) ||
                           std::any_of(lost.begin(), lost.end(), [&](const auto& head) { return head.incarnation == writer.incarnation; });
    if (!sendable_only || !held_back) out.push_back(writer);
  }
  return out;
}

std::vector<StoredSegment> Outbox::unreceipted(const Writer& writer, std::size_t limit) {
  std::vector<std::int64_t> ids;
  {
    auto found = store.db.query("SELECT id FROM segment WHERE receipted = 0 AND writer = ? ORDER BY first LIMIT ?");
    found.bind(writer.id).bind(static_cast<std::int64_t>(limit));
    while (found.step()) ids.push_back(found.number(0));
  }
  std::vector<StoredSegment> out;
  out.reserve(ids.size());
  for (const auto id : ids) out.push_back(*find_segment(store, id));
  return out;
}

std::optional<StoredSegment> Outbox::cut(Writer& writer, std::size_t records_max) {
  records_max = std::clamp<std::size_t>(records_max, 2, limits::segment_records_max);
  auto waiting = waiting_records(store, writer.id, writer.chained, records_max + 1);
  if (waiting.empty()) return std::nullopt;
  waiting.resize(cut_at(waiting, records_max));

  std::vector<record::Header> headers;
  bool creates = false;
  std::uint64_t bytes = 0;
  for (const auto& stored : waiting) {
    headers.push_back(stored.record.header);
    creates = creates || creates_dossier(stored.record.header);
    bytes += record::header_size + stored.record.body.size();
  }
  const auto order = segment::leaf_order(headers);
  std::vector<Rid> rids;
  rids.reserve(order.size());
  for (const auto at : order) rids.push_back(waiting[at].rid);

  const auto chain = chain_of(store, writer.id);
  segment::Statement statement;
  statement.device = ward.membership_.device;
  statement.incarnation = writer.incarnation;
  statement.first = writer.chained;
  statement.count = static_cast<std::uint16_t>(waiting.size());
  statement.previous = chain.head;
  statement.root = segment::root_of(rids);
  statement.policy_epoch = store.policy.count() - 1;
  statement.receipt_seen = receipt_seen(store);
  const auto signed_statement = segment::sign(statement, store.org, ward.keys_.device.sign);
  const auto hash = segment::hash_of(statement, store.org);

  std::optional<Array<32>> seed;
  if (const auto sealed = creates ? meta(store, outbox_seed_key) : std::nullopt)
    seed = fixed_from<Hash>(or_throw(open_local(store.local, outbox_seed_key, {}, *sealed))).bytes;
  const auto id = put_segment(store, {writer.id, signed_statement, hash, std::nullopt, false, false, bytes, seed});
  for (std::size_t leaf = 0; leaf < order.size(); ++leaf)
    store.db.query("UPDATE record SET segment = ?, leaf = ? WHERE id = ?")
        .bind(id)
        .bind(static_cast<std::int64_t>(leaf))
        .bind(waiting[order[leaf]].id)
        .run();
  writer.chained += waiting.size();
  set_chain(store, writer.id, {writer.chained, hash, id});
  store.db.query("UPDATE writer SET waiting_bytes = waiting_bytes - ? WHERE id = ?")
      .bind(static_cast<std::int64_t>(bytes))
      .bind(writer.id)
      .run();
  return find_segment(store, id);
}

/// What is saved next gets a seed of its own, so that a seed never serves for long.
void Outbox::forget_seed_when_empty() {
  auto waiting = store.db.query("SELECT 1 FROM writer WHERE device = ? AND written > chained LIMIT 1");
  waiting.bind(ward.membership_.device);
  if (!waiting.step()) drop_meta(store, outbox_seed_key);
}

std::vector<StoredSegment> Outbox::next(std::size_t segments, std::size_t segment_records) {
  auto out = wanted_again(segments);
  bool cut_any = false;
  for (auto& writer : writers(true)) {
    if (out.size() >= segments) break;
    for (auto& segment : unreceipted(writer, segments - out.size())) out.push_back(std::move(segment));
    while (out.size() < segments) {
      auto segment = cut(writer, segment_records);
      if (!segment) break;
      cut_any = true;
      out.push_back(*std::move(segment));
    }
    if (out.size() >= segments) break;
  }
  if (cut_any) forget_seed_when_empty();
  return out;
}

std::set<std::int64_t> Outbox::let_go_unreceipted() {
  std::set<std::int64_t> out;
  if (store.db.is_read_only() && !store.db.has_table("summary")) return out;
  auto found = store.db.query("SELECT s.writer FROM segment s WHERE s.receipted = 0 AND EXISTS (" WARD_LET_GO ")");
  while (found.step()) out.insert(found.number(0));
  return out;
}

bool Outbox::unsent() { return !writers(true).empty() || !wanted_again(1).empty(); }

std::vector<StoredSegment> Outbox::wanted_again(std::size_t limit) {
  std::vector<StoredSegment> out;
  if (ward.full_until_) return out;
  for (const auto id : again(store)) {
    if (out.size() >= limit) break;
    auto segment = find_segment(store, id);
    if (segment && !ward.postponed_.contains(segment->signed_statement.statement.incarnation)) out.push_back(*std::move(segment));
  }
  return out;
}

bool Outbox::note_resend(Epoch from) {
  auto ids = again(store);
  const auto before = ids.size();
  for (auto epoch = from; epoch < store.policy.count(); ++epoch) {
    const auto* wanted = std::get_if<policy::Resend>(&store.policy.entries()[epoch].body);
    if (wanted == nullptr || wanted->device != ward.membership_.device) continue;
    const auto writer = find_writer(store, wanted->device, wanted->incarnation);
    for (const auto first : wanted->firsts) {
      const auto id = whole_own_segment(store, writer, first);
      if (id != 0 && std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(id);
    }
  }
  if (ids.size() != before) set_again(store, ids);
  return !ids.empty();
}

void Outbox::sent_again(const Incarnation& incarnation, Seq first) {
  auto ids = again(store);
  if (ids.empty()) return;
  const auto id = whole_own_segment(store, find_writer(store, ward.membership_.device, incarnation), first);
  if (std::erase(ids, id) != 0) set_again(store, ids);
}

QueueSize Outbox::size() {
  QueueSize out;
  std::optional<std::pair<std::int64_t, std::int64_t>> oldest;
  auto own =
      store.db.query("SELECT id, written - chained, waiting_bytes, chained FROM writer WHERE device = ? AND written > chained ORDER BY id");
  own.bind(ward.membership_.device);
  while (own.step()) {
    out.records += static_cast<std::uint64_t>(own.number(1));
    out.bytes += static_cast<std::uint64_t>(own.number(2));
    if (!oldest) oldest.emplace(own.number(0), own.number(3));
  }
  auto cut = store.db.query("SELECT writer, first, count, bytes FROM segment WHERE receipted = 0 ORDER BY writer, first");
  bool first = true;
  while (cut.step()) {
    out.records += static_cast<std::uint64_t>(cut.number(2));
    out.bytes += static_cast<std::uint64_t>(cut.number(3));
    if (std::exchange(first, false))
      oldest = oldest ? std::min(*oldest, {cut.number(0), cut.number(1)}) : std::pair(cut.number(0), cut.number(1));
  }
  if (!oldest) return out;
  auto record = store.db.query("SELECT saved_ms FROM record WHERE writer = ? AND seq = ?");
  record.bind(oldest->first).bind(oldest->second);
  if (record.step()) out.oldest = {record.number(0)};
  return out;
}

Bytes Outbox::small_segment(std::size_t bytes_max) {
  auto sendable = writers(true);
  if (sendable.empty()) return {};
  auto& writer = sendable.front();
  auto held = unreceipted(writer, 1);
  if (held.empty()) {
    // Cutting a long queue for the sake of a greeting would leave it in pieces that suit no link.
    if (writer.written - writer.chained > small_records_max) return {};
    auto segment = cut(writer, small_records_max);
    if (!segment) return {};
    forget_seed_when_empty();
    held.push_back(*std::move(segment));
  }
  if (held.front().signed_statement.statement.count > small_records_max) return {};
  auto rows = rows_of(held.front(), true);
  if (std::any_of(rows.rows.begin(), rows.rows.end(), is_hash)) return {};  // a greeting has no form for them
  rows.elided.previous = rows.elided.receipt_root = true;
  // What every member may read is no secret from the centre, whoever answers in its place could not read the greeting either.
  const auto open_id = crypto::key_id_of(record::open_key(store.org));
  for (auto& row : rows.rows) {
    const auto* sealed = std::get_if<segment::SealedRow>(&row);
    if (sealed != nullptr && sealed->record.header.key_id == open_id) row = open_row(store, sealed->record);
  }
  auto bytes = run::encode_small(rows);
  return bytes.size() <= bytes_max ? bytes : Bytes{};
}

std::vector<segment::Rows> Outbox::sealed_unreceipted(std::size_t after, std::size_t bytes_max) {
  auto all = writers(false);
  for (auto& writer : all)
    for (bool more = true; more;) more = cut(writer, limits::segment_records_max).has_value();
  forget_seed_when_empty();
  // What the centre's archive does not have, either: restored from there, the centre lost it.
  const auto last = stored_receipt(store);
  std::vector<std::int64_t> ids;
  {
    auto found = store.db.query(
        "SELECT s.id FROM segment s JOIN writer w ON w.id = s.writer WHERE w.device = ? AND (s.receipted = 0 OR s.stamp_index IS NULL OR "
        "s.stamp_index >= ?) AND (SELECT count(*) FROM record r WHERE r.segment = s.id) = s.count AND NOT EXISTS (" WARD_LET_GO
        ") ORDER BY s.writer, s.first, s.id "
        "LIMIT ? OFFSET ?");
    found.bind(ward.membership_.device).bind(static_cast<std::int64_t>(last ? last->receipt.archived : 0));
    found.bind(static_cast<std::int64_t>(limits::run_segments_max)).bind(static_cast<std::int64_t>(after));
    while (found.step()) ids.push_back(found.number(0));
  }
  std::vector<segment::Rows> out;
  std::size_t bytes = 0;
  for (const auto id : ids) {
    if (bytes >= bytes_max) break;
    out.push_back(rows_of(*find_segment(store, id), true));
    for (const auto& row : out.back().rows) bytes += record::header_size + segment::header_of(row).length;
  }
  return out;
}

std::vector<sync::Unstamped> Outbox::named_in_hello() {
  std::vector<sync::Unstamped> out;
  const auto name = [&](const Incarnation& incarnation, std::int64_t writer, Seq end) {
    if (std::any_of(out.begin(), out.end(), [&](const auto& one) { return one.incarnation == incarnation; })) return;
    auto unstamped =
        store.db.query("SELECT first FROM segment WHERE writer = ? AND stamp_index IS NULL AND forked = 0 ORDER BY first LIMIT 1");
    unstamped.bind(writer);
    out.push_back({incarnation, unstamped.step() ? static_cast<Seq>(unstamped.number(0)) : end});
  };
  const auto name_all = [&](Query found) {
    found.bind(ward.membership_.device);
    while (found.step()) name(found.fixed<Incarnation>(0), found.number(1), static_cast<Seq>(found.number(2)));
  };
  if (const auto since = own_known_since(store)) {
    if (const auto writer = find_writer(store, ward.membership_.device, *since); writer != 0)
      name(*since, writer, chain_of(store, writer).count);
  } else {
    name_all(store.db.query(
        "SELECT w.incarnation, w.id, w.chained FROM writer w WHERE w.device = ? AND "
        "(SELECT s.receipted FROM segment s WHERE s.writer = w.id ORDER BY s.first LIMIT 1) = 1 ORDER BY w.id DESC LIMIT 1"));
  }
  for (const auto& writer : writers(false)) name(writer.incarnation, writer.id, writer.chained);
  // Receipted, but the answer that told the stamps was cut off.
  name_all(
      store.db.query("SELECT w.incarnation, w.id, w.chained FROM writer w WHERE w.device = ? AND "
                     "EXISTS (SELECT 1 FROM segment s WHERE s.writer = w.id AND s.stamp_index IS NULL AND s.forked = 0) ORDER BY w.id"));
  if (out.size() > sync::unreceipted_max) out.resize(sync::unreceipted_max);
  return out;
}

segment::Rows Outbox::rows_of(const StoredSegment& segment, bool sealed) {
  segment::Rows out;
  out.statement = segment.signed_statement;
  out.elided.previous = out.elided.receipt_root = !sealed;
  if (!sealed) out.key_seed = segment.key_seed;
  const auto records = records_of_segment(store, segment);
  std::set<Did> created;
  for (const auto& stored : records)
    if (creates_dossier(stored.record.header)) created.insert(record::dossier_of(stored.record.header));
  for (const auto& stored : records) {
    auto row = sealed ? sealed_row(stored) : open_row(store, stored);
    const auto* open = std::get_if<segment::OpenRow>(&row);
    const bool computable = open != nullptr && out.key_seed && stored.record.header.type == record::Type::grant;
    out.rows.push_back(computable ? grant_row(store, *open, created) : std::move(row));
  }
  out.elided.dossiers =
      !sealed && std::all_of(out.rows.begin(), out.rows.end(), [&](const auto& row) { return goes_without_saying(store, row); });
  return out;
}

}  // namespace ward::storage
