#include "tests/vectors/merge_scenario.hpp"

#include "protocol/schema/schema.hpp"

#include <algorithm>
#include <array>

namespace ward::vectors {
namespace {

using schema::Policy;

bool is_one_of(std::string_view what, std::initializer_list<std::string_view> names) {
  return std::find(names.begin(), names.end(), what) != names.end();
}

bool writes_value(const ScenarioOp& op) { return is_one_of(op.kind, {"set", "resolve", "status"}); }

std::string op_beyond(const Scenario& scenario, const ScenarioOp& op) {
  if (is_one_of(op.kind, {"offer", "accept"})) return "custody hand-over";
  if (!is_one_of(op.kind, {"set", "add", "remove", "resolve", "status", "pay", "note"})) return "operation " + op.kind;
  if (op.unit != scenario.initial.custody && !is_one_of(op.kind, {"add", "pay", "note"})) return "an edit from outside custody";
  if (op.pred.empty()) return "an operation that has seen nothing";
  if (is_one_of(op.kind, {"add", "remove"}) && (op.value.text() == nullptr || schema::key_fields(op.path).size() != 1))
    return "elements without one key field";
  if (op.kind == "status" && op.value.number() == nullptr) return "a status that is not a number";
  if (op.kind != "note" && core_path(op.path).empty()) return "elements without one key field";
  return {};
}

bool is_legal(std::int64_t from, std::int64_t to) {
  const auto all = schema::transitions();
  return from == to || std::any_of(all.begin(), all.end(), [&](const schema::Transition& t) { return t.from == from && t.to == to; });
}

/// Statuses are covered as long as each is a legal step from one that its writer had seen, and no two compete.
std::string status_beyond(const Scenario& scenario) {
  for (const auto& op : scenario.ops) {
    if (op.kind != "status") continue;
    auto from = scenario.initial.status;
    for (const auto& other : scenario.ops) {
      if (&other == &op || other.kind != "status") continue;
      if (!scenario.saw(op, other.id) && !scenario.saw(other, op.id)) return "concurrent statuses";
      if (std::find(op.pred.begin(), op.pred.end(), other.id) != op.pred.end()) from = *other.value.number();
    }
    if (!is_legal(from, *op.value.number())) return "an illegal transition";
  }
  return {};
}

/// Fields of the custodian merge as `ask` for now, which is the same only while nobody else writes at the same time.
std::string owner_beyond(const Scenario& scenario) {
  for (const auto& a : scenario.ops)
    for (const auto& b : scenario.ops) {
      if (!writes_value(a) || !writes_value(b) || &a == &b || a.path != b.path || a.value == b.value) continue;
      const bool concurrent = !scenario.saw(a, b.id) && !scenario.saw(b, a.id);
      if (concurrent && is_one_of(schema::name_of(schema::policy_at(core_path(a.path))), {"owner", "workflow"}))
        return "concurrent values of the custodian's field";
    }
  return {};
}

std::string expectation_beyond(const Scenario& scenario) {
  if (!scenario.proposals.empty()) return "proposals";
  if (!scenario.not_applied.empty()) return "legality of transitions";
  if (!scenario.initial.log.empty()) return "log entries before the first operation";
  for (const auto& entry : scenario.inbox)
    if (!is_one_of(entry.kind, {"choose_value", "removed_but_edited", "payment_differs"})) return "inbox kind " + entry.kind;
  for (const auto& [path, value] : scenario.expect.fields)
    if (core_path(path).empty()) return "elements without one key field";
  return {};
}

}  // namespace

std::string beyond_scope(const Scenario& scenario) {
  for (const auto& op : scenario.ops)
    if (auto why = op_beyond(scenario, op); !why.empty()) return why;
  for (const auto check : {status_beyond, owner_beyond, expectation_beyond})
    if (auto why = check(scenario); !why.empty()) return why;
  return {};
}

}  // namespace ward::vectors
