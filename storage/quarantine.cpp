#include "storage/quarantine.hpp"

#include "protocol/base/limits.hpp"
#include "protocol/run/run.hpp"
#include "protocol/text/text.hpp"

#include <algorithm>
#include <functional>
#include <set>

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

segment::Rows decode_kept(BytesView run) {
  auto rows = or_damaged(run::decode_run(run), "what was handed in does not decode");
  if (rows.size() != 1) throw Failure{{Fault::storage_damaged, "what was handed in is not one segment"}};
  return std::move(rows.front());
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
  auto found = store.db.query(
      "SELECT run FROM handed_in WHERE device = ? AND incarnation = ? AND first + count <= ? AND rejected IS NULL ORDER BY first, id");
  found.bind(wanted.device)
      .bind(wanted.incarnation)
      .bind(static_cast<std::int64_t>(std::min(wanted.until.value_or(limits::seq_max), limits::seq_max)));
  while (found.step()) out.push_back(decode_kept(found.bytes(0)));
  if (out.empty()) return fail(Fault::not_found, "nothing that was handed in waits under that name");
  return out;
}

void drop_handed_in(Store& store, const WantedHandedIn& wanted) {
  store.db.query("DELETE FROM handed_in WHERE device = ? AND incarnation = ? AND first + count <= ? AND rejected IS NULL")
      .bind(wanted.device)
      .bind(wanted.incarnation)
      .bind(static_cast<std::int64_t>(std::min(wanted.until.value_or(limits::seq_max), limits::seq_max)))
      .run();
}

Result<std::string> reason_of(const char* act, std::string_view reason) {
  WARD_TRY(auto line, text::to_line("the reason", reason, limits::text_bytes_max));
  if (line.empty()) return fail(Fault::invalid, std::string(act) + " needs its reason; whoever asks later must find it");
  return line;
}

Result<void> reject_handed_in(Store& store, const WantedHandedIn& wanted) {
  WARD_TRY(const auto line, reason_of("a rejection", wanted.reason));
  store.db.query("UPDATE handed_in SET rejected = ?, run = x'' WHERE device = ? AND incarnation = ? AND rejected IS NULL")
      .bind(std::string_view(line))
      .bind(wanted.device)
      .bind(wanted.incarnation)
      .run();
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

Result<ForkShown> show_side(Store& store, const Hash& segment) {
  WARD_TRY(const auto side, fork_side(store, segment));
  const auto writer = find_writer(store, side.device, side.incarnation);
  std::set<std::int64_t> segments;
  for (const auto& [seq, rid] : side.records) {
    auto found = store.db.query("SELECT segment FROM record WHERE writer = ? AND seq = ?");
    found.bind(writer).bind(static_cast<std::int64_t>(seq));
    while (found.step()) segments.insert(found.number(0));
  }
  std::vector<record::Sealed> stand, fall;
  for (const auto id : segments)
    for (auto& stored : records_of_segment(store, *find_segment(store, id))) {
      const auto at = side.records.find(stored.record.header.position.seq);
      if (at != side.records.end()) (at->second == stored.rid ? stand : fall).push_back(std::move(stored.record));
    }
  ForkShown out;
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
