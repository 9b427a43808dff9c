#include "protocol/deadline/calendar.hpp"

#include "protocol/base/error.hpp"
#include "protocol/schema/csv.hpp"
#include "protocol/schema/dates.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace ward::embedded {
extern const std::string_view deadline_holidays;
}  // namespace ward::embedded

namespace ward::deadline {
namespace {

namespace chrono = std::chrono;

bool is_weekday(Day day) { return chrono::weekday{day}.iso_encoding() <= 5; }

/// Mondays to Fridays up to and with `day`, from the Monday before 1970 on (negative before it).
std::int64_t weekdays_to(Day day) {
  constexpr std::int64_t thursday = 3;  // 1970-01-01, counted from its Monday
  const auto since_monday = day.time_since_epoch().count() + thursday;
  const auto weeks = since_monday >= 0 ? since_monday / 7 : -((6 - since_monday) / 7);
  return weeks * 5 + std::min<std::int64_t>(since_monday - weeks * 7 + 1, 5);
}

std::optional<Day> parse_day(const std::string& text) {
  if (text.size() != 10 || schema::stored_date(text) != text) return std::nullopt;
  const auto midnight = moment_of(text.substr(0, 4) + text.substr(5, 2) + text.substr(8) + "000000");
  return midnight ? std::optional(day_of(*midnight)) : std::nullopt;
}

std::optional<Calendar::Exception> parse_row(const schema::Row& row) {
  constexpr std::array days_off{"holiday", "substitute", "swap_off"};
  constexpr std::array certainties{"certain", "likely", "guess"};
  const auto is_in = [](const auto& list, const std::string& word) { return std::find(list.begin(), list.end(), word) != list.end(); };
  const auto day = parse_day(row[0]);
  const bool works = row[1] == "makeup_workday";
  if (!day || !(works || is_in(days_off, row[1])) || row[3] != (works ? "no" : "yes") || !is_in(certainties, row[4])) return std::nullopt;
  return Calendar::Exception{*day, works, row[4] != "guess", row[2]};
}

}  // namespace

Calendar::Calendar(const std::vector<Exception>& exceptions) {
  std::map<Day, Exception> by_day;
  for (const auto& one : exceptions) by_day.insert_or_assign(one.day, one);
  std::set<chrono::year> expected;
  std::int64_t shift = 0;
  for (const auto& [day, one] : by_day) {
    const auto year = chrono::year_month_day{day}.year();
    decided_.insert(year);
    if (!one.decided) expected.insert(year);
    shift += std::int64_t{one.works} - std::int64_t{is_weekday(day)};
    steps_.push_back({day, one.works, shift});
  }
  for (const auto year : expected) decided_.erase(year);
}

bool Calendar::works(Day day) const {
  const auto found = std::lower_bound(steps_.begin(), steps_.end(), day, [](const Step& step, Day wanted) { return step.day < wanted; });
  return found != steps_.end() && found->day == day ? found->works : is_weekday(day);
}

bool Calendar::decided(Day first, Day last) const {
  for (auto year = chrono::year_month_day{first}.year(); year <= chrono::year_month_day{last}.year(); ++year)
    if (!decided(year)) return false;
  return true;
}

std::optional<Day> Calendar::decided_through(Day day) const {
  auto year = chrono::year_month_day{day}.year();
  if (!decided(year)) return std::nullopt;
  while (decided(year + chrono::years{1})) ++year;
  return Day{year / chrono::December / 31};
}

Day Calendar::on_or_after(Day day) const {
  while (!works(day)) day += chrono::days{1};
  return day;
}

Day Calendar::plus(Day day, int working_days) const {
  WARD_ASSERT(working_days >= 0);
  for (; working_days > 0; --working_days) day = next(day);
  return day;
}

std::int64_t Calendar::ordinal(Day day) const {
  const auto after = std::upper_bound(steps_.begin(), steps_.end(), day, [](Day wanted, const Step& step) { return wanted < step.day; });
  return weekdays_to(day) + (after == steps_.begin() ? 0 : std::prev(after)->shift);
}

std::optional<std::vector<Calendar::Exception>> read_holidays(std::string_view csv) {
  const auto rows = schema::read_csv(csv, "date,kind,name_vi,day_off,certainty,note");
  if (!rows) return std::nullopt;
  std::vector<Calendar::Exception> out;
  for (const auto& row : *rows) {
    const auto one = parse_row(row);
    if (!one) return std::nullopt;
    out.push_back(*one);
  }
  return out;
}

const std::vector<Calendar::Exception>& built_in_exceptions() {
  static const std::vector<Calendar::Exception> exceptions = [] {
    auto read = read_holidays(embedded::deadline_holidays);
    WARD_ASSERT(read.has_value());  // the table is part of the program
    return *std::move(read);
  }();
  return exceptions;
}

const Calendar& built_in_calendar() {
  static const Calendar calendar(built_in_exceptions());
  return calendar;
}

}  // namespace ward::deadline
