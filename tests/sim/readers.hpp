#pragma once

#include "storage/centre_store.hpp"
#include "tests/sim/ward_site.hpp"

namespace ward::sim {

/// Who may have which changes of a dossier, worked out anew from all that the centre holds: the whole log is merged once up to every index.
/// The shipped store keeps it in a table, as custody moves.
class Readers {
 public:
  Readers(storage::CentreStore& centre, const Did& did);

  /// It must show the dossier as the centre does.
  [[nodiscard]] bool reads_on(const UnitCode& unit) const;
  /// Why what a ward holds is not what its unit may have; empty when it is. `held`: the changes there, and those that it can read.
  [[nodiscard]] std::string wrong(const UnitCode& unit, const std::set<Position>& held, const std::set<Position>& read) const;

 private:
  struct Change {
    Position position;
    std::uint64_t index = 0;
    UnitCode house;  ///< of its writer
  };
  [[nodiscard]] UnitCode house_of(const UnitCode& unit) const;
  [[nodiscard]] std::string wrong_until(const UnitCode& house, const std::set<Position>& held,
                                        const std::optional<std::uint64_t>& until) const;

  const merge::Context& context_;
  std::vector<Change> changes_;
  /// By house, where each time that it read ended; nothing while it reads on.
  std::map<UnitCode, std::vector<std::optional<std::uint64_t>>> until_;
};

/// In complaints.
[[nodiscard]] std::string name(const Did& did);
[[nodiscard]] std::vector<merge::Fact> read_facts(storage::Store& store, const Did& did);
/// Why some change of a device that knew of its unit's newest seed lies under a key that an older one opens; empty when none does.
[[nodiscard]] std::string old_seed_opens(storage::CentreStore& centre, const Did& did);

}  // namespace ward::sim
