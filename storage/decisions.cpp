#include "protocol/schema/schema.hpp"
#include "storage/cursor.hpp"
#include "storage/dossiers.hpp"
#include "storage/merged.hpp"

#include <algorithm>
#include <limits>

/// What was decided, read out of the histories of those dossiers that two sides ever changed at once.
namespace ward::storage {
namespace {

constexpr std::size_t searched_max = 500;  ///< histories that one page reads

/// Whether people are asked when two write there at once. Of an element itself they are: it was removed here and edited there.
bool is_asked_about(const record::Path& path) {
  if (!path.empty() && path.back().kind == record::Step::Kind::element) return true;
  const auto* field = schema::field_at(path);
  return field == nullptr || field->policy == schema::Policy::ask;
}

/// A write that replaces two or more heads (change.hpp); what was accepted or dismissed.
bool is_decision(const merge::HistoryEntry& entry) {
  const auto kind = entry.said.kind;
  if (kind == record::OpKind::approve || kind == record::OpKind::dismiss) return true;
  if (kind == record::OpKind::status) return entry.given_back.size() > 1;
  return (kind == record::OpKind::set || kind == record::OpKind::remove) && entry.replaced.size() > 1 && is_asked_about(entry.said.path);
}

/// What it decided between, or about.
std::vector<merge::HistoryEntry> sides_of(const merge::HistoryEntry& entry, const std::vector<merge::HistoryEntry>& history) {
  const auto* named = entry.said.value.heads();
  const bool about = entry.said.kind == record::OpKind::approve || entry.said.kind == record::OpKind::dismiss;
  const auto& ops = about && named != nullptr ? named->ops : entry.given_back;
  std::vector<merge::HistoryEntry> out;
  for (const auto& side : history)
    if (std::find(ops.begin(), ops.end(), side.said.op) != ops.end()) out.push_back(side);
  return out;
}

/// Dismissing a dismissal takes it back; it decides nothing by itself.
bool takes_back(const merge::HistoryEntry& entry, const std::vector<merge::HistoryEntry>& sides) {
  return entry.said.kind == record::OpKind::dismiss &&
         std::any_of(sides.begin(), sides.end(), [](const auto& side) { return side.said.kind == record::OpKind::dismiss; });
}

void add_decisions(std::vector<DecisionLine>& to, const DecisionLine& of, const std::vector<merge::HistoryEntry>& history, WallTime since) {
  for (auto entry = history.rbegin(); entry != history.rend(); ++entry) {
    if (!is_decision(*entry) || entry->said.hlc.wall() < since) continue;
    auto sides = sides_of(*entry, history);
    if (takes_back(*entry, sides)) continue;
    auto& line = to.emplace_back(of);
    line.entry = *entry;
    line.sides = std::move(sides);
  }
}

}  // namespace

Result<DecisionPage> list_decisions(Store& store, WallTime since, std::string_view after, std::size_t limit) {
  forget_keys(store);
  WARD_CHECK(settle(store));
  return store.db.read("list decisions", [&]() -> Result<DecisionPage> {
    constexpr auto end = std::numeric_limits<std::int64_t>::max();
    WARD_TRY(const auto place, place_of(after, {end, end}));
    DecisionPage out;
    Place last;
    std::size_t searched = 0;
    auto rows = store.db.query(
        "SELECT d.id, d.did, d.code, s.changed_ms FROM dossier d JOIN state s ON s.dossier = d.id WHERE d.in_line = 0 AND s.changed_ms >= "
        "? "
        "AND (s.changed_ms, d.id) < (?, ?) ORDER BY s.changed_ms DESC, d.id DESC");
    rows.bind(since.ms).bind(place.sorted_by).bind(place.dossier);
    while (rows.step()) {
      if (out.decisions.size() >= limit || searched++ == searched_max) {
        out.next = cursor_text(last);
        return out;
      }
      last = {rows.number(3), rows.number(0)};
      const DecisionLine dossier{rows.fixed<Did>(1), rows.text(2), {}, {}};
      add_decisions(out.decisions, dossier, merge::history(dossier.did, facts_of(store, last.dossier), context_of(store)), since);
    }
    return out;
  });
}

}  // namespace ward::storage
