#include "storage/ward_parts.hpp"

#include <algorithm>

namespace ward::storage {

Deliveries::Deliveries(WardStore& of, Now at) : ward(of), store(of.store_), now(at) {}

Result<void> Deliveries::apply(std::vector<segment::Rows>& all) {
  for (auto& rows : all) WARD_CHECK(apply_one(rows));
  auto lost = lost_heads(store);
  if (!lost.empty()) {
    std::erase_if(lost, [&](const auto& head) {
      const auto writer = find_writer(store, ward.membership_.device, head.incarnation);
      const auto last = writer == 0 ? std::nullopt : segment_until(store, writer, head.count);
      return last && last->hash == head.statement;
    });
    set_lost_heads(store, lost);
  }
  for (const auto dossier : touched_) remerge(store, dossier);
  return {};
}

Result<void> Deliveries::apply_one(segment::Rows& rows) {
  const auto* device = store.policy.device(rows.statement.statement.device);
  if (device == nullptr) return fail(Fault::gap, "delivery: the policy entry of a device is not held");
  if (!rows.stamp) return fail(Fault::malformed, "delivery: a segment without its stamp");
  WARD_CHECK(fill(rows));
  load_keys(store, rows);
  WARD_TRY(const auto verified, segment::verify_rows(rows, store.org, device->device.sign, store.keys));
  keep(rows, verified, segment::hash_of(rows.statement.statement, store.org));
  return {};
}

Result<void> Deliveries::fill(segment::Rows& rows) {
  auto& statement = rows.statement.statement;
  if (rows.elided.previous) {
    statement.previous = {};
    const auto before = ends_.find({statement.device, statement.incarnation});
    if (before != ends_.end() && before->second.first == statement.first) {
      statement.previous = before->second.second;
    } else if (statement.first != 0) {
      const auto held = segment_until(store, find_writer(store, statement.device, statement.incarnation), statement.first);
      if (!held) return fail(Fault::gap, "delivery: the segment before is not held");
      statement.previous = held->hash;
    }
  }
  if (rows.elided.receipt_root) {
    auto& seen = statement.receipt_seen;
    const auto last = stored_receipt(store);
    seen.root = {};
    if (last && last->receipt.centre == seen.centre && last->receipt.size == seen.size) seen.root = last->receipt.root;
    else if (!(seen == segment::ReceiptSeen{})) return fail(Fault::gap, "delivery: a root that is not held");
  }
  rows.elided = {};
  return {};
}

void Deliveries::restamp(const StoredSegment& held, const Stamp& stamp) {
  store.db.query("UPDATE segment SET receipted = 1, refused = NULL, key_seed = NULL, stamp_index = ?, stamp_ms = ? WHERE id = ?")
      .bind(static_cast<std::int64_t>(stamp.index)).bind(stamp.time.ms).bind(held.id).run();
  if (held.stamp == stamp) return;
  for (const auto& stored : records_of_segment(store, held))
    if (const auto did = record::dossier_of(stored.record.header); !did.is_zero()) touched_.insert(dossier_row(store, did));
}

void Deliveries::keep(const segment::Rows& rows, const std::vector<segment::Verified>& verified, const Hash& hash) {
  const auto& statement = rows.statement.statement;
  const bool own = statement.device == ward.membership_.device;
  const auto writer = writer_row(store, statement.device, statement.incarnation);
  ends_[{statement.device, statement.incarnation}] = {statement.first + statement.count, hash};
  auto held = find_segment(store, hash);
  if (held) restamp(*held, *rows.stamp);
  const auto segment = held ? held->id : put_segment(store, {writer, rows.statement, hash, rows.stamp, true, false, 0});
  bool fresh = false;
  for (const auto& one : verified) {
    const auto put = put_record(store, one, writer, segment, now.wall);
    fresh = fresh || put.fresh;
    if (put.dossier != 0 && put.fresh) {
      touched_.insert(put.dossier);
      take_grant(one, put.dossier);
    }
    if (put.fresh || held) continue;
    // It was cut otherwise here; how the centre has it counts.
    store.db.query("UPDATE record SET segment = ?, leaf = ? WHERE id = ?").bind(segment).bind(std::int64_t{one.leaf}).bind(put.record).run();
    if (put.dossier != 0) touched_.insert(put.dossier);
  }
  if (rows.subset && fresh) {
    Bytes missing;
    for (const auto& one : rows.subset->missing) append(missing, one.view());
    store.db.query("INSERT INTO proof (segment, positions, missing) VALUES (?, ?, ?)")
        .bind(segment).bind(BytesView(rows.subset->positions)).bind(BytesView(missing)).run();
  }
  if (own) adopt(writer, *find_segment(store, segment));
}

/// A segment of this device that the centre holds and this file does not, or not so: what was cut here and overlaps it goes back to the outbox.
void Deliveries::adopt(std::int64_t writer, const StoredSegment& own) {
  const auto first = static_cast<std::int64_t>(own.signed_statement.statement.first);
  std::vector<std::int64_t> overlapping;
  {
    auto found = store.db.query("SELECT id FROM segment WHERE writer = ? AND id <> ? AND receipted = 0 AND first + count > ?");
    found.bind(writer).bind(own.id).bind(first);
    while (found.step()) overlapping.push_back(found.number(0));
  }
  for (const auto id : overlapping) {
    store.db.query("UPDATE record SET segment = NULL, leaf = NULL WHERE writer = ? AND segment = ?").bind(writer).bind(id).run();
    store.db.query("DELETE FROM segment WHERE id = ?").bind(id).run();
  }
  std::int64_t last = 0;
  {
    auto found = store.db.query("SELECT id FROM segment WHERE writer = ? ORDER BY first DESC LIMIT 1");
    found.bind(writer);
    if (found.step()) last = found.number(0);
  }
  const auto end = *find_segment(store, last);
  set_chain(store, writer, {end.end(), end.hash, end.id});
  store.db.query(
             "UPDATE writer SET written = max(written, chained, (SELECT max(seq) + 1 FROM record WHERE writer = writer.id)), waiting_bytes = "
             "(SELECT coalesce(sum(length(header) + length(body)), 0) FROM record WHERE writer = writer.id AND seq >= chained) WHERE id = ?")
      .bind(writer).run();
}

void Deliveries::take_grant(const segment::Verified& verified, std::int64_t dossier) {
  const auto grant = read_grant(store, verified);
  if (!grant) return;
  const auto learned = store.keys.dossier_keys.find(grant->key_id);
  if (learned != store.keys.dossier_keys.end()) put_key(store, dossier, grant->key_id, learned->second);
}

}  // namespace ward::storage
