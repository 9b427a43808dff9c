#pragma once

#include <boost/json/value.hpp>

#include <string>

/// The calendar on the command line of both programs.
namespace ward::cli {

/// How far the days off are decided, of a daemon's `status`.
[[nodiscard]] std::string calendar_words(const boost::json::value& status);
/// With that one year's days alone; 0: as it is.
[[nodiscard]] boost::json::value calendar_of(boost::json::value calendar, int year);
/// A table for people.
void show_calendar(const boost::json::value& calendar, int year);
/// The same in the form that `calendar set` takes.
[[nodiscard]] std::string calendar_csv(const boost::json::value& calendar, int year);

}  // namespace ward::cli
