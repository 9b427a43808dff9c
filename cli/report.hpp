#pragma once

#include "cli/common.hpp"

#include <string>

/// Reports on the command line of both programs.
namespace ward::cli {

struct ReportOptions {
  std::string from, to;  ///< days; empty: from the first of this year, until today
  std::string unit;      ///< empty: all
  bool csv = false;
};
/// Asks `program`'s daemon; the exit code. `name`: `online-share` or `deadlines`.
int report(const Common& common, const char* program, const char* name, const ReportOptions& options);

}  // namespace ward::cli
