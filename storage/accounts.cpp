#include "protocol/base/limits.hpp"
#include "protocol/text/text.hpp"
#include "storage/centre_parts.hpp"
#include "storage/pins.hpp"

#include <algorithm>

/// People's accounts: each word on one is an entry of the policy log.
namespace ward::storage {
namespace {

/// By a PIN that was chosen here and has tries left, or by a code that still lets one be chosen. Inside a transaction.
bool can_log_in(Store& store, const policy::Account& account, WallTime now) {
  const auto* activated = store.policy.activation(account.unit, account.name);
  const auto who = pin_name(store, account.unit, account.name);
  auto pin = store.db.query("SELECT failed FROM pin WHERE who = ? AND activation = ?");
  pin.bind(who).bind(std::int64_t{activated->epoch});
  return pin.step() ? pin.number(0) < pin_tries_max : now < activated->entry.expires;
}

}  // namespace

Result<void> Enrolment::add_account(policy::Account account, WallTime now, const std::optional<NewActivation>& activation) {
  WARD_TRY(account.name, text::to_line("the user's name", account.name, limits::name_bytes_max));
  if (store.policy.account(account.unit, account.name) != nullptr)
    return fail(Fault::invalid, account.unit + " has an account of this name; `user reset` changes it");
  return put_account(std::move(account), now, activation);
}

Result<void> Enrolment::change_account(policy::Account account, WallTime now, const std::optional<NewActivation>& activation) {
  const auto* held = store.policy.account(account.unit, account.name);
  if (held == nullptr) return fail(Fault::not_found, account.unit + " has no account of this name");
  if (!held->enabled && account.enabled && !activation && store.policy.activation(account.unit, account.name) != nullptr)
    return fail(Fault::invalid, "the account was disabled; give a new activation code with it, so that the last PIN opens nothing");
  if (policy::administers(store.policy, *held) && !(account.enabled && account.role == policy::Role::administrator)) {
    const auto all = store.policy.accounts();
    const bool another = std::any_of(all.begin(), all.end(), [&](const auto* one) {
      return one != held && one->unit == held->unit && policy::administers(store.policy, *one) && can_log_in(store, *one, now);
    });
    if (!another) return fail(Fault::invalid, "this is the last administrator who can log in; give another one an activation code first");
  }
  return put_account(std::move(account), now, activation);
}

Result<void> Enrolment::put_account(policy::Account account, WallTime now, const std::optional<NewActivation>& activation) {
  const auto* unit = store.policy.unit(account.unit);
  if (unit == nullptr) return fail(Fault::not_found, "there is no unit " + account.unit);
  if (account.role == policy::Role::administrator && unit->kind != "centre")
    return fail(Fault::invalid, "an administrator is of a unit of the kind `centre`");
  if (!account.display.empty()) {
    WARD_TRY(account.display, text::to_line("the user's full name", account.display, limits::key_bytes_max));
  }
  if (!account.reason.empty()) {
    WARD_TRY(account.reason, text::to_line("the reason", account.reason, limits::text_bytes_max));
  }
  for (const auto* other : store.policy.accounts()) {
    const bool same_person = other->unit == account.unit && other->name == account.name;
    if (account.key && other->key == account.key && !same_person)
      return fail(Fault::invalid, "this key stands for " + other->name + " of " + other->unit + " already");
  }
  WARD_CHECK(append(account, now));
  if (!activation) return {};
  const auto hash = policy::activation_hash(activation->secret, store.org, account.unit, account.name);
  return append(policy::Activation{account.unit, account.name, hash, activation->expires}, now);
}

}  // namespace ward::storage
