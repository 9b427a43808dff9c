#include "protocol/merge/decide.hpp"

#include <algorithm>
#include <map>

namespace ward::merge {
namespace {

using record::Map;
using record::Value;

bool is_life(const Write& write) { return write.kind == Write::Kind::enter || write.kind == Write::Kind::touch; }

const Map& content_of(const Write& write) {
  static const Map nothing;
  const auto* map = shown_by(write).map();
  return map == nullptr ? nothing : *map;
}

bool must_agree(const schema::Field& ledger, std::string_view name) {
  const auto* field = schema::find(ledger.name, name);
  return field == nullptr || field->policy == schema::Policy::ask;
}

/// What stands under each name, and how often.
struct Column {
  const Value* value = nullptr;
  std::size_t agreeing = 0;
};

}  // namespace

Decision decide_field(const Register& writes, schema::Policy policy, const Causality& causality, Replacements* replacements) {
  Decision out;
  out.heads = heads_of(writes, causality, replacements);
  if (policy == schema::Policy::latest) {
    out.winner = latest_of(writes, out.heads, causality);
    out.leaves = leaves_of(writes, out.heads, causality);
    return out;
  }
  out.leaves = leaves_of(writes, out.heads, causality);
  out.winner = out.leaves.front();
  const auto& value = shown_by(writes[out.winner]);
  out.conflict = std::any_of(out.leaves.begin(), out.leaves.end(), [&](std::uint32_t leaf) { return !(shown_by(writes[leaf]) == value); });
  return out;
}

Existence decide_existence(const Register& writes, const Causality& causality, Replacements* replacements) {
  Existence out;
  out.heads = heads_of(writes, causality, replacements);
  out.leaves = leaves_of(writes, out.heads, causality);
  bool removed = false;
  for (const auto leaf : out.leaves) {
    out.alive = out.alive || is_life(writes[leaf]);
    removed = removed || writes[leaf].kind == Write::Kind::removal;
  }
  out.conflict = out.alive && removed;
  return out;
}

Payment decide_payment(const Register& writes, const schema::Field& ledger, const Causality& causality, Replacements* replacements) {
  Payment out;
  out.heads = heads_of(writes, causality, replacements);
  out.leaves = leaves_of(writes, out.heads, causality);
  out.winner = latest_of(writes, out.leaves, causality);
  std::map<std::string_view, Column> columns;
  const auto enter = [&](const Map& content) {
    for (const auto& [name, value] : content) {
      auto& column = columns[name];
      if (column.value == nullptr) column.value = &value;
      if (*column.value == value) ++column.agreeing;
    }
  };
  enter(content_of(writes[out.winner]));
  for (const auto leaf : out.leaves)
    if (leaf != out.winner) enter(content_of(writes[leaf]));
  for (const auto& [name, column] : columns) {
    const bool open = column.agreeing != out.leaves.size() && must_agree(ledger, name);
    out.conflict = out.conflict || open;
    if (!open) out.fields.push_back({std::string(name), *column.value});
  }
  return out;
}

}  // namespace ward::merge
