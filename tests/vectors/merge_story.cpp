#include "tests/vectors/merge_scenario.hpp"

#include "protocol/record/record.hpp"
#include "protocol/schema/schema.hpp"

#include <algorithm>
#include <set>

namespace ward::vectors {
namespace {

using record::Op;
using record::OpKind;
using record::Path;
using record::Step;
using record::Value;

constexpr std::int64_t epoch_ms = 1'597'190'400'000;    ///< 2020-08-12T00:00:00Z, for clocks that are small numbers
constexpr std::int64_t real_time_ms = 100'000'000'000;  ///< a clock past this is milliseconds since 1970 already
constexpr std::string_view ledger = "BienLai";

Path field_path(std::string_view name) { return {Step::field(std::string(name))}; }

/// `AA/20P#0000123`: a receipt's series and number.
std::vector<Value> receipt_keys(std::string_view text) {
  const auto hash = text.find('#');
  return {std::string(text.substr(0, hash)), std::string(text.substr(hash + 1))};
}

std::string element_of(std::string_view collection, const std::string& id) {
  const auto keys = schema::key_fields(collection);
  return keys.size() == 1 ? record::element_id(std::vector<Value>{id}) : std::string();
}

Op add_of(const std::string& collection, const std::string& id) {
  const auto keys = schema::key_fields(collection);
  record::Map element;
  if (keys.size() == 1) element.push_back({keys.front()->name, id});
  return {OpKind::add, field_path(collection), std::move(element), std::nullopt};
}

Op payment_of(std::string_view receipt, const Value& content) {
  auto map = content.map() == nullptr ? record::Map{} : *content.map();
  const auto keys = receipt_keys(receipt);
  map.push_back({"KyHieu", keys[0]});
  map.push_back({"SoBienLai", keys[1]});
  return {OpKind::append, field_path(ledger), record::canonical(std::move(map)), std::nullopt};
}

std::vector<Op> ops_of(const ScenarioState& initial) {
  std::vector<Op> out;
  for (const auto& [name, value] : initial.fields) out.push_back({OpKind::set, core_path(name), value, std::nullopt});
  out.push_back({OpKind::set, field_path("TrangThaiHoSo"), std::to_string(initial.status), std::nullopt});
  for (const auto& [collection, ids] : initial.sets)
    for (const auto& id : ids) out.push_back(add_of(collection, id));
  for (const auto& receipt : initial.ledger) out.push_back(payment_of(receipt, {}));
  return out;
}

Op op_of(const ScenarioOp& op) {
  if (op.kind == "status") return {OpKind::set, core_path(op.path), std::to_string(*op.value.number()), std::nullopt};
  if (op.kind == "add") return add_of(op.path, *op.value.text());
  if (op.kind == "remove") {
    auto path = field_path(op.path);
    path.push_back(Step::element(element_of(op.path, *op.value.text())));
    return {OpKind::remove, std::move(path), {}, std::nullopt};
  }
  if (op.kind == "pay") return payment_of(op.path, op.value);
  if (op.kind == "note") return {OpKind::append, field_path("notes"), op.value, std::nullopt};
  return {OpKind::set, core_path(op.path), op.value, std::nullopt};
}

DeviceId device(std::size_t number) {
  DeviceId out;
  out.bytes[0] = static_cast<std::uint8_t>(number);
  return out;
}

/// Stamps follow the clocks; their times are later than every clock that a calendar could show, so that only such clocks are bad.
void stamp(std::vector<merge::Fact>& facts) {
  std::vector<merge::Fact*> order;
  std::int64_t latest = 0;
  for (auto& fact : facts) {
    order.push_back(&fact);
    if (fact.hlc.wall() < clock_latest) latest = std::max(latest, fact.hlc.wall().ms);
  }
  std::stable_sort(order.begin(), order.end(), [](const auto* a, const auto* b) { return a->hlc < b->hlc; });
  for (std::size_t i = 0; i < order.size(); ++i) order[i]->stamp = Stamp{i, {latest + static_cast<std::int64_t>(i)}};
}

}  // namespace

Path core_path(const std::string& text) {
  const std::string_view view = text;
  if (const auto hash = view.find('#'); hash != std::string_view::npos) {
    auto receipt = view.substr(view.starts_with("BienLai/") ? 8 : 0);
    receipt = receipt.substr(0, receipt.find('/', receipt.find('#')));
    return {Step::field(std::string(ledger)), Step::element(record::element_id(receipt_keys(receipt)))};
  }
  Path out;
  for (std::size_t from = 0; from <= text.size();) {
    const auto end = std::min(text.find('/', from), text.size());
    auto part = text.substr(from, end - from);
    from = end + 1;
    if (out.size() % 2 == 0) {
      out.push_back(Step::field(std::move(part)));
      continue;
    }
    auto id = element_of(out.back().text, part);
    if (id.empty()) return {};
    out.push_back(Step::element(std::move(id)));
  }
  return out;
}

Story story_of(const Scenario& scenario) {
  Story out;
  std::set<std::string> sites;
  bool real_time = false;
  for (const auto& op : scenario.ops) {
    sites.insert(op.site);
    real_time = real_time || op.hlc >= real_time_ms;
  }
  const auto base = real_time ? 0 : epoch_ms;
  std::map<std::string, Position> position_of;
  const auto tell = [&](const std::string& id, Position position, std::int64_t ms, record::Change change, const std::string& unit) {
    merge::Fact fact;
    fact.position = position;
    fact.rid.bytes[0] = static_cast<std::uint8_t>(out.facts.size() + 1);
    fact.hlc = Hlc::at({ms});
    fact.unit = unit;
    fact.change = std::move(change);
    out.facts.push_back(std::move(fact));
    out.op_ids.emplace(position, id);
    position_of.emplace(id, position);
  };
  std::map<std::string, Seq> next;
  const auto place = [&](const std::string& site) {
    const auto number = static_cast<std::size_t>(std::distance(sites.begin(), sites.find(site))) + 1;
    return Position{device(number), {}, next[site]++};
  };
  tell("i", {device(0), {}, 0}, epoch_ms, {"initial", {}, ops_of(scenario.initial), {}, {}}, scenario.initial.custody);
  out.did = record::did_created_by(out.facts.front().position);
  for (const auto& op : scenario.ops) tell(op.id, place(op.site), base + op.hlc, {op.user, {}, {op_of(op)}, {}, {}}, op.unit);
  for (std::size_t i = 0; i < scenario.ops.size(); ++i) {
    auto& seen = out.facts[i + 1].change.seen;
    for (const auto& pred : scenario.ops[i].pred) seen.push_back(position_of.at(pred));
    std::sort(seen.begin(), seen.end());
  }
  stamp(out.facts);
  return out;
}

}  // namespace ward::vectors
