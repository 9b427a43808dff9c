#include "cli/calendar.hpp"

#include "runtime/command_line.hpp"

#include <vector>

namespace ward::cli {
namespace {

namespace json = boost::json;
using runtime::print;
using runtime::rows_of;
using runtime::shown;

/// Those of one year, or of all for 0.
std::vector<json::object> years_of(const json::value& calendar, int year) {
  auto years = rows_of(calendar, "years");
  if (year != 0) std::erase_if(years, [&](const auto& one) { return shown(one, "year") != std::to_string(year); });
  return years;
}

std::string quoted(const std::string& cell) {
  if (cell.find_first_of(",\"\r\n") == std::string::npos) return cell;
  std::string out = "\"";
  for (const char c : cell) out += c == '"' ? std::string("\"\"") : std::string(1, c);
  return out + "\"";
}

std::string name_of(const json::object& day) { return shown(day, "name") == "-" ? std::string() : shown(day, "name"); }

}  // namespace

std::string calendar_words(const json::value& status) {
  const auto last = shown(status, "calendar", "decided_through");
  if (last == "-") return "NOT DECIDED, not even for this year: see `calendar show`";
  return "decided up to " + last +
         (shown(status, "calendar", "enough") == "true" ? "" : "; NOT YET for what is promised now: see `calendar show`");
}

json::value calendar_of(json::value calendar, int year) {
  json::array years;
  for (auto& one : years_of(calendar, year)) years.emplace_back(std::move(one));
  calendar.as_object()["years"] = std::move(years);
  return calendar;
}

void show_calendar(const json::value& calendar, int year) {
  std::vector<std::vector<std::string>> rows{{"DAY", "IS", "DECIDED", "NAME", "FROM"}};
  for (const auto& one : years_of(calendar, year)) {
    const auto from = shown(one, "entry") == "-" ? std::string("this program") : "policy entry " + shown(one, "entry");
    for (const auto& day : rows_of(one, "days"))
      rows.push_back({shown(day, "day"), shown(day, "works") == "true" ? "worked" : "off",
                      shown(day, "decided") == "true" ? "yes" : "NOT YET", name_of(day), from});
  }
  print(runtime::align(rows));
  const auto last = shown(calendar, "decided_through");
  runtime::say(last == "-" ? "Not even this year's days off are decided."
                           : "Decided up to " + last + ". Every other day from Monday to Friday is worked.");
}

std::string calendar_csv(const json::value& calendar, int year) {
  std::string out = "date,kind,name_vi,day_off,certainty,note\n";
  for (const auto& one : years_of(calendar, year))
    for (const auto& day : rows_of(one, "days")) {
      const bool works = shown(day, "works") == "true";
      out += shown(day, "day") + (works ? ",makeup_workday," : ",holiday,") + quoted(name_of(day)) + (works ? ",no," : ",yes,") +
             (shown(day, "decided") == "true" ? "certain,\n" : "guess,\n");
    }
  return out;
}

}  // namespace ward::cli
