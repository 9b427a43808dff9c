#include "storage/centre_parts.hpp"
#include "storage/desk_writer.hpp"
#include "storage/erasures.hpp"
#include "storage/grants.hpp"
#include "storage/twins.hpp"

#include <algorithm>

namespace ward::storage {
namespace {

bool creates_dossier(const record::Header& header) { return header.type == record::Type::change && header.did.is_zero(); }

bool is_act_of_custody(const record::Op& op) {
  return op.kind == record::OpKind::accept || op.kind == record::OpKind::decline || op.kind == record::OpKind::recall;
}

/// Whether somebody may have ceased to read by this record: also through one who read it before, whose acceptance beats a recall. A new
/// reader can wait until the dossier is merged.
bool may_move_custody(Store& store, const std::vector<DossierReader>& readers, std::int64_t dossier, const segment::Verified& verified) {
  if (readers.size() < 2) return false;
  auto waiting = store.db.query("SELECT waiting FROM dossier WHERE id = ?");
  waiting.bind(dossier);
  if (waiting.step() && waiting.number(0) > 0) return true;
  const auto change = read_change(store, verified);
  return change && std::any_of(change->ops.begin(), change->ops.end(), is_act_of_custody);
}

bool all_as_stored(const segment::Rows& rows) {
  return std::all_of(rows.rows.begin(), rows.rows.end(), [](const auto& row) {
    return std::holds_alternative<segment::SealedRow>(row) || std::holds_alternative<segment::HashRow>(row);
  });
}

bool is_forked_enough(Store& store, std::int64_t writer) {
  auto found = store.db.query("SELECT count(*) FROM segment WHERE forked = 1 AND writer = ?");
  found.bind(writer);
  return found.step() && found.number(0) >= forked_segments_max;
}

constexpr std::chrono::days refill_max{14};  ///< a PC that is away longer is bounded again

std::int64_t day_number(WallTime at) { return code::day_of(at).time_since_epoch().count(); }

}  // namespace

void note_refusal(Store& store, const DeviceId& device, WallTime at, Fault fault) {
  store.db
      .query(
          "INSERT INTO peer (device, refused_ms, refused) VALUES (?, ?, ?) ON CONFLICT (device) DO UPDATE SET refused_ms = "
          "excluded.refused_ms, "
          "refused = excluded.refused")
      .bind(device)
      .bind(at.ms)
      .bind(std::string_view(name_of(fault)))
      .run();
}

void note_fork(Store& store, const DeviceId& device, WallTime at) {
  store.db.query("UPDATE peer SET forked_ms = ? WHERE device = ?").bind(at.ms).bind(device).run();
}

void forget_fork(Store& store, const DeviceId& device) {
  store.db.query("UPDATE peer SET forked_ms = 0 WHERE device = ?").bind(device).run();
  store.db.query("UPDATE peer SET refused_ms = 0, refused = NULL WHERE device = ? AND refused = ?")
      .bind(device)
      .bind(std::string_view(name_of(Fault::fork)))
      .run();
}

Admission::Admission(CentreStore& centre, const DeviceId& device, WallTime at)
    : centre_(centre), store_(centre.store_), device_(device), at_(at), frontier_(centre.frontier_), last_stamp_(centre.last_stamp_) {
  if (const auto* standing = store_.policy.device(device_)) unit_ = standing->device.unit;
}

void Admission::refuse(const segment::Statement& statement, Fault fault) {
  out.refused.push_back({statement.incarnation, statement.first, fault});
  note_refusal(store_, device_, at_, fault);
  if (fault == Fault::fork) note_fork(store_, device_, at_);
}

void Admission::need_sealed(const segment::Statement& statement) { out.need_sealed.emplace_back(statement.incarnation, statement.first); }

void Admission::admit(segment::Rows& rows) {
  const auto& statement = rows.statement.statement;
  const auto* standing = store_.policy.device(device_);
  if (standing == nullptr || statement.device != device_) return refuse(statement, Fault::not_member);
  if (standing->revoked && !by_a_person) return refuse(statement, Fault::revoked);
  if (full) return refuse(statement, Fault::storage_full);
  if (rows.subset) return refuse(statement, Fault::malformed);
  if (!leaves_out_only_what_is_erased(store_, rows)) return refuse(statement, Fault::gap);
  writer_ = find_writer(store_, device_, statement.incarnation);
  if (const auto verified = verify(rows)) take(rows, *verified);
}

bool Admission::fill_root(segment::ReceiptSeen& seen) {
  seen.root = {};
  if (seen == segment::ReceiptSeen{}) return true;
  auto found = store_.db.query("SELECT root FROM root WHERE centre = ? AND size = ?");
  found.bind(seen.centre).bind(static_cast<std::int64_t>(seen.size));
  if (!found.step()) return false;
  seen.root = found.fixed<Hash>(0);
  return true;
}

/// Puts back what the statement left out because it is held here; false when it is not.
bool Admission::fill(segment::Rows& rows) {
  auto& statement = rows.statement.statement;
  if (rows.elided.previous) {
    const auto chain = chain_of(store_, writer_);
    if (chain.count == statement.first) {
      statement.previous = chain.head;
    } else {
      // The statement that ends there; or the very same segment again, whose answer was lost.
      const auto before = statement.first == 0 ? std::nullopt : segment_until(store_, writer_, statement.first);
      if (!before && statement.first != 0) return false;
      statement.previous = before ? before->hash : Hash{};
    }
  }
  if (rows.elided.receipt_root && !fill_root(statement.receipt_seen)) return false;
  return name_dossiers(store_, rows);
}

/// What lies beside it may be what the disk changed.
bool Admission::fill_if_whole(segment::Rows& rows) {
  try {
    return fill(rows);
  } catch (const Failure& failure) {
    if (!is_damaged_row(failure)) throw;
    return false;
  }
}

std::optional<std::vector<segment::Verified>> Admission::verify(segment::Rows& rows) {
  const auto statement = rows.statement.statement;
  const bool elided = rows.elided.previous || rows.elided.receipt_root || rows.elided.dossiers;
  if (elided && !fill_if_whole(rows)) {
    need_sealed(statement);
    return std::nullopt;
  }
  load_keys(store_, rows);
  auto verified = segment::verify_rows(rows, store_.org, store_.policy.device(device_)->device.sign, store_.keys);
  if (verified.has_value()) return *std::move(verified);
  // What was computed here may be what is wrong: before anyone is called a forger, the bytes themselves are asked for.
  if (elided || !all_as_stored(rows))
    need_sealed(statement);
  else
    refuse(statement, verified.error().fault);
  return std::nullopt;
}

void Admission::take(const segment::Rows& rows, const std::vector<segment::Verified>& verified) {
  const auto& statement = rows.statement.statement;
  hash_ = segment::hash_of(statement, store_.org);
  mend(rows, verified);
  if (const auto held = find_segment(store_, hash_)) return duplicate(*held);
  const auto chain = chain_of(store_, writer_);
  if (statement.first > chain.count) return refuse(statement, Fault::gap);
  if (is_full(statement)) return refuse(statement, Fault::storage_full);
  if (statement.first < chain.count) return overlap(rows, verified, chain);
  if (const auto fault = judge(verified)) return refuse(statement, *fault);
  const bool forked = statement.previous != chain.head;
  if (forked && is_forked_enough(store_, writer_)) return refuse(statement, Fault::fork);
  append(rows, verified, forked);
  if (forked) refuse(statement, Fault::fork);
}

/// What the disk changed of a segment that was set aside, as its writer sends it again.
void Admission::mend(const segment::Rows& rows, const std::vector<segment::Verified>& verified) {
  const auto& statement = rows.statement.statement;
  std::int64_t id = 0, index = 0;
  {
    auto found = store_.db.query(
        "SELECT s.id, d.stamp_index FROM segment s JOIN damaged d ON d.stamp_index = s.stamp_index WHERE s.writer = ? AND s.first = ?");
    found.bind(writer_).bind(static_cast<std::int64_t>(statement.first));
    if (!found.step()) return;
    id = found.number(0);
    index = found.number(1);
  }
  if (!is_in_log(id, statement)) return;
  const auto bytes = segment::encode_statement(statement);
  store_.db.query("UPDATE segment SET hash = ?, statement = ?, signature = ?, count = ? WHERE id = ?")
      .bind(hash_)
      .bind(BytesView(bytes))
      .bind(rows.statement.signature)
      .bind(std::int64_t{statement.count})
      .bind(id)
      .run();
  for (const auto& one : verified) put_back_record(store_, one, writer_, id, at_);
  if (whole_segment(store_, id).has_value()) centre_.give_again(index, id, "its writer sent it again");
}

/// By its own hash, or by what follows it: another segment with these numbers takes no place of one that was stamped.
bool Admission::is_in_log(std::int64_t id, const segment::Statement& statement) {
  auto found = store_.db.query("SELECT 1 FROM segment WHERE id = ? AND hash = ?");
  found.bind(id).bind(hash_);
  if (found.step()) return true;
  const auto end = statement.first + statement.count;
  const auto chain = chain_of(store_, writer_);
  if (chain.count == end) return chain.head == hash_;
  try {
    const auto next = segment_from(store_, writer_, end);
    return next && next->signed_statement.statement.previous == hash_;
  } catch (const Failure& failure) {
    if (!is_damaged_row(failure)) throw;
    return false;
  }
}

void Admission::duplicate(const StoredSegment& held) {
  const auto& statement = held.signed_statement.statement;
  out.stamps.push_back({statement.incarnation, statement.first, *held.stamp});
  if (held.forked)
    out.refused.push_back({statement.incarnation, statement.first, Fault::fork});  // noted when it came; settled since, perhaps
}

/// Records that are held already, cut in another way: a device that was restored from a copy. Other records under the same numbers: a fork.
void Admission::overlap(const segment::Rows& rows, const std::vector<segment::Verified>& verified, const Chain& chain) {
  const auto& statement = rows.statement.statement;
  const auto known = [&](const segment::Verified& one) {
    auto held = store_.db.query("SELECT 1 FROM record WHERE writer = ? AND seq = ? AND rid = ?");
    held.bind(writer_).bind(static_cast<std::int64_t>(one.record.header.position.seq)).bind(one.rid);
    return held.step();
  };
  const bool same = std::all_of(verified.begin(), verified.end(),
                                [&](const auto& one) { return one.record.header.position.seq >= chain.count || known(one); });
  if (!same) {
    if (is_forked_enough(store_, writer_)) return refuse(statement, Fault::fork);
    if (const auto fault = judge(verified)) return refuse(statement, *fault);
    append(rows, verified, true);
    return refuse(statement, Fault::fork);
  }
  // Inside what is held, the heads of the receipt say that it is here.
  if (statement.first + statement.count <= chain.count) return;
  // Past its end it must be cut anew; a file that somebody brought cannot be.
  if (!by_a_person) return refuse(statement, Fault::gap);
  if (const auto fault = judge(verified)) return refuse(statement, *fault);
  append(rows, verified, true);  // with records that are another's, too, as wards take it
  set_chain(store_, writer_, {statement.first + statement.count, hash_, find_segment(store_, hash_)->id});
}

const std::vector<DossierReader>& Admission::readers(std::int64_t dossier) {
  const auto [held, fresh] = readers_.try_emplace(dossier);
  if (fresh) held->second = readers_of(store_, dossier);
  return held->second;
}

bool Admission::may_write(std::int64_t dossier) {
  const auto& context = context_of(store_);
  const auto& house = context.house_of(unit_, std::nullopt);
  const auto& all = readers(dossier);
  return std::any_of(all.begin(), all.end(), [&](const auto& reader) { return context.house_of(reader.unit, std::nullopt) == house; });
}

/// Who may read follows from the merged state; here at once, since what comes next may not be for whom this concerns. A dossier of which
/// the disk changed something stays to be merged, and keeps nobody's segment out.
void Admission::settle(std::int64_t dossier) {
  try {
    store_.db.attempt([&] { remerge(store_, dossier); });
  } catch (const Failure& failure) {
    if (!is_damaged_row(failure)) throw;
  }
  readers_.erase(dossier);
}

/// What a device of another unit writes after it was given the dossier may come before that, after this centre was restored from a copy.
bool Admission::builds_on_what_is_missing(const segment::Verified& verified) {
  const auto missing = [&](const Position& position) { return !find_holding(store_, position); };
  if (const auto grant = read_grant(store_, verified)) return std::any_of(grant->stands_on.begin(), grant->stands_on.end(), missing);
  const auto change = read_change(store_, verified);
  if (!change) return meta(store_, restored_at_key).has_value();
  return std::any_of(change->seen.begin(), change->seen.end(), missing);
}

/// By the device with which this centre's officials write.
bool Admission::is_our_own() const { return context_of(store_).is_centre(unit_) && desk_keys(centre_.keys_, unit_).device == device_; }

/// What its device cut before it had heard of this centre, which was restored from a copy: the copy lacks it, and asks for it.
bool Admission::is_a_refill(const segment::Statement& statement) {
  const auto restored = meta_number(store_, restored_at_key, 0);
  if (restored == 0 || at_.ms - restored > std::chrono::milliseconds(refill_max).count()) return false;
  const auto& seen = statement.receipt_seen.centre;
  if (seen.is_zero() || seen == centre_.centre_) return false;
  auto found = store_.db.query("SELECT 1 FROM root WHERE centre = ? LIMIT 1");
  found.bind(seen);
  return found.step();
}

/// By the centre's clock. What reaches the bound is taken whole, so that no segment is too large for ever.
bool Admission::is_full(const segment::Statement& statement) {
  if (!taken_) {
    auto found = store_.db.query("SELECT bytes FROM taken WHERE device = ? AND day = ?");
    found.bind(device_).bind(day_number(at_));
    taken_ = found.step() ? static_cast<std::uint64_t>(found.number(0)) : 0;
  }
  if (is_a_refill(statement)) return false;
  const auto bound = store_.policy.limits_of(context_of(store_).house_of(unit_, std::nullopt)).day_bytes;
  full = *taken_ >= (bound == 0 ? day_bytes_built_in : bound) && !by_a_person && !is_our_own();
  return full;
}

std::optional<Fault> Admission::judge_one(const segment::Verified& verified, std::set<Did>& created) {
  const auto& header = verified.record.header;
  const auto did = record::dossier_of(header);
  if (header.type == record::Type::summary && !is_our_own()) return Fault::not_member;
  if (did.is_zero()) return std::nullopt;
  if (header.did.is_zero()) {
    if (header.type == record::Type::grant) return Fault::malformed;
    created.insert(did);
    return std::nullopt;
  }
  // Of an erased dossier nothing is read or shown, and who might write to it is not known any more.
  if (created.contains(did) || is_erased(store_, did)) return std::nullopt;
  const auto dossier = find_dossier_row(store_, did);
  // The centre's own officials may say something of every dossier; whether it applies is for merging to say.
  if (dossier != 0 && context_of(store_).is_centre(unit_)) return std::nullopt;
  // A centre that was restored from a copy may hear of a dossier before its beginning comes back.
  if (dossier == 0 || readers(dossier).empty()) return Fault::gap;
  if (!may_write(dossier) && is_dirty(store_, dossier)) settle(dossier);
  if (may_write(dossier)) return std::nullopt;
  return builds_on_what_is_missing(verified) ? Fault::gap : Fault::not_member;
}

/// Whether this device may write these records; before anything of the segment is stored.
std::optional<Fault> Admission::judge(const std::vector<segment::Verified>& verified) {
  std::vector<const segment::Verified*> in_order;
  in_order.reserve(verified.size());
  for (const auto& one : verified) in_order.push_back(&one);
  std::sort(in_order.begin(), in_order.end(),
            [](const auto* a, const auto* b) { return a->record.header.position.seq < b->record.header.position.seq; });
  std::set<Did> created;
  for (const auto* one : in_order)
    if (const auto fault = judge_one(*one, created)) return fault;
  return std::nullopt;
}

void Admission::append(const segment::Rows& rows, const std::vector<segment::Verified>& verified, bool forked) {
  const auto& statement = rows.statement.statement;
  writer_ = writer_row(store_, device_, statement.incarnation);
  if (!forked && !by_a_person && wrote_beside_another(store_, device_, writer_, verified)) note_twins(store_, device_, at_);
  last_stamp_ = std::max(at_, WallTime{last_stamp_.ms + 1});
  const Stamp stamp{frontier_.size, last_stamp_};
  const auto segment = put_segment(store_, {writer_, rows.statement, hash_, stamp, true, forked, 0});
  put_rows(verified, segment, stamp);
  if (!forked) set_chain(store_, writer_, {statement.first + statement.count, hash_, segment});
  if (!is_a_refill(statement))
    for (const auto& one : verified) *taken_ += record::header_size + one.record.header.length;
  out.stamps.push_back({statement.incarnation, statement.first, stamp});
  frontier_.append(log::leaf_of(hash_, stamp.time));
  accepted_ = true;
}

void Admission::put_rows(const std::vector<segment::Verified>& verified, std::int64_t segment, const Stamp& stamp) {
  std::set<std::int64_t> dossiers, changed, moved;
  std::map<std::int64_t, KeyId> created;
  for (const auto& one : verified) {
    const auto put = put_record(store_, one, writer_, segment, at_);
    if (!put.fresh) share_record(store_, segment, one.leaf, put.record);
    if (put.dossier == 0) continue;
    dossiers.insert(put.dossier);
    if (one.record.header.type != record::Type::summary) changed.insert(put.dossier);
    if (creates_dossier(one.record.header)) {
      created.emplace(put.dossier, one.record.header.key_id);
      put_first_reader(store_, put.dossier, unit_);
      readers_.erase(put.dossier);
    }
    learn_key(one, put.dossier, created);
    if (may_move_custody(store_, readers(put.dossier), put.dossier, one)) moved.insert(put.dossier);
  }
  route(dossiers, stamp);
  for (const auto dossier : changed) mark_dirty(store_, dossier, stamp.index);
  for (const auto dossier : moved) settle(dossier);
}

/// To the writer's unit, and to all that read on when this came: who ceases to read by it hears why.
void Admission::route(const std::set<std::int64_t>& dossiers, const Stamp& stamp) {
  std::set<UnitCode> concerned{unit_};
  for (const auto dossier : dossiers)
    for (const auto& reader : readers(dossier))
      if (!reader.until) concerned.insert(reader.unit);
  std::set<UnitCode> all;
  for (const auto& unit : concerned)
    for (auto& member : house_members(store_, unit)) all.insert(std::move(member));
  put_route(store_, all, stamp.index);
}

/// Keys that came with these rows, and who else was given them. Of the grant beside a new dossier's first record nothing need be noted.
void Admission::learn_key(const segment::Verified& verified, std::int64_t dossier, const std::map<std::int64_t, KeyId>& created) {
  const auto learned = [&](const KeyId& id) {
    const auto found = store_.keys.dossier_keys.find(id);
    return found == store_.keys.dossier_keys.end() ? nullptr : &found->second;
  };
  const auto& header = verified.record.header;
  if (creates_dossier(header)) {
    if (const auto* key = learned(header.key_id)) put_key(store_, dossier, header.key_id, *key);
    return;
  }
  const auto grant = read_grant(store_, verified);
  if (!grant) return;
  const auto new_dossier = created.find(dossier);
  const bool own = grant->before.empty() && grant->wraps.size() == 1 && grant->wraps.front().unit == unit_;
  if (own && new_dossier != created.end() && new_dossier->second == grant->key_id) {
    if (const auto* key = learned(grant->key_id)) put_key(store_, dossier, grant->key_id, *key);
    return;
  }
  if (const auto* key = learned(grant->key_id)) put_later_key(store_, dossier, grant->key_id, *key);
  for (const auto& before : grant->before)
    if (const auto* key = learned(before.key_id)) put_later_key(store_, dossier, before.key_id, *key);
  note_grant(store_, dossier, record::dossier_of(header), *grant);
}

void Admission::finish() {
  if (!accepted_) return;
  set_meta(store_, "frontier", log::encode_frontier(frontier_));
  set_meta_number(store_, "last stamp", last_stamp_.ms);
  const auto root = frontier_.root();
  store_.db.query("INSERT OR REPLACE INTO root (centre, size, root) VALUES (?, ?, ?)")
      .bind(centre_.centre_)
      .bind(static_cast<std::int64_t>(frontier_.size))
      .bind(root)
      .run();
  store_.db.query("INSERT OR REPLACE INTO taken (device, day, bytes) VALUES (?, ?, ?)")
      .bind(device_)
      .bind(day_number(at_))
      .bind(static_cast<std::int64_t>(*taken_))
      .run();
  store_.db
      .query("INSERT INTO peer (device, accepted_ms) VALUES (?, ?) ON CONFLICT (device) DO UPDATE SET accepted_ms = excluded.accepted_ms")
      .bind(device_)
      .bind(at_.ms)
      .run();
}

void Admission::keep() {
  centre_.frontier_ = std::move(frontier_);
  centre_.last_stamp_ = last_stamp_;
}

}  // namespace ward::storage
