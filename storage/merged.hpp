#pragma once

#include "protocol/course/course.hpp"
#include "storage/store.hpp"

/// How a dossier's records become what is stored of it: shared by those who write it and those who verify it.
namespace ward::storage {

struct Gathered {
  std::vector<merge::Fact> facts;
  std::uint64_t unread = 0;  ///< changes whose key is not held or whose body this build cannot read
  WallTime changed_at;       ///< of the newest change: its writer's clock, but never past its stamp
  bool in_line = true;       ///< each change saw the one before and nothing else
};
[[nodiscard]] Gathered gather(Store& store, std::int64_t dossier);

/// Everything that is stored of a merged dossier, as it should be.
struct Merged {
  merge::DossierState state;
  Bytes sealed;
  WallTime changed_at;
  std::int64_t waiting = 0;    ///< changes that do not merge yet
  std::int64_t attention = 0;  ///< proposals and operations that were not applied
  bool in_line = false;        ///< stamps change nothing of it: they only decide between concurrent changes
};
[[nodiscard]] Merged merged_from_records(Store& store, std::int64_t dossier, const Did& did);

/// Damage of one dossier blocks no other; whoever looks at that one is told.
template <class Work>
void unless_damaged(Work&& work) {
  try {
    work();
  } catch (const Failure& failure) {
    if (failure.error.fault != Fault::storage_damaged) throw;
  }
}

/// Conflicts and waiting changes of all dossiers, those that are not merged yet included.
struct Counted {
  std::uint64_t conflicts = 0, waiting = 0;
};
[[nodiscard]] Counted count_all(Store& store);
/// In `dossier.heads`.
[[nodiscard]] Bytes encode_heads(const std::vector<Position>& heads);
[[nodiscard]] std::vector<Position> decode_heads(BytesView bytes);
/// Codes that a change gives are found before it is merged.
void put_codes(Store& store, std::int64_t dossier, const record::Change& change);

using course::shown_text;

/// Gives every dossier that an older version merged the columns of today. Begins its own transactions; some hundreds in each.
[[nodiscard]] Result<void> fill_courses(Store& store);
/// Of a stored row: the columns `WARD_COURSE_COLUMNS`, from `first` on.
[[nodiscard]] course::Row course_row(const Query& row, int first);
#define WARD_COURSE_COLUMNS                                                                                                           \
  "d.clock, d.status, d.procedure, d.channel, d.received, d.due, d.ended, d.asked, d.rounds, d.promised, d.apologies, d.has_result, " \
  "d.voided"

/// Of `dossier d`: nobody waits for anything in it; it came to its end.
#define WARD_RESTS                                                                                                                   \
  "d.dirty = 0 AND d.waiting = 0 AND d.conflicts = 0 AND d.attention = 0 AND NOT EXISTS (SELECT 1 FROM hand_over h WHERE h.dossier " \
  "= d.id)"
#define WARD_ENDED "(d.voided = 1 OR d.status IN ('3', '8', '9', '10'))"

}  // namespace ward::storage
