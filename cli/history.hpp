#pragma once

#include <boost/json/value.hpp>

/// What both programs print of `GET …/history` and `GET …/why`.
namespace ward::cli {

void show_history(const boost::json::value& answer);
/// Every value that ever stood in one place, and in words why the present one shows.
void show_why(const boost::json::value& answer);

}  // namespace ward::cli
