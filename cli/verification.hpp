#pragma once

#include "cli/common.hpp"

#include <boost/json/value.hpp>

namespace ward::cli {

/// Prints what `verify` found; the exit code.
int show_verification(const Common& common, const boost::json::value& found);

}  // namespace ward::cli
