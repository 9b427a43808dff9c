#pragma once

#include "protocol/crypto/keys.hpp"
#include "protocol/merge/merge.hpp"
#include "protocol/policy/policy.hpp"
#include "protocol/segment/rows.hpp"
#include "storage/sqlite.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

/// What a ward and a centre keep alike: policy log, records, segments, keys, merged dossiers. All functions run inside a transaction that the caller
/// began (`Database::transact`) and throw `Failure` for SQLite's own errors.
namespace ward::storage {

/// Fills with unpredictable bytes; seeded in the simulation.
using Random = std::function<void(std::span<std::uint8_t>)>;

struct Store {
  Database db;
  OrgId org;
  crypto::LocalKey local;      ///< seals states and keys on this machine's disk
  policy::PolicyLog policy;    ///< as in the database
  Random random;
};

/// A row of the record table.
struct StoredRecord {
  std::int64_t id = 0;
  std::int64_t segment = 0;    ///< 0: in the outbox
  record::Sealed record;       ///< body empty when only the hash is held
  Hash body_hash;
  Rid rid;
  WallTime saved_at;
  std::optional<Stamp> stamp;
};

// meta
[[nodiscard]] std::optional<Bytes> meta(Store& store, std::string_view name);
void set_meta(Store& store, std::string_view name, BytesView value);
[[nodiscard]] std::int64_t meta_number(Store& store, std::string_view name, std::int64_t otherwise);
void set_meta_number(Store& store, std::string_view name, std::int64_t value);

// policy
/// Reads the policy table into `store.policy`; every entry is verified again.
[[nodiscard]] Result<void> load_policy(Store& store);
/// Admits and stores what is new. A second entry with one epoch is `fork`; nothing is then stored.
[[nodiscard]] Result<Epoch> store_policy(Store& store, const std::vector<policy::Entry>& entries);

// names
[[nodiscard]] std::int64_t writer_row(Store& store, const DeviceId& device, const Incarnation& incarnation);
[[nodiscard]] std::int64_t dossier_row(Store& store, const Did& did);  ///< made if it is new

// records
/// Inserts; false when exactly this record is held already. Two rids at one position are both kept (a fork).
bool put_record(Store& store, const segment::Verified& verified, std::int64_t segment, WallTime at);
[[nodiscard]] std::vector<StoredRecord> records_of_dossier(Store& store, std::int64_t dossier);

// keys
void put_key(Store& store, const Did& did, const crypto::DossierKey& key);
[[nodiscard]] std::optional<crypto::DossierKey> find_key(Store& store, const KeyId& id);
[[nodiscard]] Bytes seal_local(const Store& store, std::string_view what, BytesView name, BytesView plain);
[[nodiscard]] Result<Bytes> open_local(const Store& store, std::string_view what, BytesView name, BytesView sealed);

// merged dossiers
/// Merges the dossier anew from its records and writes its row, codes and search words.
void remerge(Store& store, std::int64_t dossier);
[[nodiscard]] merge::DossierState read_state(Store& store, std::int64_t dossier);
[[nodiscard]] std::vector<merge::Fact> facts_of(Store& store, std::int64_t dossier);

}  // namespace ward::storage
