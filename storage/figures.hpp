#pragma once

#include "protocol/deadline/judgement.hpp"
#include "storage/store.hpp"

#include <cstdint>
#include <string>
#include <vector>

/// What a period's dossiers come to, from their rows: no dossier is opened, and what was made by mistake counts nowhere.
namespace ward::storage {

/// Dossiers that were accepted from `from` on and before `before`: times as dossiers store them.
struct Period {
  std::string from, before;
};
struct UnitFigures {
  UnitCode unit;  ///< that holds them; empty: all
  deadline::Punctuality punctuality;
  std::uint64_t apologised = 0;  ///< dossiers with at least one slip of form 04
  deadline::OnlineShare share;
};
struct Figures {
  std::vector<UnitFigures> units;  ///< by code
  UnitFigures total;
};
/// `unit`: only what it holds; empty: all. One read transaction.
[[nodiscard]] Result<Figures> figures_of(Store& store, const Period& period, const UnitCode& unit, deadline::Moment now);

}  // namespace ward::storage
