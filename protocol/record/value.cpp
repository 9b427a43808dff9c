#include "protocol/record/value.hpp"

#include "protocol/base/limits.hpp"
#include "protocol/record/names.hpp"
#include "protocol/text/text.hpp"

#include <algorithm>

namespace ward::record {
namespace {

enum class Tag : std::uint8_t { null = 0, no = 1, yes = 2, number = 3, text = 4, list = 5, map = 6, heads = 7 };

constexpr std::uint64_t position_in_full = 0;
constexpr std::uint64_t step_text_name = 0;
constexpr std::uint64_t step_element = 1;
constexpr std::uint64_t step_first_number = 2;
constexpr std::uint64_t member_first_number = 1;

void put_tag(Writer& to, Tag tag) { to.u8(static_cast<std::uint8_t>(tag)); }

Value read_value(Reader& from, const Position& own, std::size_t depth);

List read_list(Reader& from, const Position& own, std::size_t depth) {
  List out;
  const auto size = from.count(limits::value_items_max);
  for (std::size_t i = 0; i < size && from.ok(); ++i) out.push_back(read_value(from, own, depth + 1));
  return out;
}

Map read_map(Reader& from, const Position& own, std::size_t depth) {
  Map out;
  const auto size = from.count(limits::value_items_max);
  for (std::size_t i = 0; i < size && from.ok(); ++i) {
    auto name = decode_name(from, from.varint(), member_first_number);
    if (!out.empty() && name <= out.back().name) from.reject();
    out.push_back({std::move(name), read_value(from, own, depth + 1)});
  }
  return out;
}

Heads read_heads(Reader& from, const Position& own) {
  Heads out;
  const auto size = from.count(limits::seen_max);
  for (std::size_t i = 0; i < size && from.ok(); ++i) {
    OpId id{decode_position(from, own), static_cast<std::uint16_t>(from.count(limits::ops_max - 1))};
    if (!out.ops.empty() && id <= out.ops.back()) from.reject();
    out.ops.push_back(id);
  }
  return out;
}

Value read_value(Reader& from, const Position& own, std::size_t depth) {
  if (depth > limits::value_depth_max) from.reject(Fault::too_large);
  const auto tag = from.u8();
  switch (static_cast<Tag>(tag)) {
    case Tag::null: return {};
    case Tag::no: return false;
    case Tag::yes: return true;
    case Tag::number: return from.zigzag();
    case Tag::text: return decode_lines(from, limits::text_bytes_max);
    case Tag::list: return read_list(from, own, depth);
    case Tag::map: return read_map(from, own, depth);
    case Tag::heads: return read_heads(from, own);
  }
  from.reject();
  return {};
}

struct ValueEncoder {
  Writer& to;
  const Position& own;

  void operator()(std::monostate) const { put_tag(to, Tag::null); }
  void operator()(bool flag) const { put_tag(to, flag ? Tag::yes : Tag::no); }
  void operator()(std::int64_t number) const {
    put_tag(to, Tag::number);
    to.zigzag(number);
  }
  void operator()(const std::string& text) const {
    put_tag(to, Tag::text);
    to.text(text);
  }
  void operator()(const List& list) const {
    put_tag(to, Tag::list);
    to.varint(list.size());
    for (const auto& item : list) encode(to, item, own);
  }
  void operator()(const Map& map) const {
    put_tag(to, Tag::map);
    to.varint(map.size());
    for (const auto& member : map) {
      encode_name(to, member.name, member_first_number);
      encode(to, member.value, own);
    }
  }
  void operator()(const Heads& heads) const {
    put_tag(to, Tag::heads);
    to.varint(heads.ops.size());
    for (const auto& id : heads.ops) {
      encode(to, id.change, own);
      to.varint(id.index);
    }
  }
};

}  // namespace

const Value* find(const Map& map, std::string_view name) noexcept {
  const auto at = std::lower_bound(map.begin(), map.end(), name, [](const Member& m, std::string_view n) { return m.name < n; });
  return at != map.end() && at->name == name ? &at->value : nullptr;
}

Map canonical(Map members) {
  std::stable_sort(members.begin(), members.end(), [](const Member& a, const Member& b) { return a.name < b.name; });
  Map out;
  for (auto& member : members) {
    if (!out.empty() && out.back().name == member.name) out.pop_back();
    out.push_back(std::move(member));
  }
  return out;
}

std::string element_id(const std::vector<Value>& key_values) {
  Writer out;
  out.u8(1);
  for (const auto& value : key_values) encode(out, value, Position{});
  return std::string(text_of(out.peek()));
}

std::string element_id(const OpId& added_by) {
  Writer out;
  out.u8(2);
  out.raw(added_by.change.device);
  out.raw(added_by.change.incarnation);
  out.u48(added_by.change.seq);
  out.u16(added_by.index);
  return std::string(text_of(out.peek()));
}

std::string decode_text(Reader& from, std::size_t size_max) {
  auto text = decode_lines(from, size_max);
  if (text.find_first_of("\t\n") != std::string::npos) from.reject();
  return text;
}

std::string decode_lines(Reader& from, std::size_t size_max) {
  auto text = from.text(size_max);
  if (!text::is_plain(text)) from.reject();
  return text;
}

void encode_name(Writer& to, std::string_view name, std::uint64_t first_number) {
  if (const auto number = number_of(name)) return to.varint(*number + first_number);
  to.varint(0);
  to.text(name);
}

std::string decode_name(Reader& from, std::uint64_t code, std::uint64_t first_number) {
  if (code >= first_number) {
    const auto name = name_of_number(code - first_number);
    if (name.empty()) from.reject();
    return std::string(name);
  }
  auto name = decode_text(from, limits::name_bytes_max);
  if (name.empty() || number_of(name)) from.reject();
  return name;
}

void encode(Writer& to, const Value& value, const Position& own) { std::visit(ValueEncoder{to, own}, value.data); }

void encode(Writer& to, const Path& path) {
  to.varint(path.size());
  for (const auto& step : path) {
    if (step.kind == Step::Kind::name) {
      encode_name(to, step.text, step_first_number);
    } else {
      to.varint(step_element);
      to.text(step.text);
    }
  }
}

void encode(Writer& to, const Position& position, const Position& own) {
  const bool own_past = position.device == own.device && position.incarnation == own.incarnation && position.seq < own.seq;
  if (own_past) return to.varint(own.seq - position.seq);
  to.varint(position_in_full);
  to.raw(position.device);
  to.raw(position.incarnation);
  to.varint(position.seq);
}

Value decode_value(Reader& from, const Position& own) { return read_value(from, own, 0); }

Path decode_path(Reader& from) {
  Path out;
  const auto size = from.count(limits::path_depth_max);
  if (size == 0) from.reject();
  for (std::size_t i = 0; i < size && from.ok(); ++i) {
    const auto code = from.varint();
    out.push_back(code == step_element ? Step::element(from.text(limits::key_bytes_max))
                                       : Step::field(decode_name(from, code, step_first_number)));
  }
  static_assert(step_text_name == 0);
  return out;
}

Position decode_position(Reader& from, const Position& own) {
  const auto back = from.varint();
  if (back != position_in_full) {
    if (back > own.seq) from.reject();
    return {own.device, own.incarnation, own.seq - back};
  }
  Position out;
  out.device = from.fixed_value<DeviceId>();
  out.incarnation = from.fixed_value<Incarnation>();
  out.seq = from.varint();
  const bool own_past = out.device == own.device && out.incarnation == own.incarnation && out.seq < own.seq;
  if (out.seq > limits::seq_max || own_past) from.reject();
  return out;
}

}  // namespace ward::record
