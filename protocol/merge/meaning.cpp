#include "protocol/merge/meaning.hpp"

#include "protocol/base/limits.hpp"

#include <algorithm>

namespace ward::merge {
namespace {

using record::Op;
using record::OpKind;
using record::Step;
using schema::Field;
using schema::Policy;

/// Where a path leads. Unknown names are legal: a newer version may have them.
struct Target {
  bool legal = false;
  bool element = false;          ///< ends in an element, else in a name
  const Field* field = nullptr;  ///< the last name; null when unknown
};

bool can_hold_elements(const Field* field) { return field == nullptr || field->type == schema::Type::list; }
bool is_ledger(const Field* field) { return field != nullptr && field->policy == Policy::ledger; }

Target target_of(const record::Path& path) {
  Target out;
  if (path.empty() || path.size() > limits::path_depth_max) return out;
  const Field* parent = nullptr;
  for (std::size_t i = 0; i < path.size(); ++i) {
    out.element = i % 2 == 1;
    if ((path[i].kind == Step::Kind::element) != out.element) return out;
    if (out.element) {
      if (!can_hold_elements(out.field)) return out;
      continue;
    }
    if (is_ledger(out.field)) return out;  // a payment is entered and corrected as a whole
    parent = out.field;
    const bool known_place = i == 0 || parent != nullptr;
    out.field = known_place ? schema::find(i == 0 ? std::string_view{} : parent->name, path[i].text) : nullptr;
  }
  out.legal = true;
  return out;
}

bool is_code(const Op& op) { return op.path.size() == 1 && op.path.front().text == code_field; }

Meaning meaning_of_set(const Op& op, const Target& target) {
  const bool undo = op.value.heads() != nullptr;
  if (target.element) {
    if (is_ledger(target.field)) return undo || op.value.map() != nullptr ? Meaning::set_payment : Meaning::nothing;
    const bool removable = target.field == nullptr || target.field->policy == Policy::set;
    return undo && removable ? Meaning::restore : Meaning::nothing;
  }
  if (is_code(op)) return op.value.text() != nullptr ? Meaning::alias : Meaning::nothing;
  const bool fixed = target.field != nullptr && (target.field->key || target.field->type == schema::Type::list);
  return fixed ? Meaning::nothing : Meaning::set_field;
}

Meaning meaning_of_add(const Op& op, const Target& target) {
  if (is_code(op)) return op.value.text() != nullptr ? Meaning::alias : Meaning::nothing;
  const bool takes = can_hold_elements(target.field) && (target.field == nullptr || target.field->policy == Policy::set);
  return takes && op.value.map() != nullptr ? Meaning::add_element : Meaning::nothing;
}

Meaning meaning_of_append(const Op& op, const Target& target) {
  if (is_ledger(target.field)) return op.value.map() != nullptr ? Meaning::append_payment : Meaning::nothing;
  const bool takes = target.field == nullptr || target.field->policy == Policy::log;
  return takes && (op.value.map() != nullptr || op.value.text() != nullptr) ? Meaning::append_element : Meaning::nothing;
}

Meaning meaning_of_remove(const Target& target) {
  return target.field == nullptr || target.field->policy == Policy::set ? Meaning::remove_element : Meaning::nothing;
}

}  // namespace

Meaning meaning_of(const Op& op) {
  const auto target = target_of(op.path);
  if (!target.legal) return Meaning::nothing;
  switch (op.kind) {
    case OpKind::set: return meaning_of_set(op, target);
    case OpKind::add: return target.element ? Meaning::nothing : meaning_of_add(op, target);
    case OpKind::append: return target.element ? Meaning::nothing : meaning_of_append(op, target);
    case OpKind::remove: return target.element ? meaning_of_remove(target) : Meaning::nothing;
  }
  return Meaning::nothing;
}

bool refers_to_its_past(const Causality& causality, Nth change, std::uint16_t op) {
  const auto& said = causality.at(change).change.ops[op];
  const auto past = [&](const OpId& id) {
    const auto other = causality.find(id.change);
    return other && (*other == change ? id.index < op : causality.saw(change, *other));
  };
  const auto* undone = said.value.heads();
  return (!said.replaces || std::all_of(said.replaces->begin(), said.replaces->end(), past)) &&
         (undone == nullptr || std::all_of(undone->ops.begin(), undone->ops.end(), past));
}

}  // namespace ward::merge
