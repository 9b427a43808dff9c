#pragma once

#include "storage/store.hpp"

#include <vector>

namespace ward::storage {

/// Who would write it, and when.
struct Author {
  DeviceId device;
  UnitCode unit;
  WallTime now;
};

/// What a change would do if it were saved now: what a person is shown before he decides, and what a program looks at before it takes an
/// act that would not apply.
struct Trial {
  merge::DossierState before, after;
  std::vector<merge::HistoryEntry> history;  ///< of the dossier with the change
  Position position;                         ///< of the change, in these two
};
/// Merges, and writes nothing. `seen` empty: the heads held now. `not_found`; `invalid` as for a change that is saved.
[[nodiscard]] Result<Trial> try_change(Store& store, const Did& did, record::Change change, const Author& author);

/// Why the first of the change's operations that would not apply would not; nothing when all would.
[[nodiscard]] std::optional<merge::Refusal> refusal_in(const Trial& trial);

/// The dossier's history as the writer of that change had it before the eyes: nothing but what he had seen. Empty when the change is not
/// held.
[[nodiscard]] Result<std::vector<merge::HistoryEntry>> history_seen_by(Store& store, const Did& did, const Position& change);

}  // namespace ward::storage
