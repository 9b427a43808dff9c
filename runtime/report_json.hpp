#pragma once

#include "protocol/deadline/judgement.hpp"
#include "protocol/deadline/moment.hpp"
#include "protocol/policy/policy.hpp"
#include "runtime/deadline_json.hpp"
#include "runtime/http.hpp"

#include <boost/json.hpp>

#include <string>
#include <string_view>

/// Reports as both APIs give them. The templates take what `storage/figures.hpp` gives; they are templates because nothing here may see
/// storage.
namespace ward::runtime {

/// Whole days of Vietnam, both included.
struct Days {
  deadline::Day from, to;
};
/// `from` and `to` of the query; from the first day of this year and until today where they are absent. `invalid`.
[[nodiscard]] Result<Days> days_of(const Request& request, deadline::Day today);
/// `unit` of the query; empty when it is absent. `not_found`.
[[nodiscard]] Result<UnitCode> unit_of(const Request& request, const policy::PolicyLog& log);

[[nodiscard]] boost::json::object punctuality_json(const deadline::Punctuality& punctuality, std::uint64_t apologised);
/// `level` of the services that are counted: `ward`, `city`; empty: all.
[[nodiscard]] boost::json::object share_json(const deadline::OnlineShare& share, std::string_view level);
/// Code and names of a unit; empty for the total.
[[nodiscard]] boost::json::object unit_head(std::string_view code, const policy::PolicyLog& log);
[[nodiscard]] std::string_view level_of(std::string_view unit, const policy::PolicyLog& log);

/// A report as JSON, or as a table when the query says `form=csv`. `invalid`.
[[nodiscard]] Response report_response(const Request& request, const Days& days, boost::json::array units, boost::json::object total,
                                       std::string_view name);
/// `units` and `total` of a report as CSV (RFC 4180). No cell is a formula to a spreadsheet.
[[nodiscard]] std::string report_csv(const boost::json::value& report);

/// What `read` (period's begin and end as dossiers store times, unit) gives for the days and unit that the request names; `row` makes a row
/// of one unit's figures. Fails as `read` does, and as `days_of` and `unit_of`.
template <class Read, class Row>
[[nodiscard]] Result<Response> period_report(const Request& request, const policy::PolicyLog& log, deadline::Moment now, Read&& read,
                                             Row&& row, std::string_view name) {
  WARD_TRY(const auto days, days_of(request, deadline::day_of(now)));
  WARD_TRY(const auto unit, unit_of(request, log));
  WARD_TRY(const auto figures, read(deadline::stored(days.from), deadline::stored(days.to + std::chrono::days{1}), unit));
  const auto whole = [&](const auto& one) {
    auto out = unit_head(one.unit, log);
    for (const auto& member : row(one)) out[member.key()] = member.value();
    return out;
  };
  boost::json::array units;
  for (const auto& one : figures.units) units.push_back(whole(one));
  return report_response(request, days, std::move(units), whole(figures.total), name);
}

template <class Read>
[[nodiscard]] Result<Response> deadlines_report(const Request& request, const policy::PolicyLog& log, deadline::Moment now, Read&& read) {
  const auto row = [](const auto& one) { return punctuality_json(one.punctuality, one.apologised); };
  return period_report(request, log, now, read, row, "deadlines");
}

template <class Read>
[[nodiscard]] Result<Response> share_report(const Request& request, const policy::PolicyLog& log, deadline::Moment now, Read&& read) {
  const auto row = [&](const auto& one) { return share_json(one.share, level_of(one.unit, log)); };
  return period_report(request, log, now, read, row, "online-share");
}

}  // namespace ward::runtime
