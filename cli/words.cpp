#include "cli/words.hpp"

#include "cli/page.hpp"
#include "protocol/text/nearest.hpp"
#include "runtime/command_line.hpp"
#include "runtime/data_dir.hpp"

#include <CLI/CLI.hpp>

#include <boost/json/object.hpp>
#include <boost/json/array.hpp>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <memory>
#include <stdexcept>

namespace ward::cli {
namespace {

namespace json = boost::json;
using runtime::ExitCode;

const Setting& setting_of(const About& about, std::string_view key) {
  for (const auto& setting : about.settings)
    if (key == setting.key) return setting;
  throw std::logic_error("no such setting");
}

std::string environment_word(std::string_view key) {
  std::string out = "WARDSYNC_";
  for (const char c : key) out += static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return out;
}

const char* value_name(Setting::Kind kind) {
  switch (kind) {
    case Setting::Kind::directory: return "DIR";
    case Setting::Kind::file: return "FILE";
    case Setting::Kind::address:
    case Setting::Kind::loopback: return "IP:PORT";
    case Setting::Kind::count: return "N";
  }
  return "TEXT";
}

bool was_given(const Line& line, std::string_view key) {
  for (const auto& one : line.configured)
    if (key == one.setting->key && one.option->count() > 0) return true;
  return false;
}

/// What neither a flag nor the environment gave comes from the file.
void fill_from(const Config& config, Line& line) {
  for (const auto& [key, value] : config.values) {
    if (was_given(line, key)) continue;
    for (const auto& one : line.configured)
      if (key == one.setting->key) *one.variable = value;
  }
}

void report_problems(const Line& line, const std::string& path, const std::vector<ConfigProblem>& problems) {
  for (const auto& problem : problems) {
    runtime::say(std::string(line.about.name) + ": " + sentence(path, problem));
    runtime::say("  To do: " + problem.remedy);
  }
}

/// Where the settings come from; --config and WARDSYNC_CONFIG name a file that must be there.
std::pair<std::string, bool> config_file_of(const Line& line) {
  if (!line.common.config.empty()) return {line.common.config, true};
  return {line.about.config_file, false};
}

int check_config(const Line& line, const std::string& named) {
  const auto [path, required] = named.empty() ? config_file_of(line) : std::pair(named, true);
  const auto config = read_config(path, required, line.about.settings);
  const bool exists = runtime::file_exists(path);
  if (line.common.json) {
    json::array problems;
    for (const auto& problem : config.problems)
      problems.push_back(json::object{{"line", problem.line}, {"key", problem.key}, {"what", problem.what}, {"remedy", problem.remedy}});
    runtime::print_json(
        json::object{{"file", path}, {"exists", exists}, {"ok", config.problems.empty()}, {"problems", std::move(problems)}});
  } else if (config.problems.empty() && !line.common.quiet) {
    runtime::say(exists ? path + ": nothing is wrong with it; it sets " + std::to_string(config.values.size()) + " of " +
                              std::to_string(line.about.settings.size()) + " keys."
                        : "There is no " + path + ": flags, the environment and what is built in say everything.");
  }
  if (config.problems.empty()) return static_cast<int>(ExitCode::done);
  if (!line.common.json) report_problems(line, path, config.problems);
  return static_cast<int>(ExitCode::failed);
}

/// What stands where a command must, and is none.
std::optional<runtime::Trouble> stray_word(const CLI::App& app, const About& about, int argc, char** argv) {
  const CLI::App* at = &app;
  std::string words = about.name;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    const auto below = at->get_subcommands([](const CLI::App*) { return true; });
    if (below.empty() || word.starts_with('-')) return std::nullopt;
    const auto found = std::find_if(below.begin(), below.end(), [&](const CLI::App* one) { return one->get_name() == word; });
    if (found != below.end()) {
      at = *found;
      words += " " + word;
      continue;
    }
    std::vector<std::string> names;
    for (const auto* one : below) names.push_back(one->get_name());
    const auto meant = text::nearest(word, names);
    return runtime::Trouble{"unknown_command",
                            ExitCode::wrong_usage,
                            400,
                            "`" + word + "` is no command of `" + words + "`.",
                            runtime::nothing_changed,
                            (meant.empty() ? std::string() : "Write `" + words + " " + meant + "`. ") + "All of them: " + words + " --help",
                            {}};
  }
  return std::nullopt;
}

/// What a flag or the environment gave, where a wrong value would only be found out later, or by nobody.
std::optional<runtime::Trouble> wrong_setting(const Line& line) {
  using Kind = Setting::Kind;
  for (const auto& [option, setting, variable] : line.configured) {
    if (option->count() == 0 || setting->kind == Kind::directory || setting->kind == Kind::file) continue;
    const auto wrong = wrong_with(*setting, *variable);
    if (wrong.empty()) continue;
    const auto flag = option->get_name();
    return runtime::Trouble{"wrong_setting",
                            ExitCode::wrong_usage,
                            400,
                            flag + " (or " + option->get_envname() + ") " + wrong + ".",
                            "Nothing was started and nothing was changed.",
                            "For example: " + flag + " " + setting->example,
                            {}};
  }
  return std::nullopt;
}

}  // namespace

CLI::App* command(CLI::App& under, Line& line, const char* name, const char* says, std::function<int()> chosen) {
  auto* made = under.add_subcommand(name, says);
  configurable(*made, line, "--data", "data", line.common.data)->capture_default_str();
  made->add_option("--config", line.common.config, std::string("the configuration file; default: ") + line.about.config_file)
      ->envname(environment_word("config"))
      ->type_name("FILE");
  made->add_flag("--quiet", line.common.quiet, "say nothing but errors and data");
  made->add_flag("--no-input", line.common.no_input, "never ask");
  made->callback([&line, chosen = std::move(chosen)] { line.chosen = chosen; });
  // All commands' options share variables. Only of a command that has such a callback the environment is read where it was chosen, and not
  // where it was not: there it would overwrite what a flag gave.
  made->parse_complete_callback([] {});
  return made;
}

CLI::App* printing(CLI::App& under, Line& line, const char* name, const char* says, std::function<int()> chosen) {
  auto* made = command(under, line, name, says, std::move(chosen));
  made->add_flag("--json", line.common.json, "as JSON");
  return made;
}

void add_user_option(CLI::App& command, Line& line) {
  command.add_option("--user", line.common.user, "in whose name: an account of this unit (`user list`); default: the caller's own")
      ->envname(environment_word("user"))
      ->type_name("NAME");
}

CLI::App* official(CLI::App& under, Line& line, const char* name, const char* says, std::function<int()> chosen) {
  auto* made = printing(under, line, name, says, std::move(chosen));
  add_user_option(*made, line);
  return made;
}

CLI::App* group(CLI::App& under, const char* name, const char* says) { return under.add_subcommand(name, says)->require_subcommand(1); }

CLI::Option* configurable(CLI::App& command, Line& line, const char* flag, const char* key, std::string& variable) {
  const auto& setting = setting_of(line.about, key);
  auto* option = command.add_option(flag, variable, setting.says)->envname(environment_word(key))->type_name(value_name(setting.kind));
  line.configured.push_back({option, &setting, &variable});
  return option;
}

void without_config(CLI::App& command, Line& line) {
  command.parse_complete_callback([&line] { line.needs_config = false; });
}

void add_config_commands(CLI::App& app, Line& line) {
  auto named = std::make_shared<std::string>();
  auto* check = printing(*group(app, "config", "the configuration file"), line, "check", "say what is wrong with it: line and remedy",
                         [&line, named] { return check_config(line, *named); });
  check->add_option("FILE", *named, std::string("default: ") + line.about.config_file);
  without_config(*check, line);
}

CLI::App* add_run_command(CLI::App& app, Line& line, std::function<int()> run) {
  auto* made = command(app, line, "run", "the daemon, in the foreground", std::move(run));
  return made->footer(
      "Tells systemd when it is ready, and answers its watchdog. SIGTERM ends it; whatever was saved is durable, and the rest of the work "
      "goes on at the next start.");
}

CLI::App* add_doctor_command(CLI::App& app, Line& line, const char* says, const char* example, std::function<int()> doctor) {
  auto* made = printing(app, line, "doctor", says, std::move(doctor));
  without_config(*made, line);
  return made->footer(std::string("Each finding has a stable code, as ") + example +
                      ", with its cause and what to do; doctor.md lists all. "
                      "Exit 0 when nothing is wrong, 1 when something is, 5 when the data is damaged.");
}

CLI::App* add_bundle_command(CLI::App& app, Line& line, std::string& out_file, std::function<int()> bundle) {
  auto* made =
      printing(app, line, "support-bundle", "one text file for whoever helps: no dossier, no name, no key in it", std::move(bundle));
  made->add_option("-o,--out", out_file, "the file to write; an existing one stays")->required()->type_name("FILE");
  without_config(*made, line);
  return made->footer(
      "Holds versions, settings, status, the doctor's findings, metrics, file sizes and the log's newest lines, each from a list of "
      "what may be told; at most 1 MB of plain text that you can read before you send it.");
}

void add_page_command(CLI::App& app, Line& line, const char* says) {
  auto end = std::make_shared<bool>(false);
  auto* made = printing(app, line, "page", says, [&line, end] { return page(line.common, line.about.name, *end); });
  made->add_flag("--end-sessions", *end, "log everybody out of the page instead: a shared PC, a browser that was lost");
  made->footer("A session lasts until it was idle for 12 hours, also over a restart of the daemon.");
}

CLI::App* add_calendar_commands(CLI::App& app, Line& line, CalendarOptions& options, std::function<int()> show) {
  constexpr int first = 2000, last = 2099;
  auto* calendar = group(app, "calendar", "days off, and Saturdays that make up for them");
  auto* shown = printing(*calendar, line, "show", "what is known of each year, and whether it is decided", std::move(show));
  shown->add_option("--year", options.year, "only this year")->check(CLI::Range(first, last));
  shown->add_flag("--csv", options.csv, "in the form that `wardsync-centre calendar set` takes");
  return calendar;
}

CLI::App* add_user_commands(CLI::App& app, Line& line, std::string& unit, std::function<int()> list) {
  auto* users = group(app, "user", "people's accounts");
  printing(*users, line, "list", "who has an account, with which role", std::move(list))
      ->add_option("--unit", unit, "only those of this unit");
  return users;
}

void add_report_commands(CLI::App& app, Line& line, ReportOptions& options) {
  struct Report {
    const char *name, *says;
  };
  constexpr Report reports[] = {{"online-share", "share of online service: of dossiers, and of services"},
                                {"deadlines", "how dossiers fared: before, on and after their appointment, and those in process"}};
  auto* under = group(app, "report", "what a period comes to, for each unit");
  for (const auto& one : reports) {
    auto* made = printing(*under, line, one.name, one.says,
                          [&line, &options, name = one.name] { return report(line.common, line.about.name, name, options); });
    made->add_option("--from", options.from, "the first day of acceptance, as 2026-01-31; default: the first of this year")
        ->type_name("DAY");
    made->add_option("--to", options.to, "the last one; default: today")->type_name("DAY");
    made->add_option("--unit", options.unit, "only what this unit holds");
    made->add_flag("--csv", options.csv, "as CSV, for a spreadsheet");
  }
}

void add_due_options(CLI::App& command, std::string& due) {
  struct Option {
    const char *flag, *name, *says;
  };
  constexpr Option options[] = {{"--overdue", "overdue", "only those past their appointment"},
                                {"--due-today", "today", "only those whose appointment is today"},
                                {"--due-soon", "soon", "only those due within two working days"},
                                {"--waiting", "waiting", "only those that wait for the citizen"}};
  std::vector<CLI::Option*> made;
  for (const auto& option : options) {
    auto* flag = command.add_flag_callback(option.flag, [&due, name = option.name] { due = name; }, option.says);
    for (auto* other : made) flag->excludes(other);
    made.push_back(flag);
  }
}

void add_version_command(CLI::App& app, Line& line, const char* version) {
  auto* made = printing(app, line, "version", "what this program is", [&line, version] {
    std::printf(line.common.json ? "{\"program\":\"%s\",\"version\":\"%s\"}\n" : "%s %s\n", line.about.name, version);
    return 0;
  });
  without_config(*made, line);
  app.set_version_flag("--version", std::string(line.about.name) + " " + version, "the same as `version`");
}

int run(CLI::App& app, Line& line, int argc, char** argv) {
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    if (error.get_exit_code() != 0)
      if (const auto stray = stray_word(app, line.about, argc, argv)) return runtime::report(line.about.name, *stray);
    return app.exit(error) == 0 ? 0 : static_cast<int>(ExitCode::wrong_usage);
  }
  if (const auto wrong = wrong_setting(line); wrong && line.needs_config) return runtime::report(line.about.name, *wrong);
  const auto [path, required] = config_file_of(line);
  const auto config = read_config(path, required, line.about.settings);
  if (!config.problems.empty() && line.needs_config) {
    report_problems(line, path, config.problems);
    runtime::say("  Safe:  Nothing was started and nothing was changed.");
    return static_cast<int>(ExitCode::wrong_usage);
  }
  line.common.config_read = path;
  line.common.config_problems = config.problems;
  fill_from(config, line);
  const int exit = line.chosen();
  if (std::fflush(stdout) == 0 && std::ferror(stdout) == 0) return exit;
  // A reader that had enough (`… | head`) is no news; a full disk is.
  if (errno != EPIPE)
    runtime::say(std::string(line.about.name) + ": stdout cannot be written: what it holds is not whole (" + std::strerror(errno) + ").");
  return exit == 0 ? static_cast<int>(ExitCode::failed) : exit;
}

}  // namespace ward::cli
