#pragma once

#include "protocol/merge/document.hpp"

namespace ward::merge {

/// What a field's writes come to under its policy.
struct Decision {
  Places heads;
  Places leaves;  ///< what the heads stand for
  schema::Policy policy = schema::Policy::ask;
  bool conflict = false;      ///< values that differ, and nobody has decided: none shows
  bool one_level_up = false;  ///< the conflict is about decisions
  std::uint32_t head = 0;     ///< which head won; where all agree, any
  std::uint32_t winner = 0;   ///< whose value shows, when there is no conflict
};
/// By clock, by custody, or by asking when the values differ. The node has writes.
[[nodiscard]] Decision decide_field(const FieldNode& node, const Grounds& grounds);

/// What a head of a field that goes by clocks, or by custody, comes to.
[[nodiscard]] std::uint32_t followed(const FieldNode& node, std::uint32_t head, schema::Policy policy, const Grounds& grounds);

/// Whether an element is there. Add wins: it is while any mark of life (an add, an edit inside it) is not in the past of a removal.
struct Existence {
  Places heads;
  Places leaves;
  bool alive = false;
  bool conflict = false;  ///< alive, with a removal whose writer and the mark's writer had not seen each other
};
[[nodiscard]] Existence decide_existence(const Register& writes, const Causality& causality);

/// What was said under one receipt number. It is one payment when all agree on every `ask` field (the amount) and on every field that is
/// not known; of the others each shows as the latest that gives it says.
struct Payment {
  Places heads;
  Places leaves;
  bool conflict = false;
  bool one_level_up = false;
  std::uint32_t winner = 0;  ///< the latest
  record::Map fields;        ///< without those that nobody has decided
};
[[nodiscard]] Payment decide_payment(const Register& writes, const schema::Field& ledger, const Causality& causality);

/// Who must decide the question that stands in the past of `by`; nothing when none does.
[[nodiscard]] std::optional<Decider> decider_of_field(const Grounds& grounds, const FieldNode& node, const OpRef& by);
[[nodiscard]] std::optional<Decider> decider_of_payment(const Grounds& grounds, const FieldNode& ledger, const ElementNode& payment,
                                                        const OpRef& by);
/// Who decides such a question.
[[nodiscard]] Decider decider_of(ConflictKind question, bool one_level_up, const Tenures& tenures);

}  // namespace ward::merge
