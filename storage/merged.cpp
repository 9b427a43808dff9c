#include "storage/merged.hpp"

#include "protocol/base/codec.hpp"
#include "protocol/merge/meaning.hpp"
#include "protocol/record/act.hpp"
#include "storage/duplicates.hpp"
#include "storage/entitlement.hpp"
#include "storage/erasures.hpp"
#include "storage/hand_overs.hpp"
#include "storage/inbox.hpp"
#include "storage/search.hpp"
#include "storage/shared_codes.hpp"
#include "storage/summaries.hpp"

#include <algorithm>
#include <unordered_set>

namespace ward::storage {
namespace {

constexpr std::int64_t rebuilt_at_once = 500;
constexpr std::uint8_t as_summarised = 0;  ///< alone in the place of a sealed state: its summary has it, which lies here anyway

/// As the policy log judges the change at its stamp (records.md §5.4); the newest policy where there is no stamp yet.
merge::Admission admission_of(const policy::PolicyLog& policy, const record::Header& header, const Rid& rid,
                              const std::optional<Stamp>& stamp) {
  const auto* stands = policy.standing_at(header.position);
  if (stands != nullptr && *stands != rid) return merge::Admission::set_aside;
  const auto* device = policy.device(header.position.device);
  if (device == nullptr || header.policy_epoch >= policy.count()) return merge::Admission::waiting;
  const bool late = device->revoked_index && (!stamp || stamp->index >= *device->revoked_index);
  if (late && !policy.admitted_in_full(header.position)) return merge::Admission::proposal;
  return merge::Admission::admitted;
}

/// Null when it cannot be read here.
std::optional<merge::Fact> fact_of(Store& store, const record::Sealed& sealed, const Rid& rid, const std::optional<Stamp>& stamp) {
  const auto* key = find_key(store, sealed.header.key_id);
  if (key == nullptr || sealed.body.empty() || sealed.header.reader_min > store.edition.version) return std::nullopt;
  const auto plain = record::open(sealed, *key, store.org);
  if (plain.has_error()) {
    if (record::rid_of(sealed) != rid) throw Failure{{Fault::storage_damaged, "a record is not the one that its id names"}};
    return std::nullopt;  // its writer signed what does not open; that must block nothing else
  }
  auto change = record::decode_change(*plain, sealed.header.position);
  if (change.has_error()) return std::nullopt;
  const auto* device = store.policy.device(sealed.header.position.device);
  merge::Fact out{sealed.header.position,
                  rid,
                  sealed.header.hlc,
                  stamp,
                  device == nullptr ? UnitCode{} : device->device.unit,
                  admission_of(store.policy, sealed.header, rid, stamp),
                  *std::move(change),
                  sealed.header.writer};
  if (out.change.act.empty()) return out;
  const auto standing = context_of(store).standing_of(out.unit, out.change.user, stamp);
  out.act_verified = standing.key && record::verify_act(out.change, sealed.header, store.org, *standing.key).has_value();
  return out;
}

/// Those of an erased dossier stay for ever, the ones that no other site heard of, too.
void write_codes(Store& store, std::int64_t dossier, const merge::DossierState& state) {
  const auto& codes = state.codes;
  std::vector<std::string> held;
  auto found = store.db.query("SELECT code FROM code WHERE dossier = ?");
  found.bind(dossier);
  while (found.step()) held.push_back(found.text(0));
  const auto has = [](const auto& list, const auto& code) { return std::find(list.begin(), list.end(), code) != list.end(); };
  for (const auto& code : held) {
    if (state.erased || has(codes, code)) continue;
    store.db.query("DELETE FROM code WHERE code = ? AND dossier = ?").bind(code).bind(dossier).run();
    note_code(store, code);
  }
  for (const auto& code : codes) {
    if (has(held, code)) continue;
    store.db.query("INSERT INTO code (code, dossier) VALUES (?, ?)").bind(code).bind(dossier).run();
    note_code(store, code);
  }
}

/// Whether it decides about what others had said: such dossiers are looked through for decisions.
bool decides(const record::Op& op) { return op.kind == record::OpKind::approve || op.kind == record::OpKind::dismiss; }

/// Whether the changes form one line. Who replaces fewer heads than he saw leaves several on a path, as concurrent changes do.
class Line {
 public:
  void add(const merge::Fact& fact) {
    const auto& seen = fact.change.seen;
    if (seen.size() > 1 || (!seen.empty() && !seen_.insert(seen.front()).second)) straight_ = false;
    for (const auto& op : fact.change.ops)
      if (op.replaces || decides(op)) straight_ = false;
    if (seen.empty()) ++beginnings_;
  }
  [[nodiscard]] bool is_straight() const { return straight_ && beginnings_ <= 1; }

 private:
  std::unordered_set<Position, PositionHash> seen_;
  int beginnings_ = 0;
  bool straight_ = true;
};

void write_course(Store& store, std::int64_t dossier, const course::Row& row) {
  store.db
      .query(
          "UPDATE dossier SET clock = ?1, status = ?2, procedure = ?3, channel = ?4, received = ?5, due = ?6, ended = ?7, asked = ?8, "
          "rounds = ?9, promised = ?10, apologies = ?11, has_result = ?12, voided = ?13 WHERE id = ?14 AND (clock, status, procedure, "
          "channel, "
          "received, due, ended, asked, rounds, promised, apologies, has_result, voided) IS NOT (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, "
          "?11, "
          "?12, ?13)")
      .bind(std::string_view(deadline::name_of(row.clock)))
      .bind(row.status)
      .bind(row.procedure)
      .bind(row.channel)
      .bind(row.received)
      .bind(row.due)
      .bind(row.ended)
      .bind(row.asked)
      .bind(std::int64_t{row.rounds})
      .bind(row.promised == row.due ? std::string_view() : std::string_view(row.promised))
      .bind(std::int64_t{row.apologies})
      .bind(std::int64_t{row.has_result})
      .bind(std::int64_t{row.voided})
      .bind(dossier)
      .run();
}

/// A state that does not open stays without them; `verify` tells of it.
void fill_course(Store& store, std::int64_t dossier) {
  try {
    write_course(store, dossier, course::row_of(read_state(store, dossier)));
  } catch (const Failure& failure) {
    if (failure.error.fault != Fault::storage_damaged) throw;
  }
}

/// Writes only what differs, as every page that a save touches must reach the disk before it is answered.
void write_line(Store& store, std::int64_t dossier, const Merged& merged) {
  const auto& state = merged.state;
  const auto heads = encode_heads(state.version);
  store.db
      .query(
          "UPDATE dossier SET code = ?1, unit = ?2, conflicts = ?3, attention = ?4, waiting = ?5, in_line = ?6, heads = ?7, dirty = 0 "
          "WHERE id = ?8 AND (dirty <> 0 OR (code, unit, conflicts, attention, waiting, in_line, heads) IS NOT (?1, ?2, ?3, ?4, ?5, ?6, "
          "?7))")
      .bind(course::code_of(state))
      .bind(state.custody.unit)
      .bind(static_cast<std::int64_t>(state.conflicts.size()))
      .bind(merged.attention)
      .bind(merged.waiting)
      .bind(std::int64_t{merged.in_line})
      .bind(BytesView(heads))
      .bind(dossier)
      .run();
}

/// Its unit or user is one of whom the policy log says different things at different times.
bool hinges_on_stamp(const merge::Context& context, const merge::Fact& fact) {
  if (fact.stamp) return false;
  const auto succeeds = [&](const auto& one) { return one.first == fact.unit || one.second.heir == fact.unit; };
  return std::any_of(context.successions.begin(), context.successions.end(), succeeds) || context.names_users_of(fact.unit, std::nullopt);
}

bool same(BytesView a, BytesView b) { return std::equal(a.begin(), a.end(), b.begin(), b.end()); }

/// What of a merged dossier is stored already.
struct Stored {
  bool state = false, words = false;
};
Stored stored_of(Store& store, std::int64_t dossier, const Did& did, const Merged& merged) {
  auto found = store.db.query("SELECT sealed, changed_ms FROM state WHERE dossier = ?");
  found.bind(dossier);
  if (!found.step()) return {};
  if (same(found.bytes(0), merged.sealed)) return {found.number(1) == merged.changed_at.ms, true};
  const auto plain = open_local(store.local, "state", did.view(), found.bytes(0));
  if (plain.has_error()) return {};
  const auto before = merge::decode_state(*plain);
  return {false, before.has_value() && same_words(*before, merged.state)};
}

void write_words(Store& store, std::int64_t dossier, const merge::DossierState& state) {
  const auto hashes = hashes_of(store, state);
  {
    auto found = store.db.query("SELECT hashes FROM words WHERE dossier = ?");
    found.bind(dossier);
    if (found.step() && same(found.bytes(0), hashes)) return;
  }
  store.db.query("INSERT INTO words (dossier, hashes) VALUES (?, ?) ON CONFLICT (dossier) DO UPDATE SET hashes = excluded.hashes")
      .bind(dossier)
      .bind(BytesView(hashes))
      .run();
}

void write_state(Store& store, std::int64_t dossier, const Merged& merged) {
  if (store.site == Site::centre)  // what its last summary says is no more what it is
    store.db.query("DELETE FROM summary WHERE dossier = ?1 AND NOT EXISTS (SELECT 1 FROM state WHERE dossier = ?1 AND sealed = ?2)")
        .bind(dossier)
        .bind(BytesView(merged.sealed))
        .run();
  store.db
      .query(
          "INSERT INTO state (dossier, changed_ms, sealed) VALUES (?, ?, ?) ON CONFLICT (dossier) DO UPDATE SET changed_ms = "
          "excluded.changed_ms, "
          "sealed = excluded.sealed")
      .bind(dossier)
      .bind(merged.changed_at.ms)
      .bind(BytesView(merged.sealed))
      .run();
}

void write_merged(Store& store, std::int64_t dossier, bool even_if_same) {
  const auto did = did_of(store, dossier);
  const auto merged = merged_from_records(store, dossier, did);
  // A stamp that arrives changes most states not at all, and most changes no word that is searched.
  const auto stored = even_if_same ? Stored{} : stored_of(store, dossier, did, merged);
  if (!stored.state) write_state(store, dossier, merged);
  if (!stored.words) write_words(store, dossier, merged.state);
  if (!stored.state) write_codes(store, dossier, merged.state);
  write_course(store, dossier, course::row_of(merged.state));
  write_hand_overs(store, dossier, merged.state);
  if (!stored.state) write_matter(store, dossier, merged.state);
  if (!merged.state.erased) {
    if (store.site == Site::centre) settle_readers(store, dossier, merged.state);
    settle_summary(store, dossier, merged.state);
  }
  // Last: until here it counts as not merged.
  write_line(store, dossier, merged);
}

std::vector<std::int64_t> dirty_dossiers(Store& store) {
  std::vector<std::int64_t> out;
  auto found = store.db.query("SELECT id FROM dossier WHERE dirty > 0");
  while (found.step()) out.push_back(found.number(0));
  return out;
}

}  // namespace

Gathered gather(Store& store, std::int64_t dossier) {
  Gathered out;
  Line line;
  std::unordered_set<Position, PositionHash> unread;
  auto found = store.db.query(
      "SELECT r.header, r.body, r.rid, s.stamp_index, s.stamp_ms FROM record r LEFT JOIN segment s ON s.id = r.segment "
      "WHERE r.dossier = ? AND r.type = ? ORDER BY r.id");
  found.bind(dossier).bind(static_cast<std::int64_t>(record::Type::change));
  while (found.step()) {
    const record::Sealed sealed{or_damaged(record::decode_header(found.bytes(0)), "a record's header does not decode"),
                                copy(found.bytes(1))};
    std::optional<Stamp> stamp;
    if (!found.is_null(3)) stamp = Stamp{static_cast<std::uint64_t>(found.number(3)), {found.number(4)}};
    auto fact = fact_of(store, sealed, found.fixed<Rid>(2), stamp);
    if (!fact) {
      const auto* stands = store.policy.standing_at(sealed.header.position);
      if (stands != nullptr && *stands != found.fixed<Rid>(2)) continue;
      ++out.unread;
      unread.insert(sealed.header.position);
      continue;
    }
    out.changed_at = std::max(out.changed_at, stamp ? std::min(stamp->time, fact->hlc.wall()) : fact->hlc.wall());
    if (fact->admission != merge::Admission::set_aside) line.add(*fact);
    out.facts.push_back(*std::move(fact));
  }
  // Two records of one number are a fork also when one of them cannot be read: the other does not merge either.
  if (!unread.empty()) out.unread += std::erase_if(out.facts, [&](const auto& fact) { return unread.contains(fact.position); });
  out.in_line = line.is_straight();
  return out;
}

Merged merged_from_records(Store& store, std::int64_t dossier, const Did& did) {
  if (auto remains = remains_of(store, did)) {
    const auto sealed = seal_local(store.local, "state", did.view(), merge::encode_state(remains->state));
    return {std::move(remains->state), sealed, remains->at, 0, 0, true};
  }
  const auto gathered = gather(store, dossier);
  auto summary = summary_instead_of_records(store, dossier);
  const bool summarised = summary && summary->state;
  Merged out;
  out.state = summarised ? *std::move(summary->state) : merge::merge(did, gathered.facts, context_of(store));
  if (summarised) out.state.waiting = summary->later;
  out.sealed = summarised ? Bytes{as_summarised} : seal_local(store.local, "state", did.view(), merge::encode_state(out.state));
  out.changed_at = summarised ? std::max(summary->changed_at, gathered.changed_at) : gathered.changed_at;
  out.waiting = static_cast<std::int64_t>(out.state.waiting + (summarised ? 0 : gathered.unread));
  out.attention = static_cast<std::int64_t>(items_of(out.state).size() - out.state.conflicts.size());
  if (summarised) {
    out.in_line = true;
    return out;
  }
  const bool moved = out.state.slip.size() > 1 || !out.state.custody.pending.empty();  // acts of custody are shown with their stamps
  const auto& context = context_of(store);
  const bool hinges = std::any_of(gathered.facts.begin(), gathered.facts.end(), [&](const auto& f) { return hinges_on_stamp(context, f); });
  out.in_line = gathered.in_line && !moved && !hinges && out.waiting + out.attention == 0 && out.state.conflicts.empty();
  return out;
}

course::Row course_row(const Query& row, int first) {
  course::Row out;
  const auto text = [&](int column) { return row.is_null(first + column) ? std::string() : row.text(first + column); };
  const auto number = [&](int column) { return row.is_null(first + column) ? 0 : static_cast<int>(row.number(first + column)); };
  out.clock = deadline::clock_named(text(0)).value_or(deadline::Clock::none);
  out.status = text(1);
  out.procedure = text(2);
  out.channel = text(3);
  out.received = text(4);
  out.due = text(5);
  out.ended = text(6);
  out.asked = text(7);
  out.rounds = number(8);
  out.promised = text(9).empty() ? out.due : text(9);
  out.apologies = number(10);
  out.has_result = number(11) != 0;
  out.voided = number(12) != 0;
  return out;
}

void remerge(Store& store, std::int64_t dossier) { write_merged(store, dossier, false); }

bool is_dirty(Store& store, std::int64_t dossier) {
  auto found = store.db.query("SELECT dirty FROM dossier WHERE id = ?");
  found.bind(dossier);
  return found.step() && found.number(0) > 0;
}

void mark_dirty(Store& store, std::int64_t dossier, std::uint64_t log_size) {
  store.db.query("UPDATE dossier SET dirty = ? WHERE id = ? AND dirty = 0")
      .bind(static_cast<std::int64_t>(log_size + 1))
      .bind(dossier)
      .run();
}

Bytes encode_heads(const std::vector<Position>& heads) {
  Writer out;
  for (const auto& head : heads) {
    out.raw(head.device);
    out.raw(head.incarnation);
    out.varint(head.seq);
  }
  return std::move(out).take();
}

std::vector<Position> decode_heads(BytesView bytes) {
  Reader from(bytes);
  std::vector<Position> out;
  while (from.ok() && from.remaining() != 0) {
    auto& head = out.emplace_back();
    head.device = from.fixed_value<DeviceId>();
    head.incarnation = from.fixed_value<Incarnation>();
    head.seq = from.varint();
  }
  or_damaged(from.finish("heads"), "a dossier's heads do not decode");
  return out;
}

Result<void> settle(Store& store) {
  if (store.site == Site::centre || store.db.is_read_only()) return {};
  WARD_TRY(const auto dossiers, store.db.read("settle", [&]() -> Result<std::vector<std::int64_t>> { return dirty_dossiers(store); }));
  if (dossiers.empty()) return {};
  forget_keys(store);
  auto settled = store.db.transact("settle", [&]() -> Result<void> {
    for (const auto dossier : dossiers) unless_damaged([&] { remerge(store, dossier); });
    return {};
  });
  if (settled.has_error() && reaction_to(settled.error().fault) == Reaction::retry) return {};
  return settled;
}

Counted count_all(Store& store) {
  std::int64_t conflicts = 0, waiting = 0;
  const auto sum = [](Query found) { return found.step() ? found.number(0) : 0; };
  conflicts += sum(store.db.query("SELECT coalesce(sum(conflicts), 0) FROM dossier WHERE conflicts > 0"));
  waiting += sum(store.db.query("SELECT coalesce(sum(waiting), 0) FROM dossier WHERE waiting > 0"));
  auto dirty = store.db.query("SELECT id, did, conflicts, waiting FROM dossier WHERE dirty > 0");
  while (dirty.step())
    unless_damaged([&] {
      const auto merged = merged_from_records(store, dirty.number(0), dirty.fixed<Did>(1));
      conflicts += static_cast<std::int64_t>(merged.state.conflicts.size()) - dirty.number(2);
      waiting += merged.waiting - dirty.number(3);
    });
  return {static_cast<std::uint64_t>(conflicts), static_cast<std::uint64_t>(waiting)};
}

void put_codes(Store& store, std::int64_t dossier, const record::Change& change) {
  for (const auto& op : change.ops) {
    if (merge::form_of(op).meaning != merge::Meaning::alias) continue;
    const auto& code = *op.value.text();
    store.db.query("INSERT OR IGNORE INTO code (code, dossier) VALUES (?, ?)").bind(code).bind(dossier).run();
    note_code(store, code);
  }
}

merge::DossierState read_state(Store& store, std::int64_t dossier) {
  Did did;
  {
    auto found = store.db.query(
        "SELECT d.did, d.dirty, s.sealed, d.clock IS NOT NULL FROM dossier d LEFT JOIN state s ON s.dossier = d.id WHERE d.id = ?");
    found.bind(dossier);
    if (!found.step()) throw Failure{{Fault::storage_damaged, "a dossier's row is missing"}};
    did = found.fixed<Did>(0);
    const bool by_summary = found.bytes(2).size() == 1;
    if (found.number(1) == 0 && !found.is_null(2) && !by_summary) {
      const auto plain = or_throw(open_local(store.local, "state", did.view(), found.bytes(2)));
      auto state = merge::decode_state(plain);
      const bool of_another_version = state.has_error() && state.error().fault == Fault::unsupported;
      if (!of_another_version) return or_damaged(std::move(state), "a dossier's state does not decode");
    } else if (found.number(1) == 0 && found.number(3) != 0 && !by_summary) {
      throw Failure{{Fault::storage_damaged, "a dossier's state is missing"}};
    }
  }
  return merged_from_records(store, dossier, did).state;
}

std::vector<merge::Fact> facts_of(Store& store, std::int64_t dossier) {
  require_records(store, dossier);
  return gather(store, dossier).facts;
}

Result<void> fill_courses(Store& store) {
  std::int64_t last = 0;
  for (bool more = true; more;) {
    WARD_TRY(more, store.db.transact("fill in what lists need", [&]() -> Result<bool> {
      std::vector<std::int64_t> ids;
      auto found = store.db.query(
          "SELECT d.id FROM dossier d JOIN state s ON s.dossier = d.id WHERE d.clock IS NULL AND d.id > ? ORDER BY d.id LIMIT ?");
      found.bind(last).bind(rebuilt_at_once);
      while (found.step()) ids.push_back(found.number(0));
      for (const auto id : ids) fill_course(store, id);
      if (!ids.empty()) last = ids.back();
      return !ids.empty();
    }));
  }
  return {};
}

Result<std::uint64_t> rebuild(Store& store) {
  std::uint64_t done = 0;
  std::int64_t last = 0;
  for (bool more = true; more;) {
    forget_keys(store);
    WARD_TRY(more, store.db.transact("rebuild dossiers", [&]() -> Result<bool> {
      std::vector<std::int64_t> ids;
      auto found = store.db.query("SELECT id FROM dossier WHERE id > ? ORDER BY id LIMIT ?");
      found.bind(last).bind(rebuilt_at_once);
      while (found.step()) ids.push_back(found.number(0));
      for (const auto id : ids) write_merged(store, id, true);
      done += ids.size();
      if (!ids.empty()) last = ids.back();
      return !ids.empty();
    }));
  }
  return done;
}

}  // namespace ward::storage
