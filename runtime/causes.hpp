#pragma once

#include "runtime/http.hpp"

#include <boost/json/object.hpp>

#include <span>

/// Why something is not well, and what a person does about it: one catalogue for pages, command lines, APIs and documents.
namespace ward::runtime {

struct Cause {
  const char* code;  ///< stable
  const char *vi, *en;
  const char *action_vi, *action_en;
};

[[nodiscard]] std::span<const Cause> causes();
/// Our own mistake when there is none of that code.
[[nodiscard]] const Cause& cause_of(std::string_view code);
/// Gives a row its members `cause` and `action`.
void add_cause(boost::json::object& row, const Cause& cause);
/// `GET /v1/causes`.
void add_causes_route(Router& router);

}  // namespace ward::runtime
