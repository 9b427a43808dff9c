#include "agent/files.hpp"

#include "runtime/entropy.hpp"

#include <algorithm>

namespace ward::agent {
namespace {

constexpr std::size_t key_file_bytes_max = 4096;
constexpr std::size_t code_mark_bytes_max = 64 * 1024;

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

storage::CodeMark code_mark_in(const runtime::DataDir& directory) {
  const auto path = directory.file(code_mark_file);
  return {[path]() -> Result<std::optional<Bytes>> {
            if (!runtime::file_exists(path)) return std::optional<Bytes>{};
            WARD_TRY(const auto bytes, runtime::read_file(path, code_mark_bytes_max));
            return std::optional(copy(view(bytes)));
          },
          [path](BytesView bytes) { return runtime::write_private_file(path, bytes, true); }};
}

Result<storage::WardKeys> read_keys(const runtime::DataDir& directory) {
  WARD_TRY(const auto bytes, runtime::read_private_file(directory.file(key_file), key_file_bytes_max));
  return storage::WardKeys::decode(bytes);
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

Result<storage::WardKeys> keys_of(const runtime::DataDir& directory) {
  if (runtime::file_exists(directory.file(key_file))) return read_keys(directory);
  auto keys = storage::WardKeys::make(runtime::fill_random);
  WARD_CHECK(runtime::write_private_file(directory.file(key_file), keys.encode(), false));
  return keys;
}

Result<void> create_store(const runtime::DataDir& directory, const storage::WardKeys& keys, const storage::Membership& membership,
                          const std::vector<policy::Entry>& policy) {
  const auto beside = directory.file("wardsync.db.new");
  for (const auto* leftover : {"", "-wal", "-shm"}) runtime::remove_file(beside + leftover);
  WARD_CHECK(storage::WardStore::create(beside, keys, membership, policy));
  return runtime::rename_file(beside, directory.file(database_file));
}

Result<storage::WardStore> open_store(const runtime::DataDir& directory, storage::OpenMode mode) {
  WARD_TRY(auto keys, read_keys(directory));
  auto random = hedged_by(keys.hedge);
  WARD_TRY(auto store, storage::WardStore::open(directory.file(database_file), std::move(keys), std::move(random), mode));
  if (mode == storage::OpenMode::read_write) WARD_CHECK(store.keep_codes_by(code_mark_in(directory)));
  return store;
}

}  // namespace ward::agent
