#pragma once

#include "centre/cli/commands.hpp"
#include "runtime/command_line.hpp"

#include <boost/json/serialize.hpp>

#include <string>
#include <variant>

/// The command line's side of the daemon's API.
namespace ward::centre {

using Answer = std::variant<boost::json::value, runtime::Trouble>;

inline Answer call(const Common& common, const std::string& method, const std::string& target, const boost::json::object& body = {}) {
  constexpr std::chrono::minutes longest{2};  // `verify` of a large city takes its time
  return runtime::call_daemon({program, common.data}, method, target, body.empty() ? std::string() : boost::json::serialize(body), longest);
}

/// So many of an id are enough to tell devices apart in a table.
inline constexpr std::size_t id_digits_shown = 8;
inline std::string short_id(const boost::json::value& line, const char* id) { return runtime::shown(line, id).substr(0, id_digits_shown); }

/// The exit code.
inline int refuse(const Error& error) { return runtime::report(program, runtime::trouble_of(error)); }

/// Calls, then hands the answer to `show`, or prints it as JSON when that was asked for. The exit code.
template <class Show>
int call_and_show(const Common& common, const std::string& method, const std::string& target, const boost::json::object& body,
                  Show&& show) {
  const auto answer = call(common, method, target, body);
  if (const auto* trouble = std::get_if<runtime::Trouble>(&answer)) return runtime::report(program, *trouble);
  const auto& value = std::get<boost::json::value>(answer);
  if (common.json) {
    runtime::print_json(value);
  } else {
    show(value);
  }
  return static_cast<int>(runtime::ExitCode::done);
}

}  // namespace ward::centre
