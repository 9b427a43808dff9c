#include "centre/files.hpp"

#include "protocol/base/wipe.hpp"
#include "runtime/clock.hpp"
#include "runtime/entropy.hpp"
#include "storage/audit.hpp"

namespace ward::centre {

Result<storage::CentreKeys> read_keys(const std::string& path) {
  WARD_TRY(const auto bytes, runtime::read_private_file(path, key_file_bytes_max));
  return storage::CentreKeys::decode(bytes);
}

Result<runtime::DataDir> find_data(const std::string& path) {
  auto found = runtime::DataDir::find(path);
  if (found.has_value() && runtime::file_exists(found->file(database_file))) return found;
  if (found.has_error() && found.error().fault != Fault::not_found) return found;
  return fail(Fault::not_found, path + " holds no centre; `wardsync-centre init` makes one");
}

storage::KeepKeys keep_keys_in(const runtime::DataDir& directory) {
  return [path = directory.file(key_file)](const storage::CentreKeys& keys) {
    auto bytes = keys.encode();
    const Wiped wiped(bytes);
    return runtime::write_private_file(path, bytes, true);
  };
}

Result<storage::CentreStore> open_store(const runtime::DataDir& directory, storage::OpenMode mode) {
  WARD_TRY(auto keys, read_keys(directory.file(key_file)));
  WARD_TRY(auto store, storage::CentreStore::open(directory.file(database_file), std::move(keys), runtime::fill_random, mode));
  if (mode == storage::OpenMode::read_only) return store;
  const auto path = directory.file(audit_end_file);
  storage::Beside beside{[path]() -> Result<std::optional<Bytes>> {
                           if (!runtime::file_exists(path)) return std::optional<Bytes>{};
                           WARD_TRY(const auto bytes, runtime::read_file(path, key_file_bytes_max));
                           return std::optional(copy(view(bytes)));
                         },
                         [path](BytesView bytes) { return runtime::write_private_file(path, bytes, true); }};
  const auto now = runtime::read_clock().wall;
  const storage::Act begins{audit::Kind::begun, now, storage::is_plausible(now), {}, {}, WARDSYNC_VERSION};
  WARD_CHECK(storage::keep_audit_by(store.store(), std::move(beside), begins));
  return store;
}

}  // namespace ward::centre
