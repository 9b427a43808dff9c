#include "runtime/calendar_json.hpp"

#include "protocol/course/calendar.hpp"

#include <algorithm>

namespace ward::runtime {
namespace {

namespace json = boost::json;

/// How far ahead appointments are usually given: the decision for a year is usually known by then.
constexpr std::chrono::days promised_ahead{60};

std::string date_of(deadline::Day day) { return code::date_text(code::Day{day.time_since_epoch()}); }

json::object year_json(std::chrono::year number, const course::Year& year) {
  json::array days;
  for (const auto& one : year.exceptions)
    days.push_back(json::object{{"day", date_of(one.day)}, {"works", one.works}, {"decided", one.decided}, {"name", one.name}});
  const bool decided = std::all_of(year.exceptions.begin(), year.exceptions.end(), [](const auto& one) { return one.decided; });
  json::object out{{"year", int{number}}, {"decided", decided}, {"entry", nullptr}, {"days", std::move(days)}};
  if (year.entry) out["entry"] = *year.entry;
  return out;
}

}  // namespace

std::string decided_through_text(const deadline::Calendar& calendar, deadline::Day today) {
  const auto last = calendar.decided_through(today);
  return last ? date_of(*last) : std::string();
}

json::object calendar_standing_json(const deadline::Calendar& calendar, deadline::Moment now) {
  const auto today = deadline::day_of(now);
  const auto last = calendar.decided_through(today);
  return {{"decided_through", decided_through_text(calendar, today)}, {"enough", last && *last - today >= promised_ahead}};
}

json::object calendar_json(const policy::PolicyLog& log, deadline::Day today) {
  json::array years;
  for (const auto& [number, year] : course::years_in_force(log)) years.push_back(year_json(number, year));
  return {{"decided_through", decided_through_text(course::calendar_in_force(log), today)}, {"years", std::move(years)}};
}

}  // namespace ward::runtime
