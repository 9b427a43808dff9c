#pragma once

#include "protocol/merge/register.hpp"
#include "protocol/schema/schema.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace ward::merge {

struct FieldNode;

/// An element of a collection: whether it exists (in a ledger: what it says), and the fields inside it.
struct ElementNode {
  Register existence;
  std::map<std::string_view, FieldNode> fields;
};

/// A field, or a collection; an unknown name may turn out to be both.
struct FieldNode {
  const schema::Field* schema = nullptr;  ///< null: unknown, merges as `ask`
  Register value;
  std::map<std::string, ElementNode, std::less<>> elements;

  [[nodiscard]] schema::Policy policy() const noexcept { return schema == nullptr ? schema::Policy::ask : schema->policy; }
};

struct OpRef {
  Nth change = 0;
  std::uint16_t op = 0;
};

/// All that was written to one dossier, sorted by where it was written, each place in causal order. Names and values point into the facts.
struct Document {
  std::map<std::string_view, FieldNode> fields;
  std::vector<OpRef> codes;        ///< aliases that were given, in order
  std::vector<OpRef> not_applied;  ///< kinds that this build does not know, paths and values that have no meaning, references to what the
                                   ///< writer had not seen
  std::vector<OpRef> proposals;
};
[[nodiscard]] Document read_document(const Causality& causality);

}  // namespace ward::merge
