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
  record::Path path;
  std::string kind;
  std::vector<std::string> ops;  ///< sorted
  std::string decider;           ///< a role, or a user's name
  std::vector<std::string> blocks;
  friend auto operator<=>(const InboxEntry&, const InboxEntry&) = default;
};
/// An operation and who decides about it.
using Proposed = std::pair<std::string, std::string>;

struct Scenario {
  std::string id;
  ScenarioState initial;
  std::vector<ScenarioOp> ops;
  ScenarioState expect;
  std::map<std::string, std::vector<std::string>> heads;  ///< path → sorted op ids
  std::vector<InboxEntry> inbox;                          ///< sorted
  std::vector<Proposed> proposals;                        ///< sorted
  std::vector<std::string> not_applied;                   ///< op ids, sorted

  [[nodiscard]] const ScenarioOp* op(std::string_view op_id) const;
  [[nodiscard]] bool erased() const;
};

/// Throws `BadFile`.
[[nodiscard]] std::vector<Scenario> read_scenarios(const std::string& path);

/// A path of the file (`ChuHoSo`, `TaiLieuNop/cccd/TenTepDinhKem`, `AA/20P#0000123` with or without the ledger's name before it and a
/// field's after it) as the core writes it; a payment's field leads to the payment. Empty when an element cannot be named from its text.
[[nodiscard]] record::Path core_path(const std::string& text);

/// What of the scenario this form of vectors does not say clearly enough to run it; empty when it can be run.
[[nodiscard]] std::string beyond_scope(const Scenario& scenario);

/// A path that stands for the dossier as a whole: what is said of two dossiers.
inline constexpr std::string_view whole_dossier = "dossier";

struct Told {
  Did did;
  merge::Fact fact;
};
/// The scenario as facts: the initial state is the creating change (op id `i`, or the operation that creates the dossier of its code); then
/// one change for each op. Successions, revocations and erasures are no facts but what the policy log says.
struct Story {
  Did did;
  std::vector<Told> told;  ///< of the scenario's dossier and of any other that it creates
  merge::Context context;
  std::map<Position, std::string> op_ids;
};
[[nodiscard]] Story story_of(const Scenario& scenario);

}  // namespace ward::vectors
