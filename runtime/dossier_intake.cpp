#include "protocol/base/limits.hpp"
#include "protocol/merge/meaning.hpp"
#include "protocol/schema/schema.hpp"
#include "protocol/text/nearest.hpp"
#include "protocol/text/text.hpp"
#include "runtime/dossier_json.hpp"

#include <algorithm>
#include <array>

namespace ward::runtime {
namespace {

namespace json = boost::json;
using record::Op;
using record::OpKind;
using record::Path;
using record::Step;
using record::Value;
using schema::Field;
using schema::Policy;

Error refuse(std::string_view where, std::string_view why) { return fail(Fault::invalid, std::string(where) + ": " + std::string(why)); }

/// An imported row becomes a dossier of the importing unit, whatever the file says.
bool is_dropped(std::string_view name) { return name == "DonViTiepNhan" || name == "DonViDangGiu"; }

/// A value as it is, for names that the schema does not know.
Result<Value> as_given(const std::string& where, const json::value& given, std::size_t depth) {
  if (depth > limits::value_depth_max) return refuse(where, "is nested too deeply");
  switch (given.kind()) {
    case json::kind::null: return Value{};
    case json::kind::bool_: return Value(given.get_bool());
    case json::kind::int64: return Value(std::int64_t{given.get_int64()});
    case json::kind::string: {
      auto text = text::to_nfc(given.get_string());
      if (text.has_error()) return refuse(where, text.error().detail);
      return Value(*std::move(text));
    }
    case json::kind::array: {
      record::List list;
      if (given.get_array().size() > limits::value_items_max) return refuse(where, "holds too many elements");
      for (const auto& item : given.get_array()) {
        WARD_TRY(auto value, as_given(where, item, depth + 1));
        list.push_back(std::move(value));
      }
      return Value(std::move(list));
    }
    case json::kind::object: break;
    case json::kind::uint64:
    case json::kind::double_: return refuse(where, "must be a whole number, or text in quotes");
  }
  record::Map map;
  if (given.get_object().size() > limits::value_items_max) return refuse(where, "holds too many members");
  for (const auto& member : given.get_object()) {
    WARD_TRY(auto name, text::to_nfc(member.key()));
    WARD_TRY(auto value, as_given(where, member.value(), depth + 1));
    map.push_back({std::move(name), std::move(value)});
  }
  return Value(record::canonical(std::move(map)));
}

Result<Value> scalar(const Field& field, const std::string& where, const json::value& given) {
  if (given.is_array() || given.is_object()) return refuse(where, "must be one value, not a list or an object");
  WARD_TRY(const auto value, as_given(where, given, 0));
  return schema::intake(field, value);
}

Result<void> check_name(std::string_view name) {
  if (name.empty() || name.size() > limits::name_bytes_max || !text::is_nfc(name))
    return fail(Fault::invalid, "a field's name must be 1 to 64 bytes of plain text");
  return {};
}

/// A name that the schema does not know is kept, as it is a newer version's or another system's; but not one that a person mistyped.
Result<void> check_spelling(std::string_view collection, std::string_view name) {
  std::vector<std::string> names;
  for (const auto& field : schema::fields())
    if (field.parent == collection) names.push_back(field.name);
  const auto meant = text::nearest(name, names);
  if (meant.empty()) return {};
  return refuse(name, "is no field; " + meant + " is");
}

/// Builds operations. `where` names a place for people, as `TaiLieuNop/SoLuong`; never a value.
class Intake {
 public:
  [[nodiscard]] std::vector<Op> take() && { return std::move(ops_); }

  Result<void> set(Path path, const Field* field, const std::string& where, const json::value& given) {
    if (field != nullptr && field->type == schema::Type::list) return refuse(where, "is a list: use `add` or `append`");
    Result<Value> value = field == nullptr ? as_given(where, given, 0) : scalar(*field, where, given);
    if (value.has_error()) return value.error();
    ops_.push_back({OpKind::set, std::move(path), *std::move(value), std::nullopt});
    return {};
  }

  /// `list` ends in the collection's name.
  Result<void> enter(const Path& list, const Field* collection, OpKind kind, const json::value& element) {
    const auto where = list.back().text;
    if (kind == OpKind::append && element.is_string() && (collection == nullptr || where == merge::notes_list)) {
      WARD_TRY(auto text, as_given(where, element, 0));
      ops_.push_back({kind, list, std::move(text), std::nullopt});
      return {};
    }
    if (!element.is_object()) return refuse(where, "each element must be an object");
    record::Map map;
    std::vector<std::pair<const Field*, const json::array*>> nested;
    for (const auto& member : element.get_object()) {
      WARD_CHECK(check_name(member.key()));
      const auto* field = collection == nullptr ? nullptr : schema::find(collection->name, member.key());
      if (collection != nullptr && field == nullptr) WARD_CHECK(check_spelling(collection->name, member.key()));
      const auto inside = where + "/" + std::string(member.key());
      if (member.value().is_null()) continue;
      if (field != nullptr && field->type == schema::Type::list) {
        if (!member.value().is_array()) return refuse(inside, "must be a list");
        nested.emplace_back(field, &member.value().get_array());
        continue;
      }
      Result<Value> value = field == nullptr ? as_given(inside, member.value(), 1) : scalar(*field, inside, member.value());
      if (value.has_error()) return value.error();
      map.push_back({std::string(member.key()), *std::move(value)});
    }
    map = record::canonical(std::move(map));
    WARD_TRY(const auto id, key_of(collection, map));
    ops_.push_back({kind, list, Value(std::move(map)), std::nullopt});
    for (const auto& [field, elements] : nested) WARD_CHECK(enter_nested(list, id, *field, *elements));
    return {};
  }

 private:
  /// Identity from the key fields; empty for a collection that has none.
  static Result<std::string> key_of(const Field* collection, const record::Map& element) {
    if (collection == nullptr) return std::string();
    const auto keys = schema::key_fields(collection->name);
    std::vector<Value> values;
    for (const auto* key : keys) {
      const auto* value = record::find(element, key->name);
      const bool missing = value == nullptr || (value->text() != nullptr && value->text()->empty());
      if (missing) return refuse(collection->name + "/" + key->name, "must be given: it identifies the element");
      values.push_back(*value);
    }
    if (keys.empty()) return std::string();
    auto id = record::element_id(values);
    if (id.size() > limits::key_bytes_max) return refuse(collection->name, "what identifies an element must be shorter than 250 bytes");
    return id;
  }

  Result<void> enter_nested(const Path& list, const std::string& id, const Field& field, const json::array& elements) {
    if (!elements.empty() && id.empty())
      return refuse(list.back().text + "/" + field.name, "cannot be given here: the element has no identity yet");
    Path path = list;
    path.push_back(Step::element(id));
    path.push_back(Step::field(field.name));
    for (const auto& element : elements) WARD_CHECK(enter(path, &field, OpKind::add, element));
    return {};
  }

  std::vector<Op> ops_;
};

OpKind kind_for(const Field& collection) { return collection.policy == Policy::set ? OpKind::add : OpKind::append; }

/// A path as people write it: `FIELD`, `LIST/ID`, `LIST/ID/FIELD`, …
struct Place {
  Path path;
  const Field* field = nullptr;  ///< of the last name; null when unknown
  bool element = false;          ///< ends in an element
};

Result<std::string> element_of(const Field* collection, std::string_view text) {
  if (text.starts_with('~')) {
    const auto bytes = unhex(text.substr(1));
    if (bytes.empty() || bytes.size() > limits::key_bytes_max)
      return fail(Fault::invalid, "an element's id after ~ must be hexadecimal digits");
    return std::string(text_of(bytes));
  }
  const auto keys = collection == nullptr ? std::vector<const Field*>{} : schema::key_fields(collection->name);
  if (keys.size() != 1)
    return fail(Fault::invalid, "this list's elements are named by ~ and hexadecimal digits, as `dossier show --json` gives them");
  WARD_TRY(const auto value, schema::intake(*keys.front(), Value(std::string(text))));
  return record::element_id({value});
}

Result<Place> place_of(std::string_view text) {
  Place out;
  while (true) {
    const auto end = std::min(text.find('/'), text.size());
    const auto part = text.substr(0, end);
    if (out.path.size() == limits::path_depth_max || part.empty()) return fail(Fault::invalid, "a path is FIELD or LIST/ID/FIELD");
    out.element = out.path.size() % 2 == 1;
    if (out.element) {
      WARD_TRY(auto id, element_of(out.field, part));
      out.path.push_back(Step::element(std::move(id)));
    } else {
      WARD_CHECK(check_name(part));
      const auto* above = out.field;
      const bool top = out.path.empty();
      out.field = out.path.empty() ? schema::find("", part) : out.field != nullptr ? schema::find(out.field->name, part) : nullptr;
      if (out.field == nullptr && (top || above != nullptr)) WARD_CHECK(check_spelling(top ? std::string_view() : above->name, part));
      out.path.push_back(Step::field(std::string(part)));
    }
    if (end == text.size()) return out;
    text.remove_prefix(end + 1);
  }
}

template <class Each>
Result<void> for_each_of(const json::value& one_or_many, Each&& each) {
  if (!one_or_many.is_array()) return each(one_or_many);
  for (const auto& one : one_or_many.get_array()) WARD_CHECK(each(one));
  return {};
}

Result<void> read_set(Intake& intake, const json::object& members) {
  for (const auto& member : members) {
    WARD_TRY(auto place, place_of(member.key()));
    if (member.key() == "DonViDangGiu") return refuse(member.key(), "is not set: a dossier moves by a hand-over");
    const bool payment = place.element && place.field != nullptr && place.field->policy == Policy::ledger;
    if (place.element && !payment) return refuse(member.key(), "names an element; name its field");
    if (payment && !member.value().is_object()) return refuse(member.key(), "a payment is corrected as a whole: give an object");
    WARD_CHECK(intake.set(std::move(place.path), payment ? nullptr : place.field, std::string(member.key()), member.value()));
  }
  return {};
}

Result<void> read_lists(Intake& intake, const json::object& members, OpKind kind) {
  for (const auto& member : members) {
    WARD_TRY(const auto place, place_of(member.key()));
    if (place.element) return refuse(member.key(), "names an element; name its list");
    const auto& last = place.path.back().text;
    if (kind == OpKind::add && last == merge::code_field && place.path.size() == 1) {
      WARD_CHECK(for_each_of(member.value(), [&](const json::value& code) { return intake.set(place.path, place.field, last, code); }));
      continue;
    }
    if (place.field != nullptr && (place.field->type != schema::Type::list || kind_for(*place.field) != kind))
      return refuse(member.key(), place.field->type != schema::Type::list ? "is not a list: use `set`"
                                  : kind == OpKind::add                   ? "only grows: use `append`"
                                                                          : "is a set: use `add`");
    WARD_CHECK(
        for_each_of(member.value(), [&](const json::value& element) { return intake.enter(place.path, place.field, kind, element); }));
  }
  return {};
}

Result<std::vector<Op>> read_remove(const json::object& members) {
  std::vector<Op> out;
  for (const auto& member : members) {
    WARD_TRY(const auto list, place_of(member.key()));
    if (list.element) return refuse(member.key(), "names an element; name its list, and the element as the value");
    WARD_CHECK(for_each_of(member.value(), [&](const json::value& id) -> Result<void> {
      if (!id.is_string()) return refuse(member.key(), "the elements to remove are named by text");
      WARD_TRY(auto element, element_of(list.field, id.get_string()));
      auto path = list.path;
      path.push_back(Step::element(std::move(element)));
      out.push_back({OpKind::remove, std::move(path), Value{}, std::nullopt});
      return {};
    }));
  }
  return out;
}

Result<std::string> text_member(const json::object& line, std::string_view name) {
  const auto* found = line.if_contains(name);
  if (found == nullptr || found->is_null()) return std::string();
  if (!found->is_string()) return refuse(name, "must be text");
  auto text = text::to_nfc(found->get_string());
  if (text.has_error()) return refuse(name, text.error().detail);
  return *std::move(text);
}

Result<const json::object*> object_member(const json::object& line, std::string_view name) {
  static const json::object none;
  const auto* found = line.if_contains(name);
  if (found == nullptr || found->is_null()) return &none;
  if (!found->is_object()) return refuse(name, "must be an object");
  return &found->get_object();
}

}  // namespace

Result<std::vector<Op>> ops_of_dossier(const json::object& dossier) {
  Intake intake;
  for (const auto& member : dossier) {
    const std::string name(member.key());
    WARD_CHECK(check_name(name));
    if (is_dropped(name) || member.value().is_null()) continue;
    const auto* field = schema::find("", name);
    if (field == nullptr) WARD_CHECK(check_spelling({}, name));
    const bool list = (field != nullptr && field->type == schema::Type::list) || name == merge::notes_list;
    if (!list) {
      WARD_CHECK(intake.set({Step::field(name)}, field, name, member.value()));
      continue;
    }
    if (!member.value().is_array()) return refuse(name, "must be a list");
    const auto kind = field == nullptr ? OpKind::append : kind_for(*field);
    for (const auto& element : member.value().get_array()) WARD_CHECK(intake.enter({Step::field(name)}, field, kind, element));
  }
  auto ops = std::move(intake).take();
  if (ops.empty()) return fail(Fault::invalid, "a dossier without any field");
  return ops;
}

Result<Edit> edit_of(const json::object& line) {
  for (const auto& member : line) {
    constexpr std::array known{"dossier", "set", "add", "remove", "append", "by", "at", "seen", "why"};
    if (std::find(known.begin(), known.end(), std::string_view(member.key())) == known.end())
      return refuse("a change", "has the members dossier, set, add, remove, append, by, at, seen, why; another was given");
  }
  Edit out;
  WARD_TRY(out.dossier, text_member(line, "dossier"));
  WARD_TRY(out.user, text_member(line, "by"));
  WARD_TRY(out.reason, text_member(line, "why"));
  WARD_TRY(const auto seen, text_member(line, "seen"));
  if (!seen.empty()) {
    WARD_TRY(out.seen, parse_version(seen));
  }
  Intake intake;
  WARD_TRY(const auto* set, object_member(line, "set"));
  WARD_CHECK(read_set(intake, *set));
  WARD_TRY(const auto* add, object_member(line, "add"));
  WARD_CHECK(read_lists(intake, *add, OpKind::add));
  WARD_TRY(const auto* append, object_member(line, "append"));
  WARD_CHECK(read_lists(intake, *append, OpKind::append));
  WARD_TRY(const auto* removed, object_member(line, "remove"));
  WARD_TRY(const auto removals, read_remove(*removed));
  out.ops = std::move(intake).take();
  out.ops.insert(out.ops.end(), removals.begin(), removals.end());
  if (out.ops.empty()) return refuse("a change", "needs at least one of set, add, remove, append");
  return out;
}

Result<record::Path> parse_path(std::string_view text) {
  WARD_TRY(auto place, place_of(text));
  return std::move(place.path);
}

}  // namespace ward::runtime
