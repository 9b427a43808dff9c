#include "protocol/merge/why.hpp"

#include "protocol/schema/schema.hpp"

#include <algorithm>
#include <set>

namespace ward::merge {
namespace {

using record::OpKind;
using record::Path;
using record::Step;
using Standing = HistoryEntry::Standing;

bool starts_with(const Path& path, const Path& prefix) {
  return path.size() >= prefix.size() && std::equal(prefix.begin(), prefix.end(), path.begin());
}

bool enters(const Said& said) { return said.kind == OpKind::add || said.kind == OpKind::append; }

/// The element that `said` enters into its collection.
Path element_entered(const Said& said) {
  auto out = said.path;
  out.push_back(Step::element(element_of({said.kind, said.path, said.value, std::nullopt}, said.op)));
  return out;
}

/// Whether entering that element said something about `path`, which lies in it.
bool gives(const Said& said, const Path& element, const Path& path) {
  if (!starts_with(path, element)) return false;
  if (path.size() == element.size()) return true;
  const auto* map = said.value.map();
  return map != nullptr && path.size() == element.size() + 1 && record::find(*map, path.back().text) != nullptr;
}

bool concerns(const Said& said, const Path& path) {
  if (path.size() % 2 == 0 && starts_with(said.path, path)) return true;
  if (said.path == path) return true;
  if (said.kind == OpKind::status && path.size() == 1 && said.value.map() != nullptr)
    return record::find(*said.value.map(), path.front().text) != nullptr;
  if (enters(said)) return gives(said, element_entered(said), path);
  const bool of_an_element = said.path.size() % 2 == 0 && !said.path.empty();
  return of_an_element && starts_with(path, said.path);
}

bool is_collection(const Path& path) {
  const auto* field = schema::field_at(path);
  return path.size() % 2 == 1 && field != nullptr && field->type == schema::Type::list;
}

struct Tally {
  std::size_t shown = 0, lost = 0, conflicting = 0, replaced = 0;
  const HistoryEntry* last_shown = nullptr;
  bool undo = false, removal = false, wrong_clock_lost = false, custody_lost = false, weighed = false, approval = false;
};

Tally tally_of(const std::vector<HistoryEntry>& values, const Path& path) {
  Tally out;
  for (const auto& entry : values) {
    out.weighed = out.weighed || entry.why == Refusal::lost_to_transition;
    out.custody_lost = out.custody_lost || (entry.standing == Standing::lost && entry.why == Refusal::lost_custody);
    if (entry.said.path.size() > path.size()) continue;
    switch (entry.standing) {
      case Standing::shown:
        ++out.shown;
        out.last_shown = &entry;
        out.undo = out.undo || (entry.said.value.heads() != nullptr && entry.said.kind != OpKind::approve);
        out.removal = out.removal || entry.said.kind == OpKind::remove;
        out.approval = out.approval || entry.said.kind == OpKind::approve;
        break;
      case Standing::lost: ++out.lost; break;
      case Standing::in_conflict: ++out.conflicting; break;
      case Standing::replaced: ++out.replaced; break;
      default: break;
    }
  }
  for (const auto& entry : values)
    if (entry.standing == Standing::lost && out.last_shown != nullptr)
      out.wrong_clock_lost = out.wrong_clock_lost || (!entry.said.clock_good && out.last_shown->said.hlc < entry.said.hlc);
  return out;
}

Because because_of(const std::vector<HistoryEntry>& values, const Path& path) {
  if (values.empty()) return Because::nothing_entered;
  if (is_collection(path)) return Because::each_element;
  const auto tally = tally_of(values, path);
  if (tally.conflicting > 0) return Because::undecided;
  if (tally.undo) return Because::taken_back;
  if (tally.removal) return Because::removed;
  if (tally.weighed) return Because::weightier;
  if (tally.custody_lost) return Because::custodian;
  if (tally.wrong_clock_lost) return Because::believed_clock;
  if (tally.lost > 0) return Because::later_clock;
  if (tally.approval) return Because::approved;
  if (tally.shown > 1) return Because::agreed;
  if (tally.replaced > 0) return Because::newest;
  return tally.shown == 0 ? Because::not_merged : Because::only_value;
}

}  // namespace

const char* name_of(Because because) noexcept {
  switch (because) {
    case Because::nothing_entered: return "nothing_entered";
    case Because::not_merged: return "not_merged";
    case Because::only_value: return "only_value";
    case Because::newest: return "newest";
    case Because::agreed: return "agreed";
    case Because::later_clock: return "later_clock";
    case Because::believed_clock: return "believed_clock";
    case Because::taken_back: return "taken_back";
    case Because::weightier: return "weightier";
    case Because::custodian: return "custodian";
    case Because::approved: return "approved";
    case Because::undecided: return "undecided";
    case Because::removed: return "removed";
    case Because::each_element: return "each_element";
  }
  return "";
}

Why why(const std::vector<HistoryEntry>& history, const Path& path) {
  Why out;
  std::set<OpId> concerning;
  for (const auto& entry : history) {
    const auto* named = entry.said.kind == OpKind::approve ? entry.said.value.heads() : nullptr;
    const auto is_met = [&](const OpId& id) { return concerning.contains(id); };
    const bool about = named == nullptr ? concerns(entry.said, path) : std::any_of(named->ops.begin(), named->ops.end(), is_met);
    if (!about) continue;
    concerning.insert(entry.said.op);
    out.values.push_back(entry);
  }
  out.because = because_of(out.values, path);
  return out;
}

}  // namespace ward::merge
