#pragma once

#include "protocol/merge/merge.hpp"
#include "tests/vectors/tally.hpp"

#include <map>
#include <string>
#include <utility>
#include <vector>

/// Concurrent edits in the form of conflicts.json, as data.
namespace ward::vectors {

struct ScenarioOp {
  std::string id, site, unit, user, kind, path;
  std::int64_t hlc = 0;
  record::Value value;
  std::vector<std::string> pred;
};

struct ScenarioState {
  std::string custody;
  std::int64_t status = 0;
  std::map<std::string, record::Value> fields;
  std::map<std::string, std::vector<std::string>> sets;
  std::vector<std::string> ledger, log;
};

struct InboxEntry {
  std::string kind, path;
  std::vector<std::string> ops;  ///< sorted
  friend auto operator<=>(const InboxEntry&, const InboxEntry&) = default;
};

struct Scenario {
  std::string id;
  ScenarioState initial;
  std::vector<ScenarioOp> ops;
  ScenarioState expect;
  std::map<std::string, std::vector<std::string>> heads;  ///< path → sorted op ids
  std::vector<InboxEntry> inbox;                          ///< sorted; without decider and blocks
  std::vector<std::string> proposals, not_applied;        ///< op ids

  [[nodiscard]] const ScenarioOp* op(std::string_view op_id) const;
  /// Whether the writer of `later` had seen `earlier` through `pred`.
  [[nodiscard]] bool saw(const ScenarioOp& later, std::string_view earlier) const;
};

/// Throws `BadFile`.
[[nodiscard]] std::vector<Scenario> read_scenarios(const std::string& path);

/// A path of the file (`ChuHoSo`, `TaiLieuNop/cccd/TenTepDinhKem`, `AA/20P#0000123` with or without the ledger's name before it and a
/// field's after it) as the core writes it; a payment's field leads to the payment. Empty when an element cannot be named from its text.
[[nodiscard]] record::Path core_path(const std::string& text);

/// What the issues after this one bring, if the scenario needs any of it; empty when the shipped merge covers it all.
[[nodiscard]] std::string beyond_scope(const Scenario& scenario);

/// The scenario as facts: the initial state is the creating change (op id `i`), first in the list; then one change for each op.
struct Story {
  Did did;
  std::vector<merge::Fact> facts;
  std::map<Position, std::string> op_ids;
};
[[nodiscard]] Story story_of(const Scenario& scenario);

}  // namespace ward::vectors
