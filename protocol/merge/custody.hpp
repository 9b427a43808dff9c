#pragma once

#include "protocol/merge/meaning.hpp"

#include <map>

namespace ward::merge {

using TenureId = std::uint32_t;
inline constexpr TenureId first_tenure = 0;

/// Who held the dossier, by whose past (MERGE.md §3).
class Tenures {
 public:
  explicit Tenures(const Forms& forms);

  [[nodiscard]] const Forms& forms() const noexcept { return forms_; }
  [[nodiscard]] TenureId in_past(const OpRef& ref) const { return at(ref).tenure; }
  [[nodiscard]] bool inside(const OpRef& ref) const;
  [[nodiscard]] bool same_house(const UnitCode& a, const UnitCode& b, const std::optional<Stamp>& stamp) const;

  /// The one in everything that merges, and the way to it from the first.
  [[nodiscard]] TenureId current() const noexcept { return line_.back(); }
  [[nodiscard]] std::span<const TenureId> line() const noexcept { return line_; }
  [[nodiscard]] bool on_line(TenureId tenure) const noexcept { return tenures_[tenure].on_line; }
  /// The accept by which the current holder has it; none since the creation.
  [[nodiscard]] std::optional<OpRef> since() const noexcept;
  [[nodiscard]] const UnitCode& holder() const noexcept;

  /// Of an act of custody, whoever wrote it: what custody finds wrong with its value or its reference (MERGE.md §2, 3 and 4).
  [[nodiscard]] std::optional<Refusal> wrong(const OpRef& act) const { return wrong(act, at(act)); }
  /// Why an act of custody does not apply.
  [[nodiscard]] std::optional<Refusal> refusal(const OpRef& act) const;
  /// An offer that was accepted or is closed, and whatever else is over.
  [[nodiscard]] bool is_open(const OpRef& offer) const;
  /// Good accepts of several offers of one tenure on the line: a group for each such tenure.
  [[nodiscard]] std::vector<std::vector<OpRef>> competing_accepts() const;

  [[nodiscard]] Custody custody() const;
  [[nodiscard]] std::vector<Stay> slip() const;

 private:
  struct Accept {
    OpRef ref;
    TenureId opens = first_tenure;
  };
  struct Tenure {
    std::optional<OpRef> offer;   ///< that led to it
    std::vector<Accept> accepts;  ///< good ones of its offers, the first one first
    std::vector<OpRef> offers;    ///< good ones
    bool on_line = false;
  };
  struct GoodOffer {
    TenureId tenure = first_tenure;
    std::optional<TenureId> opened;
    std::vector<OpRef> closed_by;  ///< good declines and recalls
  };
  /// Where custody lies in a past: the tenure, and the change whose unit holds it.
  struct Place {
    TenureId tenure = first_tenure;
    Nth holder = 0;
  };
  struct AfterOp {
    OpRef op;
    Place place;
  };

  void judge_all();
  [[nodiscard]] Place place_before(Nth change) const;
  template <class InPast>
  [[nodiscard]] Place walk(InPast in_past) const;
  [[nodiscard]] const Place& at(const OpRef& ref) const;
  [[nodiscard]] std::optional<Refusal> wrong(const OpRef& ref, const Place& place) const;
  [[nodiscard]] std::optional<Refusal> judge(const OpRef& ref, const Place& place);
  [[nodiscard]] std::optional<Refusal> judge_offer(const OpRef& ref, const Place& place);
  [[nodiscard]] std::optional<Refusal> judge_answer(const OpRef& ref, const Place& place, Meaning meaning);
  void accept(const OpRef& ref, const OpRef& offer);
  void find_line();
  [[nodiscard]] std::optional<Refusal> lost(const OpRef& act) const;
  [[nodiscard]] bool comes_first(const OpRef& a, const OpRef& b) const;
  [[nodiscard]] bool inside(const OpRef& ref, const Place& place) const;
  [[nodiscard]] const Fact& fact(const OpRef& ref) const { return forms_.causality().at(ref.change); }

  const Forms& forms_;
  std::vector<Tenure> tenures_;
  std::vector<TenureId> line_;
  std::map<OpRef, GoodOffer> offers_;
  std::map<OpRef, OpRef> answers_;  ///< good accepts, declines and recalls, and their offers
  std::map<OpRef, Refusal> refused_;
  std::vector<Place> before_, after_;  ///< of each change; empty while custody never moved
  std::vector<AfterOp> within_;        ///< where custody moves inside a change
};

}  // namespace ward::merge
