#pragma once

#include "tests/sim/ward_site.hpp"

#include <list>

namespace ward::sim {

struct Outcome {
  std::uint64_t hash = 0;  ///< of everything that happened
  std::uint64_t lines = 0;
  std::size_t saved = 0;
  std::size_t codes = 0;         ///< official ones, given
  std::uint64_t at_centre = 0;   ///< dossiers that PCs knew by their summaries in the end, the same one at each PC
  std::int64_t healed_in_s = 0;  ///< simulated seconds from the last fault to agreement
};

inline constexpr std::uint64_t usual_edits = 100;  ///< in a quarter of an hour

/// A city from its founding through its trouble to agreement. One seed is one city.
class World {
 public:
  /// About as many edits, and so long a trouble that they come as fast as ever.
  World(std::uint64_t seed, bool aloud, std::uint64_t edits = usual_edits);
  /// Throws Complaint when a promise does not hold.
  Outcome run();

 private:
  void found();
  void plan_trouble();
  void someone_writes();
  void trouble();
  void replay_a_greeting();
  void revoke_someone();
  void merge_units();
  void erase_something();
  void approve_latecomers();
  void copy_someone();
  /// A new PC, where everything has begun long ago.
  void enrol_someone();
  /// It begins from summaries, shows the same as the others, and gets the records when somebody asks for them.
  void begin_late();
  /// A night in which nothing happens; in the morning all clocks are right and all lines new.
  void next_day();
  /// Runs until the sites agree. Throws Complaint when that takes too long.
  void agree();
  [[nodiscard]] std::vector<WardSite*> members();
  void heal();
  /// Why the sites do not agree yet; empty when they do.
  [[nodiscard]] std::string disagreement();

  /// As many as in a usual city, or more in a longer one.
  [[nodiscard]] std::size_t scaled(std::size_t usual) const { return usual * edits_ / usual_edits; }

  [[nodiscard]] std::chrono::seconds trouble_lasts() const;

  std::uint64_t edits_;
  Surroundings world_;
  Disks disks_;
  Dice secrets_;
  std::optional<CentreSite> centre_;
  std::list<WardSite> wards_;
  std::vector<SavedChange> accepted_;
  std::vector<GivenCode> given_;
  bool has_twin_ = false;  ///< two machines run one PC's disk
  std::size_t latecomers_ = 0;
  std::vector<UnitCode> units_;
  std::optional<schema::Edition> newer_;  ///< that sites are updated to
  std::uint64_t let_go_ = 0;
  bool records_everywhere_ = false;  ///< is required
};

}  // namespace ward::sim
