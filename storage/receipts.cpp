#include "storage/audit.hpp"
#include "storage/ward_parts.hpp"

#include "protocol/base/codec.hpp"

#include <algorithm>
#include <array>

namespace ward::storage {
namespace {

constexpr std::size_t receipt_bytes_max = 4 * 1024 * 1024;
constexpr std::size_t lost_heads_max = 65'536;

void keep_receipt(Store& store, const sync::Receipted& receipted) {
  Writer out;
  out.bytes(log::encode_receipt(receipted.receipt));
  out.raw(receipted.signature);
  out.varint(receipted.policy_count);
  set_meta(store, "receipt", out.peek());
}

bool holds(const log::Receipt& receipt, const Incarnation& incarnation) {
  return std::any_of(receipt.heads.begin(), receipt.heads.end(),
                     [&](const auto& head) { return head.incarnation == incarnation && head.count > 0; });
}

void keep_for_evidence(Store& store, std::int64_t writer, const sync::Receipted& receipted) {
  const auto bytes = log::encode_receipt(receipted.receipt);
  store.db
      .query(
          "INSERT INTO receipt (writer, receipt, signature) VALUES (?, ?, ?) ON CONFLICT (writer) DO UPDATE SET receipt = "
          "excluded.receipt, "
          "signature = excluded.signature")
      .bind(writer)
      .bind(BytesView(bytes))
      .bind(receipted.signature)
      .run();
}

}  // namespace

std::optional<evidence::SignedReceipt> kept_receipt(Store& store, std::int64_t writer) {
  auto found = store.db.query("SELECT receipt, signature FROM receipt WHERE writer = ?");
  found.bind(writer);
  if (!found.step()) return std::nullopt;
  return evidence::SignedReceipt{or_damaged(log::decode_receipt(found.bytes(0)), "a kept receipt does not decode"),
                                 found.fixed<Signature>(1)};
}

std::optional<sync::Receipted> stored_receipt(Store& store) {
  const auto bytes = meta(store, "receipt");
  if (!bytes) return std::nullopt;
  Reader from(*bytes);
  const auto receipt = from.bytes(receipt_bytes_max);
  sync::Receipted out;
  out.signature = from.fixed_value<Signature>();
  out.policy_count = static_cast<Epoch>(from.varint());
  or_damaged(from.finish("stored receipt"), "the stored receipt does not decode");
  out.receipt = or_damaged(log::decode_receipt(receipt), "the stored receipt does not decode");
  return out;
}

std::vector<log::DeviceHead> lost_heads(Store& store) {
  const auto bytes = meta(store, "lost heads");
  if (!bytes) return {};
  Reader from(*bytes);
  std::vector<log::DeviceHead> out;
  const auto size = from.count(lost_heads_max);
  for (std::size_t i = 0; i < size && from.ok(); ++i) {
    log::DeviceHead head;
    head.incarnation = from.fixed_value<Incarnation>();
    head.count = from.varint();
    head.statement = from.fixed_value<Hash>();
    out.push_back(head);
  }
  or_damaged(from.finish("lost heads"), "stored heads do not decode");
  return out;
}

bool accounts_for(Store& store, std::int64_t writer, const log::DeviceHead& head) {
  const auto last = writer == 0 ? std::nullopt : segment_until(store, writer, head.count);
  return last && last->hash == head.statement;
}

bool is_signed(const Store& store, const log::Receipt& receipt, const Signature& signature) {
  const auto keys = store.policy.receipt_keys();
  return receipt.org == store.org && std::any_of(keys.begin(), keys.end(), [&](const auto& one) {
           return one.counts_at(receipt.time) && log::verify(receipt, signature, one.key).has_value();
         });
}

bool asks_for_own(Store& store) {
  return meta(store, "lost heads").has_value() || meta_number(store, "cursor", 0) < meta_number(store, own_wanted_key, 0);
}

std::optional<Incarnation> own_known_since(Store& store) {
  const auto bytes = meta(store, "own known since");
  if (!bytes) return std::nullopt;
  Reader from(*bytes);
  const auto out = from.fixed_value<Incarnation>();
  or_damaged(from.finish("own known since"), "what tells of copies does not decode");
  return out;
}

void set_lost_heads(Store& store, const std::vector<log::DeviceHead>& heads) {
  if (heads.empty()) return drop_meta(store, "lost heads");
  Writer out;
  out.varint(heads.size());
  for (const auto& head : heads) {
    out.raw(head.incarnation);
    out.varint(head.count);
    out.raw(head.statement);
  }
  set_meta(store, "lost heads", out.peek());
}

Receipts::Receipts(WardStore& of, Now at) : ward(of), store(of.store_), now(at) {}

/// A centre that goes back under one incarnation, or signs two roots for one size, lies or was tampered with. Nothing is taken back for
/// that.
void Receipts::compare(const sync::Receipted& last, const sync::Receipted& receipted) {
  const evidence::SignedReceipt earlier{last.receipt, last.signature}, later{receipted.receipt, receipted.signature};
  if (receipted.receipt.size < last.receipt.size || evidence::contradicts(last.receipt, receipted.receipt))
    LogWatch(ward, now).accuse({earlier, later, std::nullopt});
}

/// It names less of a writer than it had.
void Receipts::took_back(std::int64_t writer, const sync::Receipted& receipted) {
  const auto before = kept_receipt(store, writer);
  if (before && evidence::contradicts(before->receipt, receipted.receipt))
    LogWatch(ward, now).accuse({*before, evidence::SignedReceipt{receipted.receipt, receipted.signature}, std::nullopt});
  else
    raise("rollback");
}

void Receipts::raise(std::string_view alarm) {
  constexpr std::array<std::string_view, 4> worse{"", "told_otherwise", "rollback", "two_faces"};
  const auto weight = [&](std::string_view one) { return std::find(worse.begin(), worse.end(), one) - worse.begin(); };
  if (const auto before = meta(store, "alarm"); before && weight(text_of(*before)) >= weight(alarm)) return;
  set_meta(store, "alarm", view(alarm));
  note_act(store, {audit::Kind::alarm, now.wall, ward.believes(now), {}, {}, std::string(alarm)});
}

/// A stamp decides between concurrent changes, and nothing where there are none.
void Receipts::touch(const StoredSegment& segment) {
  for (const auto dossier : dossiers_that_stamps_change(store, segment)) touched_.insert(dossier);
}

void Receipts::remerge_touched() {
  for (const auto dossier : touched_) remerge(store, dossier);
}

void Receipts::note_stamps(const std::vector<sync::OwnStamp>& stamps) {
  for (const auto& own : stamps) {
    const auto writer = find_writer(store, ward.membership_.device, own.incarnation);
    const auto segment = writer == 0 ? std::nullopt : segment_from(store, writer, own.first);
    if (!segment || segment->stamp == own.stamp) continue;
    store.db.query("UPDATE segment SET stamp_index = ?, stamp_ms = ? WHERE id = ?")
        .bind(static_cast<std::int64_t>(own.stamp.index))
        .bind(own.stamp.time.ms)
        .bind(segment->id)
        .run();
    touch(*segment);
  }
}

bool Receipts::cover(const log::DeviceHead& head) {
  if (head.count == 0) return true;
  const auto writer = find_writer(store, ward.membership_.device, head.incarnation);
  if (!accounts_for(store, writer, head)) return false;
  store.db.query("UPDATE segment SET receipted = 1, refused = NULL, key_seed = NULL WHERE receipted = 0 AND writer = ? AND first < ?")
      .bind(writer)
      .bind(static_cast<std::int64_t>(head.count))
      .run();
  return true;
}

/// Of what another copy of this device wrote it would have told.
bool Receipts::tells_all(const log::Receipt& receipt) {
  const auto since = own_known_since(store);
  return receipt.heads.size() < strangers_told_max && (!since || holds(receipt, *since));
}

/// Heads that this file cannot account for: it is a copy from before they were written, or another copy of it runs elsewhere.
bool Receipts::note_lost(const std::vector<log::DeviceHead>& heads) {
  if (heads.empty()) return false;
  auto lost = lost_heads(store);
  bool grew = false;
  for (const auto& head : heads) {
    const auto same = std::find_if(lost.begin(), lost.end(), [&](const auto& one) { return one.incarnation == head.incarnation; });
    if (same == lost.end())
      lost.push_back(head);
    else if (same->count >= head.count)
      continue;
    else
      *same = head;
    grew = true;
  }
  if (!grew) return false;
  if (lost_heads(store).empty())
    note_act(store, {audit::Kind::copy_found, now.wall, ward.believes(now), {}, hex(heads.front().incarnation.view()), {}});
  set_lost_heads(store, lost);
  // What this device wrote elsewhere cannot lie before the last moment when everything of it was known here.
  set_meta_number(store, "cursor", std::min(meta_number(store, "cursor", 0), meta_number(store, "own known", 0)));
  ward.asked_own_ = false;
  return true;
}

Receipts::Outcome Receipts::take(const engine::agent::StoreReceipt& stored) {
  const auto& receipt = stored.receipted.receipt;
  const auto last = stored_receipt(store);
  const bool same_centre = last && last->receipt.centre == receipt.centre;
  const bool older = same_centre && receipt.time < last->receipt.time;
  Outcome out;
  if (last && !same_centre) {
    // Remembered until its heads were compared, which another link may have to do.
    set_meta(store, "heads wanted", receipt.centre.view());
    // What the restored copy held is as it was; what of it was archived later came from this centre's new count.
    const auto archived = static_cast<std::int64_t>(std::min(last->receipt.archived, receipt.archived));
    set_meta_number(store, "archived", std::min(meta_number(store, "archived", archived), archived));
  }
  out.centre_is_new = meta(store, "heads wanted").has_value();
  if (same_centre && !older) compare(*last, stored.receipted);
  note_stamps(stored.receipted.stamps);
  std::vector<log::DeviceHead> unknown;
  for (const auto& head : receipt.heads) {
    const bool covered = cover(head);
    const auto writer = find_writer(store, receipt.device, head.incarnation);
    if (!out.centre_is_new && !older && holds_receipted(writer, head.count)) took_back(writer, stored.receipted);
    if (!covered)
      unknown.push_back(head);
    else if (!older && head.count > 0)
      keep_for_evidence(store, writer, stored.receipted);
  }
  out.is_copy = note_lost(unknown);
  if (unknown.empty() && !out.centre_is_new && lost_heads(store).empty() && tells_all(receipt)) {
    set_meta_number(store, "own known", static_cast<std::int64_t>(receipt.size));
    if (ward.incarnation_ && holds(receipt, *ward.incarnation_)) set_meta(store, "own known since", ward.incarnation_->view());
    centre_told_of_codes(store);
  }
  if (!older) {
    keep_receipt(store, stored.receipted);
    set_meta_number(store, "clock offset", stored.at.wall.ms - receipt.time.ms);
  }
  remerge_touched();
  return out;
}

void Receipts::take_back(std::int64_t writer, Seq from) {
  std::vector<std::int64_t> ids;
  {
    auto found = store.db.query("SELECT id FROM segment WHERE writer = ? AND first >= ? AND receipted = 1");
    found.bind(writer).bind(static_cast<std::int64_t>(from));
    while (found.step()) ids.push_back(found.number(0));
  }
  for (const auto id : ids) {
    store.db.query("UPDATE segment SET receipted = 0, stamp_index = NULL, stamp_ms = NULL WHERE id = ?").bind(id).run();
    touch(*find_segment(store, id));
  }
}

bool Receipts::holds_receipted(std::int64_t writer, Seq from) {
  auto found = store.db.query("SELECT 1 FROM segment WHERE writer = ? AND first >= ? AND receipted = 1 AND forked = 0 LIMIT 1");
  found.bind(writer).bind(static_cast<std::int64_t>(from));
  return found.step();
}

Receipts::Outcome Receipts::take_all(const std::vector<log::DeviceHead>& heads) {
  Outcome out;
  const bool centre_is_new = meta(store, "heads wanted").has_value();
  std::vector<std::pair<std::int64_t, Incarnation>> own;
  {
    auto found = store.db.query("SELECT id, incarnation FROM writer WHERE device = ?");
    found.bind(ward.membership_.device);
    while (found.step()) own.emplace_back(found.number(0), found.fixed<Incarnation>(1));
  }
  for (const auto& [writer, incarnation] : own) {
    const auto head = std::find_if(heads.begin(), heads.end(), [&](const auto& one) { return one.incarnation == incarnation; });
    const auto held = head == heads.end() ? 0 : head->count;
    if (centre_is_new)
      take_back(writer, held);
    else if (holds_receipted(writer, held))
      raise("rollback");
  }
  std::vector<log::DeviceHead> unknown;
  for (const auto& head : heads)
    if (!cover(head)) unknown.push_back(head);
  if (centre_is_new) out.rewound = rewind(meta_number(store, "archived", 0));
  out.is_copy = note_lost(unknown);
  drop_meta(store, "heads wanted");
  drop_meta(store, "archived");
  remerge_touched();
  return out;
}

/// Everything past the copy that a centre was restored from has new places in its log.
bool Receipts::rewind(std::int64_t index) {
  const auto cursor = meta_number(store, "cursor", 0);
  // Summaries that it counted on may be gone: then it begins anew, and takes the records.
  if (meta_number(store, fill_key, 0) > index) {
    set_meta_number(store, fill_key, 0);
    index = 0;
  }
  set_meta_number(store, "cursor", std::min(cursor, index));
  set_meta_number(store, "own known", std::min(meta_number(store, "own known", 0), index));
  set_meta_number(store, own_wanted_key, std::min(meta_number(store, own_wanted_key, 0), index));
  drop_meta(store, "own known since");
  return index < cursor;
}

}  // namespace ward::storage
