#include "cli/page.hpp"

#include "runtime/command_line.hpp"

namespace ward::cli {

int page(const Common& common, const char* program, bool end) {
  constexpr std::chrono::seconds patience{30};
  const auto answer =
      runtime::call_daemon({program, common.data}, end ? "DELETE" : "POST", end ? "/v1/sessions" : "/v1/page-codes", {}, patience);
  if (const auto* trouble = std::get_if<runtime::Trouble>(&answer)) return runtime::report(program, *trouble);
  const auto& value = std::get<boost::json::value>(answer);
  if (common.json)
    runtime::print_json(value);
  else if (!end)
    runtime::print(runtime::shown(value, "url") + "\n");
  if (!common.quiet && end) runtime::say(runtime::shown(value, "ended") + " sessions ended; what was typed there and not saved is kept.");
  if (!common.quiet && !end) runtime::say("Open it in a browser on this machine within a minute. It works once.");
  return static_cast<int>(runtime::ExitCode::done);
}

}  // namespace ward::cli
