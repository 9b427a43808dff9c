#include "storage/quarantine.hpp"

#include "protocol/base/limits.hpp"
#include "protocol/run/run.hpp"
#include "protocol/text/text.hpp"
#include "storage/merged.hpp"

#include <algorithm>
#include <functional>

namespace ward::storage {
namespace {

bool is_sealed(const segment::Row& row) {
  return std::holds_alternative<segment::SealedRow>(row) || std::holds_alternative<segment::HashRow>(row);
}

std::uint64_t bytes_of(const segment::Rows& rows) {
  std::uint64_t out = 0;
  for (const auto& row : rows.rows) out += record::header_size + segment::header_of(row).length;
  return out;
}

bool is_kept(Store& store, const Hash& hash) {
  auto found = store.db.query("SELECT 1 FROM handed_in WHERE hash = ?");
  found.bind(hash);
  return found.step();
}

bool is_room(Store& store, const DeviceId& device, std::uint64_t more) {
  auto found = store.db.query("SELECT count(*), coalesce(sum(bytes), 0) FROM handed_in WHERE device = ? AND rejected IS NULL");
  found.bind(device);
  return found.step() && static_cast<std::size_t>(found.number(0)) < handed_in_segments_max &&
         static_cast<std::uint64_t>(found.number(1)) + more <= handed_in_bytes_max;
}

void name_device(Store& store, const DeviceId& device, UnitCode& unit, std::string& label) {
  const auto* standing = store.policy.device(device);
  if (standing == nullptr) return;
  unit = standing->device.unit;
  label = standing->device.label;
}

/// The hash takes the body's place.
bool drop_bodies(segment::Rows& rows, const std::function<bool(const Did&)>& is_erased) {
  bool any = false;
  for (auto& row : rows.rows) {
    const auto* sealed = std::get_if<segment::SealedRow>(&row);
    if (sealed == nullptr || !is_erased(record::dossier_of(sealed->record.header))) continue;
    segment::HashRow hashed{sealed->record.header, record::body_hash_of(sealed->record.body)};
    row = hashed;
    any = true;
  }
  return any;
}

/// A run leaves out the root, and with it what the statement's hash is: verifying puts it back.
Result<void> complete(Store& store, segment::Rows& rows) {
  const auto* standing = store.policy.device(rows.statement.statement.device);
  if (standing == nullptr || segment::verify_rows(rows, store.org, standing->device.sign, store.keys).has_error())
    return fail(Fault::storage_damaged, "what was handed in does not verify any more");
  return {};
}

segment::Rows decode_kept(BytesView run) {
  auto rows = or_damaged(run::decode_run(run), "what was handed in does not decode");
  if (rows.size() != 1) throw Failure{{Fault::storage_damaged, "what was handed in is not one segment"}};
  return std::move(rows.front());
}

/// Of what was handed in: what waits of an incarnation, as far as it is wanted.
#define WARD_WAITS " WHERE device = ?1 AND incarnation = ?2 AND first + count <= ?3 AND rejected IS NULL"

Query of_waiting(Query query, const WantedHandedIn& wanted) {
  query.bind(wanted.device)
      .bind(wanted.incarnation)
      .bind(static_cast<std::int64_t>(std::min(wanted.until.value_or(limits::seq_max), limits::seq_max)));
  return query;
}

/// In other segments, too: a device that was restored from a copy cuts them anew.
bool are_held(Store& store, std::int64_t writer, const std::vector<segment::Verified>& verified) {
  return writer != 0 && std::all_of(verified.begin(), verified.end(), [&](const auto& one) {
           auto held = store.db.query("SELECT 1 FROM record WHERE writer = ? AND seq = ? AND rid = ?");
           held.bind(writer).bind(static_cast<std::int64_t>(one.record.header.position.seq)).bind(one.rid);
           return held.step();
         });
}

}  // namespace

Result<bool> keep_aside(Store& store, segment::Rows& rows, WallTime now) {
  const auto& statement = rows.statement.statement;
  const auto* standing = store.policy.device(statement.device);
  if (standing == nullptr) return fail(Fault::not_member, "this was written by no PC of this city");
  if (!standing->revoked) return fail(Fault::invalid, "the PC that wrote this stands: it sends it by itself");
  const bool whole = !rows.subset && rows.elided == segment::Elided{} && std::all_of(rows.rows.begin(), rows.rows.end(), is_sealed);
  if (!whole) return fail(Fault::malformed, "what is handed in is whole and sealed");
  rows.stamp.reset();
  rows.key_seed.reset();
  rows.keys.clear();
  WARD_TRY(const auto verified, segment::verify_rows(rows, store.org, standing->device.sign, store.keys));
  const auto hash = segment::hash_of(statement, store.org);
  if (find_segment(store, hash) || is_kept(store, hash)) return false;
  if (are_held(store, find_writer(store, statement.device, statement.incarnation), verified)) return false;
  (void)drop_bodies(rows, [&](const Did& did) { return store.policy.erasures().contains(did); });
  const auto bytes = bytes_of(rows);
  if (!is_room(store, statement.device, bytes))
    return fail(Fault::too_large, "so much of one PC is not kept; admit or reject what is here");
  const auto run = run::encode_run({rows});
  store.db
      .query(
          "INSERT INTO handed_in (device, incarnation, first, count, hash, run, bytes, at_ms, rejected) VALUES (?, ?, ?, ?, ?, ?, ?, ?, "
          "NULL)")
      .bind(statement.device)
      .bind(statement.incarnation)
      .bind(static_cast<std::int64_t>(statement.first))
      .bind(std::int64_t{statement.count})
      .bind(hash)
      .bind(BytesView(run))
      .bind(static_cast<std::int64_t>(bytes))
      .bind(now.ms)
      .run();
  return true;
}

std::vector<HandedIn> handed_in(Store& store) {
  std::vector<HandedIn> out;
  auto found = store.db.query(
      "SELECT device, incarnation, min(first), max(first + count), count(*), sum(count), sum(bytes), min(at_ms), coalesce(rejected, '') "
      "FROM handed_in GROUP BY device, incarnation, rejected ORDER BY min(id)");
  while (found.step()) {
    auto& line = out.emplace_back();
    line.device = found.fixed<DeviceId>(0);
    line.incarnation = found.fixed<Incarnation>(1);
    line.first = static_cast<Seq>(found.number(2));
    line.end = static_cast<Seq>(found.number(3));
    line.segments = static_cast<std::uint64_t>(found.number(4));
    line.records = static_cast<std::uint64_t>(found.number(5));
    line.bytes = static_cast<std::uint64_t>(found.number(6));
    line.at = {found.number(7)};
    line.rejected = found.text(8);
    name_device(store, line.device, line.unit, line.label);
  }
  return out;
}

Result<std::vector<segment::Rows>> waiting_of(Store& store, const WantedHandedIn& wanted) {
  std::vector<segment::Rows> out;
  auto found = of_waiting(store.db.query("SELECT run FROM handed_in" WARD_WAITS " ORDER BY first, id"), wanted);
  while (found.step()) {
    out.push_back(decode_kept(found.bytes(0)));
    WARD_CHECK(complete(store, out.back()));
  }
  if (out.empty()) return fail(Fault::not_found, "nothing that was handed in waits under that name");
  return out;
}

void drop_handed_in(Store& store, const WantedHandedIn& wanted) {
  of_waiting(store.db.query("DELETE FROM handed_in" WARD_WAITS), wanted).run();
}

Result<std::string> reason_of(const char* act, std::string_view reason) {
  WARD_TRY(auto line, text::to_line("the reason", reason, limits::text_bytes_max));
  if (line.empty()) return fail(Fault::invalid, std::string(act) + " needs its reason; whoever asks later must find it");
  return line;
}

Error not_as_shown() {
  return fail(Fault::invalid, "what waits is not what was shown: look at it again, and name the head that stands there");
}

Result<void> reject_handed_in(Store& store, const WantedHandedIn& wanted) {
  WARD_TRY(const auto line, reason_of("a rejection", wanted.reason));
  if (!wanted.head.is_zero()) {
    auto last = of_waiting(store.db.query("SELECT hash FROM handed_in" WARD_WAITS " ORDER BY first DESC, id DESC LIMIT 1"), wanted);
    if (!last.step() || last.fixed<Hash>(0) != wanted.head) return not_as_shown();
  }
  of_waiting(store.db.query("UPDATE handed_in SET rejected = ?4, run = x''" WARD_WAITS), wanted).bind(std::string_view(line)).run();
  return store.db.changes() == 0 ? fail(Fault::not_found, "nothing that was handed in waits under that name") : Result<void>{};
}

/// Records of one dossier with one number; of two dossiers each counts, since no site need hold both.
std::vector<ForkSide> fork_sides(Store& store) {
  constexpr std::int64_t doubles_max = 65'536;  ///< more than forked_segments_max segments and their opposites have
  std::vector<std::int64_t> writers;
  {
    auto forked = store.db.query("SELECT DISTINCT writer FROM segment WHERE forked = 1");
    while (forked.step()) writers.push_back(forked.number(0));
  }
  std::map<std::int64_t, ForkSide> sides;
  for (const auto writer : writers) {
    auto found = store.db.query(
        "SELECT seq, segment, rid FROM record WHERE writer = ?1 AND (seq, dossier) IN (SELECT seq, dossier FROM record WHERE writer = ?1 "
        "AND dossier IS NOT NULL AND seq >= (SELECT min(first) FROM segment WHERE writer = ?1 AND forked = 1) GROUP BY seq, dossier "
        "HAVING count(*) > 1) ORDER BY seq, id LIMIT ?2");
    found.bind(writer).bind(doubles_max);
    while (found.step()) sides[found.number(1)].records.emplace(static_cast<Seq>(found.number(0)), found.fixed<Rid>(2));
  }
  std::vector<ForkSide> out;
  for (auto& [id, side] : sides) {
    const auto segment = *find_segment(store, id);
    side.segment = segment.hash;
    side.device = segment.signed_statement.statement.device;
    side.incarnation = segment.signed_statement.statement.incarnation;
    side.at = segment.stamp ? segment.stamp->time : WallTime{};
    side.came_first = !segment.forked;
    name_device(store, side.device, side.unit, side.label);
    std::erase_if(side.records,
                  [&](const auto& one) { return store.policy.standing_at({side.device, side.incarnation, one.first}) != nullptr; });
    if (!side.records.empty()) out.push_back(std::move(side));
  }
  std::stable_sort(out.begin(), out.end(), [](const auto& a, const auto& b) {
    return std::pair(a.incarnation, a.records.begin()->first) < std::pair(b.incarnation, b.records.begin()->first);
  });
  return out;
}

Result<ForkSide> fork_side(Store& store, const Hash& segment) {
  for (auto& side : fork_sides(store))
    if (side.segment == segment) return std::move(side);
  return fail(Fault::not_found, "no side of an open fork has that name");
}

std::vector<StoredRecord> records_under(Store& store, std::int64_t writer, Seq first, Seq end) {
  std::set<std::int64_t> segments;
  auto found = store.db.query("SELECT segment FROM record WHERE writer = ? AND seq >= ? AND seq < ? AND segment IS NOT NULL");
  found.bind(writer).bind(static_cast<std::int64_t>(first)).bind(static_cast<std::int64_t>(end));
  while (found.step()) segments.insert(found.number(0));
  std::vector<StoredRecord> out;
  for (const auto id : segments)
    for (auto& stored : records_of_segment(store, *find_segment(store, id)))
      if (const auto seq = stored.record.header.position.seq; seq >= first && seq < end) out.push_back(std::move(stored));
  return out;
}

Result<ForkShown> show_side(Store& store, const Hash& segment) {
  WARD_TRY(const auto side, fork_side(store, segment));
  const auto writer = find_writer(store, side.device, side.incarnation);
  std::vector<record::Sealed> stand, fall;
  std::set<Rid> rids;
  for (auto& stored : records_under(store, writer, side.records.begin()->first, side.records.rbegin()->first + 1)) {
    const auto at = side.records.find(stored.record.header.position.seq);
    if (at == side.records.end()) continue;
    rids.insert(stored.rid);
    (at->second == stored.rid ? stand : fall).push_back(std::move(stored.record));
  }
  ForkShown out;
  out.head = segment::root_of({rids.begin(), rids.end()});
  out.shown = shown_changes(store, stand);
  out.set_aside = shown_changes(store, fall);
  std::set<Did> dossiers;
  for (const auto& one : stand) dossiers.insert(record::dossier_of(one.header));
  for (const auto& did : dossiers) {
    auto waiting = store.db.query("SELECT waiting FROM dossier WHERE did = ?");
    waiting.bind(did);
    if (waiting.step()) out.waiting += static_cast<std::uint64_t>(waiting.number(0));
  }
  return out;
}

States states_of(Store& store, const std::set<Did>& dossiers) {
  States out;
  for (const auto& did : dossiers)
    unless_damaged([&] {
      const auto row = find_dossier_row(store, did);
      out[did] = row == 0 ? merge::DossierState{} : merged_from_records(store, row, did).state;
    });
  return out;
}

void erase_handed_in(Store& store, const Did& did) {
  std::vector<std::pair<std::int64_t, segment::Rows>> changed;
  {
    auto found = store.db.query("SELECT id, run FROM handed_in WHERE rejected IS NULL");
    while (found.step()) {
      auto rows = decode_kept(found.bytes(1));
      if (drop_bodies(rows, [&](const Did& one) { return one == did; })) changed.emplace_back(found.number(0), std::move(rows));
    }
  }
  for (const auto& [id, rows] : changed) {
    const auto run = run::encode_run({rows});
    store.db.query("UPDATE handed_in SET run = ? WHERE id = ?").bind(BytesView(run)).bind(id).run();
  }
}

ShownChanges shown_changes(Store& store, const std::vector<record::Sealed>& records) {
  ShownChanges out;
  for (const auto& sealed : records) {
    if (sealed.header.type == record::Type::incarnation) continue;  // a start of the PC; it says nothing
    if (sealed.header.type == record::Type::grant) {
      ++out.grants;
      continue;
    }
    const auto change = read_change(store, sealed);
    if (!change || out.changes.size() == shown_changes_max) {
      ++(change ? out.more : out.unread);
      continue;
    }
    auto& shown = out.changes.emplace_back();
    shown.did = record::dossier_of(sealed.header);
    auto found = store.db.query("SELECT code FROM dossier WHERE did = ?");
    found.bind(shown.did);
    if (found.step() && !found.is_null(0)) shown.code = found.text(0);
    const auto* device = store.policy.device(sealed.header.position.device);
    for (std::size_t i = 0; i < change->ops.size(); ++i) {
      const auto& op = change->ops[i];
      merge::Said said;
      said.op = {sealed.header.position, static_cast<std::uint16_t>(i)};
      said.kind = op.kind;
      said.path = op.path;
      said.value = op.value;
      said.user = change->user;
      said.unit = device == nullptr ? UnitCode{} : device->device.unit;
      said.hlc = sealed.header.hlc;
      said.clock_good = merge::clock_good(said.hlc, {});
      said.reason = change->reason;
      shown.said.push_back(std::move(said));
    }
  }
  return out;
}

}  // namespace ward::storage
