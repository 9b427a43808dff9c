#pragma once

#include "storage/store.hpp"

#include <compare>
#include <map>
#include <set>

/// Under which keys a dossier's records lie, and who was given these keys (records.md §7). All of it runs inside a transaction of the
/// caller.
namespace ward::storage {

/// Whoever holds this seed of a unit.
struct SeedHolder {
  UnitCode unit;
  Epoch epoch = 0;
  friend auto operator<=>(const SeedHolder&, const SeedHolder&) = default;
};

/// A dossier's key that is held here.
struct KeyLine {
  KeyId id;
  std::optional<std::vector<SeedHolder>> known_to;  ///< by the grants that are noted, sorted; none where nothing is noted of it
  std::vector<KeyId> before;                        ///< the keys that it opens
};
[[nodiscard]] std::vector<KeyLine> keys_of(Store& store, std::int64_t dossier);  ///< sorted by id
/// Those that no other one opens: whoever is given these has all.
[[nodiscard]] std::vector<KeyLine> tips_with_holders(Store& store, std::int64_t dossier);  ///< `known_to` by all grants that are held

/// The key under which this ward creates a dossier.
void put_first_key(Store& store, std::int64_t dossier, const KeyId& id, const crypto::DossierKey& key, const SeedHolder& known_to);
/// A key that is not the one under which the dossier was created, so that only those know it whom a grant names.
void put_later_key(Store& store, std::int64_t dossier, const KeyId& id, const crypto::DossierKey& key);
/// Notes what a grant says of its key; nothing where the key is not held, and of nobody whom the wrap does not reach, as far as can be seen
/// here.
void note_grant(Store& store, std::int64_t dossier, const Did& did, const record::GrantBody& grant);
/// By which log index the grants of a dossier, in the order of the log, give each key to these units.
[[nodiscard]] std::map<KeyId, std::uint64_t> given_by_grants(Store& store, std::int64_t dossier, const std::set<UnitCode>& units);
/// The keys that the grants of a dossier, as they are held here, open with the seeds and keys that are held here.
void learn_from_grants(Store& store, std::int64_t dossier);

/// Keys that only devices gave that were revoked then: they open what was written with them, and serve for nothing new.
[[nodiscard]] std::set<KeyId> keys_given_late(Store& store, std::int64_t dossier);

}  // namespace ward::storage
