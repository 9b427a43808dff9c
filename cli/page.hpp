#pragma once

#include "cli/common.hpp"

namespace ward::cli {

/// Prints a one-time address that opens the program's page, logged in; with `end` ends every session of the page instead.
int page(const Common& common, const char* program, bool end);

}  // namespace ward::cli
