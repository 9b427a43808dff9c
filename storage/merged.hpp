#pragma once

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

/// As `remerge`, by who has read the stored state already: what follows from it and did not change need not be worked out again.
void remerge_after(Store& store, std::int64_t dossier, const merge::DossierState& stored);

/// The text of a shown field; empty when it has none.
[[nodiscard]] std::string shown_text(const merge::DossierState& state, std::string_view field);

}  // namespace ward::storage
