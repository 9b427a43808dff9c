#include "centre/api.hpp"
#include "desk/accounts.hpp"
#include "runtime/clock.hpp"
#include "runtime/json_input.hpp"

/// People's accounts: added, disabled, given another role or key. Each word is an entry of the policy log, for ever.
namespace ward::centre {
namespace {

namespace json = boost::json;
using runtime::Request;
using runtime::respond;
using runtime::Response;

Result<policy::Role> role_member(const json::object& body, policy::Role otherwise) {
  WARD_TRY(const auto name, runtime::text_member(body, "role", policy::name_of(otherwise)));
  const auto role = policy::role_named(name);
  if (role) return *role;
  std::string all;
  for (const auto one : policy::all_roles) all += (all.empty() ? "" : ", ") + std::string(policy::name_of(one));
  return fail(Fault::invalid, "`role` must be one of " + all);
}

Result<std::optional<SignKey>> key_member(const json::object& body) {
  WARD_TRY(const auto digits, runtime::text_member(body, "key", {}));
  if (digits.empty()) return std::optional<SignKey>();
  const auto bytes = unhex(digits);
  if (bytes.size() != SignKey::size) return fail(Fault::invalid, "`key` must be a public key, as 64 hexadecimal digits");
  return std::optional(fixed_from<SignKey>(bytes));
}

Result<policy::Account> new_account(const Request& request) {
  WARD_TRY(const auto body, runtime::parse_object(request.body));
  policy::Account out;
  WARD_TRY(out.name, runtime::text_member(body, "name", {}));
  WARD_TRY(out.unit, runtime::text_member(body, "unit", {}));
  WARD_TRY(out.display, runtime::text_member(body, "display", {}));
  if (!body.contains("role")) return fail(Fault::invalid, "an account needs its `role`");
  WARD_TRY(out.role, role_member(body, out.role));
  WARD_TRY(out.key, key_member(body));
  return out;
}

/// What is asked of an account that is there.
struct Asked {
  policy::Account account;
  json::object body;
};
/// `several`: the units that have one of this name, when `unit` says of none.
Result<Asked> asked_account(const policy::PolicyLog& policy, const Request& request, std::vector<UnitCode>& several) {
  Asked out;
  WARD_TRY(out.body, runtime::parse_object(request.body));
  WARD_TRY(const auto unit, runtime::text_member(out.body, "unit", {}));
  const auto& name = request.parameters.at("name");
  for (const auto* account : policy.accounts()) {
    if (account->name != name || (!unit.empty() && account->unit != unit)) continue;
    several.push_back(account->unit);
    out.account = *account;
  }
  if (several.empty()) return fail(Fault::not_found, "there is no account of this name");
  WARD_TRY(out.account.reason, runtime::text_member(out.body, "reason", {}));
  return out;
}

runtime::Trouble of_several_units(const std::vector<UnitCode>& units) {
  std::string all;
  for (const auto& unit : units) all += (all.empty() ? "" : ", ") + unit;
  return {"ambiguous",
          runtime::ExitCode::person_must_decide,
          409,
          "Several units have an account of this name: " + all + ".",
          "Nothing was changed.",
          "Say which `unit`.",
          {{"units", json::array(units.begin(), units.end())}}};
}

}  // namespace

/// What an act on an account answers, in its transaction; then the wards hear of it.
Response Api::put_account(const Request& request, const policy::Account& wanted, PutAccount put) {
  Response response;
  const auto also = [&] {
    // As it was stored: in its normal form, and in the order of the log.
    const auto& entry = store_.store().policy.entries().back();
    response = respond(desk::account_json(std::get<policy::Account>(entry.body)));
    remember(request, response);
  };
  const auto done = (store_.*put)(wanted, runtime::read_clock().wall, also);
  if (done.has_error()) return respond(done.error());
  hub_.policy_changed();
  hub_.events.add("users", {{"unit", wanted.unit}});
  return response;
}

Response Api::add_user(const Request& request) {
  const auto wanted = new_account(request);
  return wanted.has_error() ? respond(wanted.error()) : put_account(request, *wanted, &storage::CentreStore::add_account);
}

Response Api::disable_user(const Request& request) {
  std::vector<UnitCode> units;
  auto asked = asked_account(store_.store().policy, request, units);
  if (asked.has_error()) return respond(asked.error());
  if (units.size() > 1) return respond(of_several_units(units));
  auto& account = asked->account;
  if (account.reason.empty()) return respond(fail(Fault::invalid, "say why the account ends: `reason`; whoever asks later must find it"));
  if (!account.enabled) return respond(fail(Fault::invalid, "the account was disabled before"));
  account.enabled = false;
  return put_account(request, account, &storage::CentreStore::change_account);
}

Response Api::reset_user(const Request& request) {
  std::vector<UnitCode> units;
  auto asked = asked_account(store_.store().policy, request, units);
  if (asked.has_error()) return respond(asked.error());
  if (units.size() > 1) return respond(of_several_units(units));
  auto& [account, body] = *asked;
  const auto role = role_member(body, account.role);
  if (role.has_error()) return respond(role.error());
  const auto display = runtime::text_member(body, "display", account.display);
  if (display.has_error()) return respond(display.error());
  const auto key = key_member(body);
  if (key.has_error()) return respond(key.error());
  account.role = *role;
  account.display = *display;
  if (body.contains("key")) account.key = *key;  // an empty one takes it away
  account.enabled = true;
  return put_account(request, account, &storage::CentreStore::change_account);
}

}  // namespace ward::centre
