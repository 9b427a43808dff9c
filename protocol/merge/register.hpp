#pragma once

#include "protocol/merge/causality.hpp"

#include <utility>
#include <vector>

namespace ward::merge {

/// One operation as it meets one register.
struct Write {
  enum class Kind : std::uint8_t {
    value,    ///< of a field, or the whole content of a payment
    enter,    ///< puts the element there: an add, an append
    touch,    ///< an edit inside the element, which renews it
    removal,  ///< of the element
    payment,  ///< an entry of a ledger: it replaces nothing, not even what its writer had seen
  };
  Nth change = 0;
  std::uint16_t op = 0;
  Kind kind = Kind::value;
  const record::Value* value = nullptr;  ///< null for enter, touch and removal
};

/// Everything that was ever written to one field, or about the existence of one element, in causal order.
using Register = std::vector<Write>;

/// Places in a register, ascending.
using Places = std::vector<std::uint32_t>;
/// (what replaced, what was replaced).
using Replacements = std::vector<std::pair<std::uint32_t, std::uint32_t>>;

/// The writes that no other replaced. A write replaces what stood in its writer's past, or only what it lists of it; a later operation of
/// one change always replaces an earlier one. Work: writes × the most heads that ever stood at once.
[[nodiscard]] Places heads_of(const Register& writes, const Causality& causality, Replacements* replacements = nullptr);

/// What `heads` stand for: an undo stands for the writes that it refers back to, and for "no value" itself when it refers to none.
[[nodiscard]] Places leaves_of(const Register& writes, const Places& heads, const Causality& causality);

/// The head with the greatest clock; when that is an undo, the one with the greatest clock among what it stands for, and so on. `heads` is
/// not empty.
[[nodiscard]] std::uint32_t latest_of(const Register& writes, const Places& heads, const Causality& causality);

[[nodiscard]] OpId id_of(const Write& write, const Causality& causality);
[[nodiscard]] const record::Op& op_of(const Write& write, const Causality& causality);
/// The value that shows when this write does: null for an undo that refers back to nothing.
[[nodiscard]] const record::Value& shown_by(const Write& write);

}  // namespace ward::merge
