#include "storage/dossiers.hpp"

#include "protocol/base/limits.hpp"
#include "protocol/code/code.hpp"
#include "protocol/course/linked.hpp"
#include "protocol/text/text.hpp"
#include "storage/cursor.hpp"
#include "storage/erasures.hpp"
#include "storage/merged.hpp"
#include "storage/search.hpp"
#include "storage/summaries.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <set>

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

/// `not_found`; `storage_damaged` when an index leads to another dossier's row.
Result<std::int64_t> row_of_dossier(Store& store, const Did& did) {
  const auto dossier = find_dossier_row(store, did);
  if (dossier == 0) return fail(Fault::not_found, "there is no such dossier here");
  if (did_of(store, dossier) != did) return fail(Fault::storage_damaged, "an index leads to another dossier");
  return dossier;
}

DossierView view_of(Store& store, Phases& phases, std::int64_t dossier) {
  const auto did = did_of(store, dossier);
  DossierView out{did, read_state(store, dossier), phases.of(dossier, did)};
  out.records_here = records_are_here(store, dossier);
  if (const auto* order = store.policy.erasure(did))
    out.erased = ErasedBy{order->reason, order->user, order->unit, store.policy.entries()[store.policy.erasures().at(did)].time};
  return out;
}

/// `words`: the column of the search words, where a search reads them.
#define WARD_LINES(words, tables) \
  "SELECT d.id, d.did, d.code, d.unit, d.conflicts, s.changed_ms, " words ", " WARD_COURSE_COLUMNS " FROM " tables " WHERE "
#define WARD_ALL_LINES WARD_LINES("NULL", "dossier d LEFT JOIN state s ON s.dossier = d.id")
#define WARD_SEARCHED_LINES WARD_LINES("w.hashes", "words w JOIN dossier d ON d.id = w.dossier JOIN state s ON s.dossier = d.id")
constexpr int words_column = 6;

DossierLine line_of(Store& store, Phases& phases, const Query& row) {
  DossierLine out;
  const auto dossier = row.number(0);
  out.did = row.fixed<Did>(1);
  out.code = row.text(2);
  out.unit = row.text(3);
  out.conflicts = static_cast<std::uint64_t>(row.number(4));
  out.changed_at = {row.number(5)};
  out.course = course_row(row, words_column + 1);
  const auto state = read_state(store, dossier);
  out.owner = shown_text(state, "ChuHoSo");
  out.procedure_name = shown_text(state, "TenTTHC");
  out.voided = shown_text(state, void_field);
  if (const auto part = course::part_of(state))
    out.part_of = part->code.empty() ? std::string(id_prefix) + hex(part->whole.view()) : part->code;
  out.standing = phases.of(dossier, out.did);
  return out;
}

/// A stored time as a number, for cursors; 0 for none.
std::int64_t digits_of(const std::string& time) {
  std::int64_t out = 0;
  std::from_chars(time.data(), time.data() + time.size(), out);
  return out;
}
std::string time_of(std::int64_t digits) {
  constexpr std::size_t size = 14;
  auto out = std::to_string(digits);
  return out.size() < size ? std::string(size - out.size(), '0') + out : out;
}

/// Reads one page of a list.
class Lister {
 public:
  Lister(Store& store, const DossierQuery& query)
      : store_(store),
        query_(query),
        phases_(store),
        wanted_(hashes_of_query(store, query.search)),
        limit_(std::clamp<std::size_t>(query.limit, 1, lines_max)) {}

  Result<DossierPage> page() {
    if (!query_.search.empty() && wanted_.empty()) return DossierPage{};
    read_offers();
    WARD_CHECK(query_.due ? by_appointment(*query_.due) : newest_first());
    return std::move(out_);
  }

 private:
  /// `place_of_line`: where the list goes on after a dossier.
  template <class PlaceOfLine>
  void take(Query& rows, PlaceOfLine&& place_of_line) {
    std::string last;
    while (rows.step()) {
      if (!wanted_.empty() && !contains_all(rows.bytes(words_column), wanted_)) continue;
      if (!is_where(rows.number(0), rows.text(3))) continue;
      if (out_.lines.size() == limit_) {
        out_.next = last;
        return;
      }
      auto line = line_of(store_, phases_, rows);
      if (line.course.voided && !query_.voided) continue;
      last = place_of_line(rows.number(0), line);
      out_.lines.push_back(std::move(line));
    }
  }

  /// Few, as people answer them within days.
  void read_offers() {
    house_ = context_of(store_).house_of(query_.us, std::nullopt);
    if (query_.where != Whereabouts::offered_to_me && query_.where != Whereabouts::offered_by_me) return;
    const bool to_us = query_.where == Whereabouts::offered_to_me;
    auto found = store_.db.query("SELECT dossier FROM hand_over WHERE (? AND to_unit = ?) OR (? AND from_unit = ?)");
    found.bind(std::int64_t{to_us}).bind(house_).bind(std::int64_t{!to_us}).bind(house_);
    while (found.step()) offered_.insert(found.number(0));
  }
  [[nodiscard]] bool is_where(std::int64_t dossier, const std::string& holder) const {
    switch (query_.where) {
      case Whereabouts::anywhere: return true;
      case Whereabouts::mine: return holder == house_;
      case Whereabouts::elsewhere: return holder != house_;
      case Whereabouts::offered_to_me:
      case Whereabouts::offered_by_me: return offered_.contains(dossier);
    }
    return true;
  }

  /// One statement for each way to find the rows, so that each uses its index.
  Query newest_rows() {
#define WARD_REST "AND (?2 = '' OR d.status = ?2) AND (?3 = '' OR d.unit = ?3) AND d.conflicts >= ?4 ORDER BY d.id DESC"
    if (!wanted_.empty())
      return store_.db.query(
          WARD_SEARCHED_LINES
          "w.dossier < ?1 AND (?2 = '' OR d.status = ?2) AND (?3 = '' OR d.unit = ?3) AND d.conflicts >= ?4 ORDER BY w.dossier DESC");
    if (query_.conflict_only) return store_.db.query(WARD_ALL_LINES "d.conflicts > 0 AND d.id < ?1 " WARD_REST);
    if (!query_.status.empty()) return store_.db.query(WARD_ALL_LINES "d.status = ?2 AND d.id < ?1 " WARD_REST);
    return store_.db.query(WARD_ALL_LINES "d.id < ?1 " WARD_REST);
#undef WARD_REST
  }
  Result<void> newest_first() {
    WARD_TRY(const auto before, row_of(query_.after, std::numeric_limits<std::int64_t>::max()));
    auto rows = newest_rows();
    rows.bind(before).bind(query_.status).bind(query_.unit).bind(std::int64_t{query_.conflict_only});
    take(rows, [](std::int64_t dossier, const DossierLine&) { return std::to_string(dossier); });
    return {};
  }

  Query rows_by_appointment() {
#define WARD_REST                                                                                                                       \
  "d.clock = ?1 AND d.due >= ?2 AND d.due < ?3 AND d.due >= ?4 AND (d.due > ?4 OR d.id > ?5) AND (?6 = '' OR d.status = ?6) AND (?7 = " \
  "'' OR d.unit = ?7) AND d.conflicts >= ?8 ORDER BY d.due, d.id"
    if (wanted_.empty()) return store_.db.query(WARD_ALL_LINES WARD_REST);
    return store_.db.query(WARD_LINES("w.hashes", "dossier d JOIN words w ON w.dossier = d.id LEFT JOIN state s ON s.dossier = d.id")
                               WARD_REST);
#undef WARD_REST
  }
  Result<void> by_appointment(const deadline::Range& range) {
    WARD_TRY(const auto after, place_of(query_.after, {}));
    const auto after_due = after.sorted_by == 0 ? std::string() : time_of(after.sorted_by);
    auto rows = rows_by_appointment();
    rows.bind(std::string_view(deadline::name_of(range.clock))).bind(range.from).bind(range.before).bind(after_due).bind(after.dossier);
    rows.bind(query_.status).bind(query_.unit).bind(std::int64_t{query_.conflict_only});
    take(rows, [](std::int64_t dossier, const DossierLine& line) { return cursor_text({digits_of(line.course.due), dossier}); });
    return {};
  }

  Store& store_;
  const DossierQuery& query_;
  Phases phases_;
  std::vector<std::uint64_t> wanted_;
  std::size_t limit_;
  UnitCode house_;
  std::set<std::int64_t> offered_;
  DossierPage out_;
};

}  // namespace

std::optional<Whereabouts> DossierQuery::where_named(std::string_view name) {
  constexpr std::array names{"", "mine", "offered_to_me", "offered_by_me", "elsewhere"};
  const auto found = std::find(names.begin(), names.end(), name);
  return found == names.end() ? std::nullopt : std::optional(static_cast<Whereabouts>(found - names.begin()));
}

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
    WARD_TRY(auto found, with_code(store, which));
    // As it is read aloud: in groups of four.
    if (const auto digits = found.empty() ? code::digits_of(which) : std::nullopt) {
      WARD_TRY(found, with_code(store, *digits));
    }
    if (found.empty()) return fail(Fault::not_found, "there is no dossier with that code here");
    if (found.size() == 1) return did_of(store, found.front());
    std::string ids;
    for (std::size_t i = 0; i < std::min(found.size(), ambiguous_shown_max); ++i)
      ids += (ids.empty() ? "" : " ") + std::string(id_prefix) + hex(did_of(store, found[i]).view());
    return fail(Fault::ambiguous, ids);
  });
}

Result<DossierView> show_dossier(Store& store, const Did& did) {
  WARD_CHECK(settle(store));
  return store.db.read("show dossier", [&]() -> Result<DossierView> {
    WARD_TRY(const auto dossier, row_of_dossier(store, did));
    Phases phases(store);
    return view_of(store, phases, dossier);
  });
}

Result<std::vector<merge::HistoryEntry>> dossier_history(Store& store, const Did& did) {
  return store.db.read("dossier history", [&]() -> Result<std::vector<merge::HistoryEntry>> {
    WARD_TRY(const auto dossier, row_of_dossier(store, did));
    if (is_erased(store, did)) return erased_history(store, dossier);
    return merge::history(did, facts_of(store, dossier), context_of(store));
  });
}

Result<DossierPage> list_dossiers(Store& store, const DossierQuery& query) {
  forget_keys(store);
  WARD_CHECK(settle(store));
  return store.db.read("list dossiers", [&] { return Lister(store, query).page(); });
}

Result<std::vector<DossierLine>> similar_dossiers(Store& store, const SimilarQuery& query) {
  forget_keys(store);
  const auto owner = text::words(query.owner);
  const auto identity = text::words(query.identity);
  if (owner.empty() && identity.empty()) return fail(Fault::invalid, "name at least `owner` or `identity`");
  WARD_CHECK(settle(store));
  return store.db.read("similar dossiers", [&]() -> Result<std::vector<DossierLine>> {
    std::vector<DossierLine> out;
    Phases phases(store);
    const auto by_owner = hashes_of_query(store, query.owner);
    const auto by_identity = hashes_of_query(store, query.identity);
    const auto may_be = [&](BytesView words) {
      return (!owner.empty() && contains_all(words, by_owner)) || (!identity.empty() && contains_all(words, by_identity));
    };
    auto rows = store.db.query(
        WARD_LINES("w.hashes", "dossier d JOIN state s ON s.dossier = d.id JOIN words w ON w.dossier = d.id")
        "s.changed_ms >= ?1 AND (?2 = '' OR d.procedure = ?2) ORDER BY d.id DESC");
    rows.bind(query.since.ms).bind(query.procedure);
    while (out.size() < similar_max && rows.step()) {
      if (!may_be(rows.bytes(words_column))) continue;
      const auto state = read_state(store, rows.number(0));
      // The words may be somebody else's in the same dossier.
      const bool same_owner = !owner.empty() && text::words(shown_text(state, "ChuHoSo")) == owner;
      const bool same_identity = !identity.empty() && text::words(shown_text(state, "SoGiayToChuHoSo")) == identity;
      if ((same_owner || same_identity) && shown_text(state, void_field).empty()) out.push_back(line_of(store, phases, rows));
    }
    return out;
  });
}

}  // namespace ward::storage
