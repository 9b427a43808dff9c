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
  for (const auto& note : initial.log) out.push_back({OpKind::append, field_path("notes"), note, std::nullopt});
  return out;
}

/// What a new dossier is created with: its code and some fields.
std::vector<Op> ops_of_new(const ScenarioOp& op) {
  std::vector<Op> out{{OpKind::set, field_path("MaHoSo"), op.path, std::nullopt}};
  if (const auto* fields = op.value.map())
    for (const auto& field : *fields) out.push_back({OpKind::set, field_path(field.name), field.value, std::nullopt});
  return out;
}

bool is_policy(const ScenarioOp& op) { return op.kind == "succeed" || op.kind == "revoke" || op.kind == "erase"; }

DeviceId device(std::size_t number) {
  DeviceId out;
  out.bytes[0] = static_cast<std::uint8_t>(number);
  return out;
}

/// Turns a scenario into facts and what the policy log says, step by step.
class Teller {
 public:
  explicit Teller(const Scenario& scenario) : scenario_(scenario) {
    for (const auto& op : scenario.ops) {
      sites_.insert(op.site);
      real_time_ = real_time_ || op.hlc >= real_time_ms;
    }
  }

  Story tell() && {
    const auto* creation = creation_of_initial();
    const Position root = creation == nullptr ? Position{device(0), {}, 0} : place(creation->site);
    out_.did = record::did_created_by(root);
    record::Change initial{creation == nullptr ? "initial" : creation->user, {}, ops_of(scenario_.initial), {}, {}};
    add(creation == nullptr ? "i" : creation->id, out_.did, root, creation == nullptr ? epoch_ms : clock_of(*creation), std::move(initial),
        scenario_.initial.custody);
    position_of_["i"] = root;
    for (const auto& op : scenario_.ops)
      if (&op != creation && !is_policy(op)) add(op);
    find_seen();
    stamp();
    return std::move(out_);
  }

 private:
  /// The operation that creates the scenario's own dossier, if one does.
  const ScenarioOp* creation_of_initial() const {
    const auto code = scenario_.initial.fields.find("MaHoSo");
    for (const auto& op : scenario_.ops)
      if (op.kind == "create" && code != scenario_.initial.fields.end() && code->second == Value(op.path)) return &op;
    return nullptr;
  }

  std::int64_t clock_of(const ScenarioOp& op) const { return (real_time_ ? 0 : epoch_ms) + op.hlc; }
  Position place(const std::string& site) {
    const auto number = static_cast<std::size_t>(std::distance(sites_.begin(), sites_.find(site))) + 1;
    return {device(number), {}, next_[site]++};
  }

  void add(const ScenarioOp& op) {
    const auto position = place(op.site);
    const bool creates = op.kind == "create";
    record::Change change{op.user, {}, creates ? ops_of_new(op) : std::vector{op_of(op)}, {}, {}};
    add(op.id, creates ? record::did_created_by(position) : out_.did, position, clock_of(op), std::move(change), op.unit);
  }
  void add(const std::string& id, const Did& did, const Position& position, std::int64_t ms, record::Change change,
           const std::string& unit) {
    merge::Fact fact;
    fact.position = position;
    fact.rid.bytes[0] = static_cast<std::uint8_t>(out_.told.size() + 1);
    fact.hlc = Hlc::at({ms});
    fact.unit = unit;
    fact.change = std::move(change);
    out_.told.push_back({did, std::move(fact)});
    out_.op_ids.emplace(position, id);
    position_of_.emplace(id, position);
  }

  /// The offer that it had seen, to the unit that its value names.
  OpId offer_of(const ScenarioOp& answer) const {
    OpId out;
    for (const auto& pred : answer.pred) {
      const auto* offer = scenario_.op(pred);
      const bool fits = offer != nullptr && offer->kind == "offer" && (!(out == OpId{}) ? offer->value == answer.value : true);
      if (fits) out = {position_of_.at(pred), 0};
    }
    return out;
  }

  Op op_of(const ScenarioOp& op) const {
    if (op.kind == "status") return merge::status(std::to_string(*op.value.number()));
    if (op.kind == "add") return add_of(op.path, *op.value.text());
    if (op.kind == "remove") {
      auto path = field_path(op.path);
      path.push_back(Step::element(element_of(op.path, *op.value.text())));
      return {OpKind::remove, std::move(path), {}, std::nullopt};
    }
    if (op.kind == "pay") return payment_of(op.path, op.value);
    if (op.kind == "note") return {OpKind::append, field_path("notes"), op.value, std::nullopt};
    if (op.kind == "offer") return merge::offer(*op.value.text());
    if (op.kind == "accept") return merge::accept(offer_of(op));
    if (op.kind == "decline") return merge::decline(offer_of(op));
    if (op.kind == "recall") return merge::recall(offer_of(op));
    return {OpKind::set, core_path(op.path), op.value, std::nullopt};
  }

  /// What the policy log says is no record; who saw it saw what its author had seen.
  void see(const std::string& pred, std::set<Position>& seen) const {
    const auto* op = scenario_.op(pred);
    if (op == nullptr || !is_policy(*op)) {
      seen.insert(position_of_.at(pred));
      return;
    }
    for (const auto& before : op->pred) see(before, seen);
  }
  void find_seen() {
    for (auto& told : out_.told) {
      const auto* op = scenario_.op(out_.op_ids.at(told.fact.position));
      std::set<Position> seen;
      if (op != nullptr && op->kind != "create")
        for (const auto& pred : op->pred) see(pred, seen);
      told.fact.change.seen.assign(seen.begin(), seen.end());
    }
  }

  /// Stamps follow the clocks; their times are later than every clock that a calendar could show, so that only such clocks are bad.
  void stamp() {
    struct Event {
      Hlc hlc;
      merge::Fact* fact = nullptr;
      const ScenarioOp* policy = nullptr;
    };
    std::vector<Event> order;
    std::int64_t latest = 0;
    for (auto& told : out_.told) {
      order.push_back({told.fact.hlc, &told.fact});
      if (told.fact.hlc.wall() < clock_latest) latest = std::max(latest, told.fact.hlc.wall().ms);
    }
    for (const auto& op : scenario_.ops)
      if (is_policy(op)) order.push_back({Hlc::at({clock_of(op)}), nullptr, &op});
    std::stable_sort(order.begin(), order.end(), [](const Event& a, const Event& b) { return a.hlc < b.hlc; });
    for (std::size_t i = 0; i < order.size(); ++i) {
      if (order[i].fact != nullptr)
        order[i].fact->stamp = Stamp{i, {latest + static_cast<std::int64_t>(i)}};
      else
        decree(*order[i].policy, i);
    }
    for (const auto& told : out_.told) note_centre(told.fact.unit);
    note_centre(scenario_.expect.custody);
  }

  void decree(const ScenarioOp& op, std::uint64_t from_index) {
    if (op.kind == "erase") out_.context.erased = {out_.did};
    if (op.kind == "succeed") {
      const auto& both = *op.value.text();
      const auto heir = both.substr(std::min(both.find('>') + 1, both.size()));
      out_.context.successions[both.substr(0, both.find('>'))] = {heir.substr(0, heir.find_first_of("|,")), from_index};
    }
    if (op.kind != "revoke") return;
    for (const auto& other : scenario_.ops)
      if (Value(other.user) == op.value) out_.context.users[{other.unit, other.user}] = {{.from_index = from_index, .enabled = false}};
  }

  /// Units of the city have codes that begin so (domain/units.csv).
  void note_centre(const UnitCode& unit) {
    auto& centres = out_.context.centres;
    if (unit.starts_with("C-") && std::find(centres.begin(), centres.end(), unit) == centres.end()) centres.push_back(unit);
    std::sort(centres.begin(), centres.end());
  }

  const Scenario& scenario_;
  std::set<std::string> sites_;
  bool real_time_ = false;
  std::map<std::string, Seq> next_;
  std::map<std::string, Position> position_of_;
  Story out_;
};

}  // namespace

Path core_path(const std::string& text) {
  const std::string_view view = text;
  if (view == "custody") return field_path("BanGiao");
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

Story story_of(const Scenario& scenario) { return Teller(scenario).tell(); }

}  // namespace ward::vectors
