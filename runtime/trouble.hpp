#pragma once

#include "protocol/base/error.hpp"

#include <boost/json/object.hpp>

#include <string>

/// What people and programs are told when something fails: one catalogue for command lines and APIs.
namespace ward::runtime {

/// interfaces.md; a process ends with one of them.
enum class ExitCode : int {
  done = 0,
  failed = 1,
  wrong_usage = 2,
  not_reachable = 3,
  refused = 4,
  damage_found = 5,
  gave_up_waiting = 6,
  person_must_decide = 7,
  interrupted = 130,
};

struct Trouble {
  std::string name;  ///< stable; `urn:wardsync:problem:NAME` is the type of a problem+json
  ExitCode exit = ExitCode::failed;
  unsigned status = 500;     ///< of HTTP
  std::string what;          ///< what happened
  std::string safe;          ///< what is safe; may be empty
  std::string remedy;        ///< what to do; may be empty
  boost::json::object more;  ///< members for programs, e.g. `ids`
};

/// `safe` of a request that was refused.
inline constexpr const char* nothing_changed = "Nothing was changed.";

/// The catalogue's entry for the fault; `what` begins with its sentence and ends with the error's detail.
[[nodiscard]] Trouble trouble_of(const Error& error);

/// application/problem+json (RFC 9457) and back. What is no problem+json gives a trouble named `unknown`.
[[nodiscard]] boost::json::object json_of(const Trouble& trouble);
[[nodiscard]] Trouble trouble_of_json(std::string_view body, unsigned status);

/// Prints to stderr: what happened, what is safe, what to do. Returns the exit code as main wants it.
int report(const char* program, const Trouble& trouble);

}  // namespace ward::runtime
