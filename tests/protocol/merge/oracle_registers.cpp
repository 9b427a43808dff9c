#include "tests/protocol/merge/oracle.hpp"

#include <algorithm>

/// Registers, heads and leaves (MERGE.md §1 and §5).
namespace ward::merge::test {

using record::Path;
using record::Step;
using record::Value;
using schema::Policy;

namespace {

bool is_in_log(const Path& path) {
  for (std::size_t steps = 1; steps + 1 < path.size(); steps += 2) {
    const auto* collection = field_of(Path(path.begin(), path.begin() + static_cast<std::ptrdiff_t>(steps)));
    if (collection != nullptr && collection->policy == Policy::log) return true;
  }
  return false;
}

}  // namespace

/// What the text of `words` writes, and where, when `op` says it.
Oracle::Writes Oracle::writes_of(std::size_t op, std::size_t words) const {
  Writes out;
  const auto& said = *ops_[words].op;
  const auto sense = sense_of(said).sense;
  const auto write = [&](Path path, Write::Kind kind, Value value) { out[std::move(path)] = {op, kind, std::move(value), words}; };
  const auto renew_around = [&] {
    for (std::size_t steps = 2; steps < said.path.size(); steps += 2)
      write(Path(said.path.begin(), said.path.begin() + static_cast<std::ptrdiff_t>(steps)), Write::Kind::touch, {});
  };
  auto element = said.path;
  element.push_back(Step::element(name_of_element(said, ops_[words].id)));
  switch (sense) {
    case Sense::field:
    case Sense::payment:
    case Sense::revive:
      renew_around();
      write(said.path, Write::Kind::value, said.value);
      break;
    case Sense::remove: write(said.path, Write::Kind::removal, {}); break;
    case Sense::entry:
      renew_around();
      write(element, Write::Kind::entry, said.value);
      break;
    case Sense::add:
    case Sense::note: {
      renew_around();
      write(element, Write::Kind::enter, {});
      const auto given = said.value.map() == nullptr ? record::Map{{"text", said.value}} : *said.value.map();
      for (const auto& [name, value] : given) {
        auto field = element;
        field.push_back(Step::field(name));
        write(field, Write::Kind::value, value);
      }
      break;
    }
    default: break;
  }
  return out;
}

/// An operation that applies takes its place in the registers.
void Oracle::enter(std::size_t op) {
  Writes writes;
  const auto& said = *ops_[op].op;
  const auto give_code = [&](std::size_t words) {
    if (sense_of(*ops_[words].op).sense == Sense::code && ops_[words].op->value.text() != nullptr)
      codes_.emplace_back(op, *ops_[words].op->value.text());
  };
  if (judged_[op].sense == Sense::approve) {
    std::set<std::size_t> proposals;
    for (const auto& id : references_of(said.value)) proposals.insert(*find(id));
    for (const auto words : proposals) {
      for (auto& [path, write] : writes_of(op, words)) writes[path] = std::move(write);
      give_code(words);
    }
  } else if (judged_[op].sense == Sense::status) {
    writes[said.path] = {op, Write::Kind::value, said.value, op};
    for (const auto& [name, value] : rides_of(said)) writes[{Step::field(name)}] = {op, Write::Kind::ride, value, op};
  } else {
    writes = writes_of(op, op);
    give_code(op);
  }
  for (auto& [path, write] : writes) registers_[path].push_back(std::move(write));
}

Oracle::Register Oracle::register_at(const Path& path, const Ops& in) const {
  Register out;
  const auto found = registers_.find(path);
  if (found == registers_.end()) return out;
  std::optional<std::vector<std::size_t>> on_line;
  for (const auto& write : found->second) {
    if (!in.has(write.by)) continue;
    if (write.kind == Write::Kind::ride) {
      if (!on_line) on_line = line(in);
      if (std::find(on_line->begin(), on_line->end(), write.by) == on_line->end()) continue;
    }
    out.push_back(write);
  }
  return out;
}

bool Oracle::replaces(const Write& by, const Write& old) const {
  if (by.kind == Write::Kind::entry || !ops_[by.by].past.has(old.by)) return false;
  if (ops_[by.by].id.change == ops_[old.by].id.change) return true;
  const auto& only = ops_[by.by].op->replaces;
  if (!only || by.kind == Write::Kind::touch || by.kind == Write::Kind::ride) return true;
  return std::find(only->begin(), only->end(), ops_[old.by].id) != only->end();
}

Oracle::Register Oracle::heads(const Path& path, const Ops& in) const {
  Register out;
  const auto all = register_at(path, in);
  for (const auto& old : all)
    if (std::none_of(all.begin(), all.end(), [&](const Write& by) { return replaces(by, old); })) out.push_back(old);
  return out;
}

Oracle::Register Oracle::leaves(const Path& path, const Ops& in) const { return follow(heads(path, in), register_at(path, in)); }

/// What the writes stand for.
Oracle::Register Oracle::follow(Register open, const Register& all) const {
  std::map<std::size_t, Write> out;
  std::set<std::size_t> met;
  while (!open.empty()) {
    const auto write = open.back();
    open.pop_back();
    if (!met.insert(write.by).second) continue;
    bool stands_for_others = false;
    for (const auto& id : references_of(write.value))
      for (const auto& other : all)
        if (ops_[other.by].id == id) {
          open.push_back(other);
          stands_for_others = true;
        }
    if (!stands_for_others) out[write.by] = write;
  }
  Register leaves;
  for (const auto& [op, write] : out) leaves.push_back(write);
  return leaves;
}

Policy Oracle::policy(const Path& path, const Ops& in) const {
  const auto* field = field_of(path);
  if (field == nullptr) return Policy::ask;
  const auto may_follow = [](Policy policy) { return policy == Policy::latest || policy == Policy::ask || policy == Policy::owner; };
  std::uint16_t version = 0;
  for (const auto& leaf : leaves(path, in)) version = std::max(version, ops_[leaf.by].fact->schema);
  auto out = field->policy;
  for (const auto& change : context_.policy_changes)
    if (change.version <= version && change.parent == field->parent && change.field == field->name && may_follow(out) &&
        may_follow(change.policy))
      out = change.policy;
  return out == Policy::owner && is_in_log(path) ? Policy::ask : out;
}

/// A payment agrees with itself when all say the same amount: every field that asks, every unknown one.
bool Oracle::agree(const Path& path, const Register& leaves, const Ops& in) const {
  const auto said = [](const Write& write) { return is_reference(write.value) ? Value() : write.value; };
  if (path.size() % 2 == 1)
    return std::all_of(leaves.begin(), leaves.end(), [&](const Write& leaf) { return said(leaf) == said(leaves.front()); });
  const auto weighty = [&](const Write& write) {
    record::Map out;
    const auto value = said(write);
    if (value.map() != nullptr)
      for (const auto& member : *value.map()) {
        auto field = path;
        field.push_back(Step::field(member.name));
        const auto* known = field_of(field);
        if (known == nullptr || known->policy == Policy::ask) out.push_back(member);
      }
    return out;
  };
  (void)in;
  return std::all_of(leaves.begin(), leaves.end(), [&](const Write& leaf) { return weighty(leaf) == weighty(leaves.front()); });
}

bool Oracle::alive(const Path& element, const Ops& in) const {
  const auto all = leaves(element, in);
  return std::any_of(all.begin(), all.end(),
                     [](const Write& leaf) { return leaf.kind == Write::Kind::enter || leaf.kind == Write::Kind::touch; });
}

}  // namespace ward::merge::test
