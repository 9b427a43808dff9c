#include "protocol/merge/document.hpp"

#include "protocol/base/limits.hpp"
#include "protocol/merge/meaning.hpp"

namespace ward::merge {
namespace {

using record::Op;
using record::Step;
using schema::Field;

bool is_missing(const record::Value* value) {
  return value == nullptr || value->is_null() || value->heads() != nullptr || (value->text() != nullptr && value->text()->empty());
}

std::string element_in(const Field* collection, const record::Value& value, const OpId& id) {
  const auto* fields = value.map();
  const auto keys = collection == nullptr || fields == nullptr ? std::vector<const Field*>{} : schema::key_fields(collection->name);
  std::vector<record::Value> values;
  for (const auto* key : keys) {
    const auto* found = record::find(*fields, key->name);
    if (is_missing(found)) return record::element_id(id);
    values.push_back(*found);
  }
  auto out = keys.empty() ? std::string() : record::element_id(values);
  const bool usable = !out.empty() && out.size() <= limits::key_bytes_max;  // a longer one could not be named in a path
  return usable ? out : record::element_id(id);
}

class Reader {
 public:
  explicit Reader(const Causality& causality) : causality_(causality) {}

  void read(Nth change) {
    const auto& fact = causality_.at(change);
    change_ = change;
    for (std::size_t i = 0; i < fact.change.ops.size(); ++i) {
      op_ = static_cast<std::uint16_t>(i);
      if (fact.admission == Admission::proposal)
        out_.proposals.push_back({change_, op_});
      else
        apply(fact.change.ops[i], refers_to_its_past(causality_, change_, op_) ? meaning_of(fact.change.ops[i]) : Meaning::nothing);
    }
  }
  Document take() && { return std::move(out_); }

 private:
  void apply(const Op& op, Meaning meaning) {
    using Kind = Write::Kind;
    switch (meaning) {
      case Meaning::nothing: return out_.not_applied.push_back({change_, op_});
      case Meaning::alias: return out_.codes.push_back({change_, op_});
      case Meaning::set_field: return put(field_at(op), Kind::value, &op.value);
      case Meaning::set_payment: return put(element_at(op).existence, Kind::value, &op.value);
      case Meaning::restore: return put(element_at(op).existence, Kind::value, &op.value);
      case Meaning::remove_element: return put(element_at(op).existence, Kind::removal, nullptr);
      case Meaning::append_payment: return put(entered_by(op, node_at(op, op.path.size())).existence, Kind::payment, &op.value);
      case Meaning::add_element:
      case Meaning::append_element: return enter(op);
    }
  }

  void put(Register& to, Write::Kind kind, const record::Value* value) { to.push_back({change_, op_, kind, value}); }

  static FieldNode& child(std::map<std::string_view, FieldNode>& fields, const Field* parent, bool known_place, std::string_view name) {
    const auto [at, is_new] = fields.try_emplace(name);
    if (is_new && known_place) at->second.schema = schema::find(parent == nullptr ? std::string_view{} : parent->name, name);
    return at->second;
  }

  /// The node of the path's last name. What lies inside an element renews it and all around it, unless it removes something.
  FieldNode& node_at(const Op& op, std::size_t steps) {
    auto* node = &child(out_.fields, nullptr, true, op.path.front().text);
    for (std::size_t i = 1; i + 1 < steps; i += 2) {
      auto& element = element_of_node(*node, op.path[i].text);
      if (op.kind != record::OpKind::remove) put(element.existence, Write::Kind::touch, nullptr);
      node = &child(element.fields, node->schema, node->schema != nullptr, op.path[i + 1].text);
    }
    return *node;
  }

  static ElementNode& element_of_node(FieldNode& node, std::string_view id) {
    const auto found = node.elements.find(id);
    return found != node.elements.end() ? found->second : node.elements.try_emplace(std::string(id)).first->second;
  }

  Register& field_at(const Op& op) { return node_at(op, op.path.size()).value; }
  ElementNode& element_at(const Op& op) { return element_of_node(node_at(op, op.path.size() - 1), op.path.back().text); }
  ElementNode& entered_by(const Op& op, FieldNode& collection) {
    return element_of_node(collection, element_in(collection.schema, op.value, {causality_.at(change_).position, op_}));
  }

  void enter(const Op& op) {
    auto& collection = node_at(op, op.path.size());
    auto& element = entered_by(op, collection);
    put(element.existence, Write::Kind::enter, nullptr);
    const auto* map = op.value.map();
    if (map == nullptr) return put(child(element.fields, nullptr, false, note_field).value, Write::Kind::value, &op.value);
    for (const auto& member : *map)
      put(child(element.fields, collection.schema, collection.schema != nullptr, member.name).value, Write::Kind::value, &member.value);
  }

  const Causality& causality_;
  Nth change_ = 0;
  std::uint16_t op_ = 0;
  Document out_;
};

}  // namespace

std::string element_of(const Op& op, const OpId& id) { return element_in(schema::field_at(op.path), op.value, id); }

Document read_document(const Causality& causality) {
  Reader reader(causality);
  for (Nth change = 0; change < causality.held().size(); ++change) reader.read(change);
  return std::move(reader).take();
}

}  // namespace ward::merge
