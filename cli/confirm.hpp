#pragma once

#include "cli/common.hpp"

#include <optional>
#include <string>

namespace ward::cli {

/// Before an act for ever or of security. Nothing when `yes`, or when a person at the terminal says so; else why it is not done: exit 7,
/// also where nobody can be asked.
[[nodiscard]] std::optional<runtime::Trouble> not_agreed(const Common& common, bool yes, const std::string& question);

}  // namespace ward::cli
