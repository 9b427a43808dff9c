#pragma once

#include "runtime/http.hpp"

namespace ward::runtime {

/// `GET /v1/openapi.json`: an OpenAPI 3.1 document that was built into the program, for anyone: it tells nothing of this PC. `document`
/// outlives the router.
void add_openapi_route(Router& router, std::string_view document);

}  // namespace ward::runtime
