#pragma once

#include "tests/sim/ward_site.hpp"

#include <set>

namespace ward::sim {

/// Holds what WIRE.md §5.1 says of dossier codes against what PCs gave and what the sites show. Throws Complaint.
class CodeJudge {
 public:
  CodeJudge(CentreSite& centre, std::vector<WardSite*> members, const std::vector<GivenCode>& given)
      : centre_(centre), members_(std::move(members)), given_(given) {}

  /// A dossier of a PC that is still a member, and has nothing but a provisional code; empty when there is none.
  [[nodiscard]] std::string unnumbered();
  /// No official code names two dossiers, unless a PC gave it whose disk was copied; then every site concerned shows it.
  void none_came_twice();
  /// Nobody gives what is another's.
  void all_are_of_their_blocks();

 private:
  void is_shown(storage::Store& store, const std::string& where, const std::string& code, const std::set<Did>& dossiers);

  CentreSite& centre_;
  std::vector<WardSite*> members_;
  const std::vector<GivenCode>& given_;
};

}  // namespace ward::sim
