#include "runtime/openapi.hpp"

namespace ward::runtime {

void add_openapi_route(Router& router, std::string_view document) {
  router.add(
      "GET", "/v1/openapi.json", [document](const Request&) { return Response{200, std::string(document), "application/json", {}}; },
      For::anyone);
}

}  // namespace ward::runtime
