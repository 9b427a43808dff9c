#include "tests/vectors/merge_vectors.hpp"

#include "protocol/schema/schema.hpp"
#include "tests/vectors/merge_scenario.hpp"

#include <algorithm>
#include <numeric>
#include <optional>
#include <random>
#include <set>

namespace ward::vectors {
namespace {

using merge::DossierState;
using record::Map;
using record::Path;
using record::Step;
using record::Value;

constexpr std::size_t all_orders_up_to = 6;  ///< operations, the initial state not counted
constexpr std::size_t seeded_orders = 1000;

const Value* shown_at(const DossierState& state, const Path& path) {
  if (path.size() == 1) return record::find(state.fields, path.front().text);
  for (const auto& collection : state.collections)
    for (const auto& element : collection.elements)
      if (path.size() == 3 && collection.name == path[0].text && element.id == path[1].text)
        return record::find(element.fields, path[2].text);
  return nullptr;
}

/// Compares one merged state with what the scenario expects; the first difference, or nothing.
class Comparison {
 public:
  Comparison(const Scenario& scenario, const Story& story, const DossierState& state) : scenario_(scenario), story_(story), state_(state) {}

  std::optional<std::string> difference() const {
    if (state_.custody != scenario_.expect.custody) return "custody";
    if (state_.waiting != 0 || !state_.proposals.empty() || !state_.not_applied.empty()) return "something was not applied";
    if (auto field = wrong_field()) return "field " + *field;
    if (auto set = wrong_set()) return "set " + *set;
    if (ledger() != scenario_.expect.ledger) return "ledger";
    if (log() != scenario_.expect.log) return "log";
    return wrong_conflict();
  }

 private:
  /// Every field with its expected value; none for one in conflict.
  std::map<std::string, std::optional<Value>> expected_fields() const {
    std::map<std::string, std::optional<Value>> out;
    for (const auto& [path, value] : scenario_.initial.fields) out[path] = value;
    for (const auto& [path, value] : scenario_.expect.fields) out[path] = value;
    out["TrangThaiHoSo"] = Value(std::to_string(scenario_.expect.status));
    for (const auto& [path, ops] : scenario_.heads) out[path] = std::nullopt;
    return out;
  }

  std::optional<std::string> wrong_field() const {
    std::set<std::string> top;
    for (const auto& [name, value] : expected_fields()) {
      const auto path = core_path(name);
      if (path.size() == 1) top.insert(name);
      if (name == "MaHoSo") {
        if (state_.codes.empty() || Value(state_.codes.front()) != value.value_or(Value())) return name;
        continue;
      }
      const auto* shown = shown_at(state_, path);
      const bool right = value && !value->is_null() ? shown != nullptr && *shown == *value : shown == nullptr;
      if (!right) return name;
    }
    for (const auto& [name, value] : state_.fields)
      if (top.count(name) == 0) return name;
    return std::nullopt;
  }

  std::optional<std::string> wrong_set() const {
    auto expected = scenario_.initial.sets;
    for (const auto& [name, ids] : scenario_.expect.sets) expected[name] = ids;
    for (const auto& collection : state_.collections)
      if (collection.name != "BienLai" && collection.name != "notes") expected.try_emplace(collection.name);
    for (const auto& [name, ids] : expected) {
      std::vector<std::string> found;
      for (const auto& collection : state_.collections)
        for (const auto& element : collection.elements)
          if (collection.name == name) found.push_back(key_text(name, element.fields));
      std::sort(found.begin(), found.end());
      if (found != ids) return name;
    }
    return std::nullopt;
  }

  static std::string key_text(const std::string& collection, const Map& fields) {
    std::string out;
    for (const auto* key : schema::key_fields(collection)) {
      const auto* value = record::find(fields, key->name);
      if (value == nullptr || value->text() == nullptr) return {};
      out += (out.empty() ? "" : "#") + *value->text();
    }
    return out;
  }

  std::vector<std::string> ledger() const {
    std::vector<std::string> out;
    for (const auto& collection : state_.collections)
      for (const auto& element : collection.elements)
        if (collection.name == "BienLai") out.push_back(key_text("BienLai", element.fields));
    std::sort(out.begin(), out.end());
    return out;
  }

  std::vector<std::string> log() const {
    std::map<std::string, std::string> entered_by;
    for (const auto& [position, id] : story_.op_ids) entered_by.emplace(record::element_id(OpId{position, 0}), id);
    std::vector<std::string> out;
    for (const auto& collection : state_.collections)
      for (const auto& element : collection.elements)
        if (collection.name == "notes") out.push_back(entered_by[element.id]);
    return out;
  }

  std::vector<std::string> ops_of(const merge::Conflict& conflict) const {
    std::vector<std::string> out;
    for (const auto& said : conflict.values) out.push_back(story_.op_ids.at(said.op.change));
    std::sort(out.begin(), out.end());
    return out;
  }

  /// Heads and inbox must be exactly the conflicts. A payment may be asked about as a choice between values.
  std::optional<std::string> wrong_conflict() const {
    std::map<Path, std::vector<std::string>> heads;
    std::set<std::tuple<Path, std::string, std::vector<std::string>>> inbox;
    for (const auto& [path, ops] : scenario_.heads) heads.emplace(core_path(path), ops);
    for (const auto& entry : scenario_.inbox) inbox.emplace(core_path(entry.path), entry.kind, entry.ops);
    std::size_t with_heads = 0;
    for (const auto& conflict : state_.conflicts) {
      const auto ops = ops_of(conflict);
      const auto as = [&](const char* kind) { return inbox.count({conflict.path, kind, ops}) != 0; };
      const bool payment = conflict.kind == merge::ConflictKind::payment_differs;
      if (!as(name_of(conflict.kind)) && !(payment && as("choose_value"))) return "a conflict that nobody expects";
      const auto found = heads.find(conflict.path);
      if (found != heads.end() ? found->second != ops : conflict.kind == merge::ConflictKind::choose_value) return "heads";
      with_heads += found == heads.end() ? 0 : 1;
    }
    if (with_heads != heads.size()) return "heads";
    if (inbox.size() != state_.conflicts.size()) return "inbox";
    return std::nullopt;
  }

  const Scenario& scenario_;
  const Story& story_;
  const DossierState& state_;
};

/// Calls `arrive` with every order of n facts, or with seeded ones when those would be too many; ends at the first answer.
template <class Arrive>
std::optional<std::string> for_orders(std::size_t n, Arrive&& arrive) {
  std::vector<std::size_t> order(n);
  std::iota(order.begin(), order.end(), std::size_t{0});
  if (n <= all_orders_up_to + 1) {
    do {
      if (auto answer = arrive(order)) return answer;
    } while (std::next_permutation(order.begin(), order.end()));
    return std::nullopt;
  }
  std::mt19937_64 random(n);
  for (std::size_t i = 0; i < seeded_orders; ++i) {
    std::shuffle(order.begin(), order.end(), random);
    if (auto answer = arrive(order)) return answer;
  }
  return std::nullopt;
}

/// The first order of arrival, plain or with one fact arriving twice, that does not end as the scenario expects.
std::optional<std::string> run(const Scenario& scenario) {
  const auto story = story_of(scenario);
  return for_orders(story.facts.size(), [&](const std::vector<std::size_t>& order) -> std::optional<std::string> {
    for (std::size_t repeated = 0; repeated <= order.size(); ++repeated) {
      std::vector<merge::Fact> arrived;
      for (const auto which : order) arrived.push_back(story.facts[which]);
      if (repeated < order.size()) arrived.push_back(story.facts[repeated]);
      const auto state = merge::merge(story.did, arrived);
      if (auto what = Comparison(scenario, story, state).difference()) return what;
    }
    return std::nullopt;
  });
}

}  // namespace

Tally run_merge_file(const std::string& path, std::ostream& out) {
  const auto scenarios = read_scenarios(path);
  out << path
      << ": every order of arrival, every operation repeated; compared: custody, status, fields, heads, sets, ledger, log, inbox (kind, "
         "path, "
      << "operations);\nnot compared: an inbox entry's decider and blocked statuses, flags\n";
  Tally tally;
  for (const auto& scenario : scenarios) {
    if (const auto why = beyond_scope(scenario); !why.empty()) {
      ++tally.not_applicable;
      out << scenario.id << " not applicable: " << why << '\n';
    } else if (const auto what = run(scenario)) {
      ++tally.failed;
      out << scenario.id << " FAILED: " << *what << '\n';
    } else {
      ++tally.passed;
    }
  }
  return tally;
}

}  // namespace ward::vectors
