#pragma once

#include "protocol/merge/merge.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace ward::merge {

/// A change's place in the dossier's causal order.
using Nth = std::uint32_t;

/// An operation of a held change.
struct OpRef {
  Nth change = 0;
  std::uint16_t op = 0;
  friend auto operator<=>(const OpRef&, const OpRef&) = default;
};

/// Which of a dossier's facts are held with their whole past, in one order that every site finds: a change comes after all that it had
/// seen; among the others the lower stamp comes first, unstamped ones last, then the lower clock. The facts must outlive it.
///
/// Work: n log n for n facts, and n / 64 words a change for the past of each.
class Causality {
 public:
  Causality(const Did& did, const std::vector<Fact>& facts);

  /// In order; facts of a revoked device are among them (their operations are proposals, but others may have seen them).
  [[nodiscard]] std::span<const Fact* const> held() const noexcept { return held_; }
  /// Forked, blocked by the policy log, without their whole past, or past limits::changes_per_dossier_max; by position, then rid.
  [[nodiscard]] std::span<const Fact* const> waiting() const noexcept { return waiting_; }
  /// Another record stands under their number; by position, then rid.
  [[nodiscard]] std::span<const Fact* const> set_aside() const noexcept { return set_aside_; }

  [[nodiscard]] const Fact& at(Nth nth) const noexcept { return *held_[nth]; }
  [[nodiscard]] std::optional<Nth> find(const Position& position) const noexcept;
  /// Whether the writer of `later` had seen `earlier`, directly or through others. False for a change and itself.
  [[nodiscard]] bool saw(Nth later, Nth earlier) const noexcept {
    return (past_[later * words_ + earlier / 64] >> (earlier % 64) & 1U) != 0;
  }
  /// The same of operations; in one change the later saw the earlier.
  [[nodiscard]] bool in_past(const OpRef& of, const OpRef& what) const noexcept {
    return what.change == of.change ? what.op < of.op : saw(of.change, what.change);
  }
  [[nodiscard]] bool concurrent(const OpRef& a, const OpRef& b) const noexcept { return a != b && !in_past(a, b) && !in_past(b, a); }
  [[nodiscard]] const record::Op& op_at(const OpRef& ref) const noexcept { return at(ref.change).change.ops[ref.op]; }
  [[nodiscard]] OpId id_of(const OpRef& ref) const noexcept { return {at(ref.change).position, ref.op}; }
  /// Nothing when its change is not held or has no such operation.
  [[nodiscard]] std::optional<OpRef> find_op(const OpId& id) const noexcept;
  [[nodiscard]] std::span<const std::uint64_t> past(Nth nth) const noexcept { return {past_.data() + nth * words_, words_}; }

 private:
  struct Candidate {
    const Fact* fact = nullptr;
    std::uint32_t missing = 0;  ///< of what it had seen, how many are not held yet
    bool blocked = false;
  };
  void gather(const std::vector<Fact>& facts);
  void connect(const Did& did);
  void sort_causally();
  void find_pasts();
  [[nodiscard]] std::optional<std::uint32_t> candidate_at(const Position& position) const noexcept;

  std::vector<Candidate> candidates_;                ///< by position
  std::vector<std::vector<std::uint32_t>> seen_by_;  ///< of each candidate: which candidates had seen it
  std::vector<Nth> place_;                           ///< of each candidate among `held_`
  std::vector<const Fact*> held_, waiting_, set_aside_;
  std::size_t words_ = 0;
  std::vector<std::uint64_t> past_;  ///< a row of bits for each held change
};

/// What decides between two values of which neither writer had seen the other: a believed clock beats one that is not, then the later
/// clock, then the greater device, incarnation, number and operation (records.md §5.3).
struct ClockRank {
  bool good = false;
  Hlc hlc;
  Position change;
  std::uint16_t op = 0;
  friend auto operator<=>(const ClockRank&, const ClockRank&) = default;
};
[[nodiscard]] ClockRank rank_of(const Fact& fact, std::uint16_t op) noexcept;

}  // namespace ward::merge
