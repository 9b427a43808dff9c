#include "centre/api.hpp"
#include "desk/accounts.hpp"
#include "desk/audit.hpp"
#include "protocol/base/wipe.hpp"
#include "protocol/ticket/ticket.hpp"
#include "runtime/clock.hpp"
#include "runtime/dossier_json.hpp"
#include "runtime/json_input.hpp"

/// People's accounts: added, disabled, given another role or key. Each word is an entry of the policy log, for ever.
namespace ward::centre {
namespace {

namespace json = boost::json;
using runtime::Request;
using runtime::respond;
using runtime::Response;

constexpr std::int64_t activation_days = 14, activation_days_max = 90;

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

Result<policy::Account> new_account(const json::object& body) {
  policy::Account out;
  WARD_TRY(out.name, runtime::text_member(body, "name", {}));
  WARD_TRY(out.unit, runtime::text_member(body, "unit", {}));
  WARD_TRY(out.display, runtime::text_member(body, "display", {}));
  if (!body.contains("role")) return fail(Fault::invalid, "an account needs its `role`");
  WARD_TRY(out.role, role_member(body, out.role));
  WARD_TRY(out.key, key_member(body));
  return out;
}

/// Where the request asks for one.
Result<std::optional<storage::NewActivation>> new_activation(const json::object& body, const storage::Random& random, WallTime now) {
  WARD_TRY(const auto wanted, runtime::truth_member(body, "activate", false));
  WARD_TRY(const auto days, runtime::number_member(body, "activation_days", activation_days));
  if (days < 1 || days > activation_days_max)
    return fail(Fault::invalid, "an activation code is good for 1 to " + std::to_string(activation_days_max) + " days");
  if (!wanted) return std::optional<storage::NewActivation>();
  std::optional<storage::NewActivation> out(std::in_place);
  random(out->secret);
  out->expires = {now.ms + std::chrono::milliseconds(std::chrono::days(days)).count()};
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

/// What an act on an account answers, in its transaction; then the wards hear of it. An activation code is told once: it is neither stored
/// nor told to who repeats the request.
Response Api::put_account(const Request& request, const policy::Account& wanted, const json::object& body, PutAccount put,
                          audit::Kind kind) {
  const auto now = runtime::read_clock().wall;
  auto activation = new_activation(body, store_.store().random, now);
  if (activation.has_error()) return respond(activation.error());
  json::object told;
  const auto also = [&] {
    // As it was stored: in its normal form, and in the order of the log.
    const auto& policy = store_.store().policy;
    const auto& entry = policy.entries()[policy.entries().size() - (*activation ? 2 : 1)];
    told = desk::account_json(policy, std::get<policy::Account>(entry.body));
    desk::note(site_, kind, request, wanted.name + " of " + wanted.unit,
               std::string("as ") + policy::name_of(wanted.role) + (*activation ? ", with a new activation code" : "") +
                   (body.contains("key") ? ", with another key" : "") +
                   (request.owner && request.user.empty() ? ", without a log-in" : ""));
    remember(request, respond(told));
  };
  const auto done = (store_.*put)(wanted, now, also, *activation);
  if (done.has_error()) return respond(done.error());
  hub_.policy_changed();
  hub_.events.add("users", {{"unit", wanted.unit}});
  if (!*activation) return respond(told);
  const Wiped wiped((*activation)->secret);
  told["activation"] = ticket::encode_typed((*activation)->secret);
  told["activation_expires"] = runtime::time_text((*activation)->expires);
  return respond(told);
}

Response Api::add_user(const Request& request) {
  const auto body = runtime::parse_object(request.body);
  if (body.has_error()) return respond(body.error());
  const auto wanted = new_account(*body);
  return wanted.has_error() ? respond(wanted.error())
                            : put_account(request, *wanted, *body, &storage::CentreStore::add_account, audit::Kind::user_added);
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
  return put_account(request, account, {}, &storage::CentreStore::change_account, audit::Kind::user_disabled);
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
  return put_account(request, account, body, &storage::CentreStore::change_account, audit::Kind::user_reset);
}

}  // namespace ward::centre
