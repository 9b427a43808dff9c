#pragma once

#include "protocol/merge/merge.hpp"
#include "protocol/record/change.hpp"
#include "protocol/schema/schema.hpp"
#include "tests/sim/surroundings.hpp"

namespace ward::sim {

/// A schema by which some of the fields that clerks meet in merge otherwise.
[[nodiscard]] schema::Edition newer_edition(Dice& dice);

/// Makes up what a clerk types: changes over fields of every merge policy, sometimes of what he saw an hour ago.
class Clerk {
 public:
  explicit Clerk(Dice& dice) : dice_(dice) {}

  [[nodiscard]] record::Change new_dossier(const std::vector<UnitCode>& units);
  /// `state`: what is on his screen. What it asks is decided now and then.
  [[nodiscard]] record::Change edit(const merge::DossierState& state);
  /// Something of `history`, which he has just read beside `state`; nothing when there is nothing to take back.
  [[nodiscard]] std::optional<record::Change> take_back(const merge::DossierState& state, const std::vector<merge::HistoryEntry>& history);
  /// An act of custody, by a clerk of `own`; it may be one that he may not take.
  [[nodiscard]] record::Change hand_over(const merge::DossierState& state, const UnitCode& own, const std::vector<UnitCode>& units);

 private:
  [[nodiscard]] std::optional<record::Op> decision(const merge::DossierState& state);
  [[nodiscard]] record::Op random_op(const merge::DossierState& state);
  [[nodiscard]] record::Op set_field();
  [[nodiscard]] record::Op add_element();
  [[nodiscard]] record::Op touch_element(const merge::DossierState& state);
  [[nodiscard]] record::Op append_entry();
  [[nodiscard]] record::Op next_status();
  [[nodiscard]] record::Map element_of(const std::string& collection);
  [[nodiscard]] record::Value value_for(const schema::Field& field);

  Dice& dice_;
  std::uint64_t count_ = 0;
};

}  // namespace ward::sim
