#pragma once

#include "storage/store.hpp"

/// Dossiers that a ward knows by the registry's word for them (docs/adr/0010). All of it runs inside a transaction of the caller.
namespace ward::storage {

/// Whose summaries count.
[[nodiscard]] bool is_of_a_centre(Store& store, const DeviceId& device);
/// A summary came for that dossier, as this record. Those that no centre wrote, and those older than the one that is held, say nothing.
void take_summary(Store& store, std::int64_t dossier, const segment::Verified& verified, std::int64_t record, const Stamp& stamp);

/// What is known of a dossier some of whose records are at the centre only.
struct Summary {
  std::optional<merge::DossierState> state;  ///< none: this build cannot read it
  WallTime changed_at;
  std::uint64_t later = 0;  ///< changes that are here and that it does not stand for: they wait for their past
};
/// Nothing where the records that it stands for are here, as they are at the centre always.
[[nodiscard]] std::optional<Summary> summary_instead_of_records(Store& store, std::int64_t dossier);

/// After a merge gave `state`: forgets a summary whose records are here; wants the records where something goes beyond it.
void settle_summary(Store& store, std::int64_t dossier, const merge::DossierState& state);

[[nodiscard]] bool records_are_here(Store& store, std::int64_t dossier);
/// Throws `at_centre` where they are not, and remembers that they are needed.
void require_records(Store& store, std::int64_t dossier);

void want_records(Store& store, std::int64_t dossier);
/// Those to fetch next. `lacked`: a device whose own records do not come with the others.
[[nodiscard]] std::vector<Did> wanted_dossiers(Store& store, const std::optional<DeviceId>& lacked);
/// The centre sent all that it has of a dossier. If that is not what the summary stands for, people are told.
void end_fetch(Store& store, const Did& did);

/// The newest summary record that is here, if it stands for exactly what else is here of that dossier, and says the same.
[[nodiscard]] std::optional<std::int64_t> summary_of_all(Store& store, std::int64_t dossier);
/// From now on the records are at the centre, and this one stands for them (docs/adr/0018).
void let_go(Store& store, std::int64_t dossier, std::int64_t summary);

struct AtCentre {
  std::uint64_t dossiers = 0;   ///< known by their summaries
  std::uint64_t differing = 0;  ///< summaries that are not what the records give
  std::uint64_t lost = 0;       ///< whose records were let go, and the centre does not have all of them any more
};
[[nodiscard]] AtCentre count_at_centre(Store& store);

}  // namespace ward::storage
