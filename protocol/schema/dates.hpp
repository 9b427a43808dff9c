#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace ward::schema {

/// Vietnam's local time, the same all year: what a date without a zone means, and what is stored.
inline constexpr int zone_minutes = 7 * 60;

/// Digits alone, and one at least.
[[nodiscard]] bool is_digits(std::string_view text);

/// A date as stored (`yyyy-MM-dd`, or `yyyy` when no more is known) from yyyy-MM-dd, yyyyMMdd, d/M/yyyy (also with `-` or `.`; the day
/// comes first), "ngày 12 tháng 8 năm 2020", yyyy, or the date of a datetime. Nothing for anything else, days that no calendar has among
/// it.
[[nodiscard]] std::optional<std::string> stored_date(std::string_view text);

/// A time as stored (`yyyyMMddHHmmss`, local) from that form itself, or a date as above with HH:mm or HH:mm:ss after it (after a space or
/// T; a fraction is dropped, a zone is applied), or a date alone, which means the start of that day. A year alone is not a time.
[[nodiscard]] std::optional<std::string> stored_datetime(std::string_view text);

}  // namespace ward::schema
