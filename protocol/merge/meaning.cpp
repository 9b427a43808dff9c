#include "protocol/merge/meaning.hpp"

#include "protocol/base/limits.hpp"

#include <algorithm>

namespace ward::merge {
namespace {

using record::Map;
using record::Op;
using record::OpKind;
using record::Step;
using record::Value;
using schema::Field;
using schema::Policy;
using schema::Type;

constexpr Form bad_path{Meaning::nothing, Refusal::bad_path};
constexpr Form wrong_type{Meaning::nothing, Refusal::wrong_type};

/// Where a path leads. Unknown names are legal: a newer version may have them.
struct Target {
  bool legal = false;
  bool element = false;          ///< ends in an element, else in a name
  const Field* field = nullptr;  ///< the last name; null when unknown
  bool known_place = true;       ///< the names around the last one are known
};

bool can_hold_elements(const Field* field) { return field == nullptr || field->type == Type::list; }
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
    out.known_place = i == 0 || parent != nullptr;
    out.field = out.known_place ? schema::find(i == 0 ? std::string_view{} : parent->name, path[i].text) : nullptr;
  }
  out.legal = true;
  return out;
}

bool is_at(const Op& op, std::string_view name) { return op.path.size() == 1 && op.path.front().text == name; }

bool fits(const Field* field, const Value& value) {
  if (field == nullptr || value.is_null() || value.heads() != nullptr) return true;
  switch (field->type) {
    case Type::string:
    case Type::enumeration:
    case Type::date:
    case Type::datetime: return value.text() != nullptr;
    case Type::money:
    case Type::integer: return value.number() != nullptr;
    case Type::boolean: return std::holds_alternative<bool>(value.data);
    case Type::list: return value.list() != nullptr;
  }
  return false;
}

bool members_fit(const Map& map, const Field* collection) {
  return collection == nullptr ||
         std::all_of(map.begin(), map.end(), [&](const auto& m) { return fits(schema::find(collection->name, m.name), m.value); });
}

bool is_status_code(const Value& value) {
  static const auto codes = [] {
    std::vector<std::string> out;
    for (const auto& status : schema::statuses()) out.push_back(std::to_string(status.code));
    return out;
  }();
  const auto* text = value.text();
  return text != nullptr && std::find(codes.begin(), codes.end(), *text) != codes.end();
}

Form form_of_set(const Op& op, const Target& target) {
  const bool undo = op.value.heads() != nullptr;
  if (target.element) {
    const auto* map = op.value.map();
    if (is_ledger(target.field))
      return undo || (map != nullptr && members_fit(*map, target.field)) ? Form{Meaning::set_payment} : wrong_type;
    const bool removable = target.field == nullptr || target.field->policy == Policy::set;
    return undo && removable ? Form{Meaning::restore} : bad_path;
  }
  if (is_at(op, code_field)) return op.value.text() != nullptr ? Form{Meaning::alias} : wrong_type;
  if (is_at(op, status_field)) return undo || is_status_code(op.value) ? Form{Meaning::status} : wrong_type;
  const bool fixed = target.field != nullptr && (target.field->key || target.field->type == Type::list);
  if (fixed) return bad_path;
  return fits(target.field, op.value) ? Form{Meaning::set_field} : wrong_type;
}

Form form_of_add(const Op& op, const Target& target) {
  if (is_at(op, code_field)) return op.value.text() != nullptr ? Form{Meaning::alias} : wrong_type;
  const bool takes = can_hold_elements(target.field) && (target.field == nullptr || target.field->policy == Policy::set);
  if (!takes) return bad_path;
  const auto* map = op.value.map();
  return map != nullptr && members_fit(*map, target.field) ? Form{Meaning::add_element} : wrong_type;
}

Form form_of_append(const Op& op, const Target& target) {
  const auto* map = op.value.map();
  const bool fitting = map != nullptr && members_fit(*map, target.field);
  if (is_ledger(target.field)) return fitting ? Form{Meaning::append_payment} : wrong_type;
  if (target.field != nullptr && target.field->policy != Policy::log) return bad_path;
  return fitting || op.value.text() != nullptr ? Form{Meaning::append_element} : wrong_type;
}

Form form_of_remove(const Target& target) {
  const bool removable = target.field == nullptr || target.field->policy == Policy::set;
  return target.element && removable ? Form{Meaning::remove_element} : bad_path;
}

bool is_unit_code(const Value* value) {
  const auto* text = value == nullptr ? nullptr : value->text();
  const auto allowed = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-'; };
  return text != nullptr && !text->empty() && text->size() <= limits::name_bytes_max && std::all_of(text->begin(), text->end(), allowed);
}

Form form_of_offer(const Op& op) {
  const auto* map = op.value.map();
  const auto text_or_none = [&](const char* name) {
    const auto* value = record::find(*map, name);
    return value == nullptr || value->text() != nullptr;
  };
  const bool right =
      map != nullptr && is_unit_code(record::find(*map, "to")) && text_or_none("note") && text_or_none("expires") && text_or_none("past");
  return right ? Form{Meaning::offer} : wrong_type;
}

Form form_of_answer(const Op& op, Meaning meaning) {
  if (!is_at(op, custody_field)) return bad_path;
  if (meaning == Meaning::offer) return form_of_offer(op);
  return op.value.heads() != nullptr && op.value.heads()->ops.size() == 1 ? Form{meaning} : wrong_type;
}

Form form_of_status(const Op& op) {
  if (!is_at(op, status_field)) return bad_path;
  const auto* map = op.value.map();
  const auto* code = map == nullptr ? nullptr : record::find(*map, status_field);
  if (code == nullptr || !is_status_code(*code)) return wrong_type;
  const auto rides = [](const record::Member& member) {
    const auto* field = schema::find({}, member.name);
    const bool list = field != nullptr && field->type == Type::list;
    return member.name == status_field ||
           (!list && member.name != code_field && member.value.heads() == nullptr && fits(field, member.value));
  };
  return std::all_of(map->begin(), map->end(), rides) ? Form{Meaning::status} : wrong_type;
}

/// Refused, stopped, finished, handed out; taking one of these back is one, too.
bool is_legal_act(const Value& status) {
  const auto* code = status.text();
  return code == nullptr || *code == "3" || *code == "8" || *code == "9" || *code == "10";
}

Form form_of_decision(const Op& op, Meaning meaning) {
  return op.value.heads() != nullptr && !op.value.heads()->ops.empty() ? Form{meaning} : wrong_type;
}

}  // namespace

bool is_custody(Meaning meaning) noexcept {
  return meaning == Meaning::offer || meaning == Meaning::accept || meaning == Meaning::decline || meaning == Meaning::recall;
}
bool is_act(Meaning meaning) noexcept {
  return is_custody(meaning) || meaning == Meaning::status || meaning == Meaning::approve || meaning == Meaning::dismiss;
}

bool needs_signature(const Op& op) noexcept {
  switch (op.kind) {
    case OpKind::offer:
    case OpKind::accept:
    case OpKind::decline:
    case OpKind::recall: return true;
    case OpKind::status: {
      const auto* code = op.value.map() == nullptr ? nullptr : record::find(*op.value.map(), status_field);
      return code == nullptr || is_legal_act(*code);
    }
    case OpKind::set: return op.path.size() == 1 && op.path.front().text == status_field && is_legal_act(op.value);
    default: return false;
  }
}

Form form_of(const Op& op) {
  const auto target = target_of(op.path);
  const auto at_place = [&](auto judge) { return target.legal ? judge() : bad_path; };
  switch (op.kind) {
    case OpKind::set: return at_place([&] { return form_of_set(op, target); });
    case OpKind::add: return at_place([&] { return target.element ? bad_path : form_of_add(op, target); });
    case OpKind::append: return at_place([&] { return target.element ? bad_path : form_of_append(op, target); });
    case OpKind::remove: return at_place([&] { return form_of_remove(target); });
    case OpKind::offer: return form_of_answer(op, Meaning::offer);
    case OpKind::accept: return form_of_answer(op, Meaning::accept);
    case OpKind::decline: return form_of_answer(op, Meaning::decline);
    case OpKind::recall: return form_of_answer(op, Meaning::recall);
    case OpKind::approve: return form_of_decision(op, Meaning::approve);
    case OpKind::dismiss: return form_of_decision(op, Meaning::dismiss);
    case OpKind::status: return form_of_status(op);
  }
  return {};
}

Forms::Forms(const Causality& causality, const Context& context) : causality_(causality), context_(context) {
  const auto held = causality.held();
  first_.reserve(held.size());
  revoked_.reserve(held.size());
  for (Nth change = 0; change < held.size(); ++change) {
    const auto& fact = *held[change];
    const auto standing = context.standing_of(fact.unit, fact.change.user, fact.stamp);
    std::optional<Refusal> revoked;
    if (fact.admission == Admission::proposal)
      revoked = Refusal::after_revocation;
    else if (!standing.enabled)
      revoked = Refusal::disabled_user;
    // Taking papers in is no act of law, whatever status a dossier begins with.
    const bool signs = standing.key && !fact.change.seen.empty();
    revoked_.push_back(revoked);
    first_.push_back(forms_.size());
    for (std::size_t i = 0; i < fact.change.ops.size(); ++i) {
      const OpRef ref{change, static_cast<std::uint16_t>(i)};
      forms_.push_back(form_in(ref));
      if (!is_act(forms_.back().meaning)) continue;
      const bool lacks = signs && !fact.act_verified && needs_signature(causality.op_at(ref));
      if (lacks) unsigned_.push_back(ref);
      if (!revoked && !lacks) acts_.push_back(ref);
    }
  }
}

bool Forms::lacks_signature(const OpRef& ref) const { return std::binary_search(unsigned_.begin(), unsigned_.end(), ref); }

Form Forms::form_in(const OpRef& ref) const {
  const auto& op = causality_.op_at(ref);
  const auto out = form_of(op);
  if (out.meaning == Meaning::nothing) return out;
  const auto past = [&](const OpId& id) {
    const auto other = causality_.find_op(id);
    return other && causality_.in_past(ref, *other);
  };
  const auto* named = op.value.heads();
  const bool known = (!op.replaces || std::all_of(op.replaces->begin(), op.replaces->end(), past)) &&
                     (named == nullptr || std::all_of(named->ops.begin(), named->ops.end(), past));
  return known ? out : Form{Meaning::nothing, Refusal::missing_reference};
}

std::vector<OpRef> Forms::references(const OpRef& ref) const {
  std::vector<OpRef> out;
  if (const auto* named = causality_.op_at(ref).value.heads())
    for (const auto& id : named->ops)
      if (const auto found = causality_.find_op(id)) out.push_back(*found);
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace ward::merge
