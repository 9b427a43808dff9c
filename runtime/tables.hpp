#pragma once

#include "protocol/policy/policy.hpp"
#include "runtime/http.hpp"

/// The tables that forms and lists are made of, the same in both programs.
namespace ward::runtime {

/// `GET /v1/schema`, `/v1/statuses`, `/v1/procedures`.
void add_table_routes(Router& router);
[[nodiscard]] boost::json::object json_of(const policy::Unit& unit, const UnitCode* heir);

}  // namespace ward::runtime
