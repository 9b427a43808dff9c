#pragma once

#include "protocol/merge/custody.hpp"

#include <functional>
#include <map>

namespace ward::merge {

/// Whether the writer of `act` might decide such a thing when he wrote it (MERGE.md §6).
[[nodiscard]] bool may(const Tenures& tenures, const OpRef& act, const Decider& decider);
/// Who decides what any clerk of the custodian may.
[[nodiscard]] Decider custodian(const Tenures& tenures);
[[nodiscard]] Decider writer_of(const Fact& fact);

/// What people said is dealt with.
class Dismissals {
 public:
  explicit Dismissals(const Tenures& tenures);

  [[nodiscard]] std::optional<Refusal> refusal(const OpRef& dismiss) const;
  [[nodiscard]] bool is_in_force(const OpRef& dismiss) const;
  /// One dismissal in force, by somebody who might, names all of these; `in_past`: of those there. Without it, of all.
  [[nodiscard]] bool cover(std::span<const OpRef> ops, const Decider& decider, const OpRef* in_past_of = nullptr) const;
  /// A dismissal in force names it, by whoever wrote it himself.
  [[nodiscard]] bool withdrawn(const OpRef& op) const;
  [[nodiscard]] bool empty() const noexcept { return all_.empty(); }

 private:
  struct Dismissal {
    OpRef by;
    std::vector<OpRef> named;  ///< ascending
    bool in_force = true;      ///< among all
  };
  [[nodiscard]] std::vector<bool> in_force(const OpRef* in_past_of) const;
  [[nodiscard]] bool wrote(const OpRef& by, const OpRef& op) const;

  const Tenures& tenures_;
  std::vector<Dismissal> all_;  ///< that apply, in order
  std::vector<OpRef> refused_;  ///< ascending
};

}  // namespace ward::merge
