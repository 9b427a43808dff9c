#include "protocol/schema/dates.hpp"

#include "protocol/text/text.hpp"

#include <array>
#include <charconv>
#include <chrono>
#include <cstdio>

namespace ward::schema {
namespace {

namespace chrono = std::chrono;

constexpr int year_min = 1800;
constexpr int year_max = 2199;

struct Time {
  chrono::year_month_day day;
  int seconds = 0;  ///< of the day
};

/// At most `width_max` digits; -1 for anything else.
int number(std::string_view text, std::size_t width_max) {
  if (!is_digits(text) || text.size() > width_max) return -1;
  int out = 0;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

std::optional<chrono::year_month_day> day_of(std::string_view year, std::string_view month, std::string_view day) {
  if (year.size() != 4) return std::nullopt;
  const auto y = number(year, 4), m = number(month, 2), d = number(day, 2);
  if (y < year_min || y > year_max || m < 1 || d < 1) return std::nullopt;
  const chrono::year_month_day out{chrono::year{y}, chrono::month{static_cast<unsigned>(m)}, chrono::day{static_cast<unsigned>(d)}};
  return out.ok() ? std::optional(out) : std::nullopt;
}

/// Three parts between two equal separators out of `separators`.
std::optional<std::array<std::string_view, 3>> split(std::string_view text, std::string_view separators) {
  const auto first = text.find_first_of(separators);
  if (first == std::string_view::npos) return std::nullopt;
  const auto second = text.find(text[first], first + 1);
  if (second == std::string_view::npos) return std::nullopt;
  return std::array{text.substr(0, first), text.substr(first + 1, second - first - 1), text.substr(second + 1)};
}

std::optional<chrono::year_month_day> parse_words(std::string_view text) {
  const auto words = text::words(text);
  if (words.size() != 6 || words[0] != "ngay" || words[2] != "thang" || words[4] != "nam") return std::nullopt;
  return day_of(words[5], words[3], words[1]);
}

std::optional<chrono::year_month_day> parse_day(std::string_view text) {
  if (text.size() == 8 && is_digits(text)) return day_of(text.substr(0, 4), text.substr(4, 2), text.substr(6));
  const auto parts = split(text, "/-.");
  if (!parts) return parse_words(text);
  const auto& [a, b, c] = *parts;
  return a.size() == 4 ? day_of(a, b, c) : day_of(c, b, a);
}

/// Seconds of the day from HH:mm or HH:mm:ss, a fraction dropped; -1 for anything else.
int parse_clock(std::string_view text) {
  if (const auto point = text.find('.'); point != std::string_view::npos) {
    if (text.size() < 8 || !is_digits(text.substr(point + 1))) return -1;
    text = text.substr(0, point);
  }
  const auto colon = text.find(':');
  if (colon == std::string_view::npos) return -1;
  const auto hours = number(text.substr(0, colon), 2), minutes = number(text.substr(colon + 1, 2), 2);
  const auto rest = text.substr(std::min(colon + 3, text.size()));
  const auto seconds = rest.empty() ? 0 : rest.front() == ':' ? number(rest.substr(1), 2) : -1;
  if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59 || seconds < 0 || seconds > 59) return -1;
  return (hours * 60 + minutes) * 60 + seconds;
}

/// Takes `Z` or `+07:00` off the end of a time of day; minutes east, or nothing when it is no zone that exists.
std::optional<int> take_zone(std::string_view& text) {
  if (text.ends_with('Z')) {
    text.remove_suffix(1);
    return 0;
  }
  const auto sign = text.find_first_of("+-");
  if (sign == std::string_view::npos) return zone_minutes;
  const auto zone = text.substr(sign + 1);
  if (zone.size() < 2) return std::nullopt;
  const auto hours = number(zone.substr(0, 2), 2);
  const auto minutes = zone.size() == 2 ? 0 : zone.size() == 5 && zone[2] == ':' ? number(zone.substr(3), 2) : number(zone.substr(2), 2);
  if (hours < 0 || hours > 14 || minutes < 0 || minutes > 59) return std::nullopt;
  const auto east = hours * 60 + minutes;
  const bool west = text[sign] == '-';
  text = text.substr(0, sign);
  return west ? -east : east;
}

std::optional<Time> local(chrono::year_month_day day, int seconds, int east) {
  using namespace std::chrono_literals;
  const auto moment = chrono::sys_days{day} + chrono::seconds{seconds} + chrono::minutes{zone_minutes - east};
  const auto there = chrono::floor<chrono::days>(moment);
  return Time{there, static_cast<int>((moment - there) / 1s)};
}

std::optional<Time> parse_compact(std::string_view text) {
  const auto day = parse_day(text.substr(0, 8));
  const auto hours = number(text.substr(8, 2), 2), minutes = number(text.substr(10, 2), 2), seconds = number(text.substr(12), 2);
  if (!day || hours > 23 || minutes > 59 || seconds > 59) return std::nullopt;
  return Time{*day, (hours * 60 + minutes) * 60 + seconds};
}

std::optional<Time> parse_time(std::string_view text) {
  if (text.size() == 14 && is_digits(text)) return parse_compact(text);
  if (const auto day = parse_day(text)) return Time{*day, 0};
  const auto gap = text.find_first_of("T ");
  if (gap == std::string_view::npos) return std::nullopt;
  const auto day = parse_day(text.substr(0, gap));
  auto rest = text.substr(gap + 1);
  const auto east = take_zone(rest);
  const auto seconds = parse_clock(rest);
  if (!day || !east || seconds < 0) return std::nullopt;
  return local(*day, seconds, *east);
}

std::string print(const char* form, int a, int b, int c) {
  std::array<char, 40> out{};
  std::snprintf(out.data(), out.size(), form, a, b, c);
  return out.data();
}

std::string print_day(const char* form, chrono::year_month_day day) {
  return print(form, int{day.year()}, static_cast<int>(unsigned{day.month()}), static_cast<int>(unsigned{day.day()}));
}

}  // namespace

bool is_digits(std::string_view text) { return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos; }

std::optional<std::string> stored_date(std::string_view text) {
  if (const auto year = number(text, 4); text.size() == 4 && year >= year_min && year <= year_max) return std::string(text);
  const auto time = parse_time(text);
  if (!time) return std::nullopt;
  return print_day("%04d-%02d-%02d", time->day);
}

std::optional<std::string> stored_datetime(std::string_view text) {
  const auto time = parse_time(text);
  if (!time) return std::nullopt;
  const auto minutes = time->seconds / 60;
  return print_day("%04d%02d%02d", time->day) + print("%02d%02d%02d", minutes / 60, minutes % 60, time->seconds % 60);
}

}  // namespace ward::schema
