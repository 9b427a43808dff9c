#pragma once

#include "protocol/evidence/evidence.hpp"
#include "storage/centre_store.hpp"
#include "storage/ward_store.hpp"

/// What shows to an outsider that the centre confirmed a dossier's records (WIRE.md §12).
namespace ward::storage {

/// At a ward: this PC's own records are covered by the receipts that it holds; those of others have their stamps and no receipt here. Such
/// that wait in the outbox are left out. `not_found`; `too_large` past `evidence_records_max`.
[[nodiscard]] Result<evidence::Evidence> evidence_of(WardStore& ward, const Did& did);
/// At the centre: a receipt of `now` covers all of them. Reads the whole log once, so it takes a second for a million segments.
[[nodiscard]] Result<evidence::Evidence> evidence_of(CentreStore& centre, const Did& did, WallTime now);

/// The same without receipts. Inside a transaction.
[[nodiscard]] Result<evidence::Evidence> gather_evidence(Store& store, const Did& did);

/// The keys under which the dossier's records lie, as far as they are held.
[[nodiscard]] Result<std::vector<crypto::DossierKey>> keys_of(Store& store, const Did& did);

inline constexpr std::size_t evidence_records_max = 20'000;

}  // namespace ward::storage
