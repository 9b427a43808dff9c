#pragma once

#include "tests/protocol/merge/scene.hpp"

/// Several units over one dossier that begins with `home`.
namespace ward::merge::test {

inline constexpr std::uint8_t centre_pc = 7, ward_pc = 8, other_ward_pc = 9;

class Town : public Scene {
 public:
  using Scene::Scene;
  static inline const UnitCode ward = "W-B", other = "W-C", centre = "C-CENTRE";

  Position home_says(std::vector<Position> seen, Op op, std::uint8_t pc = 1) { return says(home, pc, std::move(seen), std::move(op)); }
  Position ward_says(std::vector<Position> seen, Op op) { return says(ward, ward_pc, std::move(seen), std::move(op)); }
  Position other_says(std::vector<Position> seen, Op op) { return says(other, other_ward_pc, std::move(seen), std::move(op)); }
  Position centre_says(std::vector<Position> seen, Op op) { return says(centre, centre_pc, std::move(seen), std::move(op)); }
  Position says(const UnitCode& unit, std::uint8_t pc, std::vector<Position> seen, Op op) {
    const auto out = say(pc, std::move(seen), std::move(op));
    last().unit = unit;
    return out;
  }

  [[nodiscard]] DossierState state() const { return merge(did(), all(), context); }
  [[nodiscard]] std::vector<HistoryEntry> history() const { return merge::history(did(), all(), context); }
  [[nodiscard]] HistoryEntry entry(const Position& change) const { return entry_of(history(), change); }

  /// Stamps everything so far that has none, in the order in which it was said.
  void stamp_all() {
    std::uint64_t index = 0;
    for (auto& fact : facts()) {
      fact.stamp = Stamp{index, fact.hlc.wall()};
      ++index;
    }
  }

  Context context{.successions = {}, .users = {}, .centres = {centre}, .policy_changes = {}, .erased = {}};
};

inline OpId first_of(const Position& change) { return {change, 0}; }

inline const Conflict* told(const DossierState& state, ConflictKind kind) {
  for (const auto& conflict : state.conflicts)
    if (conflict.kind == kind) return &conflict;
  return nullptr;
}
inline std::vector<OpId> ops_of(const Conflict& conflict) {
  std::vector<OpId> out;
  for (const auto& said : conflict.values) out.push_back(said.op);
  return out;
}
inline std::vector<OpId> sorted(std::vector<OpId> ops) {
  std::sort(ops.begin(), ops.end());
  return ops;
}
inline const Unapplied* find_in(const std::vector<Unapplied>& list, const Position& change) {
  for (const auto& each : list)
    if (each.said.op.change == change) return &each;
  return nullptr;
}
/// Why it is listed as not applied; as proposed.
inline std::optional<Refusal> refused(const DossierState& state, const Position& change) {
  const auto* found = find_in(state.not_applied, change);
  return found == nullptr ? std::nullopt : std::optional(found->why);
}
inline std::optional<Refusal> proposed(const DossierState& state, const Position& change) {
  const auto* found = find_in(state.proposals, change);
  return found == nullptr ? std::nullopt : std::optional(found->why);
}
inline bool has_status(const DossierState& state, const char* code) { return shows(state, "TrangThaiHoSo", code); }

}  // namespace ward::merge::test
