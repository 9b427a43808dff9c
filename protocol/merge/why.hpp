#pragma once

#include "protocol/merge/merge.hpp"

#include <vector>

namespace ward::merge {

/// Why a place shows what it shows: the rule of MERGE.md §2 that decided.
enum class Because : std::uint8_t {
  nothing_entered,  ///< nobody ever wrote there
  not_merged,       ///< what was written does not apply, or not yet: see each entry's standing
  only_value,
  newest,          ///< its writer had seen what it replaced
  agreed,          ///< several wrote the same without knowing of each other
  later_clock,     ///< policy `latest`: of values that had not seen each other, the one with the later clock
  believed_clock,  ///< the same, but a later clock lost because it was wrong
  taken_back,      ///< an act was undone, and what it had replaced stands again
  weightier,       ///< of statuses that had not seen each other, the one with more weight
  custodian,       ///< policy `owner`: another was written under custody that lost
  approved,        ///< proposed by somebody, approved by another
  undecided,       ///< values that differ: none shows until a person decides
  removed,         ///< whoever removed it had seen it
  each_element,    ///< the place is a whole list: each element has a reason of its own
};
[[nodiscard]] const char* name_of(Because because) noexcept;

struct Why {
  Because because = Because::nothing_entered;
  std::vector<HistoryEntry> values;  ///< all that was ever written there, in causal order
};

/// `path`: a field, an element, a field of one, or a whole collection. What was written as part of an element (its add, its removal) counts
/// for each of its fields that it gives or ends.
[[nodiscard]] Why why(const std::vector<HistoryEntry>& history, const record::Path& path);

}  // namespace ward::merge
