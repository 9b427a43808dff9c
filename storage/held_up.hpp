#pragma once

#include "protocol/merge/merge.hpp"
#include "storage/store.hpp"

#include <string>
#include <vector>

/// Changes that do not merge yet, and what each of them waits for (MERGE.md §2).
namespace ward::storage {

/// The names are the API's.
enum class HeldUpBy {
  no_key,      ///< the key under which it lies is not here
  unreadable,  ///< its writer signed what does not open, or does not decode
  newer_version,
  no_body,       ///< only its hash is here
  fork,          ///< another record has its number
  no_policy,     ///< the entry of the policy log by which it is judged is not here
  no_beginning,  ///< the change that creates its dossier is not here
  no_past,       ///< another change that its writer had seen is not here
  behind,        ///< of what its writer had seen, one waits itself
  cycle,         ///< it had seen what had seen it
  too_many,      ///< its dossier has as many changes as can be
  at_centre,     ///< the records before it are being fetched
};
[[nodiscard]] const char* name_of(HeldUpBy why) noexcept;

struct HeldUp {
  Position position;
  UnitCode unit;  ///< of its device, by the policy log; empty: that is not known
  HeldUpBy why = HeldUpBy::unreadable;
  std::optional<Position> missing{};  ///< what it waits for
};
struct HeldUpDossier {
  Did did;
  std::string code;
  UnitCode unit;                ///< who holds the dossier
  std::uint64_t count = 0;      ///< of its changes that wait
  std::vector<HeldUp> changes;  ///< at most `held_up_shown_max`
};
inline constexpr std::size_t held_up_shown_max = 50;

struct HeldUpPage {
  std::vector<HeldUpDossier> dossiers;
  std::string next;  ///< cursor; empty: no more
};
/// `limit`: in dossiers, at most 100.
[[nodiscard]] Result<HeldUpPage> list_held_up(Store& store, std::string_view after, std::size_t limit);
/// Changes, of all dossiers.
[[nodiscard]] Result<std::uint64_t> count_held_up(Store& store);

}  // namespace ward::storage
