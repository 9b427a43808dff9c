#pragma once

#include "protocol/course/course.hpp"
#include "storage/store.hpp"

#include <string>
#include <vector>

/// Reading dossiers, the same at a ward and at the centre. Every function is one read transaction.
namespace ward::storage {

/// records.md §6.
enum class DossierPhase { on_this_pc, needs_you, at_centre, applied };
[[nodiscard]] const char* name_of(DossierPhase phase) noexcept;  ///< `on_this_pc`, …

struct DossierStanding {
  DossierPhase phase = DossierPhase::on_this_pc;
  WallTime since;      ///< as far as this site knows
  std::string reason;  ///< of `needs_you`: `conflict`, `attention`, `waiting`, or the fault for which the centre refused it; else empty
};

using course::void_field;

/// A line of the list: nothing but what a list shows.
struct DossierLine {
  Did did;
  std::string code, unit;
  course::Row course;
  std::string owner, procedure_name, voided;  ///< opened from the sealed state; empty while in conflict
  std::string part_of;                        ///< the code of the dossier of which it is a part; empty: of none
  WallTime changed_at;
  std::uint64_t conflicts = 0;
  DossierStanding standing;
};

/// Where a dossier is, as seen from one unit.
enum class Whereabouts { anywhere, mine, offered_to_me, offered_by_me, elsewhere };

struct DossierQuery {
  std::string status;  ///< empty: any
  bool conflict_only = false;
  bool voided = false;  ///< those too that were made by mistake
  std::string unit;     ///< that holds it; empty: any
  Whereabouts where = Whereabouts::anywhere;
  UnitCode us;  ///< from where `where` is seen

  [[nodiscard]] static std::optional<Whereabouts> where_named(std::string_view name);  ///< empty: anywhere
  std::optional<deadline::Range> due;  ///< of one class only, and by appointment, the earliest first; else the newest dossier first
  std::string search;      ///< words, all of which must occur; folded, prefixes from 3 letters; of numbers from 4 digits, and their last 4
  std::string after;       ///< cursor of the page before; empty: from the start
  std::size_t limit = 50;  ///< at most 500
};
struct DossierPage {
  std::vector<DossierLine> lines;
  std::string next;  ///< cursor; empty: no more
};

/// The order by which a dossier was erased.
struct ErasedBy {
  std::string reason, user;
  UnitCode unit;
  WallTime at;
};

struct DossierView {
  Did did;
  merge::DossierState state;
  DossierStanding standing;
  std::optional<ErasedBy> erased{};
  bool records_here = true;  ///< false: it is known by its summary (docs/adr/0010)
};

/// What somebody decided where two sides had written differently.
struct DecisionLine {
  Did did;
  std::string code;
  merge::HistoryEntry entry;
  std::vector<merge::HistoryEntry> sides;  ///< what it decided between
};
struct DecisionPage {
  std::vector<DecisionLine> decisions;
  std::string next;  ///< cursor; empty: no more. A page may be short, or empty, and yet not the last.
};

/// What a new dossier may repeat.
struct SimilarQuery {
  std::string owner, identity;  ///< at least one; compared without marks and case
  std::string procedure;        ///< empty: any
  WallTime since;               ///< only what changed from then on
};

/// `which` = a code or `id:HEX` (32 digits). `not_found`; `ambiguous`, whose detail lists the ids as `id:… id:…`.
[[nodiscard]] Result<Did> find_dossier(Store& store, std::string_view which);
[[nodiscard]] Result<DossierView> show_dossier(Store& store, const Did& did);
[[nodiscard]] Result<std::vector<merge::HistoryEntry>> dossier_history(Store& store, const Did& did);
[[nodiscard]] Result<DossierPage> list_dossiers(Store& store, const DossierQuery& query);
/// Dossiers of that person and procedure, the newest first, at most 20; without those made by mistake.
[[nodiscard]] Result<std::vector<DossierLine>> similar_dossiers(Store& store, const SimilarQuery& query);
/// Decisions since then, whoever made them: of the dossiers that changed lately first, of one dossier the newest first. A page ends with
/// the dossier that brings it to `limit` decisions.
[[nodiscard]] Result<DecisionPage> list_decisions(Store& store, WallTime since, std::string_view after, std::size_t limit);
/// What `verify` checks: the file's structure, every record's seal hash and rid, every segment's root and signature, the policy log.
struct Verification {
  std::uint64_t records = 0;
  std::uint64_t segments = 0;
  std::uint64_t dossiers = 0;
  std::vector<std::string> damage;  ///< one line each, no personal data; empty: sound
};
[[nodiscard]] Result<Verification> verify_store(Store& store);

/// Idempotency-Key: the answer that was given before to the same request; `invalid` when the key was used for another request.
[[nodiscard]] Result<std::optional<Bytes>> answered_before(Store& store, std::string_view key, const Hash& request);
[[nodiscard]] Result<void> remember_answer(Store& store, std::string_view key, const Hash& request, BytesView answer, WallTime at);
/// The same inside a transaction: the answer is remembered exactly when what it tells of is saved. Throws `Failure`.
void put_answer(Store& store, std::string_view key, const Hash& request, BytesView answer, WallTime at);

}  // namespace ward::storage
