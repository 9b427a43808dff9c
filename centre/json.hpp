#pragma once

#include "centre/health.hpp"
#include "runtime/http.hpp"

#include <boost/json.hpp>

#include <string>

/// How the centre's facts look to programs (interfaces.md).
namespace ward::centre {

/// A row of `health`: what a ward's own status has, as the centre last heard it, and the verdict; with `cause` and `action` when somebody
/// must do something.
[[nodiscard]] boost::json::object json_of(const DeviceHealth& device);
/// `log_size`: as it is now.
[[nodiscard]] boost::json::object json_of(const storage::Keeping& keeping, std::uint64_t log_size);
[[nodiscard]] const char* name_of(storage::DeviceLine::Standing standing) noexcept;

/// The answer that a Result is: `body` of its value, or the problem.
template <class T, class Body>
runtime::Response answer(const Result<T>& result, Body&& body) {
  return result.has_error() ? runtime::respond(result.error()) : runtime::respond(boost::json::value(body(*result)));
}
/// A list under its name.
template <class Line, class Body>
runtime::Response answer_list(const char* name, const Result<std::vector<Line>>& lines, Body&& body) {
  return answer(lines, [&](const auto& all) {
    boost::json::array out;
    for (const auto& line : all) out.push_back(body(line));
    return boost::json::object{{name, std::move(out)}};
  });
}

}  // namespace ward::centre
