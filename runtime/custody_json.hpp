#pragma once

#include "protocol/merge/merge.hpp"

#include <boost/json/object.hpp>

/// Custody, deciders and what does not apply, as both APIs show them.
namespace ward::runtime {

/// `role`, and of a named user `user` and `unit`.
[[nodiscard]] boost::json::object json_of(const merge::Decider& decider);
/// `id` (what accept, decline and recall name), `from`, `to`, `by`, `at`, `note`, `expires`.
[[nodiscard]] boost::json::object json_of(const merge::Offer& offer);
/// `unit`, `since`, `pending`.
[[nodiscard]] boost::json::object json_of(const merge::Custody& custody);
/// What was said, `refusal`, `decider`.
[[nodiscard]] boost::json::object json_of(const merge::Unapplied& unapplied);
/// By the stamp, or as long as there is none by the writer's clock.
[[nodiscard]] WallTime time_of(Hlc hlc, const std::optional<Stamp>& stamp);

}  // namespace ward::runtime
