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
  status,  ///< a write of the status, by whatever kind
  offer,
  accept,
  decline,
  recall,
  approve,
  dismiss,
};
[[nodiscard]] bool is_act(Meaning meaning) noexcept;
[[nodiscard]] bool is_custody(Meaning meaning) noexcept;
/// What an official who has a key signs with it: acts of custody, and the statuses that are legal acts.
[[nodiscard]] bool needs_signature(const record::Op& op) noexcept;

/// What an operation means by itself (MERGE.md §2, 1 to 4). `why` counts when it means nothing.
struct Form {
  Meaning meaning = Meaning::nothing;
  Refusal why = Refusal::unknown_kind;
};
/// Judged by the schema and by the operation alone.
[[nodiscard]] Form form_of(const record::Op& op);

/// The held changes with what holds of each by itself. The causality and context must outlive it.
class Forms {
 public:
  Forms(const Causality& causality, const Context& context);

  [[nodiscard]] const Causality& causality() const noexcept { return causality_; }
  [[nodiscard]] const Context& context() const noexcept { return context_; }
  [[nodiscard]] Form at(const OpRef& ref) const noexcept { return forms_[first_[ref.change] + ref.op]; }
  [[nodiscard]] Meaning meaning(const OpRef& ref) const noexcept { return at(ref).meaning; }
  /// Its device revoked, or its user disabled.
  [[nodiscard]] std::optional<Refusal> revoked(Nth change) const noexcept { return revoked_[change]; }
  /// Its user has a key, and this act of his is not signed with it.
  [[nodiscard]] bool lacks_signature(const OpRef& ref) const;
  /// Acts that are well formed, of nobody who was revoked, and signed where that is needed, in order.
  [[nodiscard]] std::span<const OpRef> acts() const noexcept { return acts_; }
  /// What it refers to, ascending; all in its past.
  [[nodiscard]] std::vector<OpRef> references(const OpRef& ref) const;

 private:
  [[nodiscard]] Form form_in(const OpRef& ref) const;

  const Causality& causality_;
  const Context& context_;
  std::vector<std::size_t> first_;
  std::vector<Form> forms_;
  std::vector<std::optional<Refusal>> revoked_;
  std::vector<OpRef> acts_;
  std::vector<OpRef> unsigned_;  ///< in order
};

/// The dossier's codes: a field whose values are aliases, never identity.
inline constexpr std::string_view code_field = "MaHoSo";
inline constexpr std::string_view notes_list = "notes";
/// Where the text of a note stands.
inline constexpr std::string_view note_field = "text";
inline constexpr std::string_view status_field = "TrangThaiHoSo";
/// The status with which a supplement letter goes out.
inline constexpr std::string_view asked_for_papers = "5";
/// Where acts of custody stand.
inline constexpr std::string_view custody_field = "BanGiao";

}  // namespace ward::merge
