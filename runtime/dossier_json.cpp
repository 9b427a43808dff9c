#include "runtime/dossier_json.hpp"

#include "protocol/base/limits.hpp"
#include "protocol/base/overloaded.hpp"
#include "protocol/course/course.hpp"
#include "protocol/merge/meaning.hpp"
#include "protocol/schema/schema.hpp"
#include "runtime/custody_json.hpp"
#include "runtime/inbox_words.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <set>

namespace ward::runtime {
namespace {

namespace json = boost::json;
using merge::HistoryEntry;
using record::OpKind;
using record::Step;
using record::Value;

constexpr std::string_view note_field = "text";
constexpr std::array<std::string_view, 5> own_lists{"BanGiao", "notes", "DanhSachXinLoi", "HoSoLienQuan", "DanhSachPhanLienThong"};
constexpr std::chrono::hours vietnam{7};

const char* name_of(HistoryEntry::Standing standing) {
  switch (standing) {
    case HistoryEntry::Standing::shown: return "shown";
    case HistoryEntry::Standing::replaced: return "replaced";
    case HistoryEntry::Standing::lost: return "lost";
    case HistoryEntry::Standing::in_conflict: return "in_conflict";
    case HistoryEntry::Standing::proposed: return "proposed";
    case HistoryEntry::Standing::not_applied: return "not_applied";
    case HistoryEntry::Standing::approved: return "approved";
    case HistoryEntry::Standing::dismissed: return "dismissed";
    case HistoryEntry::Standing::waiting: return "waiting";
    case HistoryEntry::Standing::erased: return "erased";
  }
  return "unknown";
}

json::array json_of_ops(const std::vector<OpId>& ids) {
  json::array out;
  for (const auto& id : ids) out.emplace_back(op_text(id));
  return out;
}

/// An element's id as people write it, in the collection of that name.
std::string element_text(std::string_view collection, std::string_view id) {
  const auto digits = [&] { return "~" + hex(view(id)); };
  if (schema::key_fields(collection).size() != 1) return digits();
  Reader from(view(id));
  if (from.u8() != 1) return digits();
  const auto key = record::decode_value(from, Position{});
  const auto* text = key.text();
  const bool plain = from.finish("element id").has_value() && text != nullptr && !text->empty() && !text->starts_with('~') &&
                     text->find('/') == std::string::npos;
  return plain ? *text : digits();
}

json::object json_of_fields(const record::Map& fields) {
  json::object out;
  for (const auto& member : fields) out[member.name] = json_of(member.value);
  return out;
}

json::object json_of_element(std::string_view collection, const merge::Element& element) {
  auto out = json_of_fields(element.fields);
  out["id"] = element_text(collection, element.id);
  out["by"] = element.user;
  out["unit"] = element.unit;
  out["at"] = time_text(element.hlc.wall());
  return out;
}

json::array json_of_elements(const merge::Collection& collection) {
  json::array out;
  for (const auto& element : collection.elements) out.push_back(json_of_element(collection.name, element));
  return out;
}

json::array json_of_all(const Did& did, const std::vector<merge::Unapplied>& all) {
  json::array out;
  for (const auto& one : all) {
    auto item = json_of(one);
    item["item"] = hex(did.view()) + "." + op_text(one.said.op);
    out.push_back(std::move(item));
  }
  return out;
}

/// The national message writes these as text, whatever they are.
json::value national_value(std::string_view field, const Value& value) {
  const auto* number = value.number();
  if (field == "Gia" && number != nullptr) return json::string(std::to_string(*number));
  if (const auto* flag = std::get_if<bool>(&value.data); field == "IsDeleted" && flag != nullptr) return json::string(*flag ? "True" : "");
  if (const auto* list = value.list()) {
    json::array out;
    for (const auto& item : *list) out.push_back(national_value(field, item));
    return out;
  }
  if (const auto* map = value.map()) {
    json::object out;
    for (const auto& member : *map) out[member.name] = national_value(member.name, member.value);
    return out;
  }
  return json_of(value);
}

json::value national_element(const merge::Element& element) {
  const auto* text = record::find(element.fields, note_field);
  if (text != nullptr && element.fields.size() == 1) return json_of(*text);
  return national_value({}, Value(element.fields));
}

json::array national_list(const merge::DossierState& state, std::string_view name) {
  json::array out;
  for (const auto& collection : state.collections)
    if (collection.name == name)
      for (const auto& element : collection.elements) out.push_back(national_element(element));
  return out;
}

}  // namespace

json::value json_of(const Value& value) {
  return std::visit(overloaded{
                        [](std::monostate) { return json::value(nullptr); },
                        [](bool flag) { return json::value(flag); },
                        [](std::int64_t number) { return json::value(number); },
                        [](const std::string& text) { return json::value(json::string(text)); },
                        [](const record::List& list) {
                          json::array out;
                          for (const auto& item : list) out.push_back(json_of(item));
                          return json::value(std::move(out));
                        },
                        [](const record::Map& map) { return json::value(json_of_fields(map)); },
                        [](const record::Heads& heads) { return json::value(json::object{{"undo", json_of_ops(heads.ops)}}); },
                    },
                    value.data);
}

const char* kind_text(OpKind kind) noexcept {
  switch (kind) {
    case OpKind::set: return "set";
    case OpKind::add: return "add";
    case OpKind::remove: return "remove";
    case OpKind::append: return "append";
    case OpKind::offer: return "offer";
    case OpKind::accept: return "accept";
    case OpKind::decline: return "decline";
    case OpKind::recall: return "recall";
    case OpKind::approve: return "approve";
    case OpKind::dismiss: return "dismiss";
    case OpKind::status: return "status";
  }
  return "unknown";
}

json::object json_of(const merge::Said& said) {
  json::object out{{"op", op_text(said.op)},
                   {"kind", kind_text(said.kind)},
                   {"field", path_text(said.path)},
                   {"value", json_of(said.value)},
                   {"by", said.user},
                   {"unit", said.unit},
                   {"device", hex(said.op.change.device.view())},
                   {"at", time_text(said.hlc.wall())},
                   {"clock_good", said.clock_good}};
  if (said.stamp) out["stamped_at"] = time_text(said.stamp->time);
  if (said.is_signed) out["signed"] = true;
  if (!said.reason.empty()) out["why"] = said.reason;
  if (!said.author.empty()) {
    out["author"] = said.author;
    out["author_unit"] = said.author_unit;
  }
  return out;
}

json::object json_of(const merge::Conflict& conflict) {
  json::array values;
  for (const auto& said : conflict.values) values.push_back(json_of(said));
  json::object out{{"id", hex(conflict.id.view())},        {"kind", merge::name_of(conflict.kind)},
                   {"field", path_text(conflict.path)},    {"values", std::move(values)},
                   {"decider", json_of(conflict.decider)}, {"blocks", json::array(conflict.blocks.begin(), conflict.blocks.end())}};
  add_words(out, words_of(conflict.kind));
  return out;
}

json::object json_of(const HistoryEntry& entry) {
  auto out = json_of(entry.said);
  out["standing"] = name_of(entry.standing);
  out["replaced"] = json_of_ops(entry.replaced);
  if (entry.why) out["refusal"] = merge::name_of(*entry.why);
  return out;
}

json::object json_of(const merge::DossierState& state) {
  json::object out{{"code", course::code_of(state)},
                   {"codes", json::array(state.codes.begin(), state.codes.end())},
                   {"id", id_text(state.did)},
                   {"version", version_text(state.version)},
                   {"fields", json_of_fields(state.fields)},
                   {"parts", json::array{}},
                   {"payments", json::array{}},
                   {"notes", json::array{}},
                   {"attachments", json::array{}},
                   {"custody", json_of(state.custody)}};
  json::object others;
  for (const auto& collection : state.collections) {
    const auto elements = json_of_elements(collection);
    if (collection.name == "TaiLieuNop")
      out["parts"] = elements;
    else if (collection.name == "BienLai")
      out["payments"] = elements;
    else if (collection.name == merge::notes_list)
      out["notes"] = elements;
    else
      others[collection.name] = elements;
  }
  json::array conflicts;
  for (const auto& conflict : state.conflicts) conflicts.push_back(json_of(conflict));
  out["collections"] = std::move(others);
  out["conflicts"] = std::move(conflicts);
  out["proposals"] = json_of_all(state.did, state.proposals);
  out["not_applied"] = json_of_all(state.did, state.not_applied);
  out["waiting"] = state.waiting;
  return out;
}

json::object national_json_of(const merge::DossierState& state) {
  json::object out;
  if (const auto& code = course::code_of(state); !code.empty()) out[merge::code_field] = code;
  for (const auto& field : schema::fields()) {
    if (!field.parent.empty()) continue;
    if (field.type == schema::Type::list) {
      auto list = national_list(state, field.name);
      // Our own lists are no part of the national message while there are none; the other lists are, also when empty.
      const bool own = std::find(own_lists.begin(), own_lists.end(), field.name) != own_lists.end();
      if (!own || !list.empty()) out[field.name] = std::move(list);
    } else if (const auto* value = record::find(state.fields, field.name)) {
      out[field.name] = national_value(field.name, *value);
    }
  }
  for (const auto& member : state.fields)
    if (!out.contains(member.name)) out[member.name] = json_of(member.value);
  for (const auto& collection : state.collections)
    if (!out.contains(collection.name)) out[collection.name] = national_list(state, collection.name);
  return out;
}

std::string version_text(const std::vector<Position>& heads) {
  Writer out;
  for (const auto& head : heads) {
    out.raw(head.device);
    out.raw(head.incarnation);
    out.varint(head.seq);
  }
  return hex(out.peek());
}

Result<std::vector<Position>> parse_version(std::string_view text) {
  const auto bytes = unhex(text);
  Reader from(bytes);
  std::vector<Position> out;
  while (from.remaining() != 0 && from.ok()) {
    Position head;
    head.device = from.fixed_value<DeviceId>();
    head.incarnation = from.fixed_value<Incarnation>();
    head.seq = from.varint();
    if (head.seq > limits::seq_max || out.size() == limits::seen_max || (!out.empty() && head <= out.back())) from.reject();
    out.push_back(head);
  }
  if (out.empty() || !from.ok()) return fail(Fault::invalid, "seen: not a version that this program gave out");
  return out;
}

std::string op_text(const OpId& id) {
  return hex(id.change.device.view()) + "." + hex(id.change.incarnation.view()) + "." + std::to_string(id.change.seq) + "." +
         std::to_string(id.index);
}

std::string id_text(const Did& did) { return "id:" + hex(did.view()); }

std::string path_text(const record::Path& path) {
  std::string out;
  std::string_view collection;
  for (const auto& step : path) {
    if (!out.empty()) out += '/';
    out += step.kind == Step::Kind::name ? step.text : element_text(collection, step.text);
    if (step.kind == Step::Kind::name) collection = step.text;
  }
  return out;
}

std::string time_text(WallTime time) {
  using namespace std::chrono;
  constexpr WallTime latest{253'402'275'600'000 - 1};  // the end of 9999 in Vietnam: four digits
  if (time.ms <= 0 || time > latest) return {};
  const auto local = floor<seconds>(sys_time<milliseconds>{milliseconds{time.ms}} + vietnam);
  const auto day = floor<days>(local);
  const year_month_day date{day};
  const hh_mm_ss clock{local - day};
  std::array<char, 40> out{};
  std::snprintf(out.data(), out.size(), "%04d-%02u-%02uT%02d:%02d:%02d+07:00", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), static_cast<int>(clock.hours().count()),
                static_cast<int>(clock.minutes().count()), static_cast<int>(clock.seconds().count()));
  return out.data();
}

}  // namespace ward::runtime
