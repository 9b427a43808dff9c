#pragma once

#include "desk/site.hpp"
#include "protocol/policy/policy.hpp"
#include "runtime/http.hpp"

/// People's accounts, as programs see them.
namespace ward::desk {

[[nodiscard]] boost::json::object account_json(const policy::PolicyLog& policy, const policy::Account& account);

/// Why nobody may write in this name here: somebody else is logged in, or the unit has accounts, and this is none of them, was disabled, or
/// only reads. Until it has one, every name may.
[[nodiscard]] std::optional<runtime::Trouble> must_be_account(Site& site, const runtime::Request& request, const std::string& user);
/// You are logged in as `user`, and named another.
[[nodiscard]] runtime::Trouble another_name(const std::string& user);

}  // namespace ward::desk
