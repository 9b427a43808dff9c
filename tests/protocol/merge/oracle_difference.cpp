#include "tests/protocol/merge/oracle.hpp"

namespace ward::merge::test {
namespace {

std::string number_of(std::size_t a, std::size_t b) {
  return " (" + std::to_string(a) + " shipped, " + std::to_string(b) + " in the model)";
}

std::string name_of_path(const record::Path& path) {
  std::string out;
  for (const auto& step : path) out += (out.empty() ? "" : "/") + (step.kind == record::Step::Kind::name ? step.text : std::string("…"));
  return out;
}

std::string in_fields(const record::Map& shipped, const record::Map& model) {
  for (const auto& [name, value] : model) {
    const auto* other = record::find(shipped, name);
    if (other == nullptr || !(*other == value)) return "field " + name + (other == nullptr ? " does not show" : "");
  }
  for (const auto& [name, value] : shipped)
    if (record::find(model, name) == nullptr) return "field " + name + " shows";
  return shipped == model ? "" : "the order of fields";
}

std::string in_collection(const Collection& shipped, const Collection& model) {
  if (shipped.name != model.name) return shipped.name + " where " + model.name + " should be";
  if (shipped.elements.size() != model.elements.size()) return model.name + number_of(shipped.elements.size(), model.elements.size());
  for (std::size_t i = 0; i < model.elements.size(); ++i) {
    const auto &a = shipped.elements[i], &b = model.elements[i];
    if (a.id != b.id) return "the elements of " + model.name;
    if (const auto what = in_fields(a.fields, b.fields); !what.empty()) return what + " in " + model.name;
    if (!(a == b)) return "who entered an element of " + model.name;
  }
  return {};
}

bool same_value(ConflictKind kind, const Said& a, const Said& b) {
  if (a.op != b.op || a.user != b.user || a.unit != b.unit || a.clock_good != b.clock_good || a.stamp != b.stamp) return false;
  const bool of_values = kind == ConflictKind::choose_value || kind == ConflictKind::payment_differs;
  return !of_values || (a.value == b.value && a.path == b.path && a.author == b.author && a.author_unit == b.author_unit);
}

std::string told(const Conflict& conflict) { return std::string(name_of(conflict.kind)) + " at " + name_of_path(conflict.path); }

std::string in_conflict(const Conflict& shipped, const Conflict& model) {
  if (shipped.kind != model.kind || shipped.path != model.path) return told(shipped) + " where " + told(model) + " should be";
  if (!(shipped.decider == model.decider))
    return "the decider of " + told(model) + ": " + name_of(shipped.decider.role) + ", not " + name_of(model.decider.role);
  if (shipped.blocks != model.blocks) return "what is blocked by " + told(model);
  if (shipped.values.size() != model.values.size())
    return "operations of " + told(model) + number_of(shipped.values.size(), model.values.size());
  for (std::size_t i = 0; i < model.values.size(); ++i)
    if (!same_value(model.kind, shipped.values[i], model.values[i])) return "an operation of " + told(model);
  return {};
}

std::string told(const Unapplied& one) { return std::string(name_of(one.why)) + " at " + name_of_path(one.said.path); }

std::string in_unapplied(const std::vector<Unapplied>& shipped, const std::vector<Unapplied>& model, const std::string& which) {
  for (std::size_t i = 0; i < shipped.size() && i < model.size(); ++i) {
    const auto &a = shipped[i], &b = model[i];
    if (a.said.op != b.said.op || a.why != b.why) return which + ": " + told(a) + " where " + told(b) + " should be";
    if (!(a.decider == b.decider))
      return "the decider of " + which + " " + told(b) + ": " + name_of(a.decider.role) + ", not " + name_of(b.decider.role);
    if (!(a == b)) return "words of " + which + " " + told(b);
  }
  if (shipped.size() > model.size()) return which + ": " + told(shipped[model.size()]) + " too many";
  if (shipped.size() < model.size()) return which + ": " + told(model[shipped.size()]) + " is missing";
  return {};
}

std::string in_custody(const DossierState& shipped, const DossierState& model) {
  const auto &a = shipped.custody, &b = model.custody;
  if (a.unit != b.unit) return "custody: " + a.unit + ", not " + b.unit;
  if (!(a.pending == b.pending)) return "open offers" + number_of(a.pending.size(), b.pending.size());
  if (!(a == b)) return "since when custody lies there";
  return shipped.slip == model.slip ? "" : "the slip" + number_of(shipped.slip.size(), model.slip.size());
}

std::string in_collections(const DossierState& shipped, const DossierState& model) {
  for (std::size_t i = 0; i < shipped.collections.size() && i < model.collections.size(); ++i)
    if (auto what = in_collection(shipped.collections[i], model.collections[i]); !what.empty()) return what;
  return shipped.collections.size() == model.collections.size()
             ? ""
             : "collections" + number_of(shipped.collections.size(), model.collections.size());
}

std::string in_conflicts(const DossierState& shipped, const DossierState& model) {
  for (std::size_t i = 0; i < shipped.conflicts.size() && i < model.conflicts.size(); ++i)
    if (auto what = in_conflict(shipped.conflicts[i], model.conflicts[i]); !what.empty()) return what;
  if (shipped.conflicts.size() > model.conflicts.size()) return told(shipped.conflicts[model.conflicts.size()]) + " too many";
  if (shipped.conflicts.size() < model.conflicts.size()) return told(model.conflicts[shipped.conflicts.size()]) + " is missing";
  return {};
}

}  // namespace

std::string difference(const DossierState& shipped, const DossierState& model) {
  if (shipped.changes != model.changes) return "changes" + number_of(shipped.changes, model.changes);
  if (shipped.waiting != model.waiting) return "waiting" + number_of(shipped.waiting, model.waiting);
  if (shipped.version != model.version) return "version" + number_of(shipped.version.size(), model.version.size());
  if (shipped.created != model.created || shipped.did != model.did || shipped.erased != model.erased) return "creation or erasure";
  if (shipped.codes != model.codes) return "codes" + number_of(shipped.codes.size(), model.codes.size());
  for (auto what : {in_custody(shipped, model), in_unapplied(shipped.proposals, model.proposals, "proposal"),
                    in_unapplied(shipped.not_applied, model.not_applied, "not applied"), in_fields(shipped.fields, model.fields),
                    in_collections(shipped, model), in_conflicts(shipped, model)})
    if (!what.empty()) return what;
  return {};
}

}  // namespace ward::merge::test
