#pragma once

#include "storage/store.hpp"

#include <optional>
#include <string>
#include <vector>

/// Which dossiers are on their way from one unit to another: what was offered, and not accepted, declined or recalled yet.
namespace ward::storage {

struct HandOver {
  Did did;
  std::string code, owner, procedure, procedure_name, status;
  UnitCode holder;  ///< who has it until somebody accepts
  merge::Offer offer;
};

struct HandOverQuery {
  UnitCode to, from;                       ///< empty: any
  std::optional<WallTime> offered_before;  ///< only those
  std::string after;                       ///< cursor of the page before; empty: from the start
  std::size_t limit = 50;                  ///< at most 500, in dossiers
};
struct HandOverPage {
  std::vector<HandOver> hand_overs;  ///< the oldest dossier first
  std::string next;                  ///< cursor; empty: no more
};
[[nodiscard]] Result<HandOverPage> list_hand_overs(Store& store, const HandOverQuery& query);

/// How many dossiers were offered to, or by, a unit, and how many before a moment.
struct HandOverCounts {
  std::uint64_t to_us = 0, by_us = 0;
  std::uint64_t late = 0;           ///< of both, those offered before
  std::uint64_t late_anywhere = 0;  ///< of every unit, those offered before
};
[[nodiscard]] Result<HandOverCounts> count_hand_overs(Store& store, const UnitCode& unit, WallTime offered_before);

/// When the offer was made: by its stamp, or as long as it has none by its writer's clock.
[[nodiscard]] WallTime offered_at(const merge::Offer& offer);

/// Writes down which offers are open; inside the transaction that writes the merged dossier.
void write_hand_overs(Store& store, std::int64_t dossier, const merge::DossierState& state);

}  // namespace ward::storage
