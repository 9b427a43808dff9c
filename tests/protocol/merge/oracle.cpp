#include "tests/protocol/merge/oracle.hpp"

#include <tuple>

namespace ward::merge::test {

Oracle::Oracle(const Did& did, const std::vector<Fact>& facts) {
  std::map<Position, std::set<Rid>> rids;
  for (const auto& fact : facts) {
    rids[fact.position].insert(fact.rid);
    auto& held = by_position_[fact.position];
    if (held == nullptr || (fact.stamp && !held->stamp)) held = &fact;
  }
  for (bool grew = true; grew;) {
    grew = false;
    for (const auto& [position, fact] : by_position_) {
      const bool is_root = record::did_created_by(position) == did;
      bool ready =
          rids[position].size() == 1 && fact->admission != Admission::waiting && !merges(position) && is_root == fact->change.seen.empty();
      for (const auto& seen : fact->change.seen) ready = ready && merges(seen);
      if (!ready) continue;
      std::set<Position> past;
      for (const auto& seen : fact->change.seen) {
        past.insert(seen);
        past.insert(past_[seen].begin(), past_[seen].end());
      }
      past_[position] = std::move(past);
      grew = true;
    }
  }
}

bool Oracle::saw(const OpId& later, const OpId& earlier) const {
  if (later.change == earlier.change) return later.index > earlier.index;
  return past_.at(later.change).count(earlier.change) != 0;
}

const Op& Oracle::op(const OpId& id) const { return fact(id.change).change.ops.at(id.index); }

bool Oracle::in_past(const OpId& of, const std::vector<OpId>& ids) const {
  for (const auto& id : ids)
    if (!merges(id.change) || !saw(of, id)) return false;
  return true;
}

std::vector<OpId> Oracle::writes_to(const Path& path) const {
  std::vector<OpId> out;
  for (const auto& [position, past] : past_) {
    const auto& change = fact(position);
    if (change.admission != Admission::admitted) continue;
    for (std::uint16_t i = 0; i < change.change.ops.size(); ++i) {
      const auto& op = change.change.ops[i];
      const OpId id{position, i};
      const auto* undone = op.value.heads();
      if (op.kind == OpKind::set && op.path == path && (!op.replaces || in_past(id, *op.replaces)) &&
          (undone == nullptr || in_past(id, undone->ops)))
        out.push_back(id);
    }
  }
  return out;
}

std::set<OpId> Oracle::heads(const Path& path) const {
  std::set<OpId> out;
  const auto writes = writes_to(path);
  for (const auto& old : writes) {
    bool replaced = false;
    for (const auto& by : writes) {
      const auto& only = op(by).replaces;
      const bool listed = by.change == old.change || !only || std::find(only->begin(), only->end(), old) != only->end();
      replaced = replaced || (saw(by, old) && listed);
    }
    if (!replaced) out.insert(old);
  }
  return out;
}

std::vector<OpId> Oracle::targets(const OpId& undo) const {
  std::vector<OpId> out;
  const auto writes = writes_to(op(undo).path);
  for (const auto& id : op(undo).value.heads()->ops)
    if (std::find(writes.begin(), writes.end(), id) != writes.end()) out.push_back(id);
  return out;
}

std::set<OpId> Oracle::leaves(const Path& path) const {
  auto open = heads(path);
  std::set<OpId> out, met;
  while (!open.empty()) {
    const auto id = *open.begin();
    open.erase(open.begin());
    if (!met.insert(id).second) continue;
    const auto next = op(id).value.heads() == nullptr ? std::vector<OpId>{} : targets(id);
    if (next.empty()) out.insert(id);
    open.insert(next.begin(), next.end());
  }
  return out;
}

bool Oracle::better(const OpId& a, const OpId& b) const {
  const auto rank = [&](const OpId& id) {
    const auto& said = fact(id.change);
    return std::tuple{clock_good(said.hlc, said.stamp), said.hlc, id};
  };
  return rank(a) > rank(b);
}

std::optional<Value> Oracle::shown(const Path& path, bool latest) const {
  const auto value = [&](const OpId& id) { return op(id).value.heads() == nullptr ? op(id).value : Value(); };
  if (!latest) {
    std::optional<Value> out;
    for (const auto& leaf : leaves(path)) {
      if (out && !(*out == value(leaf))) return std::nullopt;
      out = value(leaf);
    }
    return out && !out->is_null() ? out : std::nullopt;
  }
  const auto first = heads(path);
  std::vector<OpId> open(first.begin(), first.end());
  while (!open.empty()) {
    auto best = open.front();
    for (const auto& id : open)
      if (better(id, best)) best = id;
    if (op(best).value.heads() == nullptr) return op(best).value.is_null() ? std::nullopt : std::optional(op(best).value);
    open = targets(best);
  }
  return std::nullopt;
}

bool Oracle::alive(const std::string& collection, const std::string& element) const {
  std::vector<OpId> marks, removals;
  for (const auto& [position, past] : past_) {
    const auto& said = fact(position);
    if (said.admission != Admission::admitted) continue;
    for (std::uint16_t i = 0; i < said.change.ops.size(); ++i) {
      const auto& op = said.change.ops[i];
      const OpId id{position, i};
      const bool inside = op.path.size() > 1 && op.path[0].text == collection && op.path[1].text == element;
      if (op.kind == OpKind::remove && op.path == at(collection, element)) removals.push_back(id);
      if (op.kind == OpKind::set && inside) marks.push_back(id);
      if (op.kind == OpKind::add && op.path == at(collection) && element_of(op, id) == element) marks.push_back(id);
    }
  }
  for (const auto& mark : marks) {
    bool cancelled = false;
    for (const auto& removal : removals) cancelled = cancelled || saw(removal, mark);
    if (!cancelled) return true;
  }
  return false;
}

}  // namespace ward::merge::test
