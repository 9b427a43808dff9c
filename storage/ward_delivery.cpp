#include "storage/erasures.hpp"
#include "storage/summaries.hpp"
#include "storage/ward_parts.hpp"

#include <algorithm>

namespace ward::storage {

Deliveries::Deliveries(WardStore& of, Now at) : ward(of), store(of.store_), now(at) {}

Result<void> Deliveries::apply(std::vector<segment::Rows>& all) {
  for (auto& rows : all) WARD_CHECK(apply_one(rows));
  LogWatch(ward, now).hear(said_);
  auto lost = lost_heads(store);
  if (!lost.empty()) {
    std::erase_if(
        lost, [&](const auto& head) { return accounts_for(store, find_writer(store, ward.membership_.device, head.incarnation), head); });
    set_lost_heads(store, lost);
  }
  for (const auto dossier : regranted_) learn_from_grants(store, dossier);
  touched_.insert(regranted_.begin(), regranted_.end());
  for (const auto dossier : touched_) {
    remerge(store, dossier);
    if (ward.arrived_.size() < arrived_max) ward.arrived_.push_back(did_of(store, dossier));
  }
  return {};
}

Result<void> Deliveries::apply_one(segment::Rows& rows) {
  const auto* device = store.policy.device(rows.statement.statement.device);
  if (device == nullptr) return fail(Fault::gap, "delivery: the policy entry of a device is not held");
  if (!rows.stamp) return fail(Fault::malformed, "delivery: a segment without its stamp");
  if (!leaves_out_only_what_is_erased(store, rows)) return fail(Fault::gap, "delivery: a body is left out, and no order to erase is held");
  WARD_CHECK(fill(rows));
  load_keys(store, rows);
  WARD_TRY(const auto verified, segment::verify_rows(rows, store.org, device->device.sign, store.keys));
  keep(rows, verified, segment::hash_of(rows.statement.statement, store.org));
  if (rows.statement.statement.device != ward.membership_.device) said_.push_back(rows.statement);
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
    if (last && last->receipt.centre == seen.centre && last->receipt.size == seen.size)
      seen.root = last->receipt.root;
    else if (!(seen == segment::ReceiptSeen{}))
      return fail(Fault::gap, "delivery: a root that is not held");
  }
  if (!name_dossiers(store, rows)) return fail(Fault::gap, "delivery: a change that these build on is not held");
  rows.elided = {};
  return {};
}

void Deliveries::restamp(const StoredSegment& held, const Stamp& stamp) {
  store.db.query("UPDATE segment SET receipted = 1, refused = NULL, key_seed = NULL, stamp_index = ?, stamp_ms = ? WHERE id = ?")
      .bind(static_cast<std::int64_t>(stamp.index))
      .bind(stamp.time.ms)
      .bind(held.id)
      .run();
  if (held.stamp == stamp) return;
  for (const auto dossier : dossiers_that_stamps_change(store, held)) touched_.insert(dossier);
}

std::int64_t Deliveries::put_new(const segment::Rows& rows, std::int64_t writer, const Hash& hash) {
  const auto& statement = rows.statement.statement;
  const auto first = static_cast<std::int64_t>(statement.first);
  if (statement.device == ward.membership_.device) release(writer, first);
  // Those of one chain do not overlap, so the last that begins before this one ends tells.
  auto before =
      store.db.query("SELECT first + count FROM segment WHERE writer = ? AND first < ? AND forked = 0 ORDER BY first DESC LIMIT 1");
  before.bind(writer).bind(first + statement.count);
  const bool forked = before.step() && before.number(0) > first;
  return put_segment(store, {writer, rows.statement, hash, rows.stamp, true, forked, 0});
}

void Deliveries::keep(const segment::Rows& rows, const std::vector<segment::Verified>& verified, const Hash& hash) {
  const auto& statement = rows.statement.statement;
  const auto writer = writer_row(store, statement.device, statement.incarnation);
  ends_[{statement.device, statement.incarnation}] = {statement.first + statement.count, hash};
  const auto held = find_segment(store, hash);
  if (held) restamp(*held, *rows.stamp);
  const auto segment = held ? held->id : put_new(rows, writer, hash);
  take_given(rows, verified);
  bool fresh = false;
  for (const auto& one : verified) {
    const auto put = put_record(store, one, writer, segment, now.wall);
    fresh = fresh || put.fresh;
    if (put.dossier != 0 && put.wrote) {
      touched_.insert(put.dossier);
      take_grant(one, put.dossier);
      if (one.record.header.type == record::Type::summary) take_summary(store, put.dossier, one, put.record, *rows.stamp);
    }
    if (!put.fresh && !held) claim(put, segment, one.leaf);
  }
  if (rows.subset && fresh) {
    Bytes missing;
    for (const auto& one : rows.subset->missing) append(missing, one.view());
    store.db.query("INSERT INTO proof (segment, positions, missing) VALUES (?, ?, ?)")
        .bind(segment)
        .bind(BytesView(rows.subset->positions))
        .bind(BytesView(missing))
        .run();
  }
  if (statement.device == ward.membership_.device) follow(writer);
}

/// A record that is held: it waited in the outbox, where the centre's cut counts, or it belongs to another segment as well.
void Deliveries::claim(const Put& put, std::int64_t segment, std::uint8_t leaf) {
  store.db.query("UPDATE record SET segment = ?, leaf = ? WHERE id = ? AND segment IS NULL")
      .bind(segment)
      .bind(std::int64_t{leaf})
      .bind(put.record)
      .run();
  if (store.db.changes() == 0) share_record(store, segment, leaf, put.record);
  if (put.dossier != 0) touched_.insert(put.dossier);
}

/// What was cut here from `first` on and is unreceipted goes back to the outbox: the centre holds these numbers in another cut.
void Deliveries::release(std::int64_t writer, std::int64_t first) {
  std::vector<std::int64_t> overlapping;
  {
    auto found = store.db.query("SELECT id FROM segment WHERE writer = ? AND receipted = 0 AND first + count > ?");
    found.bind(writer).bind(first);
    while (found.step()) overlapping.push_back(found.number(0));
  }
  for (const auto id : overlapping) {
    store.db.query("UPDATE record SET segment = NULL, leaf = NULL WHERE writer = ? AND segment = ?").bind(writer).bind(id).run();
    store.db.query("DELETE FROM segment WHERE id = ?").bind(id).run();
  }
}

/// Where this device's own incarnation stands after a segment of it came from the centre.
void Deliveries::follow(std::int64_t writer) {
  std::int64_t last = 0;
  {
    auto found = store.db.query("SELECT id FROM segment WHERE writer = ? AND forked = 0 ORDER BY first DESC LIMIT 1");
    found.bind(writer);
    if (found.step()) last = found.number(0);
  }
  const auto end = *find_segment(store, last);
  set_chain(store, writer, {end.end(), end.hash, end.id});
  count_waiting(store, writer);
}

void count_waiting(Store& store, std::int64_t writer) {
  store.db
      .query(
          "UPDATE writer SET written = max(written, chained, (SELECT coalesce(max(seq) + 1, 0) FROM record WHERE writer = writer.id)), "
          "waiting_bytes = (SELECT coalesce(sum(length(header) + coalesce(length(body), 0)), 0) FROM record WHERE writer = writer.id AND "
          "seq "
          ">= chained) WHERE id = ?")
      .bind(writer)
      .run();
}

void Deliveries::take_grant(const segment::Verified& verified, std::int64_t dossier) {
  const auto grant = read_grant(store, verified);
  if (!grant) return;
  const auto learned = store.keys.dossier_keys.find(grant->key_id);
  if (learned != store.keys.dossier_keys.end()) put_later_key(store, dossier, grant->key_id, learned->second);
  note_grant(store, dossier, record::dossier_of(verified.record.header), *grant);
  if (learned == store.keys.dossier_keys.end() || !grant->before.empty() || !grant->stands_on.empty()) regranted_.insert(dossier);
}

/// Of the keys that came with the rows those that a row lies under.
void Deliveries::take_given(const segment::Rows& rows, const std::vector<segment::Verified>& verified) {
  for (const auto& bytes : rows.keys) {
    const crypto::DossierKey key(bytes);
    const auto id = crypto::key_id_of(key);
    const auto used = std::find_if(verified.begin(), verified.end(), [&](const auto& one) {
      const auto& header = one.record.header;
      return header.key_id == id && (header.type == record::Type::change || header.type == record::Type::summary);
    });
    if (used == verified.end()) continue;
    const auto dossier = dossier_row(store, record::dossier_of(used->record.header));
    put_later_key(store, dossier, id, key);
    regranted_.insert(dossier);
  }
}

}  // namespace ward::storage
