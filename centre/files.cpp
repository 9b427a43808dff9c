#include "centre/files.hpp"

#include "runtime/entropy.hpp"

namespace ward::centre {
namespace {

constexpr std::size_t key_file_bytes_max = 4096;

}  // namespace

Result<runtime::DataDir> find_data(const std::string& path) {
  auto found = runtime::DataDir::find(path);
  if (found.has_value() && runtime::file_exists(found->file("centre.db"))) return found;
  if (found.has_error() && found.error().fault != Fault::not_found) return found;
  return fail(Fault::not_found, path + " holds no centre; `wardsync-centre init` makes one");
}

Result<storage::CentreStore> open_store(const runtime::DataDir& directory, storage::OpenMode mode) {
  WARD_TRY(const auto bytes, runtime::read_private_file(directory.file("centre.key"), key_file_bytes_max));
  WARD_TRY(auto keys, storage::CentreKeys::decode(bytes));
  return storage::CentreStore::open(directory.file("centre.db"), std::move(keys), runtime::fill_random, mode);
}

}  // namespace ward::centre
