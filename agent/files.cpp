#include "agent/files.hpp"

#include "runtime/dossier_json.hpp"
#include "runtime/clock.hpp"
#include "runtime/entropy.hpp"
#include "storage/audit.hpp"

#include <algorithm>
#include <cctype>
#include <filesystem>

namespace ward::agent {
namespace {

constexpr std::size_t piece_bytes = 1024 * 1024;
constexpr std::size_t beside_bytes_max = 64 * 1024;

/// What a device draws is hedged by its own secret.
storage::Random hedged_by(const Array<32>& secret) {
  return [secret](std::span<std::uint8_t> out) {
    while (!out.empty()) {
      const auto some = runtime::hedged_random("wsync-draw", secret);
      const auto count = std::min(out.size(), some.size());
      std::copy_n(some.begin(), count, out.begin());
      out = out.subspan(count);
    }
  };
}

Result<void> is_no_centre(const runtime::DataDir& directory) {
  if (runtime::file_exists(directory.file("centre.key")) || runtime::file_exists(directory.file("centre.db")))
    return fail(Fault::invalid, directory.path() + " is a centre's data directory; a ward PC needs one of its own");
  return {};
}

storage::Beside beside(const runtime::DataDir& directory, const char* name) {
  const auto path = directory.file(name);
  return {[path]() -> Result<std::optional<Bytes>> {
            if (!runtime::file_exists(path)) return std::optional<Bytes>{};
            WARD_TRY(const auto bytes, runtime::read_file(path, beside_bytes_max));
            return std::optional(copy(view(bytes)));
          },
          [path](BytesView bytes) { return runtime::write_private_file(path, bytes, true); }};
}

/// Where a data file is made before it takes its place; nothing is there.
std::string new_file_in(const runtime::DataDir& directory) {
  auto path = directory.file("wardsync.db.new");
  for (const auto* leftover : {"", "-wal", "-shm"}) runtime::remove_file(path + leftover);
  return path;
}

/// As `wardsync.db.damaged-20261130T1015000700`.
std::string damaged_name(WallTime now) {
  std::string out = "wardsync.db.damaged-";
  for (const char letter : runtime::time_text(now))
    if (std::isalnum(static_cast<unsigned char>(letter)) != 0) out += letter;
  return out;
}

}  // namespace

Result<runtime::DataDir> find_data(const std::string& path) {
  auto found = runtime::DataDir::find(path);
  if (found.has_error() && found.error().fault != Fault::not_found) return found;
  if (found.has_value()) {
    WARD_CHECK(is_no_centre(*found));
    if (runtime::file_exists(found->file(database_file))) return found;
  }
  return fail(Fault::not_found, path + " holds no ward PC");
}

Result<runtime::DataDir> make_data(const std::string& path) {
  WARD_TRY(auto directory, runtime::DataDir::make(path));
  WARD_CHECK(is_no_centre(directory));
  return directory;
}

Result<storage::WardKeys> keys_of(const runtime::DataDir& directory, const AskPassphrase& ask, const TellPlain& tell_plain) {
  return runtime::file_exists(directory.file(key_file)) ? read_keys(directory, ask) : make_keys(directory, tell_plain);
}

Result<void> create_store(const runtime::DataDir& directory, const storage::WardKeys& keys, const storage::Membership& membership,
                          const std::vector<policy::Entry>& policy) {
  const auto beside = new_file_in(directory);
  WARD_CHECK(storage::WardStore::create(beside, keys, membership, policy));
  return runtime::rename_file(beside, directory.file(database_file));
}

Result<storage::WardStore> open_store(const runtime::DataDir& directory, const AskPassphrase& ask, storage::OpenMode mode) {
  WARD_TRY(auto keys, read_keys(directory, ask));
  if (mode == storage::OpenMode::read_write) (void)new_file_in(directory);  // what a repair left that was killed
  auto random = hedged_by(keys.hedge);
  WARD_TRY(auto store, storage::WardStore::open(directory.file(database_file), std::move(keys), std::move(random), mode));
  if (mode == storage::OpenMode::read_only) return store;
  WARD_CHECK(store.keep_codes_by(beside(directory, code_mark_file)));
  const auto now = runtime::read_clock();
  const auto begins = storage::Act{audit::Kind::begun, now.wall, store.believes(now), {}, store.membership().unit, WARDSYNC_VERSION};
  WARD_CHECK(storage::keep_audit_by(store.store(), beside(directory, audit_end_file), begins));
  return store;
}

Result<Repaired> repair_store(const runtime::DataDir& directory, const AskPassphrase& ask, Now now) {
  const auto damaged = directory.file(database_file);
  const auto bytes = runtime::file_bytes(damaged);
  const auto free = runtime::disk_free_bytes(damaged);
  if (free != 0 && free / 2 < bytes)
    return fail(Fault::storage_full,
                "the damaged data stays beside the repaired: that takes " + std::to_string(bytes / 500'000 + 1) + " MB");
  WARD_TRY(const auto keys, read_keys(directory, ask));
  const auto fresh = new_file_in(directory);
  WARD_TRY(auto done, storage::repair_ward(damaged, fresh, keys, hedged_by(keys.hedge), now));
  for (const auto& path : {damaged, fresh})
    if (runtime::file_bytes(path + "-wal") != 0) return fail(Fault::storage_failed, "a database's journal stays");
  Repaired out{std::move(done), directory.file(damaged_name(now.wall))};
  // Another name for it, not a copy: a disk that is dying may not give it all again.
  std::error_code refused;
  std::filesystem::create_hard_link(damaged, out.kept, refused);
  if (refused) WARD_CHECK(runtime::copy_file(damaged, runtime::file_bytes(damaged), out.kept, piece_bytes, [](BytesView) {}));
  for (const auto* leftover : {"-wal", "-shm"}) runtime::remove_file(damaged + leftover);
  WARD_CHECK(runtime::rename_file(fresh, damaged));
  return out;
}

}  // namespace ward::agent
