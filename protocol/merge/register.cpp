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
    const auto ref = causality.find_op(id);
    if (!ref || (ref->change != write.by.change && !causality.saw(write.by.change, ref->change))) continue;
    // One approval may say two things of one place: the last stands.
    const auto after = std::upper_bound(writes.begin(), end, *ref, [](const OpRef& r, const Write& w) { return r < w.by; });
    if (after != writes.begin() && std::prev(after)->by == *ref) out.push_back(static_cast<std::uint32_t>(after - writes.begin() - 1));
  }
  std::sort(out.begin(), out.end());
  return out;
}

/// What one write of a register replaces.
class Replaces {
 public:
  Replaces(const Register& writes, std::uint32_t place, const Causality& causality)
      : writes_(writes), write_(writes[place]), causality_(causality) {
    // An approval replaces what its own writer had seen, whatever the proposal says. A status lists statuses, not what its riders replace.
    if (write_.kind == Write::Kind::touch || write_.by != write_.said) return;
    const auto& listed = causality.op_at(write_.by).replaces;
    if (listed && !rides(write_, causality)) only_ = named_by(*listed, writes, place, causality);
  }
  bool operator()(std::uint32_t head) const {
    if (write_.kind == Write::Kind::payment) return false;
    const auto other = writes_[head].by.change;
    if (other == write_.by.change) return true;
    return causality_.saw(write_.by.change, other) && (!only_ || std::binary_search(only_->begin(), only_->end(), head));
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

void put_head(Places& heads, const Register& writes, std::uint32_t place, const Causality& causality, Replacements* replacements) {
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

}  // namespace

Places heads_of(const Register& writes, const Causality& causality, Replacements* replacements) {
  Places heads;
  for (std::uint32_t place = 0; place < writes.size(); ++place) put_head(heads, writes, place, causality, replacements);
  return heads;
}

Places heads_among(const Register& writes, const Causality& causality, const std::function<bool(const Write&)>& is_there) {
  Places heads;
  for (std::uint32_t place = 0; place < writes.size(); ++place)
    if (is_there(writes[place])) put_head(heads, writes, place, causality, nullptr);
  return heads;
}

void advance(Places& heads, const Register& writes, const Causality& causality, Replacements* replacements) {
  put_head(heads, writes, static_cast<std::uint32_t>(writes.size() - 1), causality, replacements);
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

std::uint32_t greatest_of(const Register& writes, const Places& places, const Causality& causality) {
  const auto rank = [&](std::uint32_t place) {
    const auto& by = writes[place].by;
    return std::pair{rank_of(causality.at(by.change), by.op), place};  // one approval may say two things of one place
  };
  return *std::max_element(places.begin(), places.end(), [&](std::uint32_t a, std::uint32_t b) { return rank(a) < rank(b); });
}

std::uint32_t followed(const Register& writes, std::uint32_t head, const Causality& causality, const Running& running) {
  while (undone_by(writes[head]) != nullptr) {
    auto targets = targets_of(writes, head, causality);
    if (targets.empty()) break;
    head = greatest_of(writes, running(std::move(targets)), causality);
  }
  return head;
}

bool rides(const Write& write, const Causality& causality) {
  const auto& op = causality.op_at(write.by);
  return op.kind == record::OpKind::status && write.value != &op.value;
}

const record::Value& shown_by(const Write& write) {
  static const record::Value none;
  return write.value == nullptr || write.value->heads() != nullptr ? none : *write.value;
}

}  // namespace ward::merge
