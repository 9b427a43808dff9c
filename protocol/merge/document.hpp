#pragma once

#include "protocol/merge/workflow.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace ward::merge {

/// All that is judged before the document can be read. The facts and the context must outlive it.
struct Grounds {
  Grounds(const Did& did, const std::vector<Fact>& facts, const Context& context)
      : causality(did, facts), forms(causality, context), tenures(forms), dismissals(tenures), workflow(tenures, dismissals) {}
  Grounds(const Grounds&) = delete;
  Grounds& operator=(const Grounds&) = delete;

  Causality causality;
  Forms forms;
  Tenures tenures;
  Dismissals dismissals;
  Workflow workflow;
};

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
  Register rides;       ///< what came with statuses, also with those that lost
  Places heads;         ///< of `value`, once it has two writes
  bool in_log = false;  ///< of an entry of a log
  std::map<std::string, ElementNode, std::less<>> elements;

  [[nodiscard]] schema::Policy policy() const noexcept { return schema == nullptr ? schema::Policy::ask : schema->policy; }
};

/// An operation that does not apply.
struct Refused {
  OpRef op;
  Refusal why = Refusal::outside_custody;
  Decider decider;
};

/// All that was written to one dossier, sorted by where it was written, each place in causal order. Names and values point into the facts.
struct Document {
  std::map<std::string_view, FieldNode> fields;
  std::vector<OpRef> codes;          ///< what says them, in the order in which they were given
  std::vector<OpRef> codes_by;       ///< and what gave them: the same, or an approval
  std::vector<Refused> proposals;    ///< in order, all that ever were
  std::vector<Refused> not_applied;  ///< in order, all that ever were
  std::vector<OpRef> approved;       ///< proposals, ascending
};
[[nodiscard]] Document read_document(const Grounds& grounds);

/// Whether a refused operation is dealt with: nobody need look at it any more.
[[nodiscard]] bool dealt_with(const Grounds& grounds, const Document& document, const Refused& refused, bool proposal);

/// The policy by which these leaves of a field merge, whose writes are `writes`.
[[nodiscard]] schema::Policy policy_of(const FieldNode& node, const Register& writes, const Places& leaves, const Grounds& grounds);

}  // namespace ward::merge
