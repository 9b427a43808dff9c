#pragma once

#include "protocol/merge/causality.hpp"

#include <functional>
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
  OpRef by;  ///< whose place in the history it has
  Kind kind = Kind::value;
  bool resolution = false;               ///< the leaves in its past did not agree
  const record::Value* value = nullptr;  ///< null for enter, touch and removal
  OpRef said;                            ///< who first said it: `by`, or the proposal that `by` approves
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

/// The same, among those writes only that `is_there` admits; which must hold with a write all that it replaced.
[[nodiscard]] Places heads_among(const Register& writes, const Causality& causality, const std::function<bool(const Write&)>& is_there);
/// One write more, the last of the register.
void advance(Places& heads, const Register& writes, const Causality& causality, Replacements* replacements = nullptr);

/// What `heads` stand for: an undo stands for the writes that it refers back to, and for "no value" itself when it refers to none.
[[nodiscard]] Places leaves_of(const Register& writes, const Places& heads, const Causality& causality);

/// The place with the greatest clock. `places` is not empty.
[[nodiscard]] std::uint32_t greatest_of(const Register& writes, const Places& places, const Causality& causality);
/// Which of them are in the running.
using Running = std::function<Places(Places)>;
/// What a head comes to under a policy that goes by clocks: of what an undo names, and is in the running, the one with the greatest clock,
/// and so on.
[[nodiscard]] std::uint32_t followed(const Register& writes, std::uint32_t head, const Causality& causality, const Running& running);

/// Whether it came with a status, in another field's register.
[[nodiscard]] bool rides(const Write& write, const Causality& causality);

/// The value that shows when this write does: null for an undo that refers back to nothing.
[[nodiscard]] const record::Value& shown_by(const Write& write);

}  // namespace ward::merge
