#pragma once

#include "desk/site.hpp"
#include "protocol/policy/policy.hpp"
#include "runtime/trouble.hpp"

/// People's accounts, as programs see them.
namespace ward::desk {

[[nodiscard]] boost::json::object account_json(const policy::Account& account);

/// Why nobody may write in this name here: the unit has accounts, and this is none of them, was disabled, or only reads. Until it has one,
/// every name may.
[[nodiscard]] std::optional<runtime::Trouble> must_be_account(Site& site, const std::string& user);

}  // namespace ward::desk
