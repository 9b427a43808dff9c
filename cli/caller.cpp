#include "cli/caller.hpp"

#include "cli/official.hpp"
#include "runtime/command_line.hpp"
#include "runtime/http.hpp"

#include <boost/json/serialize.hpp>

namespace ward::cli {
namespace {

namespace json = boost::json;
using runtime::ExitCode;
using runtime::shown;
using runtime::Trouble;

constexpr std::chrono::seconds call_max{60};

std::variant<json::value, Trouble> call(const Caller& caller, const std::string& method, const std::string& target, json::object body) {
  if (method != "GET" && !caller.common.key_file.empty()) {
    const auto key = opened_key(caller.common);
    if (key.has_error() && key.error().fault == Fault::wrong_key)
      return Trouble{"wrong_passphrase",
                     ExitCode::refused,
                     403,
                     "The passphrase does not open this key.",
                     runtime::nothing_changed,
                     "Type it again. One that is forgotten opens nothing any more: make another key, and have it entered.",
                     {}};
    if (key.has_error()) return runtime::trouble_of(key.error());
    body["sign"] = *key;
  }
  return runtime::call_daemon({caller.program, caller.common.data}, method, in_name_of(caller.common, target),
                              body.empty() ? std::string() : json::serialize(body), call_max);
}

}  // namespace

std::string in_name_of(const Common& common, const std::string& target) {
  if (common.user.empty()) return target;
  return target + (target.find('?') == std::string::npos ? "?by=" : "&by=") + runtime::encode_segment(common.user);
}

int user_list(const Caller& caller, const std::string& unit) {
  return ask(caller, "GET", "/v1/users?unit=" + runtime::encode_segment(unit), {}, [](const json::value& answer) {
    std::vector<std::vector<std::string>> rows{{"NAME", "UNIT", "ROLE", "STANDING", "SIGNS WITH", "FULL NAME"}};
    for (const auto& user : runtime::rows_of(answer, "users"))
      rows.push_back({shown(user, "name"), shown(user, "unit"), shown(user, "role"),
                      shown(user, "enabled") == "true" ? "enabled" : "disabled", shown(user, "key").substr(0, 16), shown(user, "display")});
    runtime::print(runtime::align(rows));
    return static_cast<int>(ExitCode::done);
  });
}

std::optional<json::value> answer_of(const Caller& caller, const std::string& method, const std::string& target, const json::object& body,
                                     int& exit) {
  auto answer = call(caller, method, target, body);
  if (const auto* trouble = std::get_if<Trouble>(&answer)) {
    exit = runtime::report(caller.program, *trouble);
    return std::nullopt;
  }
  return std::get<json::value>(std::move(answer));
}

int ask(const Caller& caller, const std::string& method, const std::string& target, const json::object& body, const Then& then) {
  int exit = static_cast<int>(ExitCode::done);
  const auto answer = answer_of(caller, method, target, body, exit);
  if (!answer) return exit;
  if (!caller.common.json) return then(*answer);
  runtime::print_json(*answer);
  return exit;
}

int show_lists(const Caller& caller, const std::string& target, const std::vector<std::string>& head, const std::vector<Listed>& lists) {
  json::object all;
  for (const auto& list : lists) all[list.name] = json::array();
  std::vector<std::vector<std::string>> rows{head};
  std::string cursor;
  do {
    int exit = 0;
    const auto page = answer_of(caller, "GET", target + "&cursor=" + runtime::encode_segment(cursor), {}, exit);
    if (!page) return exit;
    for (const auto& list : lists)
      for (auto& line : runtime::rows_of(*page, list.name)) {
        rows.push_back(list.row(line));
        all[list.name].get_array().push_back(std::move(line));
      }
    cursor = shown(*page, "next");
  } while (cursor != "-");
  if (caller.common.json)
    runtime::print_json(all);
  else
    runtime::print(runtime::align(rows));
  return static_cast<int>(ExitCode::done);
}

Result<json::object> fields_of(const std::vector<std::string>& sets) {
  json::object out;
  for (const auto& set : sets) {
    const auto equals = set.find('=');
    if (equals == std::string::npos || equals == 0) return fail(Fault::invalid, "what follows --set is FIELD=VALUE");
    if (out.contains(set.substr(0, equals))) return fail(Fault::invalid, "--set names " + set.substr(0, equals) + " twice");
    out[set.substr(0, equals)] = set.substr(equals + 1);
  }
  return out;
}

int wrong_usage(const Caller& caller, const Error& error) {
  auto trouble = runtime::trouble_of(error);
  trouble.exit = ExitCode::wrong_usage;
  return runtime::report(caller.program, trouble);
}

void tell(const Caller& caller, std::string_view text) {
  if (!caller.common.quiet) runtime::say(text);
}

std::string dossier_target(const std::string& code) { return "/v1/dossiers/" + runtime::encode_segment(code); }

std::string code_or_id(const json::object& line, const char* code, const char* id) {
  return shown(line, code) == "-" ? shown(line, id) : shown(line, code);
}

}  // namespace ward::cli
