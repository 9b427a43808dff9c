#pragma once

#include "cli/common.hpp"

#include <boost/json/object.hpp>

#include <functional>
#include <optional>
#include <string>
#include <vector>

/// How a command asks its program's daemon, where both programs have the command.
namespace ward::cli {

struct Caller {
  const char* program;
  const Common& common;
};

/// An address with the name of who acts.
[[nodiscard]] std::string in_name_of(const Common& common, const std::string& target);
int user_list(const Caller& caller, const std::string& unit);

using Then = std::function<int(const boost::json::value& answer)>;

/// One call. Trouble is reported; with `--json` the answer is printed as it is, else `then` makes the exit code of it.
int ask(const Caller& caller, const std::string& method, const std::string& target, const boost::json::object& body, const Then& then);
/// The answer, or the exit code of the trouble, which was reported.
[[nodiscard]] std::optional<boost::json::value> answer_of(const Caller& caller, const std::string& method, const std::string& target,
                                                          const boost::json::object& body, int& exit);

/// Lists that a target answers with, all pages of them.
struct Listed {
  const char* name;  ///< of the list
  std::function<std::vector<std::string>(const boost::json::object& line)> row;
};
/// One table for all of them, or one JSON object. `target` has a query already.
int show_lists(const Caller& caller, const std::string& target, const std::vector<std::string>& head, const std::vector<Listed>& lists);

/// {FIELD: VALUE} of FIELD=VALUE; the daemon knows what each field takes. `invalid`.
[[nodiscard]] Result<boost::json::object> fields_of(const std::vector<std::string>& sets);
int wrong_usage(const Caller& caller, const Error& error);
/// To stderr, unless `--quiet`.
void tell(const Caller& caller, std::string_view text);

[[nodiscard]] std::string dossier_target(const std::string& code);
/// A line's code, or where it has none its id.
[[nodiscard]] std::string code_or_id(const boost::json::object& line, const char* code, const char* id);

}  // namespace ward::cli
