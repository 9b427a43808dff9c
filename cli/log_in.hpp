#pragma once

#include "cli/caller.hpp"
#include "cli/words.hpp"

/// Who acts on this command line: a person of the unit, by name and PIN.
namespace ward::cli {

struct LogInOptions {
  std::string user, pin_file, activation_file, new_pin_file;
  bool activate = false, change_pin = false;
};
inline constexpr Setting idle_lock_setting{"idle_lock_minutes", Setting::Kind::count,
                                           "minutes without a person's act after which a log-in locks itself", "15", 24 * 60};
/// `--idle-lock-minutes` of `run`.
void add_idle_lock_option(CLI::App& command, Line& line, std::string& minutes);
/// `login`, `logout`, `whoami`.
void add_log_in_commands(CLI::App& app, Line& line, const char* program, LogInOptions& options);

}  // namespace ward::cli
