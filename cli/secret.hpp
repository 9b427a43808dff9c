#pragma once

#include "cli/common.hpp"
#include "protocol/base/error.hpp"

namespace ward::cli {

/// What a person knows and no argument may hold: the first line of the file, the next line of stdin where the file is `-`, or what is typed
/// where none is named. `invalid`: nobody is there to type it.
[[nodiscard]] Result<std::string> secret_of(const Common& common, const std::string& file, const char* question);
/// The same, twice where it is typed.
[[nodiscard]] Result<std::string> new_secret_of(const Common& common, const std::string& file, const char* question);

}  // namespace ward::cli
