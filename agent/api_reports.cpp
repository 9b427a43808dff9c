#include "agent/api.hpp"

#include "protocol/deadline/moment.hpp"
#include "runtime/report_json.hpp"
#include "storage/figures.hpp"

/// What a period comes to.
namespace ward::agent {
namespace {

/// Of the request's days and unit.
Result<storage::Figures> figures(storage::Store& store, const runtime::Request& request, const runtime::Days& days, deadline::Moment now) {
  WARD_TRY(const auto unit, runtime::unit_of(request, store.policy));
  const storage::Period period{deadline::stored(days.from), deadline::stored(days.to + std::chrono::days{1})};
  return storage::figures_of(store, period, unit, now);
}

}  // namespace

runtime::Response Api::online_share(const runtime::Request& request) {
  auto& store = ward_.store.store();
  const auto now = today().now;
  const auto days = runtime::days_of(request, deadline::day_of(now));
  if (days.has_error()) return refuse(days.error());
  const auto found = figures(store, request, *days, now);
  return found.has_error() ? refuse(found.error()) : runtime::share_report(request, *days, *found, store.policy);
}

runtime::Response Api::punctuality(const runtime::Request& request) {
  auto& store = ward_.store.store();
  const auto now = today().now;
  const auto days = runtime::days_of(request, deadline::day_of(now));
  if (days.has_error()) return refuse(days.error());
  const auto found = figures(store, request, *days, now);
  return found.has_error() ? refuse(found.error()) : runtime::deadlines_report(request, *days, *found, store.policy);
}

}  // namespace ward::agent
