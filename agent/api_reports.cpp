#include "agent/api.hpp"

#include "runtime/report_json.hpp"
#include "storage/figures.hpp"

/// What a period comes to.
namespace ward::agent {
namespace {

auto reader(storage::Store& store, deadline::Moment now) {
  return [&store, now](std::string from, std::string before, const UnitCode& unit) {
    return storage::figures_of(store, {std::move(from), std::move(before)}, unit, now);
  };
}

}  // namespace

runtime::Response Api::online_share(const runtime::Request& request) {
  auto& store = ward_.store.store();
  const auto now = today().now;
  const auto told = runtime::share_report(request, store.policy, now, reader(store, now));
  return told.has_error() ? refuse(told.error()) : *told;
}

runtime::Response Api::punctuality(const runtime::Request& request) {
  auto& store = ward_.store.store();
  const auto now = today().now;
  const auto told = runtime::deadlines_report(request, store.policy, now, reader(store, now));
  return told.has_error() ? refuse(told.error()) : *told;
}

}  // namespace ward::agent
