#pragma once

#include "protocol/course/course.hpp"
#include "runtime/http.hpp"

#include <boost/json/object.hpp>

#include <optional>

/// Deadlines as both APIs show them.
namespace ward::runtime {

/// By what they are judged. The calendar outlives it.
struct Today {
  const deadline::Calendar& calendar;
  deadline::Moment now;
};

/// `class`, `clock`, `due`, `days_left` (working days; null without an appointment; while the clock waits, as it stood), `judgement`,
/// `day_off` (the appointment is on a day that the calendar of today has off), `certain` (the days off of all years until then are
/// decided).
[[nodiscard]] boost::json::object deadline_json(const course::Row& row, const Today& today);

/// A class that lists can be asked for by name; nothing for an empty text. `invalid`.
[[nodiscard]] Result<std::optional<deadline::Range>> due_named(std::string_view name, const Today& today);

}  // namespace ward::runtime
