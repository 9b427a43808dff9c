#include "protocol/deadline/moment.hpp"

#include "protocol/schema/dates.hpp"

#include <array>
#include <charconv>
#include <cstdio>

namespace ward::deadline {
namespace {

namespace chrono = std::chrono;

constexpr std::size_t stored_size = 14;
constexpr chrono::minutes east{schema::zone_minutes};

unsigned digits(std::string_view text) {
  unsigned out = 0;
  std::from_chars(text.data(), text.data() + text.size(), out);
  return out;
}

}  // namespace

std::optional<Moment> moment_of(std::string_view stored) {
  // What the schema would store otherwise is not a stored time.
  if (stored.size() != stored_size || schema::stored_datetime(stored) != stored) return std::nullopt;
  const chrono::year_month_day day{chrono::year{static_cast<int>(digits(stored.substr(0, 4)))}, chrono::month{digits(stored.substr(4, 2))},
                                   chrono::day{digits(stored.substr(6, 2))}};
  return Day{day} + chrono::hours{digits(stored.substr(8, 2))} + chrono::minutes{digits(stored.substr(10, 2))} +
         chrono::seconds{digits(stored.substr(12))};
}

std::string stored(Moment moment) {
  const chrono::year_month_day day{day_of(moment)};
  const chrono::hh_mm_ss time{moment - day_of(moment)};
  std::array<char, 32> out{};
  std::snprintf(out.data(), out.size(), "%04d%02u%02u%02d%02d%02d", int{day.year()}, unsigned{day.month()}, unsigned{day.day()},
                static_cast<int>(time.hours().count()), static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()));
  return out.data();
}

Moment moment_of(WallTime time) { return Moment{chrono::floor<chrono::seconds>(chrono::milliseconds{time.ms}) + east}; }

WallTime wall_of(Moment moment) { return {chrono::milliseconds{moment.time_since_epoch() - east}.count()}; }

Day day_of(Moment moment) { return chrono::floor<chrono::days>(moment); }

}  // namespace ward::deadline
