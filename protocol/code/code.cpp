#include "protocol/code/code.hpp"

#include "protocol/base/error.hpp"
#include "protocol/base/limits.hpp"

#include <algorithm>
#include <charconv>

namespace ward::code {
namespace {

namespace chrono = std::chrono;

constexpr auto zone = chrono::hours(7);  ///< all the year
constexpr int century = 2000;
constexpr std::size_t groups_max = 4;
constexpr std::size_t serial_digits_min = 4;
constexpr std::size_t serial_digits_max = 6;
constexpr std::size_t date_digits = 6;
constexpr std::size_t group_digits = 4;
constexpr std::uint64_t check_base = 97;  ///< ISO 7064, MOD 97-10: finds every wrong digit and every two that changed places

bool is_digit(char c) { return c >= '0' && c <= '9'; }
bool is_digits(std::string_view text) { return !text.empty() && std::all_of(text.begin(), text.end(), is_digit); }

std::uint64_t number_of(std::string_view digits) {
  std::uint64_t out = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), out);
  return out;
}

std::string padded(std::uint64_t number, std::size_t width) {
  auto out = std::to_string(number);
  return out.size() < width ? std::string(width - out.size(), '0') + out : out;
}

bool is_region(std::string_view group) { return group.size() == 3 && group[0] >= 'A' && group[0] <= 'Z' && is_digits(group.substr(1)); }
bool is_level(std::string_view group) { return (group.size() == 2 || group.size() == 3) && is_digits(group); }

std::optional<Day> real_day(std::uint64_t year, std::uint64_t month, std::uint64_t day) {
  const chrono::year_month_day date{chrono::year{static_cast<int>(year)}, chrono::month{static_cast<unsigned>(month)},
                                    chrono::day{static_cast<unsigned>(day)}};
  return date.ok() ? std::optional(Day(date)) : std::nullopt;
}

std::string check_digits(std::string_view digits) {
  // Fourteen digits and two more stay far below 2^64.
  return padded(check_base + 1 - number_of(digits) * 100 % check_base, 2);
}

}  // namespace

Day day_of(WallTime time) noexcept {
  return chrono::floor<chrono::days>(chrono::sys_time<chrono::milliseconds>(chrono::milliseconds(time.ms) + zone));
}

std::string date_text(Day day) {
  const chrono::year_month_day date(day);
  return padded(static_cast<std::uint64_t>(static_cast<int>(date.year())), 4) + "-" + padded(static_cast<unsigned>(date.month()), 2) + "-" +
         padded(static_cast<unsigned>(date.day()), 2);
}

std::optional<Day> parse_date(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto year = text.substr(0, 4), month = text.substr(5, 2), day = text.substr(8);
  if (!is_digits(year) || !is_digits(month) || !is_digits(day)) return std::nullopt;
  return real_day(number_of(year), number_of(month), number_of(day));
}

bool is_identification(std::string_view text) noexcept {
  std::size_t groups = 0;
  bool region_first = false, region_last = false;
  while (true) {
    const auto group = text.substr(0, text.find('.'));
    const bool last = group.size() == text.size();
    if (++groups > groups_max) return false;
    if (is_region(group) && (groups == 1 || last))
      (groups == 1 ? region_first : region_last) = true;
    else if (!is_level(group))
      return false;
    if (last) return region_first != region_last;
    text.remove_prefix(group.size() + 1);
  }
}

std::string make_official(const Official& code) {
  WARD_ASSERT(is_identification(code.identification));
  WARD_ASSERT(code.day >= first_day && code.day <= last_day);
  WARD_ASSERT(code.serial >= 1 && code.serial <= serial_max);
  const chrono::year_month_day date(code.day);
  return code.identification + "-" + padded(static_cast<std::uint64_t>(static_cast<int>(date.year()) - century), 2) +
         padded(static_cast<unsigned>(date.month()), 2) + padded(static_cast<unsigned>(date.day()), 2) + "-" +
         padded(code.serial, serial_digits_min);
}

std::optional<Official> parse_official(std::string_view text) {
  const auto first = text.find('-');
  if (first == std::string_view::npos || text.size() < first + 1 + date_digits + 1) return std::nullopt;
  const auto date = text.substr(first + 1, date_digits);
  const auto serial = text.substr(first + 1 + date_digits + 1);
  if (text[first + 1 + date_digits] != '-' || !is_digits(date) || !is_digits(serial)) return std::nullopt;
  if (serial.size() < serial_digits_min || serial.size() > serial_digits_max) return std::nullopt;
  const auto day = real_day(century + number_of(date.substr(0, 2)), number_of(date.substr(2, 2)), number_of(date.substr(4)));
  if (!is_identification(text.substr(0, first)) || !day || *day < first_day || number_of(serial) == 0) return std::nullopt;
  Official out{std::string(text.substr(0, first)), *day, static_cast<std::uint32_t>(number_of(serial))};
  if (make_official(out) != text) return std::nullopt;  // a serial with more zeros than it is written with
  return out;
}

std::string make_provisional(const Provisional& code) {
  WARD_ASSERT(code.device <= provisional_device_max && code.drawn <= provisional_drawn_max);
  const auto digits = padded(code.device, 6) + padded(code.drawn, 8);
  return digits + check_digits(digits);
}

std::optional<Provisional> parse_provisional(std::string_view text) {
  if (text.size() != provisional_digits || !is_digits(text)) return std::nullopt;
  const auto digits = text.substr(0, provisional_digits - 2);
  if (check_digits(digits) != text.substr(provisional_digits - 2)) return std::nullopt;
  return Provisional{static_cast<std::uint32_t>(number_of(digits.substr(0, 6))), static_cast<std::uint32_t>(number_of(digits.substr(6)))};
}

std::string grouped(std::string_view code) {
  WARD_ASSERT(code.size() == provisional_digits);
  std::string out;
  for (std::size_t at = 0; at < code.size(); at += group_digits) out += (at == 0 ? "" : " ") + std::string(code.substr(at, group_digits));
  return out;
}

std::optional<std::string> digits_of(std::string_view text) {
  if (text.size() > limits::name_bytes_max) return std::nullopt;
  std::string out;
  for (const char c : text) {
    if (is_digit(c))
      out += c;
    else if (c != ' ' && c != '-')
      return std::nullopt;
  }
  return out.size() == provisional_digits ? std::optional(std::move(out)) : std::nullopt;
}

}  // namespace ward::code
