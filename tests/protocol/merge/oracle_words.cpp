#include "tests/protocol/merge/oracle_words.hpp"

#include <algorithm>

namespace ward::merge::test {
namespace {

using record::Map;
using record::Op;
using record::OpKind;
using record::Path;
using record::Step;
using record::Value;
using schema::Field;
using schema::Policy;
using schema::Type;

constexpr std::size_t longest_path = 6;
constexpr std::size_t longest_name_of_element = 256;

bool fits(const Field* field, const Value& value) {
  if (field == nullptr || value.is_null() || is_reference(value)) return true;
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

/// `parent` null: an unknown collection, whose members nobody knows.
bool members_fit(const Field* parent, const Map& members) {
  return std::all_of(members.begin(), members.end(), [&](const record::Member& member) {
    return parent == nullptr || fits(schema::find(parent->name, member.name), member.value);
  });
}

bool is_status_code(const Value& value) {
  if (value.text() == nullptr) return false;
  const auto all = schema::statuses();
  return std::any_of(all.begin(), all.end(), [&](const schema::Status& status) { return std::to_string(status.code) == *value.text(); });
}

bool is_unit_code(const std::string& text) {
  return !text.empty() && text.size() <= 64 &&
         std::all_of(text.begin(), text.end(), [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-'; });
}

bool is_at(const Path& path, std::string_view name) { return path.size() == 1 && path.front() == Step::field(std::string(name)); }

struct Place {
  bool exists = true;
  bool is_element = false;
  const Field* field = nullptr;  ///< the last that was named; null when unknown
};

Place find_place(const Path& path) {
  Place out;
  out.exists = !path.empty() && path.size() <= longest_path;
  bool known = true;
  for (std::size_t i = 0; i < path.size() && out.exists; ++i) {
    out.is_element = i % 2 == 1;
    out.exists = (path[i].kind == Step::Kind::element) == out.is_element;
    if (out.is_element) {
      out.exists = out.exists && (out.field == nullptr || out.field->type == Type::list);
      continue;
    }
    out.exists = out.exists && (out.field == nullptr || out.field->policy != Policy::ledger);
    const std::string parent = out.field == nullptr ? "" : out.field->name;
    out.field = known ? schema::find(parent, path[i].text) : nullptr;
    known = out.field != nullptr;
  }
  return out;
}

constexpr Meaning bad_path{Sense::field, Refusal::bad_path};

Meaning if_fits(Sense sense, bool right) { return {sense, right ? std::nullopt : std::optional(Refusal::wrong_type)}; }

Meaning sense_of_set(const Op& op, const Place& place) {
  if (place.is_element) {
    if (place.field != nullptr && place.field->policy == Policy::ledger)
      return if_fits(Sense::payment, is_reference(op.value) || (op.value.map() != nullptr && members_fit(place.field, *op.value.map())));
    const bool removable = place.field == nullptr || place.field->policy == Policy::set;
    return removable && is_reference(op.value) ? Meaning{Sense::revive, std::nullopt} : bad_path;
  }
  if (is_at(op.path, "TrangThaiHoSo")) return if_fits(Sense::status, is_reference(op.value) || is_status_code(op.value));
  if (place.field != nullptr && (place.field->type == Type::list || place.field->key)) return bad_path;
  if (is_at(op.path, "MaHoSo")) return if_fits(Sense::code, op.value.text() != nullptr);
  return if_fits(Sense::field, fits(place.field, op.value));
}

Meaning sense_of_add(const Op& op, const Place& place) {
  if (is_at(op.path, "MaHoSo")) return if_fits(Sense::code, op.value.text() != nullptr);
  const bool is_set = place.field == nullptr || (place.field->policy == Policy::set && place.field->type == Type::list);
  if (place.is_element || !is_set) return bad_path;
  return if_fits(Sense::add, op.value.map() != nullptr && members_fit(place.field, *op.value.map()));
}

Meaning sense_of_append(const Op& op, const Place& place) {
  const bool is_ledger = place.field != nullptr && place.field->policy == Policy::ledger;
  const bool is_log = place.field == nullptr || place.field->policy == Policy::log;
  if (place.is_element || (!is_ledger && !is_log)) return bad_path;
  const bool is_map = op.value.map() != nullptr && members_fit(place.field, *op.value.map());
  return if_fits(is_ledger ? Sense::entry : Sense::note, is_map || (!is_ledger && op.value.text() != nullptr));
}

Meaning sense_of_status(const Op& op) {
  if (!is_at(op.path, "TrangThaiHoSo")) return bad_path;
  if (op.value.map() == nullptr) return if_fits(Sense::status, false);
  const auto* code = record::find(*op.value.map(), "TrangThaiHoSo");
  bool right = code != nullptr && is_status_code(*code);
  for (const auto& [name, value] : *op.value.map()) {
    const auto* field = schema::find("", name);
    const bool may_ride = name != "MaHoSo" && (field == nullptr || field->type != Type::list) && !is_reference(value);
    right = right && (name == "TrangThaiHoSo" || (may_ride && fits(field, value)));
  }
  return if_fits(Sense::status, right);
}

Meaning sense_of_offer(const Op& op) {
  const auto* map = op.value.map();
  if (map == nullptr) return if_fits(Sense::offer, false);
  const auto* to = record::find(*map, "to");
  bool right = to != nullptr && to->text() != nullptr && is_unit_code(*to->text());
  for (const auto* name : {"note", "expires", "past"})
    if (const auto* value = record::find(*map, name)) right = right && value->text() != nullptr;
  return if_fits(Sense::offer, right);
}

Meaning sense_of_custody(const Op& op, Sense sense) {
  if (!is_at(op.path, "BanGiao")) return bad_path;
  if (sense == Sense::offer) return sense_of_offer(op);
  return if_fits(sense, references_of(op.value).size() == 1);
}

}  // namespace

Meaning sense_of(const Op& op) {
  switch (op.kind) {
    case OpKind::approve: return if_fits(Sense::approve, !references_of(op.value).empty());
    case OpKind::dismiss: return if_fits(Sense::dismiss, !references_of(op.value).empty());
    case OpKind::status: return sense_of_status(op);
    case OpKind::offer: return sense_of_custody(op, Sense::offer);
    case OpKind::accept: return sense_of_custody(op, Sense::accept);
    case OpKind::decline: return sense_of_custody(op, Sense::decline);
    case OpKind::recall: return sense_of_custody(op, Sense::recall);
    case OpKind::set:
    case OpKind::add:
    case OpKind::append:
    case OpKind::remove: break;
    default: return {Sense::field, Refusal::unknown_kind};
  }
  const auto place = find_place(op.path);
  if (!place.exists) return bad_path;
  if (op.kind == OpKind::set) return sense_of_set(op, place);
  if (op.kind == OpKind::add) return sense_of_add(op, place);
  if (op.kind == OpKind::append) return sense_of_append(op, place);
  const bool removable = place.field == nullptr || place.field->policy == Policy::set;
  return place.is_element && removable ? Meaning{Sense::remove, std::nullopt} : bad_path;
}

std::optional<int> status_said(const Op& op) {
  const Value* code = &op.value;
  if (const auto* map = op.value.map()) code = record::find(*map, "TrangThaiHoSo");
  if (code == nullptr || !is_status_code(*code)) return std::nullopt;
  return std::stoi(*code->text());
}

Map rides_of(const Op& op) {
  Map out;
  if (op.kind == OpKind::status && op.value.map() != nullptr)
    for (const auto& member : *op.value.map())
      if (member.name != "TrangThaiHoSo") out.push_back(member);
  return out;
}

std::string name_of_element(const Op& op, const OpId& id) {
  const auto own = record::element_id(id);
  const auto* collection = field_of(op.path);
  if (collection == nullptr || op.value.map() == nullptr) return own;
  std::vector<Value> keys;
  for (const auto* key : schema::key_fields(collection->name)) {
    const auto* value = record::find(*op.value.map(), key->name);
    if (value == nullptr || value->is_null() || is_reference(*value) || *value == Value("")) return own;
    keys.push_back(*value);
  }
  if (keys.empty()) return own;
  auto named = record::element_id(keys);
  return named.size() > longest_name_of_element ? own : named;
}

std::vector<OpId> references_of(const Value& value) { return value.heads() == nullptr ? std::vector<OpId>{} : value.heads()->ops; }
bool is_reference(const Value& value) { return value.heads() != nullptr; }

bool believed(const Fact& fact) {
  const auto wall = fact.hlc.wall().ms;
  constexpr std::int64_t five_minutes = 300'000;
  const bool possible = wall >= 1'577'836'800'000 && wall < 3'471'292'800'000;
  return possible && (!fact.stamp || wall <= fact.stamp->time.ms + five_minutes);
}

}  // namespace ward::merge::test
