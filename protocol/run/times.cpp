#include "protocol/run/times.hpp"

#include <algorithm>
#include <charconv>
#include <chrono>

namespace ward::run {
namespace {

using namespace std::chrono;

constexpr std::size_t text_size = 14;
constexpr seconds vietnam = hours{7};
constexpr std::size_t remembered_max = 15;
constexpr std::uint64_t first_distance = remembered_max + 1;
constexpr std::int64_t earliest = sys_seconds{sys_days{year{1000} / 1 / 1}}.time_since_epoch().count();
constexpr std::int64_t latest = sys_seconds{sys_days{year{9999} / 12 / 31} + hours{24}}.time_since_epoch().count() - 1;

int number(std::string_view digits) {
  int out = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), out);
  return out;
}

void put(std::string& to, int value, std::size_t width) {
  const auto digits = std::to_string(value);
  to.append(width - digits.size(), '0').append(digits);
}

}  // namespace

bool can_format(std::int64_t local_seconds) { return local_seconds >= earliest && local_seconds <= latest; }

std::optional<std::int64_t> parse_time(std::string_view text) {
  if (text.size() != text_size || text.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
  const year_month_day date{year{number(text.substr(0, 4))}, month{static_cast<unsigned>(number(text.substr(4, 2)))},
                            day{static_cast<unsigned>(number(text.substr(6, 2)))}};
  const auto hour = number(text.substr(8, 2)), minute = number(text.substr(10, 2)), second = number(text.substr(12, 2));
  if (!date.ok() || hour > 23 || minute > 59 || second > 59) return std::nullopt;
  const auto out = (sys_days{date} + hours{hour} + minutes{minute} + seconds{second}).time_since_epoch().count();
  return can_format(out) ? std::optional(out) : std::nullopt;
}

std::string format_time(std::int64_t local_seconds) {
  const sys_seconds time{seconds{local_seconds}};
  const auto midnight = floor<days>(time);
  const year_month_day date{midnight};
  const hh_mm_ss clock{time - midnight};
  std::string out;
  put(out, static_cast<int>(date.year()), 4);
  put(out, static_cast<int>(static_cast<unsigned>(date.month())), 2);
  put(out, static_cast<int>(static_cast<unsigned>(date.day())), 2);
  put(out, static_cast<int>(clock.hours().count()), 2);
  put(out, static_cast<int>(clock.minutes().count()), 2);
  put(out, static_cast<int>(clock.seconds().count()), 2);
  return out;
}

void TimeMemory::begin(std::uint64_t ms) {
  times_.clear();
  note(floor<seconds>(milliseconds{static_cast<std::int64_t>(ms)}).count() + vietnam.count());
}

void TimeMemory::note(std::int64_t local_seconds) {
  last_ = local_seconds;
  if (times_.size() < remembered_max && std::find(times_.begin(), times_.end(), local_seconds) == times_.end())
    times_.push_back(local_seconds);
}

std::uint64_t TimeMemory::code_of(std::int64_t local_seconds) const {
  const auto at = std::find(times_.begin(), times_.end(), local_seconds);
  if (at != times_.end()) return static_cast<std::uint64_t>(at - times_.begin()) + 1;
  const auto distance = local_seconds - last_;
  return first_distance + ((static_cast<std::uint64_t>(distance) << 1U) ^ static_cast<std::uint64_t>(distance >> 63));
}

std::optional<std::int64_t> TimeMemory::time_of(std::uint64_t code) const {
  if (code >= 1 && code <= times_.size()) return times_[code - 1];
  if (code < first_distance) return std::nullopt;
  const auto zigzag = code - first_distance;
  if (zigzag > static_cast<std::uint64_t>(latest) * 8) return std::nullopt;
  const auto out = last_ + (static_cast<std::int64_t>(zigzag >> 1U) ^ -static_cast<std::int64_t>(zigzag & 1U));
  return can_format(out) ? std::optional(out) : std::nullopt;
}

}  // namespace ward::run
