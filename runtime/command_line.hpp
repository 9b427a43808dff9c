#pragma once

#include "runtime/trouble.hpp"

#include <boost/json/value.hpp>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

/// What the two programs' command lines share: talking to the daemon, printing its answers. Data goes to stdout, everything else to stderr.
namespace ward::runtime {

struct Daemon {
  const char* program;  ///< `wardsync`, for the sentence that says how to start it
  std::string data;     ///< its data directory
};

/// One call to the daemon: its answer (null for an empty one), or the trouble to report: `daemon_down` when none runs, `daemon_silent`
/// when it gave no whole answer; exit 3.
[[nodiscard]] std::variant<boost::json::value, Trouble> call_daemon(const Daemon& daemon, const std::string& method,
                                                                    const std::string& target, std::string body,
                                                                    std::chrono::milliseconds timeout);

/// For a terminal: U+FFFD stands for every control character but tab and line feed, and for what turns the direction of text.
[[nodiscard]] std::string harmless(std::string_view text);
/// A member as people read it: texts on one line and harmless, numbers in digits, nothing as "-". `inner`: of a member's member.
[[nodiscard]] std::string shown(const boost::json::value& from, std::string_view name);
[[nodiscard]] std::string shown(const boost::json::value& from, std::string_view name, std::string_view inner);
[[nodiscard]] std::string shown(const boost::json::value& value);
/// The objects of an array member.
[[nodiscard]] std::vector<boost::json::object> rows_of(const boost::json::value& from, std::string_view name);

/// Rows of equal width as aligned columns, two spaces between them. Widths count characters, not bytes.
[[nodiscard]] std::string align(const std::vector<std::vector<std::string>>& rows);

void print(std::string_view text);
void print_json(const boost::json::value& value);
/// One line to stderr.
void say(std::string_view text);
[[nodiscard]] bool is_terminal(int descriptor) noexcept;
/// Asks on the terminal; true for y, yes, c, có.
[[nodiscard]] bool confirmed(std::string_view question);
/// A line of stdin, seen while it is typed, without its end; nothing where stdin has ended.
[[nodiscard]] std::optional<std::string> ask_line(std::string_view question);

}  // namespace ward::runtime
