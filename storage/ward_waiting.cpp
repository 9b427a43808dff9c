#include "storage/cursor.hpp"
#include "storage/merged.hpp"
#include "storage/ward_store.hpp"

#include <algorithm>

/// Own records that no receipt covers, by dossier.
namespace ward::storage {
namespace {

constexpr std::size_t waiting_max = 500;

// Those outside any segment, and those of segments without a receipt. Both begin at an index, so that nothing else is read.
#define WARD_WAITING                                                                                                                    \
  "WITH own (dossier, saved, refused) AS (SELECT r.dossier, r.saved_ms, NULL FROM writer w CROSS JOIN record r ON r.writer = w.id AND " \
  "r.seq >= w.chained WHERE w.device = ?1 AND w.written > w.chained AND r.segment IS NULL UNION ALL SELECT r.dossier, r.saved_ms, "     \
  "s.refused FROM segment s CROSS JOIN record r ON r.writer = s.writer AND r.seq >= s.first AND r.seq < s.first + s.count WHERE "       \
  "s.receipted = 0) "

}  // namespace

Result<Exposure> WardStore::exposure() {
  return store_.db.read("exposure", [&]() -> Result<Exposure> {
    Exposure out;
    auto found = store_.db.query(WARD_WAITING "SELECT count(DISTINCT dossier), coalesce(min(saved), 0) FROM own WHERE dossier IS NOT NULL");
    found.bind(membership_.device);
    if (found.step()) out = {static_cast<std::uint64_t>(found.number(0)), {found.number(1)}};
    return out;
  });
}

Result<WaitingPage> WardStore::list_waiting(std::string_view after, std::size_t limit) {
  forget_keys(store_);
  WARD_CHECK(settle(store_));
  return store_.db.read("list what waits", [&]() -> Result<WaitingPage> {
    WARD_TRY(const auto place, place_of(after, {}));
    const auto most = std::clamp<std::size_t>(limit, 1, waiting_max);
    WaitingPage out;
    Place last;
    auto rows = store_.db.query(WARD_WAITING
                                "SELECT o.dossier, d.did, d.code, min(o.saved) AS since, count(*), max(o.refused) FROM own o JOIN dossier "
                                "d ON d.id = o.dossier GROUP BY o.dossier HAVING (since, o.dossier) > (?2, ?3) ORDER BY since, o.dossier "
                                "LIMIT ?4");
    rows.bind(membership_.device).bind(place.sorted_by).bind(place.dossier).bind(static_cast<std::int64_t>(most + 1));
    while (rows.step()) {
      if (out.dossiers.size() == most) {
        out.next = cursor_text(last);
        return out;
      }
      last = {rows.number(3), rows.number(0)};
      WaitingDossier one;
      one.did = rows.fixed<Did>(1);
      one.code = rows.text(2);
      one.owner = shown_text(read_state(store_, rows.number(0)), "ChuHoSo");
      one.since = {rows.number(3)};
      one.records = static_cast<std::uint64_t>(rows.number(4));
      if (!rows.is_null(5)) one.refused = rows.text(5);
      out.dossiers.push_back(std::move(one));
    }
    return out;
  });
}

}  // namespace ward::storage
