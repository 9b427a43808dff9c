#pragma once

#include "protocol/merge/document.hpp"

namespace ward::merge {

/// What a field's writes come to under its policy.
struct Decision {
  Places heads;
  Places leaves;             ///< what the heads stand for
  bool conflict = false;     ///< values that differ, and nobody has decided: none shows
  std::uint32_t winner = 0;  ///< whose value shows, when there is no conflict
};
/// `latest` by clock; every other policy asks when the values differ. `writes` is not empty.
[[nodiscard]] Decision decide_field(const Register& writes, schema::Policy policy, const Causality& causality,
                                    Replacements* replacements = nullptr);

/// Whether an element is there. Add wins: it is while any mark of life (an add, an edit inside it) is not in the past of a removal.
struct Existence {
  Places heads;
  Places leaves;
  bool alive = false;
  bool conflict = false;  ///< alive, with a removal whose writer and the mark's writer had not seen each other
};
[[nodiscard]] Existence decide_existence(const Register& writes, const Causality& causality, Replacements* replacements = nullptr);

/// What was said under one receipt number. It is one payment when all agree on every `ask` field (the amount) and on every field that is
/// not known; of the others the latest shows.
struct Payment {
  Places heads;
  Places leaves;
  bool conflict = false;
  std::uint32_t winner = 0;  ///< the latest
  record::Map fields;        ///< without those that nobody has decided
};
[[nodiscard]] Payment decide_payment(const Register& writes, const schema::Field& ledger, const Causality& causality,
                                     Replacements* replacements = nullptr);

}  // namespace ward::merge
