#include "protocol/merge/register.hpp"

#include <algorithm>
#include <tuple>

namespace ward::merge {
namespace {

bool replaces(const Write& write, const Write& head, const Causality& causality) {
  if (write.kind == Write::Kind::payment) return false;
  if (write.change == head.change) return true;
  if (!causality.saw(write.change, head.change)) return false;
  const auto& only = op_of(write, causality).replaces;
  const bool limited = only.has_value() && write.kind != Write::Kind::touch;
  return !limited || std::find(only->begin(), only->end(), id_of(head, causality)) != only->end();
}

const record::Heads* undone_by(const Write& write) { return write.value == nullptr ? nullptr : write.value->heads(); }

/// The places that an undo refers back to: writes to the same register that its writer had seen.
Places targets_of(const Register& writes, std::uint32_t place, const Causality& causality) {
  Places out;
  const auto& undo = writes[place];
  for (const auto& id : undone_by(undo)->ops) {
    const auto change = causality.find(id.change);
    if (!change) continue;
    const auto at = std::lower_bound(writes.begin(), writes.begin() + place, std::tuple{*change, id.index},
                                     [](const Write& w, const auto& key) { return std::tuple{w.change, w.op} < key; });
    const bool found = at != writes.begin() + place && at->change == *change && at->op == id.index;
    if (found && (at->change == undo.change || causality.saw(undo.change, at->change)))
      out.push_back(static_cast<std::uint32_t>(at - writes.begin()));
  }
  return out;
}

}  // namespace

Places heads_of(const Register& writes, const Causality& causality, Replacements* replacements) {
  Places heads;
  for (std::uint32_t place = 0; place < writes.size(); ++place) {
    const auto gone = std::stable_partition(heads.begin(), heads.end(),
                                            [&](std::uint32_t head) { return !replaces(writes[place], writes[head], causality); });
    if (replacements != nullptr)
      for (auto head = gone; head != heads.end(); ++head) replacements->emplace_back(place, *head);
    heads.erase(gone, heads.end());
    heads.push_back(place);
  }
  return heads;
}

Places leaves_of(const Register& writes, const Places& heads, const Causality& causality) {
  if (std::none_of(heads.begin(), heads.end(), [&](std::uint32_t head) { return undone_by(writes[head]) != nullptr; })) return heads;
  Places out;
  Places open = heads;
  std::vector<bool> met(writes.size());
  while (!open.empty()) {
    const auto place = open.back();
    open.pop_back();
    if (met[place]) continue;
    met[place] = true;
    const auto targets = undone_by(writes[place]) == nullptr ? Places{} : targets_of(writes, place, causality);
    if (targets.empty()) out.push_back(place);
    open.insert(open.end(), targets.begin(), targets.end());
  }
  std::sort(out.begin(), out.end());
  return out;
}

std::uint32_t latest_of(const Register& writes, const Places& heads, const Causality& causality) {
  const auto rank = [&](std::uint32_t place) { return rank_of(causality.at(writes[place].change), writes[place].op); };
  const auto greatest = [&](const Places& places) {
    return *std::max_element(places.begin(), places.end(), [&](std::uint32_t a, std::uint32_t b) { return rank(a) < rank(b); });
  };
  auto winner = greatest(heads);
  while (undone_by(writes[winner]) != nullptr) {
    const auto targets = targets_of(writes, winner, causality);
    if (targets.empty()) break;
    winner = greatest(targets);
  }
  return winner;
}

OpId id_of(const Write& write, const Causality& causality) { return {causality.at(write.change).position, write.op}; }

const record::Op& op_of(const Write& write, const Causality& causality) { return causality.at(write.change).change.ops[write.op]; }

const record::Value& shown_by(const Write& write) {
  static const record::Value none;
  return write.value == nullptr || write.value->heads() != nullptr ? none : *write.value;
}

}  // namespace ward::merge
