#pragma once

#include "protocol/base/ids.hpp"
#include "protocol/base/stamp.hpp"
#include "protocol/schema/schema.hpp"

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace ward::merge {

/// What a merge takes from the policy log and the schemas. All of it is judged at an operation's stamp, so that nothing is judged again
/// when the log grows; an operation without a stamp is judged by the newest.
struct Context {
  /// Of a unit that was merged into another or renamed; a unit has one heir.
  struct Succession {
    UnitCode heir;
    std::uint64_t from_index = 0;
  };
  struct Standing {
    std::uint64_t from_index = 0;
    bool enabled = true;
    bool leader = false, accountant = false, admin = false;
    std::optional<SignKey> key{};  ///< that signs his acts; none: they need no signature
  };

  std::map<UnitCode, Succession, std::less<>> successions;
  /// By unit and name, oldest standing first. While the log names nobody of a unit, everything is believed of its users; from then on
  /// whoever is not named is a clerk.
  std::map<std::pair<UnitCode, std::string>, std::vector<Standing>> users;
  std::vector<UnitCode> centres;                     ///< units of the kind `centre`, sorted
  std::vector<schema::PolicyChange> policy_changes;  ///< ascending by version
  std::vector<Did> erased;                           ///< by order, sorted

  /// The unit that stands in `unit`'s place: its heir's heir, and so on.
  [[nodiscard]] const UnitCode& house_of(const UnitCode& unit, const std::optional<Stamp>& at) const;
  [[nodiscard]] Standing standing_of(const UnitCode& unit, const std::string& user, const std::optional<Stamp>& at) const;
  [[nodiscard]] bool names_users_of(const UnitCode& unit, const std::optional<Stamp>& at) const;
  [[nodiscard]] bool is_centre(const UnitCode& unit) const;
  [[nodiscard]] bool is_erased(const Did& did) const;
  [[nodiscard]] schema::Policy policy_of(const schema::Field* field, std::uint16_t version) const;
};

}  // namespace ward::merge
