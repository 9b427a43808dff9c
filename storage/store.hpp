#pragma once

#include "protocol/crypto/keys.hpp"
#include "protocol/deadline/calendar.hpp"
#include "protocol/merge/merge.hpp"
#include "protocol/policy/policy.hpp"
#include "protocol/segment/rows.hpp"
#include "storage/beside.hpp"
#include "storage/sqlite.hpp"

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

/// What a ward and a centre keep alike: policy log, records, segments, keys, merged dossiers. Unless they return a Result and say
/// otherwise, functions run inside a transaction that the caller began (`Database::transact`) and throw `Failure`, both for SQLite's errors
/// and for damaged data.
namespace ward::storage {

/// Fills with unpredictable bytes; seeded in the simulation.
using Random = std::function<void(std::span<std::uint8_t>)>;

enum class Site { ward, centre };

struct Store {
  Database db;
  Site site = Site::ward;
  OrgId org;
  crypto::LocalKey local;    ///< seals states, keys and answers on this machine's disk
  policy::PolicyLog policy;  ///< as in the database
  Random random;
  schema::Edition edition{};                                      ///< of the program that has it open
  std::optional<std::pair<Hash, deadline::Calendar>> calendar{};  ///< of the policy log that ends with that entry (`calendar_of`)
  segment::KeyRing keys{};  ///< those used lately; the dossier keys among them are bounded by `forget_keys`
  struct Judged {
    Hash by;  ///< the last hash of the policy log that says so
    merge::Context context;
  };
  Judged judged{};          ///< see `context_of`
  std::set<Did> missed{};   ///< dossiers whose records somebody asked for while they were at the centre only
  bool missed_now = false;  ///< one since this was set to false
  struct Open {
    Bytes seal;  ///< the end of the sealed state that says so
    UnitCode custodian;
    std::vector<merge::Decider> deciders;  ///< of each open item
  };
  std::map<std::int64_t, Open> open{};   ///< by dossier: what a person must decide (`share_inbox`)
  std::optional<Beside> audit_beside{};  ///< where the audit log's end is kept, too
  std::uint64_t audit_kept = 0;          ///< how long the log was when it was kept there last
};

/// A row of the record table.
struct StoredRecord {
  std::int64_t id = 0;
  std::int64_t segment = 0;  ///< 0: in the outbox
  std::uint8_t leaf = 0;     ///< its place in the segment
  record::Sealed record;     ///< body empty when only the hash is held
  Hash body_hash;            ///< set only when the body is empty
  Rid rid;
  WallTime saved_at;
  std::optional<Stamp> stamp;
};

// meta
[[nodiscard]] std::optional<Bytes> meta(Store& store, std::string_view name);
void set_meta(Store& store, std::string_view name, BytesView value);
void drop_meta(Store& store, std::string_view name);
[[nodiscard]] std::int64_t meta_number(Store& store, std::string_view name, std::int64_t otherwise);
void set_meta_number(Store& store, std::string_view name, std::int64_t value);

/// A new file's first entries: what it is, whose it is, and a value that only the right local key opens. In a transaction of its own.
/// `invalid` when the file holds data already.
[[nodiscard]] Result<void> found_store(Database& db, Site site, const crypto::LocalKey& local, const std::vector<policy::Entry>& entries,
                                       const std::optional<OrgId>& org);
/// A store over a file that `found_store` made. `invalid` when it is of another kind of site, `wrong_key` when the local key is another
/// one.
[[nodiscard]] Result<Store> open_store(const std::string& path, OpenMode mode, Site site, const crypto::LocalKey& local, Random random,
                                       const schema::Edition& edition);

// policy
/// Reads the policy table into `store.policy`; every entry is verified again. Begins its own transaction.
[[nodiscard]] Result<void> load_policy(Store& store);
/// Admits and stores what is new, and destroys what it orders to erase. A second entry with one epoch is `fork`; nothing is then stored.
/// `store.policy` has changed when it succeeds: the caller puts the old one back when the transaction fails later.
[[nodiscard]] Result<Epoch> store_policy(Store& store, const std::vector<policy::Entry>& entries);
/// The dossiers whose merge depends on what the policy entries from `from` on say.
[[nodiscard]] std::set<std::int64_t> dossiers_judged_by(Store& store, Epoch from);
/// What merging takes from `store.policy`. Valid until the policy changes. Needs no transaction.
[[nodiscard]] const merge::Context& context_of(Store& store);

// names
[[nodiscard]] std::int64_t writer_row(Store& store, const DeviceId& device, const Incarnation& incarnation);   ///< made if it is new
[[nodiscard]] std::int64_t find_writer(Store& store, const DeviceId& device, const Incarnation& incarnation);  ///< 0: not held
[[nodiscard]] std::int64_t dossier_row(Store& store, const Did& did);                                          ///< made if it is new
[[nodiscard]] std::int64_t find_dossier_row(Store& store, const Did& did);                                     ///< 0: not held
[[nodiscard]] Did did_of(Store& store, std::int64_t dossier);

// records
struct Put {
  bool fresh = false;  ///< false: exactly this record is held already
  bool wrote = false;  ///< it was not held, or without its body
  std::int64_t record = 0;
  std::int64_t dossier = 0;  ///< 0: it concerns none
};
/// Two rids at one position are both kept (a fork). `segment` 0: it waits in the outbox. Of an erased dossier no body is stored.
Put put_record(Store& store, const segment::Verified& verified, std::int64_t writer, std::int64_t segment, WallTime at);
/// Ids still verify: the hash takes the body's place.
void drop_bodies(Store& store, std::int64_t dossier, std::int64_t but_of = 0);
/// The same over whatever lies at that leaf of that segment.
void put_back_record(Store& store, const segment::Verified& verified, std::int64_t writer, std::int64_t segment, WallTime at);
[[nodiscard]] std::vector<StoredRecord> records_of_dossier(Store& store, std::int64_t dossier);
[[nodiscard]] std::vector<Rid> changes_of_dossier(Store& store, std::int64_t dossier);

// keys
/// Nothing, of a dossier that is erased.
void put_key(Store& store, std::int64_t dossier, const KeyId& id, const crypto::DossierKey& key);
/// Null when it is not held. Valid until `forget_keys`.
[[nodiscard]] const crypto::DossierKey* find_key(Store& store, const KeyId& id);
/// The key under which a dossier's next record is sealed.
[[nodiscard]] std::optional<KeyId> key_of_dossier(Store& store, std::int64_t dossier);
/// Bounds the memory that keys take. Between transactions. Of the keys that everyone knows (`record::open_key`) one is always held.
void forget_keys(Store& store);
[[nodiscard]] Bytes seal_local(const crypto::LocalKey& local, std::string_view what, BytesView name, BytesView plain);
/// `storage_damaged` when it does not open.
[[nodiscard]] Result<Bytes> open_local(const crypto::LocalKey& local, std::string_view what, BytesView name, BytesView sealed);

// merged dossiers
/// Merges the dossier anew from its records, or takes what its summary says, and writes its row, codes and search words.
void remerge(Store& store, std::int64_t dossier);
/// Its row, codes and search words are older than its records, which came when the log had `log_size` entries; 0 at a ward.
void mark_dirty(Store& store, std::int64_t dossier, std::uint64_t log_size);
[[nodiscard]] bool is_dirty(Store& store, std::int64_t dossier);
/// At a ward: merges what saves left, in a transaction of its own. Every read of more than one dossier begins with it. A disk that takes
/// nothing is no error here: what is older then are the columns that lists sort and filter by.
[[nodiscard]] Result<void> settle(Store& store);
/// When another version of the program opens the file than before: the dossiers with something that the other could not read; all, when it
/// stored states otherwise.
[[nodiscard]] std::vector<std::int64_t> waiting_since_update(Store& store);
/// As its records say now: merged here where they are newer than what is stored. Empty but for its id when there are none.
[[nodiscard]] merge::DossierState read_state(Store& store, std::int64_t dossier);
/// Throws `at_centre` where they are not all here.
[[nodiscard]] std::vector<merge::Fact> facts_of(Store& store, std::int64_t dossier);
/// Merges every dossier anew, some hundreds in a transaction: the way out when `verify_store` finds a dossier that differs from its
/// records.
[[nodiscard]] Result<std::uint64_t> rebuild(Store& store);

/// A value or a thrown Failure: for what is returned as a Result inside a transaction and cannot go on without.
template <class T>
[[nodiscard]] T or_throw(Result<T> result) {
  if (result.has_error()) throw Failure{std::move(result).error()};
  return *std::move(result);
}
inline void or_throw(const Result<void>& result) {
  if (result.has_error()) throw Failure{result.error()};
}
/// What was stored by us and does not decode: the disk changed it.
template <class T>
[[nodiscard]] T or_damaged(Result<T> result, const char* what) {
  if (result.has_error()) throw Failure{{Fault::storage_damaged, what}};
  return *std::move(result);
}

}  // namespace ward::storage
