#include "protocol/run/bodies.hpp"

#include "protocol/base/limits.hpp"
#include "protocol/base/overloaded.hpp"
#include "protocol/record/names.hpp"

#include <algorithm>

namespace ward::run {
namespace {

using record::Change;
using record::Op;
using record::Path;
using record::Step;
using record::Value;

constexpr std::uint64_t first_name = 1;
constexpr std::size_t shape_bytes_max = 2 * limits::body_bytes_max;
constexpr std::size_t act_bytes_max = 1024;
constexpr std::size_t references_max = 64;

/// Kinds of values in a shape.
enum class Kind : std::uint8_t { null = 0, no = 1, yes = 2, number = 3, text = 4, list = 5, map = 6, heads = 7 };

Column column_of(std::string_view field) {
  const auto number = record::number_of(field);
  if (!number) return Column::other_field;
  return static_cast<Column>(static_cast<std::uint64_t>(Column::first_field) + *number);
}

/// The last name of a path is the field that its value belongs to.
std::string_view field_of(const Path& path) {
  for (auto step = path.rbegin(); step != path.rend(); ++step)
    if (step->kind == Step::Kind::name) return step->text;
  return {};
}

class ShapeWriter {
 public:
  ShapeWriter(ColumnWriter& to, Model& model, const Position& own) : to_(to), model_(model), own_(own) {}

  void change(const Change& change) {
    shape_.u8(static_cast<std::uint8_t>((change.reason.empty() ? 0 : 1) | (change.act.empty() ? 0 : 2)));
    to_.text(Column::user, change.user);
    for (const auto& op : change.ops) operation(op);
    if (!change.reason.empty()) to_.text(Column::reason, change.reason);
    if (!change.act.empty()) to_.text(Column::act, text_of(change.act));
    const std::string shape(text_of(shape_.peek()));
    const auto at = model_.shapes.find(shape);
    const bool fresh = at == model_.shapes.size();
    to_.number(Column::shape, fresh ? 0 : at + 1);
    if (!fresh) return;
    to_.text(Column::shapes, shape);
    model_.shapes.add(shape);
  }

 private:
  void operation(const Op& op) {
    shape_.u8(static_cast<std::uint8_t>(op.kind));
    shape_.varint(op.path.size());
    for (const auto& step : op.path) {
      if (step.kind == Step::Kind::name) {
        record::encode_name(shape_, step.text, first_name + 1);
        continue;
      }
      shape_.varint(first_name);
      to_.text(Column::element, step.text);
    }
    value(op.value, column_of(field_of(op.path)));
    shape_.varint(op.replaces ? op.replaces->size() + 1 : 0);
    if (op.replaces) heads(*op.replaces);
  }

  void kind(Kind kind) { shape_.u8(static_cast<std::uint8_t>(kind)); }

  void value(const Value& value, Column column) {
    std::visit(overloaded{
                   [&](std::monostate) { kind(Kind::null); },
                   [&](bool flag) { kind(flag ? Kind::yes : Kind::no); },
                   [&](std::int64_t number) {
                     kind(Kind::number);
                     to_.signed_number(column, number);
                   },
                   [&](const std::string& text) {
                     kind(Kind::text);
                     to_.text(column, text);
                   },
                   [&](const record::List& list) {
                     kind(Kind::list);
                     shape_.varint(list.size());
                     for (const auto& item : list) this->value(item, column);
                   },
                   [&](const record::Map& map) {
                     kind(Kind::map);
                     shape_.varint(map.size());
                     for (const auto& member : map) {
                       record::encode_name(shape_, member.name, first_name);
                       this->value(member.value, column_of(member.name));
                     }
                   },
                   [&](const record::Heads& ids) {
                     kind(Kind::heads);
                     shape_.varint(ids.ops.size());
                     heads(ids.ops);
                   },
               },
               value.data);
  }

  void heads(const std::vector<OpId>& ids) {
    for (const auto& id : ids) {
      put_position(to_, model_, id.change, own_);
      to_.number(Column::op_index, id.index);
    }
  }

  ColumnWriter& to_;
  Model& model_;
  const Position& own_;
  Writer shape_;
};

/// Builds a change along a shape. Bounded: what does not fit a body ends the reading.
class ShapeReader {
 public:
  ShapeReader(BytesView shape, ColumnReader& from, Model& model, const Position& own)
      : shape_(shape), from_(from), model_(model), own_(own) {}

  Change change() {
    Change out;
    const auto flags = shape_.u8();
    out.user = text(Column::user);
    while (shape_.remaining() != 0 && going()) {
      if (out.ops.size() == limits::ops_max) return stop(Fault::too_large), out;
      out.ops.push_back(operation());
    }
    if ((flags & 1U) != 0) out.reason = text(Column::reason);
    if ((flags & 2U) != 0) out.act = copy(view(from_.text(Column::act, act_bytes_max)));
    if (flags > 3 || !shape_.ok()) stop(Fault::malformed);
    return out;
  }

 private:
  bool going() const { return shape_.ok() && from_.ok(); }
  void stop(Fault fault) { from_.reject(fault); }

  std::string text(Column column) {
    auto out = from_.text(column, limits::body_bytes_max);
    bytes_ += out.size();
    if (bytes_ > limits::body_bytes_max) stop(Fault::too_large);
    return out;
  }

  Op operation() {
    Op op;
    op.kind = static_cast<record::OpKind>(shape_.u8());
    const auto steps = shape_.count(limits::path_depth_max);
    for (std::size_t i = 0; i < steps && going(); ++i) {
      const auto code = shape_.varint();
      op.path.push_back(code == first_name ? Step::element(text(Column::element))
                                           : Step::field(record::decode_name(shape_, code, first_name + 1)));
    }
    op.value = value(column_of(field_of(op.path)), 0);
    const auto replaces = shape_.count(limits::seen_max + 1);
    if (replaces != 0) op.replaces = heads(replaces - 1);
    return op;
  }

  Value value(Column column, std::size_t depth) {
    if (depth > limits::value_depth_max) stop(Fault::too_large);
    if (!going()) return {};
    switch (static_cast<Kind>(shape_.u8())) {
      case Kind::null: return {};
      case Kind::no: return false;
      case Kind::yes: return true;
      case Kind::number: return from_.signed_number(column);
      case Kind::text: return text(column);
      case Kind::list: return list(column, depth);
      case Kind::map: return map(depth);
      case Kind::heads: return record::Heads{heads(shape_.count(limits::seen_max))};
    }
    stop(Fault::malformed);
    return {};
  }

  record::List list(Column column, std::size_t depth) {
    record::List out;
    const auto size = shape_.count(limits::value_items_max);
    for (std::size_t i = 0; i < size && going(); ++i) out.push_back(value(column, depth + 1));
    return out;
  }

  record::Map map(std::size_t depth) {
    record::Map out;
    const auto size = shape_.count(limits::value_items_max);
    for (std::size_t i = 0; i < size && going(); ++i) {
      auto name = record::decode_name(shape_, shape_.varint(), first_name);
      const auto column = column_of(name);
      out.push_back({std::move(name), value(column, depth + 1)});
    }
    return out;
  }

  std::vector<OpId> heads(std::size_t size) {
    std::vector<OpId> out;
    for (std::size_t i = 0; i < size && going(); ++i) {
      const auto position = read_position(from_, model_, own_);
      out.push_back({position, static_cast<std::uint16_t>(from_.count(Column::op_index, limits::ops_max))});
    }
    return out;
  }

  Reader shape_;
  ColumnReader& from_;
  Model& model_;
  const Position& own_;
  std::size_t bytes_ = 0;
};

Bytes padded(Bytes body) {
  body.resize((body.size() + limits::body_padding - 1) / limits::body_padding * limits::body_padding);
  return body;
}

std::string read_shape(ColumnReader& from, Model& model) {
  const auto code = from.count(Column::shape, model.shapes.size());
  if (code != 0) return model.shapes.at(code - 1);
  auto shape = from.text(Column::shapes, shape_bytes_max);
  if (from.ok()) model.shapes.add(shape);
  return shape;
}

/// References are shorter in a body than in columns, where each takes up to 6 bytes.
std::size_t references_in(const Change& change) {
  std::size_t out = change.seen.size();
  for (const auto& op : change.ops) {
    if (op.replaces) out += op.replaces->size();
    if (const auto* heads = op.value.heads()) out += heads->ops.size();
  }
  return out;
}

}  // namespace

std::optional<Change> parse_exactly(BytesView plain, const Position& own) {
  auto change = record::decode_change(plain, own);
  if (change.has_error() || references_in(*change) > references_max) return std::nullopt;
  const auto again = padded(record::encode_change(*change, own));
  if (!std::equal(plain.begin(), plain.end(), again.begin(), again.end())) return std::nullopt;
  return *std::move(change);
}

void put_change(ColumnWriter& to, Model& model, const Change& change, const Position& own, const std::vector<Position>& expected) {
  const bool as_expected = change.seen == expected;
  to.number(Column::seen, as_expected ? 0 : change.seen.size() + 1);
  if (!as_expected)
    for (const auto& head : change.seen) put_position(to, model, head, own);
  ShapeWriter(to, model, own).change(change);
}

Bytes read_change(ColumnReader& from, Model& model, const Position& own, const std::vector<Position>& expected) {
  const auto seen = from.count(Column::seen, limits::seen_max + 1);
  std::vector<Position> heads;
  for (std::size_t i = 1; i < seen && from.ok(); ++i) heads.push_back(read_position(from, model, own));
  const auto shape = read_shape(from, model);
  auto change = ShapeReader(view(shape), from, model, own).change();
  if (!from.ok()) return {};
  change.seen = seen == 0 ? expected : std::move(heads);
  auto plain = padded(record::encode_change(change, own));
  if (plain.size() > limits::body_bytes_max) from.reject(Fault::too_large);
  return plain;
}

void put_origin(ColumnWriter& to, Model& model, const Origin& origin) {
  const auto at = model.origins.find(origin);
  to.number(Column::origin, at);
  if (at != model.origins.size()) return;
  const auto device = model.devices.find(origin.device);
  to.opaque().varint(device);
  if (device == model.devices.size()) {
    to.opaque().raw(origin.device);
    model.devices.add(origin.device);
  }
  to.opaque().raw(origin.incarnation);
  model.origins.add(origin);
}

Origin read_origin(ColumnReader& from, Model& model) {
  const auto at = from.count(Column::origin, model.origins.size());
  if (at != model.origins.size()) return model.origins.at(at);
  Origin out;
  const auto device = from.opaque().count(model.devices.size());
  if (device != model.devices.size()) {
    out.device = model.devices.at(device);
  } else {
    out.device = from.opaque().fixed_value<DeviceId>();
    model.devices.add(out.device);
  }
  out.incarnation = from.opaque().fixed_value<Incarnation>();
  model.origins.add(out);
  return out;
}

void put_position(ColumnWriter& to, Model& model, const Position& position, const Position& own) {
  put_origin(to, model, {position.device, position.incarnation});
  const bool same = position.device == own.device && position.incarnation == own.incarnation;
  const auto seq = static_cast<std::int64_t>(position.seq);
  to.signed_number(Column::origin_seq, same ? static_cast<std::int64_t>(own.seq) - seq : seq);
}

Position read_position(ColumnReader& from, Model& model, const Position& own) {
  const auto origin = read_origin(from, model);
  const bool same = origin.device == own.device && origin.incarnation == own.incarnation;
  const auto value = from.signed_number(Column::origin_seq);
  const auto own_seq = static_cast<std::int64_t>(own.seq);
  const auto limit = static_cast<std::int64_t>(limits::seq_max);
  if (value > limit || value < -limit) from.reject();
  if (!from.ok()) return {};
  const auto seq = same ? own_seq - value : value;
  if (seq < 0 || seq > limit) from.reject();
  return {origin.device, origin.incarnation, static_cast<Seq>(seq < 0 ? 0 : seq)};
}

}  // namespace ward::run
