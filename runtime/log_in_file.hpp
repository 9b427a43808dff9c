#pragma once

#include "protocol/base/error.hpp"

#include <string>

/// Where a command line keeps what its person's log-in was answered with: a file of this account's own, one for each data directory.
namespace ward::runtime {

/// Empty when nobody is logged in here, and when the file cannot be read or others may read it.
[[nodiscard]] std::string kept_log_in(const std::string& data);
/// `io` and the faults of writing; `not_found` when this account has no place of its own.
[[nodiscard]] Result<void> keep_log_in(const std::string& data, const std::string& token);
void forget_log_in(const std::string& data);

}  // namespace ward::runtime
