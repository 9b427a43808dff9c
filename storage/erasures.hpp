#pragma once

#include "protocol/merge/merge.hpp"
#include "storage/store.hpp"

#include <vector>

/// Orders to erase dossiers (docs/adr/0012). Of an erased dossier a site holds the headers and body hashes of its records, so that every
/// id, segment, stamp and proof still verifies, and shows what the order itself says; nothing else. Unless they say otherwise, functions
/// run inside a transaction of the caller.
namespace ward::storage {

[[nodiscard]] bool is_erased(Store& store, const Did& did);
[[nodiscard]] bool is_erased(Store& store, std::int64_t dossier);
/// Fails with `erased` when it is.
[[nodiscard]] Result<void> must_stand(Store& store, const Did& did);

/// What is shown of it, and since when; nothing when no order names it. The same wherever the same policy log is held.
struct Remains {
  merge::DossierState state;
  WallTime at;
};
[[nodiscard]] std::optional<Remains> remains_of(Store& store, const Did& did);
/// A change for each record of one that is held: who wrote when, not what.
[[nodiscard]] std::vector<merge::HistoryEntry> erased_history(Store& store, std::int64_t dossier);

/// Destroys what is held of a dossier that was ordered to be erased. Again, as often as one likes.
void erase_dossier(Store& store, std::int64_t dossier);
/// At each start, since another version of the program, or a copy of this data, may have held what it now must not.
void erase_what_is_ordered(Store& store);
/// What was destroyed leaves the write-ahead log as well. Begins its own transaction; between others. `storage_locked`: somebody reads
/// there; try again.
[[nodiscard]] Result<void> finish_erasing(Store& store);
/// The same; somebody who reads there is no failure: it is tried again.
[[nodiscard]] Result<void> finish_erasing_if_possible(Store& store);
/// Something that was destroyed is still in the write-ahead log.
[[nodiscard]] bool is_erasing(Store& store);

/// A peer may leave out the body of a record only where an order that is held here says so.
[[nodiscard]] bool leaves_out_only_what_is_erased(Store& store, const segment::Rows& rows);

}  // namespace ward::storage
