#pragma once

#include "cli/common.hpp"
#include "protocol/base/error.hpp"

namespace ward::cli {

/// What a person knows and no argument may hold: the first line of the file, the next line of stdin where the file is `-`, or what is typed
/// where none is named. `invalid`: nobody is there to type it.
[[nodiscard]] Result<std::string> secret_of(const Common& common, const std::string& file, const char* question);
/// The same, twice where it is typed.
[[nodiscard]] Result<std::string> new_secret_of(const Common& common, const std::string& file, const char* question);
/// The same, of 12 characters at least: code points of its composed form, not bytes.
[[nodiscard]] Result<std::string> new_passphrase_of(const Common& common, const std::string& file, const char* question);

/// Asked before a secret is made that can be told once only: an empty path, or nothing is there and this account may make it.
[[nodiscard]] Result<void> can_be_made(const std::string& path);

}  // namespace ward::cli
