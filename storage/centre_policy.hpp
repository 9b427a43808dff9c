#pragma once

#include "storage/centre_parts.hpp"
#include "storage/erasures.hpp"

/// How a person's act comes into the centre's policy log.
namespace ward::storage {

template <class Work>
auto CentreStore::change_policy(const char* name, Work&& work, const Also& also) -> decltype(work(std::declval<Enrolment&>())) {
  auto before = store_.policy;
  Applied applied;
  auto done = store_.db.transact(name, [&] {
    Enrolment enrolment(*this);
    auto result = work(enrolment);
    const bool other_keys = store_.policy.receipt_key() != before.receipt_key() || store_.policy.centre_noise() != before.centre_noise();
    const policy::Delegation named{std::nullopt, store_.policy.receipt_key(), store_.policy.centre_noise()};
    if (result.has_value() && other_keys && !has_secrets_for(named))
      return decltype(result)(fail(Fault::missing_key, "the policy entries name a key that is not in this centre's key file"));
    if (result.has_value()) applied = read_applied(frontier_.size);
    if (result.has_value() && also) also();
    return result;
  });
  if (done.has_error()) {
    store_.policy = std::move(before);
    return done;
  }
  applied_ = std::move(applied);
  learn_unit_seeds();
  if (store_.policy.count() != before.count()) WARD_ASSERT(settle_keys().has_value());
  if (const auto finished = finish_erasing_if_possible(store_); finished.has_error()) return finished.error();
  return done;
}

}  // namespace ward::storage
