#include "centre/files.hpp"

#include "protocol/base/wipe.hpp"
#include "runtime/clock.hpp"
#include "runtime/entropy.hpp"
#include "storage/audit.hpp"

namespace ward::centre {
namespace {

constexpr std::size_t beside_bytes_max = 4096;

}  // namespace

runtime::KeyFile key_file_in(const runtime::DataDir& directory) { return {directory.file(key_file), keys::KeyOwner::centre}; }

Result<storage::CentreKeys> read_keys(const std::string& path, const AskPassphrase& ask) {
  WARD_TRY(auto plain, runtime::read_key_file({path, keys::KeyOwner::centre}, ask));
  const Wiped wiped(plain);
  return storage::CentreKeys::decode(plain);
}

Result<runtime::DataDir> find_data(const std::string& path) {
  auto found = runtime::DataDir::find(path);
  if (found.has_value() && runtime::file_exists(found->file(database_file))) return found;
  if (found.has_value() && runtime::file_exists(found->file("wardsync.db")))
    return fail(Fault::invalid, path + " is a ward PC's data directory; a centre needs one of its own");
  if (found.has_error() && found.error().fault != Fault::not_found) return found;
  return fail(Fault::not_found, path + " holds no centre; `wardsync-centre init` makes one");
}

storage::KeepKeys keep_keys_in(const runtime::DataDir& directory, AskPassphrase ask) {
  return [file = key_file_in(directory), ask = std::move(ask)](const storage::CentreKeys& kept) -> Result<void> {
    auto plain = kept.encode();
    const Wiped wiped(plain);
    WARD_TRY(const auto by, runtime::protection_of(file));
    std::string passphrase;
    const Wiped wiped_passphrase(passphrase);
    if (by == keys::Protection::passphrase) {
      WARD_TRY(passphrase, ask());
    }
    WARD_TRY(const auto form, runtime::sealed_form(file.owner, plain, by, passphrase, runtime::Opener::service));
    return runtime::replace_key_file(file, form);
  };
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

Result<storage::CentreStore> open_store(const runtime::DataDir& directory, const AskPassphrase& ask, storage::OpenMode mode) {
  WARD_TRY(auto keys, read_keys(directory.file(key_file), ask));
  WARD_TRY(auto store, storage::CentreStore::open(directory.file(database_file), std::move(keys), runtime::fill_random, mode));
  if (mode == storage::OpenMode::read_only) return store;
  const auto now = runtime::read_clock().wall;
  const storage::Act begins{audit::Kind::begun, now, storage::is_plausible(now), {}, {}, WARDSYNC_VERSION};
  WARD_CHECK(storage::keep_audit_by(store.store(), beside(directory, audit_end_file), begins));
  return store;
}

}  // namespace ward::centre
