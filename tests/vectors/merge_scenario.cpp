#include "tests/vectors/merge_scenario.hpp"

#include "tests/vectors/vector_file.hpp"

#include <boost/json.hpp>

#include <algorithm>
#include <set>

namespace ward::vectors {
namespace {

namespace json = boost::json;

std::string text(const json::object& object, std::string_view key) { return std::string(object.at(key).as_string()); }

std::vector<std::string> texts(const json::value& list) {
  std::vector<std::string> out;
  for (const auto& item : list.as_array()) out.emplace_back(item.as_string());
  return out;
}

std::vector<std::string> sorted(std::vector<std::string> list) {
  std::sort(list.begin(), list.end());
  return list;
}

record::Value core_value(const json::value& value) {
  if (value.is_null()) return {};
  if (value.is_bool()) return value.as_bool();
  if (value.is_string()) return std::string(value.as_string());
  if (value.is_array()) {
    record::List list;
    for (const auto& item : value.as_array()) list.push_back(core_value(item));
    return list;
  }
  if (value.is_object()) {
    record::Map map;
    for (const auto& member : value.as_object()) map.push_back({std::string(member.key()), core_value(member.value())});
    return record::canonical(std::move(map));
  }
  return value.to_number<std::int64_t>();
}

ScenarioState read_state(const json::object& object) {
  ScenarioState out;
  out.custody = text(object, "custody");
  out.status = object.at("status").to_number<std::int64_t>();
  for (const auto& field : object.at("fields").as_object()) out.fields.emplace(field.key(), core_value(field.value()));
  for (const auto& set : object.at("sets").as_object()) out.sets.emplace(set.key(), sorted(texts(set.value())));
  out.ledger = sorted(texts(object.at("ledger")));
  out.log = texts(object.at("log"));
  return out;
}

ScenarioOp read_op(const json::object& object) {
  return {text(object, "id"),
          text(object, "site"),
          text(object, "unit"),
          text(object, "user"),
          text(object, "op"),
          text(object, "path"),
          object.at("hlc").to_number<std::int64_t>(),
          core_value(object.at("value")),
          texts(object.at("pred"))};
}

void read_expectation(const json::object& object, Scenario& out) {
  out.expect = read_state(object);
  for (const auto& head : object.at("heads").as_object()) out.heads.emplace(head.key(), sorted(texts(head.value())));
  for (const auto& item : object.at("inbox").as_array()) {
    const auto& entry = item.as_object();
    out.inbox.push_back({core_path(text(entry, "path")), text(entry, "kind"), sorted(texts(entry.at("ops"))), text(entry, "decider"),
                         sorted(texts(entry.at("blocks")))});
  }
  std::sort(out.inbox.begin(), out.inbox.end());
  for (const auto& item : object.at("proposals").as_array())
    out.proposals.emplace_back(text(item.as_object(), "op"), text(item.as_object(), "decider"));
  std::sort(out.proposals.begin(), out.proposals.end());
  out.not_applied = sorted(texts(object.at("not_applied")));
}

Scenario read_scenario(const json::object& object) {
  Scenario out;
  out.id = text(object, "id");
  out.initial = read_state(object.at("initial").as_object());
  std::set<std::string> ids{"i"};
  for (const auto& item : object.at("ops").as_array()) {
    out.ops.push_back(read_op(item.as_object()));
    if (!ids.insert(out.ops.back().id).second) throw BadFile("two operations of " + out.id + " have the same id");
  }
  for (const auto& op : out.ops)
    for (const auto& pred : op.pred)
      if (ids.count(pred) == 0) throw BadFile(out.id + "/" + op.id + " names an operation that is not there");
  read_expectation(object.at("expect").as_object(), out);
  return out;
}

}  // namespace

const ScenarioOp* Scenario::op(std::string_view op_id) const {
  const auto found = std::find_if(ops.begin(), ops.end(), [&](const ScenarioOp& o) { return o.id == op_id; });
  return found == ops.end() ? nullptr : &*found;
}

bool Scenario::erased() const {
  return std::any_of(ops.begin(), ops.end(), [](const ScenarioOp& o) { return o.kind == "erase"; });
}

std::vector<Scenario> read_scenarios(const std::string& path) {
  const auto bytes = read_file(path);
  std::string at = "the document";
  try {
    const auto document = json::parse(bytes);
    if (text(document.as_object(), "format") != "wardsync-conflicts") throw BadFile("its format is not wardsync-conflicts");
    std::vector<Scenario> out;
    for (const auto& item : document.as_object().at("scenarios").as_array()) {
      at = "scenario " + std::to_string(out.size() + 1);
      out.push_back(read_scenario(item.as_object()));
    }
    return out;
  } catch (const std::exception& error) {
    throw BadFile(path + ": " + at + ": " + error.what());
  }
}

}  // namespace ward::vectors
