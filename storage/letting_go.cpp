#include "storage/letting_go.hpp"

#include "storage/erasures.hpp"
#include "storage/merged.hpp"
#include "storage/summaries.hpp"

#include <algorithm>

namespace ward::storage {
namespace {

constexpr std::string_view place_key = "let go to";  ///< meta: the dossier that was asked about last; 0: a pass begins
constexpr std::string_view ended_key = "let go at";  ///< meta: when the last pass through all dossiers ended
#define WARD_MAY_GO WARD_RESTS " AND (? = 0 OR " WARD_ENDED ")"
constexpr std::int64_t looked_at_max = 2'048;  ///< dossiers for one question

}  // namespace

LettingGo::LettingGo(WardStore& of) : ward(of), store(of.store_) {}

bool LettingGo::may_begin() {
  if (ward.keep_plan_.rest.count() == 0 || asks_for_own(store) || meta(store, "heads wanted") || meta(store, "alarm")) return false;
  const auto last = stored_receipt(store);
  if (!last || !is_signed(store, last->receipt, last->signature)) return false;
  archived_ = last->receipt.archived;
  before_ = {ward.signed_time_.ms - ward.keep_plan_.rest.count()};
  return true;
}

bool LettingGo::may_go(std::int64_t dossier) {
  if (is_erased(store, dossier)) return false;
  auto rests = store.db.query("SELECT 1 FROM dossier d WHERE d.id = ? AND " WARD_MAY_GO);
  rests.bind(dossier).bind(std::int64_t{ward.keep_plan_.ended_only});
  if (!rests.step() || !records_are_here(store, dossier)) return false;
  auto needed = store.db.query(
      "SELECT 1 FROM record r LEFT JOIN segment s ON s.id = r.segment WHERE r.dossier = ?1 AND r.type <> ?2 AND (s.id IS NULL OR "
      "s.receipted = 0 OR s.forked = 1 OR s.stamp_index IS NULL OR s.stamp_index >= ?3 OR s.stamp_ms > ?4 OR r.body IS NULL OR EXISTS "
      "(SELECT 1 FROM record o WHERE o.writer = r.writer AND o.seq = r.seq AND o.id <> r.id))");
  needed.bind(dossier).bind(static_cast<std::int64_t>(record::Type::summary));
  needed.bind(static_cast<std::int64_t>(archived_)).bind(before_.ms);
  return !needed.step();
}

std::vector<Did> LettingGo::resting() {
  std::vector<Did> out;
  if (!may_begin()) return out;
  const auto place = meta_number(store, place_key, 0);
  const auto next_pass = meta_number(store, ended_key, 0) + ward.keep_plan_.pass_every.count();
  if (place == 0 && ward.signed_time_.ms < next_pass) return out;
  std::int64_t looked_at = 0, last = 0;
  auto found = store.db.query("SELECT d.id, d.did FROM dossier d WHERE d.id > ? AND " WARD_MAY_GO
                              " AND NOT EXISTS (SELECT 1 FROM summary m WHERE m.dossier = d.id) ORDER BY d.id LIMIT ?");
  found.bind(place).bind(std::int64_t{ward.keep_plan_.ended_only}).bind(looked_at_max);
  while (out.size() < sync::fetched_dossiers_max && found.step()) {
    ++looked_at;
    last = found.number(0);
    if (may_go(last)) out.push_back(found.fixed<Did>(1));
  }
  if (!out.empty()) return out;
  const bool more = looked_at == looked_at_max;
  set_meta_number(store, place_key, more ? last : 0);
  if (!more) set_meta_number(store, ended_key, ward.signed_time_.ms);
  return out;
}

void LettingGo::take(const std::vector<Did>& dossiers, bool all) {
  if (!may_begin()) return;
  std::int64_t last = 0;
  for (const auto& did : dossiers) {
    const auto dossier = find_dossier_row(store, did);
    if (dossier == 0) continue;
    last = std::max(last, dossier);
    if (!may_go(dossier)) continue;
    if (const auto summary = summary_of_all(store, dossier)) let_go(store, dossier, *summary);
  }
  if (all) set_meta_number(store, place_key, std::max(last, meta_number(store, place_key, 0)));
}

}  // namespace ward::storage
