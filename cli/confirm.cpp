#include "cli/confirm.hpp"

#include "runtime/command_line.hpp"

#include <unistd.h>

namespace ward::cli {

using runtime::ExitCode;

std::optional<runtime::Trouble> not_agreed(const Common& common, bool yes, const std::string& question) {
  constexpr unsigned conflict = 409;
  if (yes) return std::nullopt;
  if (common.no_input || !runtime::is_terminal(STDIN_FILENO))
    return runtime::Trouble{"not_confirmed",
                            ExitCode::person_must_decide,
                            conflict,
                            "This needs a person's yes, and nobody can be asked here: " + question,
                            runtime::nothing_changed,
                            "Do it at a terminal, or say --yes.",
                            {}};
  if (runtime::confirmed(question)) return std::nullopt;
  return runtime::Trouble{
      "not_confirmed", ExitCode::person_must_decide, conflict, "The answer was not yes.", runtime::nothing_changed, {}, {}};
}

}  // namespace ward::cli
