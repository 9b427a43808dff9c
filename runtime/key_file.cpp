#include "runtime/key_file.hpp"

#include "protocol/base/wipe.hpp"
#include "runtime/data_dir.hpp"
#include "runtime/entropy.hpp"
#include "runtime/file_facts.hpp"
#include "runtime/shred.hpp"

#include <filesystem>

namespace ward::runtime {
namespace {

using keys::Protection;

constexpr std::size_t key_file_bytes_max = 16 * 1024;

Result<Bytes> opened_by_system(const keys::SealedKeys& sealed) {
  auto secret = system_key(sealed.wrapped);
  if (secret.has_error())
    return fail(secret.error().fault == Fault::wrong_key ? Fault::bad_signature : Fault::missing_key, secret.error().detail);
  const Wiped wiped(*secret);
  return keys::unlock_by_system(sealed, *secret);
}

Array<16> fresh_salt() {
  Array<16> out{};
  fill_random(out);
  return out;
}

/// What is sealed here opens here, or it is not used.
Result<Bytes> sealed_by_system(keys::KeyOwner owner, BytesView plain, Opener opener) {
  WARD_TRY(auto kept, new_system_key(opener));
  const Wiped wiped(kept.secret);
  const auto out = keys::lock_by_system(owner, plain, kept.secret, std::move(kept.wrapped), fresh_salt());
  WARD_TRY(auto again, opened_by_system(out));
  wipe(again.data(), again.size());
  return keys::encode_sealed_keys(out);
}

std::string before(const KeyFile& file) { return file.path + ".before"; }

}  // namespace

Result<Bytes> read_key_file(const KeyFile& file, const AskPassphrase& ask) {
  WARD_TRY(auto bytes, read_private_file(file.path, key_file_bytes_max));
  WARD_TRY(const auto sealed, keys::decode_sealed_keys(file.owner, bytes));
  if (!sealed) return bytes;
  if (sealed->by == Protection::system) return opened_by_system(*sealed);
  auto passphrase = ask();
  if (passphrase.has_error()) return fail(Fault::missing_key, passphrase.error().detail);
  const Wiped wiped(*passphrase);
  return keys::unlock_by_passphrase(*sealed, *passphrase);
}

Result<Protection> protection_of(const KeyFile& file) {
  WARD_TRY(auto bytes, read_private_file(file.path, key_file_bytes_max));
  const Wiped wiped(bytes);
  WARD_TRY(const auto sealed, keys::decode_sealed_keys(file.owner, bytes));
  return sealed ? sealed->by : Protection::none;
}

Result<Bytes> sealed_form(keys::KeyOwner owner, BytesView plain, Protection by, std::string_view passphrase, Opener opener) {
  switch (by) {
    case Protection::none: break;
    case Protection::system: return sealed_by_system(owner, plain, opener);
    case Protection::passphrase: {
      WARD_TRY(const auto out, keys::lock_by_passphrase(owner, plain, passphrase, fresh_salt()));
      return keys::encode_sealed_keys(out);
    }
  }
  return copy(plain);
}

Result<void> shred_leftovers(const KeyFile& file) {
  WARD_CHECK(shred_file(before(file)));
  return shred_file(file.path + ".new");
}

/// The old form keeps a second name until it has been overwritten, so that it is found again when we are killed before.
Result<void> replace_key_file(const KeyFile& file, BytesView form) {
  WARD_CHECK(shred_leftovers(file));
  std::error_code refused;  // by a file system that gives no second names: then it is only unlinked
  std::filesystem::create_hard_link(path_of(file.path), path_of(before(file)), refused);
  WARD_CHECK(write_private_file(file.path, form, true));
  return shred_file(before(file));
}

}  // namespace ward::runtime
