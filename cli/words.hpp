#pragma once

#include "cli/common.hpp"
#include "cli/report.hpp"

#include <functional>
#include <span>
#include <string>
#include <vector>

/// CLI/CLI.hpp is for who describes commands: to compile it takes longer than all else that is here.
namespace CLI {
class App;
class Option;
}  // namespace CLI

/// How both programs describe their commands. The descriptions are also what the manual and the shells' completions are made of
/// (cross/manual).
namespace ward::cli {

struct About {
  const char* name;
  const char* says;
  std::string config_file;  ///< read when no other is named
  std::span<const Setting> settings;
};

/// The options of all commands of one program, and the command that the words chose. A program's own derives from it.
struct Line {
  explicit Line(const About& whose) : about(whose) {}

  struct Configured {
    CLI::Option* option;
    const Setting* setting;
    std::string* variable;
  };

  const About& about;
  Common common;
  std::function<int()> chosen;
  bool needs_config = true;
  std::vector<Configured> configured;
};

/// A command: `chosen` runs it, after the whole line was understood.
CLI::App* command(CLI::App& under, Line& line, const char* name, const char* says, std::function<int()> chosen);
/// The same, with `--json`.
CLI::App* printing(CLI::App& under, Line& line, const char* name, const char* says, std::function<int()> chosen);
/// The same, with `--user`: in whose name an official acts.
CLI::App* official(CLI::App& under, Line& line, const char* name, const char* says, std::function<int()> chosen);
void add_user_option(CLI::App& command, Line& line);
/// A word that commands follow.
CLI::App* group(CLI::App& under, const char* name, const char* says);

/// An option that the environment's WARDSYNC_KEY and the configuration file's `key` can give too; the flag wins, the file loses.
CLI::Option* configurable(CLI::App& command, Line& line, const char* flag, const char* key, std::string& variable);

/// The command runs although the configuration file is broken.
void without_config(CLI::App& command, Line& line);

// Commands that both programs have. The caller adds what only one of them takes.

/// `config check [FILE]`.
void add_config_commands(CLI::App& app, Line& line);
CLI::App* add_run_command(CLI::App& app, Line& line, std::function<int()> run);
/// `example`: a finding of this program's own.
CLI::App* add_doctor_command(CLI::App& app, Line& line, const char* says, const char* example, std::function<int()> doctor);
CLI::App* add_bundle_command(CLI::App& app, Line& line, std::string& out_file, std::function<int()> bundle);
void add_page_command(CLI::App& app, Line& line, const char* says);
void add_version_command(CLI::App& app, Line& line, const char* version);
struct CalendarOptions {
  int year = 0;  ///< 0: all
  bool csv = false;
};
/// `calendar show`, under a group that is returned.
CLI::App* add_calendar_commands(CLI::App& app, Line& line, CalendarOptions& options, std::function<int()> show);
/// `user list`, under a group that is returned.
CLI::App* add_user_commands(CLI::App& app, Line& line, std::string& unit, std::function<int()> list);
/// `report online-share`, `report deadlines`.
void add_report_commands(CLI::App& app, Line& line, ReportOptions& options);
/// `--overdue`, `--due-today`, `--due-soon`, `--waiting`: one of them at most. `due`: what the API calls it.
void add_due_options(CLI::App& command, std::string& due);

/// Understands the words, reads the configuration, runs the command. The process's exit code.
int run(CLI::App& app, Line& line, int argc, char** argv);

}  // namespace ward::cli
