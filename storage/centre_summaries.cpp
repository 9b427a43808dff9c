#include "storage/centre_summaries.hpp"

#include "protocol/base/limits.hpp"
#include "storage/merged.hpp"
#include "storage/segments.hpp"

#include <algorithm>
#include <map>

namespace ward::storage {
namespace {

constexpr std::size_t body_overhead = 64;  ///< of a summary's body beside the state

/// About what things take on a link: bodies shrink, keys, digests and signatures do not.
constexpr std::size_t segment_bytes = 110, grant_bytes = 64, summary_bytes = 110, change_bytes = 8;
constexpr std::size_t shrinks = 7;

std::size_t bytes_of_records(Store& store, std::int64_t dossier) {
  std::size_t out = 0;
  std::map<std::int64_t, std::size_t> rows;  // by segment
  for (const auto& stored : records_of_dossier(store, dossier)) {
    const auto& header = stored.record.header;
    if (header.type == record::Type::summary) continue;
    out += header.type == record::Type::grant ? grant_bytes : change_bytes + header.length / shrinks;
    ++rows[stored.segment];
  }
  for (const auto& [segment, count] : rows) {
    const auto held = find_segment(store, segment);
    if (held) out += segment_bytes * count / held->signed_statement.statement.count;
  }
  return out;
}

/// By enough to be worth it.
bool is_smaller(std::size_t state, std::size_t records) { return (summary_bytes + state / shrinks) * 20 < records * 17; }

}  // namespace

std::vector<std::int64_t> resting_dossiers(Store& store, const SummaryPlan& plan, WallTime now, std::size_t limit) {
  std::vector<std::int64_t> out;
  UnitCode first;
  // Sorted by id: the first few are found without a look at all others.
  const auto look = [&](std::size_t most, const UnitCode& unit) {
    out.clear();
    auto found = store.db.query(
        "SELECT d.id, d.unit FROM dossier d WHERE " WARD_RESTS " AND d.unit <> '' AND (?1 = 0 OR " WARD_ENDED
        ") AND (?4 = '' OR d.unit = ?4) AND NOT EXISTS (SELECT 1 FROM summary m WHERE m.dossier = d.id) AND NOT EXISTS (SELECT 1 FROM "
        "record r JOIN segment s ON s.id = r.segment WHERE r.dossier = d.id AND s.stamp_ms > ?2) ORDER BY d.id LIMIT ?3");
    found.bind(std::int64_t{plan.ended_only}).bind(now.ms - plan.rest.count()).bind(static_cast<std::int64_t>(most)).bind(unit);
    while (found.step()) {
      out.push_back(found.number(0));
      if (unit.empty()) first = found.text(1);
    }
  };
  look(1, {});
  if (!out.empty()) look(limit, first);
  return out;
}

std::optional<record::SummaryBody> summarise(Store& store, std::int64_t dossier, const SummaryPlan& plan) {
  const auto state = read_state(store, dossier);
  auto changes = changes_of_dossier(store, dossier);
  if (state.erased || state.changes != changes.size()) return std::nullopt;
  auto found = store.db.query("SELECT changed_ms FROM state WHERE dossier = ?");
  found.bind(dossier);
  if (!found.step()) return std::nullopt;
  record::SummaryBody out;
  out.changes = changes.size();
  out.past = record::past_digest(std::move(changes));
  out.changed_at = {std::max<std::int64_t>(found.number(0), 0)};
  out.state = merge::encode_state(state);
  if (out.state.size() + body_overhead > limits::body_bytes_max) return std::nullopt;
  if (plan.smaller_only && !is_smaller(out.state.size(), bytes_of_records(store, dossier))) return std::nullopt;
  return out;
}

void note_looked_at(Store& store, std::int64_t dossier) {
  store.db.query("INSERT OR IGNORE INTO summary (dossier) VALUES (?)").bind(dossier).run();
}

const std::optional<Summaries::Standing>& Summaries::of(const Did& did) {
  const auto [held, fresh] = known_.try_emplace(did);
  if (fresh && fill_ != 0) held->second = find(did);
  return held->second;
}

std::optional<Summaries::Standing> Summaries::find(const Did& did) {
  std::optional<Standing> out;
  std::uint64_t changed = 0;
  auto found = store_.db.query(
      "SELECT r.id, r.type, s.stamp_index, w.device FROM record r JOIN segment s ON s.id = r.segment JOIN writer w ON w.id = r.writer "
      "WHERE "
      "r.dossier = ? AND s.stamp_index < ?");
  found.bind(find_dossier_row(store_, did)).bind(static_cast<std::int64_t>(std::min(fill_, limits::seq_max)));
  while (found.step()) {
    const auto type = static_cast<record::Type>(found.number(1));
    const auto index = static_cast<std::uint64_t>(found.number(2));
    if (type == record::Type::change) changed = std::max(changed, index);
    if (type == record::Type::summary && (!out || out->index < index) && is_of_a_centre(store_, found.fixed<DeviceId>(3)))
      out = Standing{found.number(0), index};
  }
  if (out && changed >= out->index) out.reset();
  return out;
}

}  // namespace ward::storage
