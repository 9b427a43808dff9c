#include "centre/backup.hpp"

#include "runtime/entropy.hpp"

namespace ward::centre {
namespace {

using storage::OpenMode;

constexpr std::size_t key_file_bytes_max = 4096;

/// The files that SQLite keeps beside a database.
void remove_database(const std::string& path) {
  for (const auto* end : {"", "-journal", "-wal", "-shm"}) runtime::remove_file(path + end);
}

/// A file that is being made: it goes again unless it is kept.
class Draft {
 public:
  explicit Draft(std::string path) : path_(std::move(path)) { remove_database(path_); }
  Draft(const Draft&) = delete;
  Draft& operator=(const Draft&) = delete;
  ~Draft() { remove_database(path_); }
  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  [[nodiscard]] Result<void> name(const std::string& to) { return runtime::rename_file(path_, to); }

 private:
  std::string path_;
};

/// Opens the copy and recomputes everything in it.
Result<storage::BackupFacts> verify_copy(const std::string& path, storage::CentreKeys keys) {
  WARD_TRY(auto copy, storage::CentreStore::open(path, std::move(keys), runtime::fill_random, OpenMode::read_only));
  WARD_TRY(const auto found, storage::verify_store(copy.store()));
  if (!found.damage.empty())
    return fail(Fault::storage_damaged,
                "the copy has " + std::to_string(found.damage.size()) + " faults, the first: " + found.damage.front());
  return copy.backup_facts();
}

Result<Hash> digest_of(const std::string& path, std::uint64_t bytes, const std::string& copy_to = {}) {
  Hash digest;
  WARD_CHECK(runtime::copy_file(path, bytes, copy_to, log::backup_chunk_bytes,
                                [&](BytesView chunk) { digest = log::backup_digest(digest, chunk); }));
  return digest;
}

Result<log::BackupSeal> read_seal(const std::string& path, const storage::CentreKeys& keys) {
  WARD_TRY(const auto end, runtime::read_end(path, log::backup_trailer_size));
  auto read = Result<log::BackupSeal>(fail(Fault::bad_signature, path));
  for (const auto& key : keys.receipt_publics()) {
    read = log::decode_backup_trailer(end.bytes, key);
    if (read.has_value() || read.error().fault != Fault::bad_signature) break;
  }
  WARD_TRY(const auto seal, std::move(read));
  if (seal.bytes != end.before) return fail(Fault::malformed, path + " is not as long as it was when it was made");
  return seal;
}

Result<void> same_as_sealed(const log::BackupSeal& seal, const storage::BackupFacts& facts) {
  const bool same = seal.org == facts.org && seal.centre == facts.centre && seal.size == facts.size && seal.root == facts.root &&
                    seal.policy_count == facts.policy_count;
  return same ? Result<void>{} : fail(Fault::bad_signature, "the backup holds something else than its seal says");
}

Result<void> holds_nothing(const runtime::DataDir& directory) {
  if (runtime::file_exists(directory.file(database_file)))
    return fail(Fault::invalid, directory.path() + " holds a centre; name an empty directory with --data");
  if (runtime::file_exists(directory.file("wardsync.db")))
    return fail(Fault::invalid, directory.path() + " is a ward PC's data directory; name an empty one with --data");
  return {};
}

/// A restore that was killed may have left just these keys.
Result<void> place_keys(const runtime::DataDir& directory, const storage::CentreKeys& keys) {
  const auto bytes = keys.encode();
  if (!runtime::file_exists(directory.file(key_file))) return runtime::write_private_file(directory.file(key_file), bytes, false);
  WARD_TRY(const auto there, runtime::read_private_file(directory.file(key_file), key_file_bytes_max));
  return there == bytes ? Result<void>{}
                        : fail(Fault::invalid, directory.path() + " holds other keys; name an empty directory with --data");
}

}  // namespace

Result<log::BackupSeal> make_backup(const runtime::DataDir& directory, const AskPassphrase& ask, const std::string& out, WallTime now) {
  if (runtime::file_exists(out)) return fail(Fault::invalid, out + " exists already");
  WARD_TRY(auto keys, read_keys(directory.file(key_file), ask));
  Draft draft(out + ".part");
  {
    WARD_TRY(auto live,
             storage::CentreStore::open(directory.file(database_file), std::move(keys), runtime::fill_random, OpenMode::read_only));
    WARD_CHECK(live.store().db.copy_to(draft.path()));
  }
  WARD_TRY(auto again, read_keys(directory.file(key_file), ask));
  WARD_TRY(const auto facts, verify_copy(draft.path(), std::move(again)));
  WARD_TRY(const auto end, runtime::read_end(draft.path(), 0));
  if (facts.centre.is_zero()) return fail(Fault::invalid, directory.path() + " was never run, so there is nothing to copy; start it once");
  log::BackupSeal seal{facts.org, facts.centre, facts.size, facts.root, facts.policy_count, now, end.before, {}};
  WARD_TRY(seal.digest, digest_of(draft.path(), seal.bytes));
  WARD_TRY(const auto signing, read_keys(directory.file(key_file), ask));
  WARD_CHECK(runtime::append_synced(draft.path(), log::encode_backup_trailer(seal, signing.receipt)));
  WARD_CHECK(draft.name(out));
  return seal;
}

Result<log::BackupSeal> check_backup(const std::string& path, const storage::CentreKeys& keys) {
  WARD_TRY(const auto seal, read_seal(path, keys));
  WARD_TRY(const auto digest, digest_of(path, seal.bytes));
  if (digest != seal.digest) return fail(Fault::bad_signature, path + " was changed after it was made");
  return seal;
}

Result<log::BackupSeal> restore_backup(const std::string& path, const std::string& keys_path, const AskPassphrase& ask,
                                       runtime::DataDir& directory, bool alone, WallTime now) {
  WARD_CHECK(holds_nothing(directory));
  WARD_TRY(auto keys, read_keys(keys_path, ask));
  WARD_TRY(const auto seal, read_seal(path, keys));
  Draft draft(directory.file(std::string(database_file) + ".new"));
  WARD_TRY(const auto digest, digest_of(path, seal.bytes, draft.path()));
  if (digest != seal.digest) return fail(Fault::bad_signature, path + " was changed after it was made");
  WARD_TRY(auto first, read_keys(keys_path, ask));
  WARD_TRY(const auto facts, verify_copy(draft.path(), std::move(first)));
  WARD_CHECK(same_as_sealed(seal, facts));
  WARD_CHECK(place_keys(directory, keys));
  {
    WARD_TRY(auto store, storage::CentreStore::open(draft.path(), std::move(keys), runtime::fill_random, OpenMode::read_write));
    WARD_CHECK(store.become_restored(now, alone));
  }
  WARD_CHECK(draft.name(directory.file(database_file)));
  for (const auto* name : {database_file, key_file, "lock"}) WARD_CHECK(directory.hand_over(name));
  return seal;
}

}  // namespace ward::centre
