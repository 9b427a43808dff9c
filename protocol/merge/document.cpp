#include "protocol/merge/document.hpp"

#include "protocol/base/limits.hpp"
#include "protocol/merge/decide.hpp"
#include "protocol/merge/meaning.hpp"

#include <algorithm>
#include <set>

namespace ward::merge {
namespace {

using record::Op;
using record::Step;
using schema::Field;
using Role = Decider::Role;

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
  explicit Reader(const Grounds& grounds) : grounds_(grounds), causality_(grounds.causality) {
    for (const auto& loser : grounds.workflow.losers())
      if (!grounds.workflow.refusal(loser.op)) lost_.insert(loser.op);
    for (const auto& letters : grounds.workflow.repeated(asked_for_papers)) repeated_.insert(letters.begin(), letters.end());
  }

  void read(Nth change) {
    const auto& fact = causality_.at(change);
    const auto revoked = grounds_.forms.revoked(change);
    for (std::size_t i = 0; i < fact.change.ops.size(); ++i) {
      by_ = said_ = {change, static_cast<std::uint16_t>(i)};
      const auto form = grounds_.forms.at(by_);
      if (form.meaning == Meaning::nothing)
        refuse(form.why);
      else if (is_act(form.meaning) && revoked)
        refuse(wrong(form.meaning).value_or(*revoked));
      else if (is_act(form.meaning) && grounds_.forms.lacks_signature(by_))
        refuse(wrong(form.meaning).value_or(Refusal::unsigned_act));
      else if (is_act(form.meaning))
        act(form.meaning);
      else if (revoked)
        propose(*revoked, custodian(grounds_.tenures));
      else
        edit();
    }
  }
  Document take() && {
    std::sort(out_.approved.begin(), out_.approved.end());
    out_.approved.erase(std::unique(out_.approved.begin(), out_.approved.end()), out_.approved.end());
    return std::move(out_);
  }

 private:
  void refuse(Refusal why) { out_.not_applied.push_back({by_, why, decider_of_refused(why)}); }
  void propose(Refusal why, Decider decider) {
    deciders_.emplace(by_, decider);
    out_.proposals.push_back({by_, why, std::move(decider)});
  }

  /// As the notice about it says.
  Decider decider_of_refused(Refusal why) const {
    const auto meaning = grounds_.forms.meaning(by_);
    const bool legal_act = meaning == Meaning::status || is_custody(meaning);
    if (legal_act && (why == Refusal::after_revocation || why == Refusal::disabled_user)) return {Role::leader, {}, {}};
    if (meaning == Meaning::status && (why == Refusal::lost_to_transition || why == Refusal::outside_custody))
      for (const auto& loser : grounds_.workflow.losers())
        if (loser.op == by_ && asks_leader(loser.kind)) return {Role::leader, {}, {}};
    if (repeated_.contains(by_)) return custodian(grounds_.tenures);
    if (meaning == Meaning::accept && why == Refusal::lost_custody)
      for (const auto& group : grounds_.tenures.competing_accepts())
        if (std::find(group.begin(), group.end(), by_) != group.end()) return {Role::centre_admin, {}, {}};
    return writer_of(causality_.at(by_.change));
  }

  /// What is judged before its writer is: approvals of what is no proposal, and what custody finds wrong.
  std::optional<Refusal> wrong(Meaning meaning) const {
    if (meaning != Meaning::approve) return grounds_.tenures.wrong(by_);
    const auto named = grounds_.forms.references(by_);
    const bool proposals = std::all_of(named.begin(), named.end(), [&](const OpRef& op) { return deciders_.contains(op); });
    return proposals ? std::nullopt : std::optional(Refusal::missing_reference);
  }

  void act(Meaning meaning) {
    std::optional<Refusal> why;
    if (meaning == Meaning::status)
      why = status();
    else if (meaning == Meaning::approve)
      why = approve();
    else if (meaning == Meaning::dismiss)
      why = grounds_.dismissals.refusal(by_);
    else
      why = grounds_.tenures.refusal(by_);
    if (why) refuse(*why);
  }

  std::optional<Refusal> status() {
    if (const auto why = grounds_.workflow.refusal(by_)) return why;
    if (const auto* map = causality_.op_at(by_).value.map())
      for (const auto& member : *map)
        if (member.name != status_field) ride(child(out_.fields, nullptr, true, member.name), member.value);
    return lost_.contains(by_) ? std::optional(Refusal::lost_to_transition) : std::nullopt;
  }

  /// What it decides follows from its own past; whether it shows, from what its status came to.
  void ride(FieldNode& to, const record::Value& value) {
    const bool resolution = decider_of_field(grounds_, to, by_).has_value();
    to.rides.push_back({by_, Write::Kind::value, resolution, &value, by_});
    if (grounds_.workflow.on_line(by_)) put_value(to, &value, resolution);
  }

  std::optional<Refusal> approve() {
    if (const auto why = wrong(Meaning::approve)) return why;
    const auto approval = by_;
    const auto named = grounds_.forms.references(approval);
    for (const auto& op : named) {
      said_ = op;
      const bool allowed =
          grounds_.tenures.inside(approval) && may(grounds_.tenures, approval, deciders_.at(op)) && !question_for_another();
      said_ = approval;
      if (!allowed) return Refusal::not_the_decider;
    }
    for (const auto& op : named) {
      said_ = op;
      resolution_ = false;
      (void)question_for_another();
      apply();
      out_.approved.push_back(op);
    }
    said_ = approval;
    return std::nullopt;
  }

  void edit() {
    if (!grounds_.tenures.inside(by_)) {
      if (!always_applies()) return propose(Refusal::outside_custody, custodian(grounds_.tenures));
    } else if (auto decider = question_for_another()) {
      return propose(Refusal::not_the_decider, *std::move(decider));
    }
    apply();
  }

  /// From outside custody: money, and what is new.
  bool always_applies() {
    const auto& op = said();
    switch (grounds_.forms.meaning(said_)) {
      case Meaning::append_payment: return true;
      case Meaning::add_element:
      case Meaning::append_element: break;
      default: return false;
    }
    const auto* node = find_node(op, op.path.size());
    const auto found = node == nullptr ? decltype(node->elements.end()){} : node->elements.find(entered_id(op, node->schema));
    if (node == nullptr || found == node->elements.end()) return true;
    const auto& writes = found->second.existence;
    return std::none_of(writes.begin(), writes.end(), [&](const Write& write) { return causality_.in_past(by_, write.by); });
  }

  /// Who must decide the question that this edit decides, unless its writer may.
  std::optional<Decider> question_for_another() {
    const auto meaning = grounds_.forms.meaning(said_);
    const auto& op = said();
    std::optional<Decider> decider;
    if (meaning == Meaning::set_field) {
      const auto* node = find_node(op, op.path.size());
      if (node != nullptr) decider = decider_of_field(grounds_, *node, by_);
    } else if (meaning == Meaning::set_payment) {
      const auto* node = find_node(op, op.path.size() - 1);
      const auto found = node == nullptr ? decltype(node->elements.end()){} : node->elements.find(op.path.back().text);
      if (node != nullptr && found != node->elements.end()) decider = decider_of_payment(grounds_, *node, found->second, by_);
    }
    if (!decider) return std::nullopt;
    resolution_ = true;
    if (may(grounds_.tenures, by_, *decider)) return std::nullopt;
    resolution_ = false;
    return decider;
  }

  [[nodiscard]] const Op& said() const { return causality_.op_at(said_); }

  void apply() {
    using Kind = Write::Kind;
    const auto& op = said();
    switch (grounds_.forms.meaning(said_)) {
      case Meaning::alias:
        out_.codes.push_back(said_);
        out_.codes_by.push_back(by_);
        break;
      case Meaning::set_field: put_value(node_at(op, op.path.size()), &op.value, resolution_); break;
      case Meaning::set_payment:
      case Meaning::restore: put(element_at(op).existence, Kind::value, &op.value); break;
      case Meaning::remove_element: put(element_at(op).existence, Kind::removal, nullptr); break;
      case Meaning::append_payment: put(entered_by(op, node_at(op, op.path.size())).existence, Kind::payment, &op.value); break;
      case Meaning::add_element:
      case Meaning::append_element: enter(op); break;
      default: break;
    }
    resolution_ = false;
  }

  void put(Register& to, Write::Kind kind, const record::Value* value) { to.push_back({by_, kind, resolution_, value, said_}); }
  void put_value(FieldNode& to, const record::Value* value, bool resolution) {
    to.value.push_back({by_, Write::Kind::value, resolution, value, said_});
    if (to.value.size() == 2) to.heads = {0};
    if (to.value.size() >= 2) advance(to.heads, to.value, causality_);
  }

  static FieldNode& child(std::map<std::string_view, FieldNode>& fields, const Field* parent, bool known_place, std::string_view name) {
    const auto [at, is_new] = fields.try_emplace(name);
    if (is_new && known_place) at->second.schema = schema::find(parent == nullptr ? std::string_view{} : parent->name, name);
    if (is_new) at->second.in_log = parent != nullptr && parent->policy == schema::Policy::log;
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

  /// The same, of what is there already.
  const FieldNode* find_node(const Op& op, std::size_t steps) const {
    const auto* fields = &out_.fields;
    for (std::size_t i = 0;; i += 2) {
      const auto found = fields->find(op.path[i].text);
      if (found == fields->end()) return nullptr;
      if (i + 1 >= steps) return &found->second;
      const auto element = found->second.elements.find(op.path[i + 1].text);
      if (element == found->second.elements.end()) return nullptr;
      fields = &element->second.fields;
    }
  }

  static ElementNode& element_of_node(FieldNode& node, std::string_view id) {
    const auto found = node.elements.find(id);
    return found != node.elements.end() ? found->second : node.elements.try_emplace(std::string(id)).first->second;
  }

  ElementNode& element_at(const Op& op) { return element_of_node(node_at(op, op.path.size() - 1), op.path.back().text); }
  std::string entered_id(const Op& op, const Field* collection) const { return element_in(collection, op.value, causality_.id_of(said_)); }
  ElementNode& entered_by(const Op& op, FieldNode& collection) { return element_of_node(collection, entered_id(op, collection.schema)); }

  void enter(const Op& op) {
    auto& collection = node_at(op, op.path.size());
    auto& element = entered_by(op, collection);
    put(element.existence, Write::Kind::enter, nullptr);
    const auto* map = op.value.map();
    if (map == nullptr) return put_value(child(element.fields, nullptr, false, note_field), &op.value, false);
    for (const auto& member : *map)
      put_value(child(element.fields, collection.schema, collection.schema != nullptr, member.name), &member.value, false);
  }

  const Grounds& grounds_;
  const Causality& causality_;
  std::set<OpRef> lost_;               ///< statuses
  std::set<OpRef> repeated_;           ///< supplement letters, the first of each group with the others
  std::map<OpRef, Decider> deciders_;  ///< of proposals so far
  OpRef by_, said_;
  bool resolution_ = false;
  Document out_;
};

}  // namespace

std::string element_of(const Op& op, const OpId& id) { return element_in(schema::field_at(op.path), op.value, id); }

Document read_document(const Grounds& grounds) {
  Reader reader(grounds);
  for (Nth change = 0; change < grounds.causality.held().size(); ++change) reader.read(change);
  return std::move(reader).take();
}

bool dealt_with(const Grounds& grounds, const Document& document, const Refused& refused, bool proposal) {
  if (proposal && std::binary_search(document.approved.begin(), document.approved.end(), refused.op)) return true;
  if (grounds.workflow.answered(refused.op)) return true;
  return grounds.dismissals.cover({&refused.op, 1}, refused.decider) || (proposal && grounds.dismissals.withdrawn(refused.op));
}

schema::Policy policy_of(const FieldNode& node, const Register& writes, const Places& leaves, const Grounds& grounds) {
  const auto& context = grounds.forms.context();
  std::uint16_t newest = 0;
  if (!context.policy_changes.empty())
    for (const auto leaf : leaves) newest = std::max(newest, grounds.causality.at(writes[leaf].by.change).schema);
  const auto out = context.policy_changes.empty() ? node.policy() : context.policy_of(node.schema, newest);
  if (node.in_log && out == schema::Policy::owner) return schema::Policy::ask;
  const bool of_collections = out == schema::Policy::set || out == schema::Policy::ledger || out == schema::Policy::log;
  return of_collections ? schema::Policy::ask : out;
}

}  // namespace ward::merge
