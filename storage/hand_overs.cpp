#include "storage/hand_overs.hpp"

#include "storage/cursor.hpp"
#include "storage/merged.hpp"

#include <algorithm>

namespace ward::storage {
namespace {

constexpr std::size_t listed_max = 500;

struct Row {
  UnitCode from, to;
  std::int64_t offered_ms = 0;
  friend bool operator==(const Row&, const Row&) = default;
};

std::vector<Row> stored_rows(Store& store, std::int64_t dossier) {
  std::vector<Row> out;
  auto found = store.db.query("SELECT from_unit, to_unit, offered_ms FROM hand_over WHERE dossier = ? ORDER BY rowid");
  found.bind(dossier);
  while (found.step()) out.push_back({found.text(0), found.text(1), found.number(2)});
  return out;
}

bool fits(const merge::Offer& offer, const HandOverQuery& query, const merge::Context& context) {
  const auto is = [&](const UnitCode& wanted, const UnitCode& unit) {
    return wanted.empty() || context.house_of(wanted, std::nullopt) == context.house_of(unit, std::nullopt);
  };
  return is(query.to, offer.to) && is(query.from, offer.from) && (!query.offered_before || offered_at(offer) < *query.offered_before);
}

}  // namespace

WallTime offered_at(const merge::Offer& offer) { return offer.stamp ? offer.stamp->time : offer.hlc.wall(); }

void write_hand_overs(Store& store, std::int64_t dossier, const merge::DossierState& state) {
  const auto& context = context_of(store);
  std::vector<Row> rows;
  rows.reserve(state.custody.pending.size());
  for (const auto& offer : state.custody.pending)
    rows.push_back({context.house_of(offer.from, std::nullopt), context.house_of(offer.to, std::nullopt), offered_at(offer).ms});
  if (rows == stored_rows(store, dossier)) return;
  store.db.query("DELETE FROM hand_over WHERE dossier = ?").bind(dossier).run();
  for (const auto& row : rows)
    store.db.query("INSERT INTO hand_over (dossier, from_unit, to_unit, offered_ms) VALUES (?, ?, ?, ?)")
        .bind(dossier)
        .bind(row.from)
        .bind(row.to)
        .bind(row.offered_ms)
        .run();
}

Result<HandOverPage> list_hand_overs(Store& store, const HandOverQuery& query) {
  forget_keys(store);
  WARD_CHECK(settle(store));
  return store.db.read("list hand-overs", [&]() -> Result<HandOverPage> {
    WARD_TRY(const auto after, row_of(query.after, 0));
    const auto most = std::clamp<std::size_t>(query.limit, 1, listed_max);
    const auto& context = context_of(store);
    HandOverPage out;
    std::int64_t last = 0;
    std::size_t dossiers = 0;
    auto found = store.db.query("SELECT DISTINCT dossier FROM hand_over WHERE dossier > ? ORDER BY dossier");
    found.bind(after);
    while (found.step()) {
      if (dossiers == most) {
        out.next = std::to_string(last);
        return out;
      }
      const auto before = out.hand_overs.size();
      const auto state = read_state(store, found.number(0));
      for (const auto& offer : state.custody.pending)
        if (fits(offer, query, context))
          out.hand_overs.push_back({state.did, course::code_of(state), shown_text(state, "ChuHoSo"), shown_text(state, "MaTTHC"),
                                    shown_text(state, "TenTTHC"), shown_text(state, "TrangThaiHoSo"), state.custody.unit, offer});
      if (out.hand_overs.size() == before) continue;
      last = found.number(0);
      ++dossiers;
    }
    return out;
  });
}

Result<HandOverCounts> count_hand_overs(Store& store, const UnitCode& unit, WallTime offered_before) {
  WARD_CHECK(settle(store));
  return store.db.read("count hand-overs", [&]() -> Result<HandOverCounts> {
    const auto house = context_of(store).house_of(unit, std::nullopt);
    auto found = store.db.query(
        "SELECT count(DISTINCT CASE WHEN to_unit = ?1 THEN dossier END), count(DISTINCT CASE WHEN from_unit = ?1 THEN dossier END), "
        "count(DISTINCT CASE WHEN offered_ms < ?2 AND (to_unit = ?1 OR from_unit = ?1) THEN dossier END), "
        "count(DISTINCT CASE WHEN offered_ms < ?2 THEN dossier END) FROM hand_over");
    found.bind(house).bind(offered_before.ms);
    if (!found.step()) return HandOverCounts{};
    const auto number = [&](int column) { return static_cast<std::uint64_t>(found.number(column)); };
    return HandOverCounts{number(0), number(1), number(2), number(3)};
  });
}

}  // namespace ward::storage
