#include "centre/files.hpp"

#include "runtime/entropy.hpp"

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

Result<storage::CentreStore> open_store(const runtime::DataDir& directory, storage::OpenMode mode) {
  WARD_TRY(auto keys, read_keys(directory.file(key_file)));
  return storage::CentreStore::open(directory.file(database_file), std::move(keys), runtime::fill_random, mode);
}

}  // namespace ward::centre
