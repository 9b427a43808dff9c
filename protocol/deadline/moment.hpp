#pragma once

#include "protocol/base/time.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

/// Days and moments on a clock in Vietnam, UTC+7 the whole year: whatever zone a PC believes to be in changes nothing here. They do not
/// convert to `WallTime` by themselves.
namespace ward::deadline {

using Day = std::chrono::local_days;
using Moment = std::chrono::local_seconds;

/// Of a time as dossiers store it, `yyyyMMddHHmmss`; nothing for anything else, days and hours that no clock shows among it.
[[nodiscard]] std::optional<Moment> moment_of(std::string_view stored);
[[nodiscard]] std::string stored(Moment moment);  ///< the years 0 to 9999
[[nodiscard]] Moment moment_of(WallTime time);
[[nodiscard]] WallTime wall_of(Moment moment);
[[nodiscard]] Day day_of(Moment moment);

}  // namespace ward::deadline
