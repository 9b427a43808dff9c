#include "tests/vectors/merge_scenario.hpp"

#include "protocol/schema/schema.hpp"

#include <algorithm>

namespace ward::vectors {
namespace {

bool is_one_of(std::string_view what, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), what) != names.end();
}

std::string op_beyond(const ScenarioOp& op) {
  if (!is_one_of(op.kind, {"set", "add", "remove", "resolve", "status", "pay", "note", "offer", "accept", "decline", "recall", "create",
                           "succeed", "revoke", "erase"}))
    return "operation " + op.kind;
  if (op.pred.empty() && op.kind != "create") return "an operation that has seen nothing";
  if (is_one_of(op.kind, {"add", "remove"}) && (op.value.text() == nullptr || schema::key_fields(op.path).size() != 1))
    return "elements without one key field";
  if (op.kind == "status" && op.value.number() == nullptr) return "a status that is not a number";
  if (is_one_of(op.kind, {"offer", "succeed", "revoke"}) && op.value.text() == nullptr) return "a value that is no text";
  if (is_one_of(op.kind, {"set", "resolve", "status", "pay"}) && core_path(op.path).empty()) return "elements without one key field";
  return {};
}

}  // namespace

std::string beyond_scope(const Scenario& scenario) {
  for (const auto& op : scenario.ops)
    if (auto why = op_beyond(op); !why.empty()) return why;
  for (const auto& [path, value] : scenario.expect.fields)
    if (core_path(path).empty()) return "elements without one key field";
  return {};
}

}  // namespace ward::vectors
