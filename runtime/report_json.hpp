#pragma once

#include "protocol/deadline/judgement.hpp"
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

template <class Figures>
[[nodiscard]] Response deadlines_report(const Request& request, const Days& days, const Figures& figures, const policy::PolicyLog& log) {
  const auto row = [&](const auto& one) {
    auto out = unit_head(one.unit, log);
    for (const auto& member : punctuality_json(one.punctuality, one.apologised)) out[member.key()] = member.value();
    return out;
  };
  boost::json::array units;
  for (const auto& one : figures.units) units.push_back(row(one));
  return report_response(request, days, std::move(units), row(figures.total), "deadlines");
}

template <class Figures>
[[nodiscard]] Response share_report(const Request& request, const Days& days, const Figures& figures, const policy::PolicyLog& log) {
  const auto row = [&](const auto& one) {
    auto out = unit_head(one.unit, log);
    for (const auto& member : share_json(one.share, level_of(one.unit, log))) out[member.key()] = member.value();
    return out;
  };
  boost::json::array units;
  for (const auto& one : figures.units) units.push_back(row(one));
  return report_response(request, days, std::move(units), row(figures.total), "online-share");
}

}  // namespace ward::runtime
