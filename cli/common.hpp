#pragma once

#include "cli/config.hpp"
#include "runtime/process.hpp"
#include "runtime/trouble.hpp"

#include <string>
#include <vector>

namespace ward::cli {

inline constexpr int done = static_cast<int>(runtime::ExitCode::done);

/// What every command takes.
struct Common {
  std::string data = runtime::default_data();
  std::string user;                       ///< in whose name; empty: the account's of the operating system
  std::string key_file, passphrase_file;  ///< the official's own key that signs the act; empty: it is not signed
  bool json = false;
  bool quiet = false;
  bool no_input = false;
  std::string config;                          ///< as named; empty: the default
  std::string config_read;                     ///< the file that was looked for
  std::vector<ConfigProblem> config_problems;  ///< of it; empty for all commands but those that run nevertheless
};

}  // namespace ward::cli
