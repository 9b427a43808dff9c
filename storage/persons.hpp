#pragma once

#include "storage/dossiers.hpp"
#include "storage/entitlement.hpp"

#include <string>
#include <vector>

/// What is held about one person, and what need not be held any more: for the centre.
namespace ward::storage {

struct HeldDossier {
  DossierView view;
  std::vector<merge::HistoryEntry> history;
  std::vector<DossierReader> readers;
};
/// The dossiers in which this identity number stands, wherever it stands, the oldest first. Of an erased one nothing is left that names
/// anybody. `invalid`: no number. `too_large`: more than anybody has.
[[nodiscard]] Result<std::vector<HeldDossier>> dossiers_about(Store& store, std::string_view identity);

/// One that ended and was not erased.
struct EndedDossier {
  Did did;
  std::string code, procedure, status;
  UnitCode unit;
  std::string ended;    ///< as dossiers store it; empty: nobody noted it
  WallTime changed_at;  ///< last
};
[[nodiscard]] Result<std::vector<EndedDossier>> ended_dossiers(Store& store);

}  // namespace ward::storage
