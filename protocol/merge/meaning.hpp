#pragma once

#include "protocol/merge/causality.hpp"
#include "protocol/schema/schema.hpp"

namespace ward::merge {

/// What an operation means for the document.
enum class Meaning : std::uint8_t {
  nothing,      ///< it is kept and shown, never applied
  alias,        ///< another code of the dossier
  set_field,    ///< of the dossier or of an element
  set_payment,  ///< the whole content of a ledger's entry: a decision between two
  restore,      ///< an undo of what was decided about an element's existence
  add_element,
  append_element,
  append_payment,
  remove_element,
};

/// Judged by the schema and by the operation alone.
[[nodiscard]] Meaning meaning_of(const record::Op& op);

/// The operation refers (`replaces`, an undo's value) only to operations that its writer had seen, or that come before it in the same
/// change.
[[nodiscard]] bool refers_to_its_past(const Causality& causality, Nth change, std::uint16_t op);

/// The dossier's codes: a field whose values are aliases, never identity.
inline constexpr std::string_view code_field = "MaHoSo";
/// Where the text of a note stands.
inline constexpr std::string_view note_field = "text";

}  // namespace ward::merge
