#pragma once

#include "desk/linked.hpp"
#include "storage/changes.hpp"

#include <map>

/// How one dossier becomes several: one of its own for each authority, in one save.
namespace ward::desk {

/// What is to be done about one part.
struct Planned {
  PartHere part;  ///< as it is; `to` as it will be
  bool create = false;
  bool offer = false;
  bool moves = false;  ///< to another unit than the dossier says so far
};
/// Who takes a part instead of the unit that the table names, by part.
using Takers = std::map<std::string, UnitCode, std::less<>>;

/// What is missing: dossiers for parts that have none, offers of those whose turn has come. Empty: nothing. `invalid`: a name in `takers`.
[[nodiscard]] Result<std::vector<Planned>> plan_of(storage::Store& store, const merge::DossierState& whole, const Takers& takers);

/// Why it cannot be fanned out; nothing when it can.
[[nodiscard]] std::optional<runtime::Trouble> may_fan_out(const merge::DossierState& whole, const std::vector<Planned>& plan);

/// Who does it, and what he says.
struct FanOut {
  std::string user, why, note;
};
/// The new parts first, in the order of the plan, then what the dossier says of them, then the offers of parts that were there.
[[nodiscard]] std::vector<storage::NewChange> changes_of(const merge::DossierState& whole, const std::vector<Planned>& plan,
                                                         const FanOut& act, storage::Store& store);

}  // namespace ward::desk
