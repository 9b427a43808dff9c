#pragma once

#include "protocol/merge/merge.hpp"
#include "protocol/record/record.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace ward::merge::test {

using record::Map;
using record::Op;
using record::OpKind;
using record::Path;
using record::Step;
using record::Value;

inline DeviceId device_of(std::uint8_t writer) {
  DeviceId out;
  out.bytes.fill(writer);
  return out;
}

inline Hlc hlc_at(std::int64_t ms_after_2021) { return Hlc::at({1'609'459'200'000 + ms_after_2021}); }

inline Path at(std::string field) { return {Step::field(std::move(field))}; }
inline Path at(std::string collection, std::string element) {
  return {Step::field(std::move(collection)), Step::element(std::move(element))};
}
inline Path at(std::string collection, std::string element, std::string field) {
  auto out = at(std::move(collection), std::move(element));
  out.push_back(Step::field(std::move(field)));
  return out;
}
inline Op set(Path path, Value value) { return {OpKind::set, std::move(path), std::move(value), std::nullopt}; }
inline Op set(std::string field, Value value) { return set(at(std::move(field)), std::move(value)); }
inline Op add(std::string collection, Map map) {
  return {OpKind::add, at(std::move(collection)), record::canonical(std::move(map)), std::nullopt};
}
inline Op append(std::string collection, Value value) {
  return {OpKind::append, at(std::move(collection)), std::move(value), std::nullopt};
}
inline Op remove(std::string collection, std::string element) {
  return {OpKind::remove, at(std::move(collection), std::move(element)), {}, std::nullopt};
}
inline std::string paper_id(const char* name) { return record::element_id(std::vector<Value>{Value(name)}); }
inline std::string receipt_id(const char* number) { return record::element_id(std::vector<Value>{Value("AA"), Value(number)}); }
inline Op paper(const char* name, const char* file) { return add("TaiLieuNop", {{"TepDinhKemId", name}, {"TenTepDinhKem", file}}); }
inline Op payment(const char* number, int amount) {
  return append("BienLai", record::canonical({{"KyHieu", "AA"}, {"SoBienLai", number}, {"SoTien", amount}}));
}

/// The unit of everybody of whom a test does not say otherwise.
inline const UnitCode home = "W-0";

/// A dossier being written: creation by writer 0, then changes that name what they saw.
class Scene {
 public:
  explicit Scene(std::vector<Op> ops = {}) { did_ = record::did_created_by(say(0, {}, std::move(ops))); }

  /// A change; its clock is later than all before unless `hlc` says otherwise.
  Position say(std::uint8_t writer, std::vector<Position> seen, std::vector<Op> ops) {
    Fact fact;
    const auto number = facts_.size();
    fact.position = {device_of(writer), Incarnation{}, number};
    fact.position.incarnation.bytes.fill(writer);
    fact.rid.bytes.fill(static_cast<std::uint8_t>(number + 1));
    fact.hlc = hlc_at(static_cast<std::int64_t>(number) * 1000);
    fact.unit = home;
    fact.change.user = "user" + std::to_string(writer);
    std::sort(seen.begin(), seen.end());
    fact.change.seen = std::move(seen);
    fact.change.ops = std::move(ops);
    facts_.push_back(std::move(fact));
    return facts_.back().position;
  }
  Position say(std::uint8_t writer, std::vector<Position> seen, Op op) { return say(writer, std::move(seen), std::vector{std::move(op)}); }

  [[nodiscard]] Position root() const { return facts_.front().position; }
  [[nodiscard]] Fact& last() { return facts_.back(); }
  [[nodiscard]] std::vector<Fact>& facts() { return facts_; }
  [[nodiscard]] const std::vector<Fact>& all() const { return facts_; }
  [[nodiscard]] const Did& did() const { return did_; }
  [[nodiscard]] DossierState state() const { return merge(did_, facts_); }
  [[nodiscard]] std::vector<HistoryEntry> history() const { return merge::history(did_, facts_); }

 private:
  Did did_;
  std::vector<Fact> facts_;
};

inline const Value* shown(const DossierState& state, std::string_view field) { return record::find(state.fields, field); }
inline bool shows(const DossierState& state, std::string_view field, const Value& value) {
  const auto* found = shown(state, field);
  return found != nullptr && *found == value;
}
inline const Collection* collection(const DossierState& state, std::string_view name) {
  for (const auto& each : state.collections)
    if (each.name == name) return &each;
  return nullptr;
}
inline std::vector<std::string> ids_in(const DossierState& state, std::string_view name) {
  std::vector<std::string> out;
  if (const auto* found = collection(state, name))
    for (const auto& element : found->elements) out.push_back(element.id);
  return out;
}
inline std::vector<Value> values_of(const Conflict& conflict) {
  std::vector<Value> out;
  for (const auto& said : conflict.values) out.push_back(said.value);
  return out;
}
inline HistoryEntry entry_of(const std::vector<HistoryEntry>& entries, const Position& change, std::uint16_t op = 0) {
  const auto found = std::find_if(entries.begin(), entries.end(), [&](const HistoryEntry& e) { return e.said.op == OpId{change, op}; });
  if (found == entries.end()) throw std::out_of_range("no such operation in the history");
  return *found;
}

}  // namespace ward::merge::test
