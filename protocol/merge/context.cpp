#include "protocol/merge/context.hpp"

#include <algorithm>

namespace ward::merge {
namespace {

bool may_change(schema::Policy policy) {
  return policy == schema::Policy::latest || policy == schema::Policy::ask || policy == schema::Policy::owner;
}

bool in_force(std::uint64_t from_index, const std::optional<Stamp>& at) { return !at || from_index <= at->index; }

}  // namespace

const UnitCode& Context::house_of(const UnitCode& unit, const std::optional<Stamp>& at) const {
  const auto* out = &unit;
  // The log refuses circles; should one stand here all the same, it must end.
  for (std::size_t steps = 0; steps < successions.size(); ++steps) {
    const auto found = successions.find(*out);
    if (found == successions.end() || !in_force(found->second.from_index, at)) break;
    out = &found->second.heir;
  }
  return *out;
}

Context::Standing Context::standing_of(const UnitCode& unit, const std::string& user, const std::optional<Stamp>& at) const {
  const Standing believed{0, true, true, true, true, {}};
  if (users.empty()) return believed;
  if (const auto found = users.find({unit, user}); found != users.end()) {
    const auto& all = found->second;
    const auto newest = std::find_if(all.rbegin(), all.rend(), [&](const Standing& one) { return in_force(one.from_index, at); });
    if (newest != all.rend()) return *newest;
  }
  return names_users_of(unit, at) ? Standing{} : believed;
}

bool Context::names_users_of(const UnitCode& unit, const std::optional<Stamp>& at) const {
  for (auto one = users.lower_bound({unit, {}}); one != users.end() && one->first.first == unit; ++one)
    if (!one->second.empty() && in_force(one->second.front().from_index, at)) return true;
  return false;
}

bool Context::is_centre(const UnitCode& unit) const { return std::binary_search(centres.begin(), centres.end(), unit); }
bool Context::is_erased(const Did& did) const { return std::binary_search(erased.begin(), erased.end(), did); }

schema::Policy Context::policy_of(const schema::Field* field, std::uint16_t version) const {
  auto out = field == nullptr ? schema::Policy::ask : field->policy;
  if (field == nullptr || !may_change(out)) return out;
  for (const auto& change : policy_changes)
    if (may_change(change.policy) && change.version <= version && change.parent == field->parent && change.field == field->name)
      out = change.policy;
  return out;
}

}  // namespace ward::merge
