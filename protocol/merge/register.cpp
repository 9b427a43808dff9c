#include "protocol/merge/register.hpp"

#include <algorithm>
#include <tuple>

namespace ward::merge {
namespace {

/// Where `ids` stand among the writes before `place` that its writer had seen; ascending.
Places named_by(const std::vector<OpId>& ids, const Register& writes, std::uint32_t place, const Causality& causality) {
  Places out;
  const auto& write = writes[place];
  const auto end = writes.begin() + place;
  for (const auto& id : ids) {
    const auto change = causality.find(id.change);
    if (!change || (*change != write.change && !causality.saw(write.change, *change))) continue;
    const auto key = std::tuple{*change, id.index};
    const auto at =
        std::lower_bound(writes.begin(), end, key, [](const Write& w, const auto& k) { return std::tuple{w.change, w.op} < k; });
    if (at != end && std::tuple{at->change, at->op} == key) out.push_back(static_cast<std::uint32_t>(at - writes.begin()));
  }
  std::sort(out.begin(), out.end());
  return out;
}

/// What one write of a register replaces.
class Replaces {
 public:
  Replaces(const Register& writes, std::uint32_t place, const Causality& causality)
      : writes_(writes), write_(writes[place]), causality_(causality) {
    const auto& listed = op_of(write_, causality).replaces;
    if (listed && write_.kind != Write::Kind::touch) only_ = named_by(*listed, writes, place, causality);
  }
  bool operator()(std::uint32_t head) const {
    if (write_.kind == Write::Kind::payment) return false;
    if (writes_[head].change == write_.change) return true;
    return causality_.saw(write_.change, writes_[head].change) && (!only_ || std::binary_search(only_->begin(), only_->end(), head));
  }

 private:
  const Register& writes_;
  const Write& write_;
  const Causality& causality_;
  std::optional<Places> only_;
};

const record::Heads* undone_by(const Write& write) { return write.value == nullptr ? nullptr : write.value->heads(); }

/// The places that an undo refers back to.
Places targets_of(const Register& writes, std::uint32_t place, const Causality& causality) {
  return named_by(undone_by(writes[place])->ops, writes, place, causality);
}

}  // namespace

Places heads_of(const Register& writes, const Causality& causality, Replacements* replacements) {
  Places heads;
  for (std::uint32_t place = 0; place < writes.size(); ++place) {
    const Replaces replaces(writes, place, causality);
    std::size_t kept = 0;
    for (const auto head : heads) {
      if (!replaces(head))
        heads[kept++] = head;
      else if (replacements != nullptr)
        replacements->emplace_back(place, head);
    }
    heads.resize(kept);
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
