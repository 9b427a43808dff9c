#pragma once

#include "centre/cli/commands.hpp"
#include "runtime/trouble.hpp"

#include <boost/json.hpp>

#include <string>
#include <variant>

/// The command line's side of the daemon's API.
namespace ward::centre {

/// One call to the daemon of `common.data`: its answer, or the trouble to report (`daemon_down`, exit 3, when none runs).
[[nodiscard]] std::variant<boost::json::object, runtime::Trouble> call(const Common& common, const std::string& method,
                                                                       const std::string& target, const boost::json::object& body = {});

/// Calls, then hands the answer to `show`, or prints it as JSON when that was asked for.
template <class Show>
int call_and_show(const Common& common, const std::string& method, const std::string& target, const boost::json::object& body, Show&& show);

/// A member as people read it: texts as they are, numbers in digits, nothing as "-".
[[nodiscard]] std::string shown(const boost::json::object& from, std::string_view name);
/// The same of a member's member.
[[nodiscard]] std::string shown(const boost::json::object& from, std::string_view name, std::string_view inner);
/// The objects of an array member.
[[nodiscard]] std::vector<boost::json::object> rows_of(const boost::json::object& from, std::string_view name);

void print(const std::string& text);
void print_json(const boost::json::value& value);

template <class Show>
int call_and_show(const Common& common, const std::string& method, const std::string& target, const boost::json::object& body,
                  Show&& show) {
  auto answer = call(common, method, target, body);
  if (const auto* trouble = std::get_if<runtime::Trouble>(&answer)) return runtime::report(program, *trouble);
  const auto& object = std::get<boost::json::object>(answer);
  if (common.json) {
    print_json(object);
  } else {
    show(object);
  }
  return static_cast<int>(runtime::ExitCode::done);
}

}  // namespace ward::centre
