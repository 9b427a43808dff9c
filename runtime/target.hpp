#pragma once

#include "runtime/http.hpp"

namespace ward::runtime {

/// Fills in the path and the query. False when the target is not a path, or names a parameter twice.
[[nodiscard]] bool read_target(std::string_view target, Request& request);

}  // namespace ward::runtime
