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
using merge::HistoryEntry;
using record::Map;
using record::OpKind;
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
  Comparison(const Scenario& scenario, const Story& story, const DossierState& state, const std::vector<HistoryEntry>& history,
             const std::vector<InboxEntry>& duplicates)
      : scenario_(scenario), story_(story), state_(state), history_(history), duplicates_(duplicates) {}

  std::optional<std::string> difference() const {
    if (state_.custody.unit != scenario_.expect.custody) return "custody";
    if (state_.waiting != 0) return "something waits";
    if (proposals() != scenario_.proposals) return "proposals";
    if (not_applied() != scenario_.not_applied) return "not applied";
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
    if (!scenario_.erased()) out.insert(scenario_.initial.fields.begin(), scenario_.initial.fields.end());
    for (const auto& [path, value] : scenario_.expect.fields) out[path] = value;
    for (const auto& [path, ops] : scenario_.heads) out[path] = std::nullopt;
    out["TrangThaiHoSo"] = Value(std::to_string(scenario_.expect.status));
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
    auto expected = scenario_.erased() ? std::map<std::string, std::vector<std::string>>{} : scenario_.initial.sets;
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

  /// Notes and hand-overs.
  std::vector<std::string> log() const {
    std::vector<std::string> out;
    for (const auto& entry : history_) {
      const auto kind = entry.said.kind;
      const bool note = kind == OpKind::append && entry.said.path == core_path("notes");
      const bool hand_over = kind == OpKind::offer || kind == OpKind::accept || kind == OpKind::decline || kind == OpKind::recall;
      if (entry.standing != HistoryEntry::Standing::shown || (!note && !hand_over)) continue;
      const auto& id = story_.op_ids.at(entry.said.op.change);
      const bool initial = scenario_.op(id) == nullptr;
      out.push_back(initial ? *entry.said.value.text() : id);
    }
    return out;
  }

  std::vector<Proposed> proposals() const {
    std::vector<Proposed> out;
    for (const auto& each : state_.proposals) out.emplace_back(story_.op_ids.at(each.said.op.change), who(each.decider));
    std::sort(out.begin(), out.end());
    return out;
  }
  std::vector<std::string> not_applied() const {
    std::vector<std::string> out;
    for (const auto& each : state_.not_applied) out.push_back(story_.op_ids.at(each.said.op.change));
    std::sort(out.begin(), out.end());
    return out;
  }

  static std::string who(const merge::Decider& decider) {
    return decider.role == merge::Decider::Role::user ? decider.user : name_of(decider.role);
  }

  InboxEntry entry_of(const merge::Conflict& conflict) const {
    InboxEntry out{conflict.path, name_of(conflict.kind), {}, who(conflict.decider), conflict.blocks};
    for (const auto& said : conflict.values) out.ops.push_back(story_.op_ids.at(said.op.change));
    std::sort(out.ops.begin(), out.ops.end());
    out.ops.erase(std::unique(out.ops.begin(), out.ops.end()), out.ops.end());
    return out;
  }

  /// Heads and inbox must be exactly the conflicts. A payment or a status may be asked about as a choice between values.
  std::optional<std::string> wrong_conflict() const {
    std::map<Path, std::vector<std::string>> heads;
    for (const auto& [path, ops] : scenario_.heads) heads.emplace(core_path(path), ops);
    auto expected = scenario_.inbox;
    const auto take = [&](const InboxEntry& entry) {
      const auto found = std::find(expected.begin(), expected.end(), entry);
      if (found != expected.end()) expected.erase(found);
    };
    std::size_t with_heads = 0;
    for (const auto& conflict : state_.conflicts) {
      auto entry = entry_of(conflict);
      const auto count = expected.size();
      take(entry);
      entry.kind = name_of(merge::ConflictKind::choose_value);
      if (expected.size() == count && is_question(conflict.kind)) take(entry);
      if (expected.size() == count) return std::string("a conflict that nobody expects: ") + name_of(conflict.kind);
      const auto found = heads.find(conflict.path);
      const bool question = is_question(conflict.kind);
      if (question && found != heads.end() ? found->second != entry.ops : conflict.kind == merge::ConflictKind::choose_value)
        return "heads";
      with_heads += question && found != heads.end() ? 1 : 0;
    }
    for (const auto& entry : duplicates_) take(entry);
    if (with_heads != heads.size()) return "heads";
    if (!expected.empty() || state_.conflicts.size() + duplicates_.size() != scenario_.inbox.size()) return "inbox";
    return std::nullopt;
  }

  const Scenario& scenario_;
  const Story& story_;
  const DossierState& state_;
  const std::vector<HistoryEntry>& history_;
  const std::vector<InboxEntry>& duplicates_;
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

/// What is left when these facts have arrived.
std::optional<std::string> difference(const Scenario& scenario, const Story& story, const std::vector<const Told*>& arrived) {
  std::map<Did, std::vector<merge::Fact>> dossiers;
  for (const auto* told : arrived) dossiers[told->did].push_back(told->fact);
  std::vector<DossierState> states;
  for (const auto& [did, facts] : dossiers) states.push_back(merge::merge(did, facts, story.context));
  std::vector<InboxEntry> duplicates;
  for (const auto& a : states)
    for (const auto& b : states) {
      if (!(a.did < b.did) || !may_be_duplicates(a, b)) continue;
      auto& entry =
          duplicates.emplace_back(InboxEntry{core_path(std::string(whole_dossier)), "possible_duplicate", {}, "centre_admin", {}});
      entry.ops = {story.op_ids.at(*a.created), story.op_ids.at(*b.created)};
      std::sort(entry.ops.begin(), entry.ops.end());
    }
  const auto state = std::find_if(states.begin(), states.end(), [&](const DossierState& s) { return s.did == story.did; });
  const auto history = merge::history(story.did, dossiers[story.did], story.context);
  return Comparison(scenario, story, *state, history, duplicates).difference();
}

/// The first order of arrival, plain or with one fact arriving twice, that does not end as the scenario expects.
std::optional<std::string> run(const Scenario& scenario) {
  const auto story = story_of(scenario);
  return for_orders(story.told.size(), [&](const std::vector<std::size_t>& order) -> std::optional<std::string> {
    for (std::size_t repeated = 0; repeated <= order.size(); ++repeated) {
      std::vector<const Told*> arrived;
      for (const auto which : order) arrived.push_back(&story.told[which]);
      if (repeated < order.size()) arrived.push_back(&story.told[repeated]);
      if (auto what = difference(scenario, story, arrived)) return what;
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
         "operations, decider, blocked statuses), proposals, not applied;\nnot compared: flags\n";
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
