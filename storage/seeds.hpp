#pragma once

#include "storage/store.hpp"

/// A unit's seeds: who has which, and the next one (records.md §7).
namespace ward::storage {

/// The seeds that the policy log gives one device, into the ring; with a newer one come the earlier ones. True when there are new ones.
bool learn_seeds(Store& store, const DeviceId& device, const crypto::DhSecret& sealing);

/// The registry's: a unit with the public key of its next seed, and the shares of that for all its devices that stand.
struct NextSeed {
  policy::Unit unit;
  policy::SeedShares shares;
};
/// `joined` has just become one with `unit`. `store.keys` must hold the seeds of both, as they are by now.
[[nodiscard]] Result<NextSeed> next_seed(Store& store, const Array<32>& master, const UnitCode& unit,
                                         const std::optional<UnitCode>& joined = std::nullopt);

}  // namespace ward::storage
