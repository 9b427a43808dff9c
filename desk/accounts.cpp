#include "desk/accounts.hpp"

#include "desk/api.hpp"
#include "storage/store.hpp"

#include <boost/json/array.hpp>

namespace ward::desk {
namespace {

namespace json = boost::json;
using runtime::ExitCode;
using runtime::Trouble;

Trouble refusal(const char* name, std::string what, const char* remedy, const std::string& user) {
  return {name, ExitCode::refused, 403, std::move(what), "Nothing was saved.", remedy, {{"user", user}}};
}

}  // namespace

json::object account_json(const policy::PolicyLog& policy, const policy::Account& account) {
  return {{"name", account.name},
          {"unit", account.unit},
          {"display", account.display},
          {"role", policy::name_of(account.role)},
          {"enabled", account.enabled},
          {"writes", account.enabled && policy::writes(account.role)},
          {"activated", policy.activation(account.unit, account.name) != nullptr},
          {"key", account.key ? json::value(hex(account.key->view())) : json::value()},
          {"reason", account.reason}};
}

Trouble another_name(const std::string& user) {
  return refusal("another_name", "You are logged in as " + user + "; nobody acts in another's name.",
                 "Leave the name out, or let that person log in.", user);
}

std::optional<Trouble> must_be_account(Site& site, const runtime::Request& request, const std::string& user) {
  if (!request.user.empty() && request.user != user) return another_name(request.user);
  const auto author = site.author();
  if (author.has_error()) return std::nullopt;  // whoever saves says why
  const auto& unit = author->unit;
  const auto& context = storage::context_of(site.store());
  if (!context.names_users_of(unit, std::nullopt)) return std::nullopt;
  if (!context.users.contains({unit, user}))
    return refusal("unknown_user", user + " is no account of " + unit + ".",
                   "Say in whose name: `user list` shows the accounts, the centre's administrator adds one.", user);
  if (context.standing_of(unit, user, std::nullopt).enabled) return std::nullopt;
  const auto* account = site.store().policy.account(unit, user);
  if (account != nullptr && account->enabled)
    return refusal("reads_only", "The account of " + user + " does not write dossiers: its role is " + policy::name_of(account->role) + ".",
                   "Do it in the name of somebody whose role it is.", user);
  return refusal("disabled_user", "The account of " + user + " was disabled.", "Ask the centre's administrator.", user);
}

runtime::Response Api::users(const Request& request) {
  const auto& policy = site_.store().policy;
  const auto unit = request.query_or("unit", "");
  if (!unit.empty() && policy.unit(unit) == nullptr) return refuse(fail(Fault::not_found, "there is no such unit"));
  json::array out;
  for (const auto* account : policy.accounts())
    if (unit.empty() || account->unit == unit) out.push_back(account_json(policy, *account));
  return runtime::respond_unless_held(json::object{{"users", std::move(out)}}, request);
}

}  // namespace ward::desk
