#include "storage/dossiers.hpp"

#include "protocol/base/limits.hpp"
#include "protocol/text/text.hpp"
#include "storage/cursor.hpp"
#include "storage/merged.hpp"
#include "storage/search.hpp"

#include <algorithm>
#include <limits>

namespace ward::storage {
namespace {

constexpr std::size_t lines_max = 500;
constexpr std::string_view id_prefix = "id:";
constexpr std::size_t ambiguous_shown_max = 20;
constexpr std::size_t similar_max = 20;

Result<std::vector<std::int64_t>> with_code(Store& store, std::string_view code) {
  std::vector<std::int64_t> out;
  auto found = store.db.query("SELECT dossier FROM code WHERE code = ? ORDER BY dossier");
  found.bind(code);
  while (found.step()) out.push_back(found.number(0));
  return out;
}

/// What a dossier's records and the centre's cursor say of where it is (records.md §6).
class Phases {
 public:
  explicit Phases(Store& store) : store_(store) {
    if (store.site == Site::centre) return;
    applied_ = meta_number(store, "applied", 0);
    const auto exceptions = meta(store, "applied exceptions").value_or(Bytes{});
    for (std::size_t at = 0; at + Did::size <= exceptions.size(); at += Did::size)
      exceptions_.push_back(fixed_from<Did>(BytesView(exceptions).subspan(at, Did::size)));
  }

  DossierStanding of(std::int64_t dossier, const Did& did) {
    const auto stored = records_of(dossier);
    if (!stored.refused.empty()) return {DossierPhase::needs_you, stored.unreceipted_since, stored.refused};
    if (stored.unreceipted) return {DossierPhase::on_this_pc, stored.unreceipted_since, {}};
    auto line = store_.db.query("SELECT conflicts, attention, waiting, dirty FROM dossier WHERE id = ?");
    line.bind(dossier);
    if (!line.step()) throw Failure{{Fault::storage_damaged, "a dossier's row is missing"}};
    if (line.number(0) > 0) return {DossierPhase::needs_you, stored.newest, "conflict"};
    if (line.number(1) > 0) return {DossierPhase::needs_you, stored.newest, "attention"};
    if (line.number(2) > 0) return {DossierPhase::needs_you, stored.newest, "waiting"};
    const auto since = stored.newest_stamp.ms != 0 ? stored.newest_stamp : stored.newest;
    if (store_.site == Site::centre) return {line.number(3) == 0 ? DossierPhase::applied : DossierPhase::at_centre, since, {}};
    const bool excepted = std::find(exceptions_.begin(), exceptions_.end(), did) != exceptions_.end();
    const bool applied = stored.all_stamped && stored.newest_index < applied_ && !excepted;
    return {applied ? DossierPhase::applied : DossierPhase::at_centre, since, {}};
  }

 private:
  struct Records {
    std::string refused;
    bool unreceipted = false;
    bool all_stamped = true;
    std::int64_t newest_index = -1;
    WallTime newest_stamp, newest, unreceipted_since;
  };
  Records records_of(std::int64_t dossier) {
    Records out;
    auto found = store_.db.query(
        "SELECT max(CASE WHEN s.receipted = 0 THEN s.refused END), max(r.segment IS NULL OR s.receipted = 0), "
        "max(r.segment IS NULL OR s.stamp_index IS NULL), max(s.stamp_index), max(s.stamp_ms), max(r.saved_ms), "
        "min(CASE WHEN r.segment IS NULL OR s.receipted = 0 THEN r.saved_ms END) "
        "FROM record r LEFT JOIN segment s ON s.id = r.segment WHERE r.dossier = ?");
    found.bind(dossier);
    if (!found.step() || found.is_null(1)) return out;
    if (!found.is_null(0)) out.refused = found.text(0);
    out.unreceipted = found.number(1) != 0;
    out.all_stamped = found.number(2) == 0;
    if (!found.is_null(3)) out.newest_index = found.number(3);
    if (!found.is_null(4)) out.newest_stamp = {found.number(4)};
    out.newest = {found.number(5)};
    if (!found.is_null(6)) out.unreceipted_since = {found.number(6)};
    return out;
  }

  Store& store_;
  std::int64_t applied_ = 0;
  std::vector<Did> exceptions_;
};

/// As merged last, or merged now where newer records wait for it.
merge::DossierState newest_state(Store& store, std::int64_t dossier) {
  auto dirty = store.db.query("SELECT dirty, did FROM dossier WHERE id = ?");
  dirty.bind(dossier);
  if (dirty.step() && dirty.number(0) > 0) return merge::merge(dirty.fixed<Did>(1), facts_of(store, dossier));
  return read_state(store, dossier);
}

DossierView view_of(Store& store, Phases& phases, std::int64_t dossier) {
  const auto did = did_of(store, dossier);
  return {did, newest_state(store, dossier), phases.of(dossier, did)};
}

DossierLine line_of(Store& store, Phases& phases, const Query& row) {
  DossierLine out;
  const auto dossier = row.number(0);
  out.did = row.fixed<Did>(1);
  out.code = row.text(2);
  out.status = row.text(3);
  out.procedure = row.text(4);
  out.unit = row.text(5);
  out.received = row.text(6);
  out.due = row.text(7);
  out.conflicts = static_cast<std::uint64_t>(row.number(8));
  out.changed_at = {row.number(9)};
  const auto state = read_state(store, dossier);
  out.owner = shown_text(state, "ChuHoSo");
  out.procedure_name = shown_text(state, "TenTTHC");
  out.finished = shown_text(state, "NgayKetThucXuLy");
  out.voided = shown_text(state, void_field);
  out.standing = phases.of(dossier, out.did);
  return out;
}

#define WARD_LINE_COLUMNS                                                                                                   \
  "SELECT d.id, d.did, d.code, d.status, d.procedure, d.unit, d.received, d.due, d.conflicts, s.changed_ms FROM dossier d " \
  "LEFT JOIN state s ON s.dossier = d.id "

}  // namespace

const char* name_of(DossierPhase phase) noexcept {
  switch (phase) {
    case DossierPhase::on_this_pc: return "on_this_pc";
    case DossierPhase::needs_you: return "needs_you";
    case DossierPhase::at_centre: return "at_centre";
    case DossierPhase::applied: return "applied";
  }
  return "on_this_pc";
}

Result<Did> find_dossier(Store& store, std::string_view which) {
  return store.db.read("find dossier", [&]() -> Result<Did> {
    if (which.starts_with(id_prefix)) {
      const auto bytes = unhex(which.substr(id_prefix.size()));
      if (bytes.size() != Did::size) return fail(Fault::invalid, "an id is `id:` and 32 hexadecimal digits");
      const auto did = fixed_from<Did>(bytes);
      if (find_dossier_row(store, did) == 0) return fail(Fault::not_found, "there is no such dossier here");
      return did;
    }
    WARD_TRY(const auto found, with_code(store, which));
    if (found.empty()) return fail(Fault::not_found, "there is no dossier with that code here");
    if (found.size() == 1) return did_of(store, found.front());
    std::string ids;
    for (std::size_t i = 0; i < std::min(found.size(), ambiguous_shown_max); ++i)
      ids += (ids.empty() ? "" : " ") + std::string(id_prefix) + hex(did_of(store, found[i]).view());
    return fail(Fault::ambiguous, ids);
  });
}

Result<DossierView> show_dossier(Store& store, const Did& did) {
  return store.db.read("show dossier", [&]() -> Result<DossierView> {
    const auto dossier = find_dossier_row(store, did);
    if (dossier == 0) return fail(Fault::not_found, "there is no such dossier here");
    Phases phases(store);
    return view_of(store, phases, dossier);
  });
}

Result<std::vector<merge::HistoryEntry>> dossier_history(Store& store, const Did& did) {
  return store.db.read("dossier history", [&]() -> Result<std::vector<merge::HistoryEntry>> {
    const auto dossier = find_dossier_row(store, did);
    if (dossier == 0) return fail(Fault::not_found, "there is no such dossier here");
    return merge::history(did, facts_of(store, dossier));
  });
}

Result<DossierPage> list_dossiers(Store& store, const DossierQuery& query) {
  forget_keys(store);
  return store.db.read("list dossiers", [&]() -> Result<DossierPage> {
    WARD_TRY(const auto before, row_of(query.after, std::numeric_limits<std::int64_t>::max()));
    const auto wanted = hashes_of_query(store, query.search);
    DossierPage out;
    if (!query.search.empty() && wanted.empty()) return out;
    const auto limit = std::clamp<std::size_t>(query.limit, 1, lines_max);
    Phases phases(store);
    const auto take = [&](Query& rows) {
      std::int64_t last = 0;
      while (rows.step()) {
        // Column 10 is there only in a search.
        if (!wanted.empty() && !contains_all(rows.bytes(10), wanted)) continue;
        if (out.lines.size() == limit) {
          out.next = std::to_string(last);
          return;
        }
        auto line = line_of(store, phases, rows);
        if (!line.voided.empty() && !query.voided) continue;
        last = rows.number(0);
        out.lines.push_back(std::move(line));
      }
    };
    const auto conflicts_min = std::int64_t{query.conflict_only};
    if (!wanted.empty()) {
      auto rows = store.db.query(
          "SELECT d.id, d.did, d.code, d.status, d.procedure, d.unit, d.received, d.due, d.conflicts, s.changed_ms, w.hashes FROM words w "
          "JOIN dossier d ON d.id = w.dossier JOIN state s ON s.dossier = d.id WHERE w.dossier < ? AND d.conflicts >= ? AND (? = '' OR "
          "d.status = ?) ORDER BY w.dossier DESC");
      take(rows.bind(before).bind(conflicts_min).bind(query.status).bind(query.status));
    } else if (query.conflict_only) {
      auto rows = store.db.query(WARD_LINE_COLUMNS "WHERE d.conflicts > 0 AND d.id < ? AND (? = '' OR d.status = ?) ORDER BY d.id DESC");
      take(rows.bind(before).bind(query.status).bind(query.status));
    } else if (!query.status.empty()) {
      auto rows = store.db.query(WARD_LINE_COLUMNS "WHERE d.status = ? AND d.id < ? ORDER BY d.id DESC");
      take(rows.bind(query.status).bind(before));
    } else {
      auto rows = store.db.query(WARD_LINE_COLUMNS "WHERE d.id < ? ORDER BY d.id DESC");
      take(rows.bind(before));
    }
    return out;
  });
}

Result<std::vector<DossierLine>> similar_dossiers(Store& store, const SimilarQuery& query) {
  forget_keys(store);
  const auto owner = text::words(query.owner);
  const auto identity = text::words(query.identity);
  if (owner.empty() && identity.empty()) return fail(Fault::invalid, "name at least `owner` or `identity`");
  return store.db.read("similar dossiers", [&]() -> Result<std::vector<DossierLine>> {
    std::vector<DossierLine> out;
    Phases phases(store);
    const auto by_owner = hashes_of_query(store, query.owner);
    const auto by_identity = hashes_of_query(store, query.identity);
    const auto may_be = [&](BytesView words) {
      return (!owner.empty() && contains_all(words, by_owner)) || (!identity.empty() && contains_all(words, by_identity));
    };
    auto rows = store.db.query(
        "SELECT d.id, d.did, d.code, d.status, d.procedure, d.unit, d.received, d.due, d.conflicts, s.changed_ms, w.hashes FROM dossier d "
        "JOIN state s ON s.dossier = d.id JOIN words w ON w.dossier = d.id WHERE s.changed_ms >= ?1 AND (?2 = '' OR d.procedure = ?2) "
        "ORDER BY d.id DESC");
    rows.bind(query.since.ms).bind(query.procedure);
    while (out.size() < similar_max && rows.step()) {
      if (!may_be(rows.bytes(10))) continue;
      const auto state = read_state(store, rows.number(0));
      // The words may be somebody else's in the same dossier.
      const bool same_owner = !owner.empty() && text::words(shown_text(state, "ChuHoSo")) == owner;
      const bool same_identity = !identity.empty() && text::words(shown_text(state, "SoGiayToChuHoSo")) == identity;
      if ((same_owner || same_identity) && shown_text(state, void_field).empty()) out.push_back(line_of(store, phases, rows));
    }
    return out;
  });
}

Result<InboxPage> list_inbox(Store& store, std::string_view after, std::size_t limit) {
  forget_keys(store);
  return store.db.read("list inbox", [&]() -> Result<InboxPage> {
    WARD_TRY(const auto before, row_of(after, 0));
    const auto most = std::clamp<std::size_t>(limit, 1, lines_max);
    InboxPage out;
    Phases phases(store);
    std::int64_t last = 0;
    auto found = store.db.query("SELECT id FROM dossier WHERE conflicts > 0 AND id > ? ORDER BY id LIMIT ?");
    found.bind(before).bind(static_cast<std::int64_t>(most + 1));
    while (found.step()) {
      if (out.dossiers.size() == most) {
        out.next = std::to_string(last);
        return out;
      }
      last = found.number(0);
      out.dossiers.push_back(view_of(store, phases, last));
    }
    return out;
  });
}

Result<DossierView> find_conflict(Store& store, std::string_view conflict_id_hex) {
  const auto bytes = unhex(conflict_id_hex);
  if (bytes.size() != merge::ConflictId::size) return fail(Fault::invalid, "a conflict's id has 32 hexadecimal digits");
  const auto id = fixed_from<merge::ConflictId>(bytes);
  return store.db.read("find conflict", [&]() -> Result<DossierView> {
    Phases phases(store);
    auto found = store.db.query("SELECT id FROM dossier WHERE conflicts > 0 ORDER BY id");
    while (found.step()) {
      auto view = view_of(store, phases, found.number(0));
      const auto& conflicts = view.state.conflicts;
      if (std::any_of(conflicts.begin(), conflicts.end(), [&](const auto& one) { return one.id == id; })) return view;
    }
    return fail(Fault::not_found, "this conflict was decided, or is not known here");
  });
}

}  // namespace ward::storage
