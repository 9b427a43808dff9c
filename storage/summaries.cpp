#include "storage/summaries.hpp"

#include "protocol/sync/messages.hpp"
#include "storage/segments.hpp"
#include "storage/ward_parts.hpp"

#include <algorithm>

namespace ward::storage {
namespace {

constexpr std::int64_t says_otherwise = 1, lost_at_centre = 2;  ///< summary.differs

/// As it is held.
struct Row {
  record::Sealed record;
  std::uint64_t index = 0;  ///< of its segment in the log: it stands for what is before
  bool differs = false;
};
Row row_from(const Query& found) {
  return {{or_damaged(record::decode_header(found.bytes(0)), "a summary's header does not decode"), copy(found.bytes(1))},
          static_cast<std::uint64_t>(found.number(2)),
          found.number(3) == says_otherwise};
}

/// A file of before there were any may be read as it is.
bool knows_summaries(Store& store) { return !store.db.is_read_only() || store.db.has_table("summary"); }

std::optional<Row> row_of(Store& store, std::int64_t dossier) {
  if (!knows_summaries(store)) return std::nullopt;
  auto found = store.db.query(
      "SELECT r.header, r.body, s.stamp_index, m.differs FROM summary m JOIN record r ON r.id = m.record JOIN segment s ON s.id = "
      "r.segment WHERE m.dossier = ?");
  found.bind(dossier);
  if (!found.step()) return std::nullopt;
  return row_from(found);
}

struct Opened {
  record::SummaryBody body;
  std::optional<merge::DossierState> state;
};
/// Nothing where this build cannot read it, or it is of another dossier.
std::optional<Opened> open(Store& store, const Row& row) {
  const auto* key = find_key(store, row.record.header.key_id);
  if (key == nullptr) return std::nullopt;
  const auto plain = record::open(row.record, *key, store.org);
  if (plain.has_error()) return std::nullopt;
  auto body = record::decode_summary(*plain);
  if (body.has_error()) return std::nullopt;
  Opened out{*std::move(body), {}};
  auto state = merge::decode_state(out.body.state);
  if (state.has_value() && state->did == row.record.header.did) out.state = *std::move(state);
  return out;
}

/// The changes of a dossier that are here.
struct Here {
  std::vector<Rid> covered;  ///< before that log index
  std::uint64_t later = 0;   ///< all others
  bool let_go = false;       ///< of some record no more than its id
};
Here changes_here(Store& store, std::int64_t dossier, std::uint64_t index) {
  Here out;
  auto found = store.db.query(
      "SELECT r.rid, s.stamp_index, r.body IS NULL, r.type FROM record r LEFT JOIN segment s ON s.id = r.segment WHERE r.dossier = ? AND "
      "r.type <> ?");
  found.bind(dossier).bind(static_cast<std::int64_t>(record::Type::summary));
  while (found.step()) {
    out.let_go = out.let_go || found.number(2) != 0;
    if (found.number(3) != static_cast<std::int64_t>(record::Type::change)) continue;
    if (!found.is_null(1) && static_cast<std::uint64_t>(found.number(1)) < index)
      out.covered.push_back(found.fixed<Rid>(0));
    else
      ++out.later;
  }
  return out;
}

bool complete(const Here& here, const record::SummaryBody& body) {
  return !here.let_go && here.covered.size() == body.changes && record::past_digest(here.covered) == body.past;
}

/// Changes that it does not stand for. Those that were let go are all here by their ids, whatever place a restored centre gives them.
std::uint64_t beyond(const Here& here, const record::SummaryBody& body) {
  if (!here.let_go) return here.later;
  const auto all = here.covered.size() + here.later;
  return all > body.changes ? all - body.changes : 0;
}

void forget_summary(Store& store, std::int64_t dossier) { store.db.query("DELETE FROM summary WHERE dossier = ?").bind(dossier).run(); }

void set_differs(Store& store, std::int64_t dossier, std::int64_t how) {
  store.db.query("UPDATE summary SET differs = ?, wanted = 0 WHERE dossier = ?").bind(how).bind(dossier).run();
}

void note_difference(Store& store, std::int64_t dossier, const Row& row) {
  // Since it was written the centre may have been restored from a copy: what it stands for has other places then. Of what a fill was for,
  // that is never so.
  if (static_cast<std::int64_t>(row.index) >= meta_number(store, fill_key, 0)) return forget_summary(store, dossier);
  set_differs(store, dossier, says_otherwise);
}

bool let_go_of_own(Store& store, std::int64_t dossier, const DeviceId& own) {
  auto found =
      store.db.query("SELECT 1 FROM record r JOIN writer w ON w.id = r.writer WHERE r.dossier = ? AND r.body IS NULL AND w.device = ?");
  found.bind(dossier).bind(own);
  return found.step();
}

template <class Is>
bool any_entry_after(Store& store, Epoch epoch, Is&& is) {
  const auto& entries = store.policy.entries();
  return std::any_of(entries.begin() + std::min<std::ptrdiff_t>(std::ptrdiff_t{epoch} + 1, std::ssize(entries)), entries.end(), is);
}

/// Whether an entry later than `epoch` is one of these.
template <class... Kinds>
bool came_after(Store& store, Epoch epoch) {
  return any_entry_after(store, epoch, [](const auto& entry) { return (std::holds_alternative<Kinds>(entry.body) || ...); });
}

/// Whether the unit became one with others later than `epoch`: then another may hold the dossier.
bool was_joined_after(Store& store, const UnitCode& unit, Epoch epoch) {
  const auto& context = context_of(store);
  return any_entry_after(store, epoch, [&](const auto& entry) {
    const auto* succession = std::get_if<policy::Succession>(&entry.body);
    return succession != nullptr && context.house_of(succession->heir, std::nullopt) == context.house_of(unit, std::nullopt);
  });
}

/// Whether a person said later than `epoch` which records count, and named the number of one that is here.
bool was_admitted_after(Store& store, std::int64_t dossier, Epoch epoch) {
  return any_entry_after(store, epoch, [&](const auto& entry) {
    const auto* admission = std::get_if<policy::Admission>(&entry.body);
    if (admission == nullptr) return false;
    auto found = store.db.query("SELECT 1 FROM record WHERE writer = ? AND seq >= ? AND seq < ? AND dossier = ? LIMIT 1");
    found.bind(find_writer(store, admission->device, admission->incarnation));
    found.bind(static_cast<std::int64_t>(admission->first)).bind(static_cast<std::int64_t>(admission->end())).bind(dossier);
    return found.step();
  });
}

}  // namespace

bool is_of_a_centre(Store& store, const DeviceId& device) {
  const auto* standing = store.policy.device(device);
  return standing != nullptr && context_of(store).is_centre(standing->device.unit);
}

void take_summary(Store& store, std::int64_t dossier, const segment::Verified& verified, std::int64_t record, const Stamp& stamp) {
  const auto& header = verified.record.header;
  if (header.did.is_zero() || verified.record.body.empty() || !is_of_a_centre(store, header.position.device)) return;
  if (static_cast<std::int64_t>(stamp.index) >= meta_number(store, fill_key, 0)) return;  // nobody asked for it
  if (const auto held = row_of(store, dossier); held && held->index >= stamp.index) return;
  store.db
      .query(
          "INSERT INTO summary (dossier, record) VALUES (?, ?) ON CONFLICT (dossier) DO UPDATE SET record = excluded.record, wanted = 0, "
          "differs = 0")
      .bind(dossier)
      .bind(record)
      .run();
}

std::optional<Summary> summary_instead_of_records(Store& store, std::int64_t dossier) {
  if (store.site == Site::centre) return std::nullopt;
  const auto row = row_of(store, dossier);
  if (!row || row->differs) return std::nullopt;
  auto opened = open(store, *row);
  const auto here = changes_here(store, dossier, row->index);
  if (!opened) return Summary{{}, {}, here.later};
  if (complete(here, opened->body)) return std::nullopt;
  const auto later = beyond(here, opened->body);
  return Summary{std::move(opened->state), opened->body.changed_at, later};
}

void settle_summary(Store& store, std::int64_t dossier, const merge::DossierState& state) {
  if (store.site == Site::centre) return;
  const auto row = row_of(store, dossier);
  if (!row) return;
  const auto opened = open(store, *row);
  const auto here = changes_here(store, dossier, row->index);
  if (!opened || !complete(here, opened->body)) {
    const auto epoch = row->record.header.policy_epoch;
    const bool more = !opened || beyond(here, opened->body) > 0 || here.covered.size() > opened->body.changes;
    if (more || !opened->state || was_joined_after(store, state.custody.unit, epoch) || was_admitted_after(store, dossier, epoch))
      want_records(store, dossier);
    return;
  }
  // What the policy log said later may be another judgement of the same changes.
  const bool same_facts =
      here.later == 0 && !came_after<policy::Succession, policy::RevokeDevice, policy::UserStanding, policy::Account, policy::Admission>(
                             store, row->record.header.policy_epoch);
  if (same_facts && opened->state && *opened->state != state) return note_difference(store, dossier, *row);
  forget_summary(store, dossier);
}

bool records_are_here(Store& store, std::int64_t dossier) {
  if (!knows_summaries(store)) return true;
  auto found = store.db.query("SELECT 1 FROM summary WHERE dossier = ? AND record IS NOT NULL AND differs <> 1");
  found.bind(dossier);
  return !found.step();
}

void require_records(Store& store, std::int64_t dossier) {
  if (records_are_here(store, dossier)) return;
  store.missed.insert(did_of(store, dossier));
  store.missed_now = true;
  throw Failure{{Fault::at_centre, "the dossier's records are at the centre"}};
}

void want_records(Store& store, std::int64_t dossier) {
  store.db.query("UPDATE summary SET wanted = 1 WHERE dossier = ? AND record IS NOT NULL AND differs = 0 AND wanted = 0")
      .bind(dossier)
      .run();
}

std::vector<Did> wanted_dossiers(Store& store, const std::optional<DeviceId>& lacked) {
  std::vector<Did> out;
  if (!lost_heads(store).empty()) return out;  // a copy of this device takes back its own work first
  const auto add = [&](const Did& did, std::int64_t dossier) {
    const bool comes = !lacked || !let_go_of_own(store, dossier, *lacked);
    if (comes && std::find(out.begin(), out.end(), did) == out.end()) out.push_back(did);
  };
  for (const auto& did : store.missed) {
    const auto dossier = find_dossier_row(store, did);
    if (out.size() < sync::fetched_dossiers_max && dossier != 0 && !records_are_here(store, dossier)) add(did, dossier);
  }
  auto found = store.db.query("SELECT d.did, d.id FROM summary m JOIN dossier d ON d.id = m.dossier WHERE m.wanted = 1");
  while (out.size() < sync::fetched_dossiers_max && found.step()) add(found.fixed<Did>(0), found.number(1));
  return out;
}

void end_fetch(Store& store, const Did& did) {
  store.missed.erase(did);
  const auto dossier = find_dossier_row(store, did);
  if (dossier == 0 || records_are_here(store, dossier)) return;
  const auto row = *row_of(store, dossier);
  if (changes_here(store, dossier, row.index).let_go)
    set_differs(store, dossier, lost_at_centre);  // it is all that is left of them
  else if (open(store, row))
    note_difference(store, dossier, row);
  else
    forget_summary(store, dossier);  // what cannot be opened here showed nothing, so it showed nothing wrong
  remerge(store, dossier);
}

std::optional<std::int64_t> summary_of_all(Store& store, std::int64_t dossier) {
  auto found = store.db.query(
      "SELECT r.header, r.body, s.stamp_index, 0, r.id FROM record r JOIN segment s ON s.id = r.segment WHERE r.dossier = ? AND r.type = ? "
      "AND r.body IS NOT NULL AND s.stamp_index IS NOT NULL ORDER BY s.stamp_index DESC LIMIT 1");
  found.bind(dossier).bind(static_cast<std::int64_t>(record::Type::summary));
  if (!found.step()) return std::nullopt;
  const auto row = row_from(found);
  const auto opened = open(store, row);
  if (!opened || !opened->state || !is_of_a_centre(store, row.record.header.position.device)) return std::nullopt;
  const auto here = changes_here(store, dossier, row.index);
  if (here.later > 0 || !complete(here, opened->body) || *opened->state != read_state(store, dossier)) return std::nullopt;
  return found.number(4);
}

void let_go(Store& store, std::int64_t dossier, std::int64_t summary) {
  drop_bodies(store, dossier, summary);
  store.db.query("INSERT OR REPLACE INTO summary (dossier, record) VALUES (?, ?)").bind(dossier).bind(summary).run();
  remerge(store, dossier);
}

AtCentre count_at_centre(Store& store) {
  if (!knows_summaries(store)) return {};
  auto found = store.db.query(
      "SELECT coalesce(sum(differs <> 1), 0), coalesce(sum(differs = 1), 0), coalesce(sum(differs = 2), 0) FROM summary WHERE record IS "
      "NOT NULL");
  if (!found.step()) return {};
  return {static_cast<std::uint64_t>(found.number(0)), static_cast<std::uint64_t>(found.number(1)),
          static_cast<std::uint64_t>(found.number(2))};
}

}  // namespace ward::storage
