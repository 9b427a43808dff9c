#pragma once

#include "runtime/trouble.hpp"
#include "storage/inbox.hpp"
#include "storage/trial.hpp"

#include <boost/json/object.hpp>

/// From what a person chose to the operation that decides.
namespace ward::desk {

/// Cases that are decided together, at most.
inline constexpr std::size_t alike_max = 500;

struct FoundItem {
  storage::InboxDossier dossier;
  storage::InboxItem item;
};
/// `id`: as `item_id` made it. `not_found`: it was decided, or something new was said.
[[nodiscard]] Result<FoundItem> find_item(storage::Store& store, std::string_view id);

/// {"keep": "A"}, {"set": {FIELD: value}}, {"dismiss": true} or {"approve": true}: exactly one of them. `invalid`: that does not decide
/// this.
[[nodiscard]] Result<std::vector<record::Op>> decision_of(const boost::json::object& body, const storage::InboxItem& item);
/// The same decision in a like case, whose values stand in another order.
[[nodiscard]] Result<std::vector<record::Op>> decision_like(const boost::json::object& body, const storage::InboxItem& decided,
                                                            const storage::InboxItem& like);

/// Nothing of the decision is refused, and afterwards the item is gone.
[[nodiscard]] std::optional<runtime::Trouble> must_decide(const storage::Trial& trial, const storage::InboxItem& item);

}  // namespace ward::desk
