#include "cli/log_in.hpp"

#include "cli/secret.hpp"
#include "protocol/base/wipe.hpp"
#include "runtime/command_line.hpp"
#include "runtime/log_in_file.hpp"

#include <CLI/CLI.hpp>

#include <boost/json/object.hpp>

namespace ward::cli {
namespace {

namespace json = boost::json;
using runtime::shown;

Result<json::object> said(const Common& common, const LogInOptions& options) {
  json::object out{{"user", options.user}};
  const auto add = [&](const char* name, Result<std::string> secret) -> Result<void> {
    if (secret.has_error()) return secret.error();
    const Wiped wiped(*secret);
    out[name] = *secret;
    return {};
  };
  const bool activates = options.activate || !options.activation_file.empty();
  if (activates)
    WARD_CHECK(add("activation", secret_of(common, options.activation_file, "The activation code:")));
  else
    WARD_CHECK(add("pin", secret_of(common, options.pin_file, "PIN:")));
  if (activates || options.change_pin || !options.new_pin_file.empty())
    WARD_CHECK(add("new_pin", new_secret_of(common, options.new_pin_file, "A new PIN, of 6 characters or more:")));
  return out;
}

int show_who(const Caller& caller, const json::value& who) {
  if (caller.common.json) {
    runtime::print_json(who);
  } else if (shown(who, "user") == "-") {
    runtime::print(shown(who, "needed") == "true" ? "nobody: log in with `login --user NAME`\n" : "nobody needs to log in here\n");
  } else {
    const auto display = shown(who, "display");
    runtime::print(shown(who, "user") + (display == "-" ? "" : " (" + display + ")") + ", " + shown(who, "role") + " of " +
                   shown(who, "unit") + (shown(who, "locked") == "true" ? ", locked: log in again\n" : "\n"));
  }
  return done;
}

int log_in(const Caller& caller, const LogInOptions& options) {
  const auto body = said(caller.common, options);
  if (body.has_error()) return runtime::report(caller.program, runtime::trouble_of(body.error()));
  int exit = done;
  auto answer = answer_of(caller, "POST", "/v1/log-in", *body, exit);
  if (!answer) return exit;
  auto& who = answer->as_object();
  const auto kept = runtime::keep_log_in(caller.common.data, shown(*answer, "session"));
  if (kept.has_error()) return runtime::report(caller.program, runtime::trouble_of(kept.error()));
  who.erase("session");
  return show_who(caller, *answer);
}

int log_out(const Caller& caller) {
  int exit = done;
  const auto answer = answer_of(caller, "DELETE", "/v1/log-in", {}, exit);
  runtime::forget_log_in(caller.common.data);
  if (!answer) return exit;
  if (caller.common.json) runtime::print_json(*answer);
  return exit;
}

int who_am_i(const Caller& caller) {
  int exit = done;
  const auto answer = answer_of(caller, "GET", "/v1/log-in", {}, exit);
  return answer ? show_who(caller, *answer) : exit;
}

}  // namespace

void add_idle_lock_option(CLI::App& command, Line& line, std::string& minutes) {
  configurable(command, line, "--idle-lock-minutes", idle_lock_setting.key, minutes)->capture_default_str();
}

void add_log_in_commands(CLI::App& app, Line& line, const char* program, LogInOptions& options) {
  auto* in = printing(app, line, "login", "say who you are: your commands are in your name until you log out",
                      [&line, &options, program] { return log_in({program, line.common}, options); });
  in->add_option("--user", options.user, "your account's name")->required()->type_name("NAME");
  auto* pin = in->add_option("--pin-file", options.pin_file, "your PIN, in the first line; - for stdin; default: ask")->type_name("FILE");
  auto* code = in->add_option("--activation-file", options.activation_file,
                              "the activation code from the centre's administrator, once at each PC; - for stdin")
                   ->type_name("FILE")
                   ->excludes(pin);
  in->add_flag("--activate", options.activate, "the same, and ask for it")->excludes(pin)->excludes(code);
  auto* new_pin =
      in->add_option("--new-pin-file", options.new_pin_file, "the PIN that you choose, in the first line; - for stdin; default: ask");
  new_pin->type_name("FILE");
  in->add_flag("--change-pin", options.change_pin, "ask for a new PIN too");
  in->footer(
      "Five wrong PINs are followed by a wait of a minute, then of two, up to an hour; after twenty only a new activation code helps. "
      "Nobody "
      "needs to log in before the centre's administrator has given the first activation code to somebody of the unit. A log-in ends when "
      "it "
      "was not used for a quarter of an hour (`idle_lock_minutes`), and with the daemon. What proves it lies in a file that only your "
      "account of the operating system reads.");
  printing(app, line, "logout", "end that; the next one logs in with a PIN of their own",
           [&line, program] { return log_out({program, line.common}); });
  printing(app, line, "whoami", "who is logged in on this command line", [&line, program] { return who_am_i({program, line.common}); });
}

}  // namespace ward::cli
