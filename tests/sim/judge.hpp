#pragma once

#include "storage/dossiers.hpp"
#include "storage/erasures.hpp"
#include "tests/sim/readers.hpp"
#include "tests/sim/ward_site.hpp"

#include <map>

namespace ward::sim {

/// Holds the promises of the design against what the sites' disks say, when nothing goes wrong any more.
class Judge {
 public:
  /// `records_everywhere`: no PC knows a dossier by its summary any more.
  Judge(CentreSite& centre, std::vector<WardSite*> members, const std::vector<SavedChange>& accepted, WallTime now, bool records_everywhere)
      : centre_(centre), members_(std::move(members)), accepted_(accepted), now_(now), records_everywhere_(records_everywhere) {}

  /// Why the sites do not agree (yet); empty when everything is receipted and applied, and every site that may see a dossier shows the
  /// same.
  [[nodiscard]] std::string disagreement();
  /// Every change that a ward said "saved" to is in the history of its dossier at the centre and at every PC of its unit, word for word; no
  /// store is damaged. Throws Complaint.
  void nothing_is_lost();
  /// The centre shows of every dossier what the definitions of MERGE.md give, computed by other means than the shipped ones: all sites
  /// could agree on something wrong. Throws Complaint.
  void merged_by_the_definitions();

 private:
  [[nodiscard]] std::string unfinished(WardSite& ward);
  [[nodiscard]] std::string different(WardSite& ward, const Did& did);
  /// Of an erased dossier: what is still here, or is not shown as the order says.
  [[nodiscard]] std::string left_of(WardSite& ward, const Did& did);
  /// Whose confirmation of an order is missing.
  [[nodiscard]] std::string unconfirmed();
  void find(storage::Store& store, const std::string& where, const SavedChange& change);
  void find_seen(storage::Store& store, const std::string& where, const SavedChange& change);
  [[nodiscard]] bool is_erased(const Did& did) { return storage::is_erased(centre_.store().store(), did); }
  [[nodiscard]] bool centre_has(const SavedChange& change);

  // Nothing changes while it looks, so each of these is worked out once.
  [[nodiscard]] const Readers& readers_of(const Did& did);
  [[nodiscard]] const Result<storage::DossierView>& shown_there(const Did& did);
  [[nodiscard]] const Result<std::vector<merge::HistoryEntry>>& history_of(storage::Store& store, const Did& did);
  [[nodiscard]] const std::vector<merge::Fact>& facts_of(storage::Store& store, const Did& did);

  CentreSite& centre_;
  std::vector<WardSite*> members_;
  const std::vector<SavedChange>& accepted_;
  WallTime now_;
  bool records_everywhere_;
  std::map<Did, Readers> readers_;
  std::map<Did, Result<storage::DossierView>> shown_there_;
  std::map<std::pair<const storage::Store*, Did>, Result<std::vector<merge::HistoryEntry>>> histories_;
  std::map<std::pair<const storage::Store*, Did>, std::vector<merge::Fact>> facts_;
};

}  // namespace ward::sim
