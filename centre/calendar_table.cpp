#include "centre/calendar_table.hpp"

#include "centre/csv_table.hpp"
#include "protocol/base/limits.hpp"
#include "protocol/schema/dates.hpp"
#include "protocol/text/text.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <set>

namespace ward::centre {
namespace {

namespace chrono = std::chrono;

constexpr std::string_view calendar_columns[] = {"date", "kind"};
constexpr std::array days_off{"holiday", "substitute", "swap_off"};
constexpr std::string_view make_up = "makeup_workday";
constexpr int years_ahead_max = 10;
/// New year, the 30th of April, Labour day, the national day: the law names their dates.
constexpr std::array fixed{chrono::January / 1, chrono::April / 30, chrono::May / 1, chrono::September / 2};

Error wrong(std::size_t line, const std::string& why) { return wrong_line("calendar", line, why); }

bool is_weekend(code::Day day) { return chrono::weekday{day}.iso_encoding() > 5; }

Result<code::Day> day_of_row(const CsvRow& row, chrono::year this_year) {
  const auto stored = schema::stored_date(row.cell("date"));
  const auto day = stored ? code::parse_date(*stored) : std::nullopt;
  if (!day) return wrong(row.line, "`date` must be a day as 2027-02-04 or 4/2/2027");
  const auto year = chrono::year_month_day{*day}.year();
  if (year < this_year) return wrong(row.line, "the year " + std::to_string(int{year}) + " is over: its days do not change any more");
  if (year > this_year + chrono::years{years_ahead_max})
    return wrong(row.line, "the year " + std::to_string(int{year}) + " is more than ten years away");
  return *day;
}

Result<policy::Calendar::Exception> exception_of(const CsvRow& row, chrono::year this_year) {
  policy::Calendar::Exception out;
  WARD_TRY(out.day, day_of_row(row, this_year));
  const auto kind = row.cell("kind");
  out.works = kind == make_up;
  if (!out.works && std::find(days_off.begin(), days_off.end(), kind) == days_off.end())
    return wrong(row.line, "`kind` must be holiday, substitute, swap_off or makeup_workday");
  if (out.works && !is_weekend(out.day)) return wrong(row.line, "a day that makes up for another must be a Saturday or a Sunday");
  if (!out.works && kind != days_off.front() && is_weekend(out.day)) return wrong(row.line, "this day is a weekend, and off anyway");
  out.decided = row.cell("certainty") != "guess";
  const auto name = row.cell("name_vi");
  if (!name.empty()) {
    auto line = text::to_line("name_vi", name, limits::key_bytes_max);
    if (line.has_error()) return wrong(row.line, line.error().detail);
    out.name = *std::move(line);
  }
  return out;
}

std::string date_of(code::Day day) { return code::date_text(day); }

/// The years of the table, each with its holidays of fixed date.
Result<void> check_years(const policy::Calendar& calendar) {
  std::set<chrono::year> years;
  std::set<code::Day> off;
  for (const auto& one : calendar.exceptions) {
    years.insert(chrono::year_month_day{one.day}.year());
    if (!one.works) off.insert(one.day);
  }
  for (const auto year : years)
    for (const auto& date : fixed)
      if (const code::Day day{year / date}; !off.contains(day))
        return fail(Fault::invalid, "calendar: " + date_of(day) + " is missing: the table must hold every day off of the year " +
                                        std::to_string(int{year}) + ", because it replaces all that was known of it");
  return {};
}

}  // namespace

Result<policy::Calendar> read_calendar_table(std::string_view csv, deadline::Day today) {
  WARD_TRY(const auto rows, read_csv_table("calendar", csv, calendar_columns, policy::calendar_exceptions_max));
  std::map<code::Day, policy::Calendar::Exception> by_day;
  for (const auto& row : rows) {
    WARD_TRY(auto one, exception_of(row, chrono::year_month_day{today}.year()));
    const auto day = one.day;
    if (!by_day.emplace(day, std::move(one)).second) return wrong(row.line, date_of(day) + " is there twice");
  }
  if (by_day.empty()) return fail(Fault::invalid, "calendar: it names no day");
  policy::Calendar out;
  for (auto& [day, one] : by_day) out.exceptions.push_back(std::move(one));
  WARD_CHECK(check_years(out));
  return out;
}

}  // namespace ward::centre
