#include "protocol/course/calendar.hpp"

namespace ward::course {
namespace {

using deadline::Calendar;
using deadline::Day;

Calendar::Exception as_days_go(const policy::Calendar::Exception& one) {
  return {Day{one.day.time_since_epoch()}, one.works, one.decided, one.name};
}

}  // namespace

std::map<std::chrono::year, Year> years_in_force(const policy::PolicyLog& log) {
  std::map<std::chrono::year, Year> out;
  for (const auto& one : deadline::built_in_exceptions()) out[std::chrono::year_month_day{one.day}.year()].exceptions.push_back(one);
  for (const auto& [year, said] : log.calendar()) {
    Year named{said.entry, {}};
    for (const auto& one : said.exceptions) named.exceptions.push_back(as_days_go(one));
    out.insert_or_assign(year, std::move(named));
  }
  return out;
}

Calendar calendar_in_force(const policy::PolicyLog& log) {
  std::vector<Calendar::Exception> all;
  for (const auto& [year, said] : years_in_force(log)) all.insert(all.end(), said.exceptions.begin(), said.exceptions.end());
  return Calendar(all);
}

}  // namespace ward::course
