#include "agent/key_file.hpp"

#include "protocol/base/wipe.hpp"
#include "runtime/entropy.hpp"
#include "runtime/file_facts.hpp"
#include "runtime/process.hpp"
#include "runtime/shred.hpp"
#include "runtime/system_key.hpp"

#include <filesystem>

namespace ward::agent {
namespace {

using keys::Protection;
using runtime::Opener;

constexpr std::size_t key_file_bytes_max = 16 * 1024;

Result<Bytes> file_bytes(const runtime::DataDir& directory) {
  return runtime::read_private_file(directory.file(key_file), key_file_bytes_max);
}

Array<16> fresh_salt() {
  Array<16> out{};
  runtime::fill_random(out);
  return out;
}

Result<Bytes> opened_by_system(const keys::DeviceFile& file) {
  auto secret = runtime::system_key(file.wrapped);
  if (secret.has_error())
    return fail(secret.error().fault == Fault::wrong_key ? Fault::bad_signature : Fault::missing_key, secret.error().detail);
  const Wiped wiped(*secret);
  return keys::unlock_by_system(file, *secret);
}

/// The content of the plain form.
Result<Bytes> plain_keys(const runtime::DataDir& directory, const AskPassphrase& ask) {
  WARD_TRY(auto bytes, file_bytes(directory));
  WARD_TRY(const auto sealed, keys::decode_device_file(bytes));
  if (!sealed) return bytes;
  if (sealed->by == Protection::system) return opened_by_system(*sealed);
  auto passphrase = ask();
  if (passphrase.has_error()) return fail(Fault::missing_key, passphrase.error().detail);
  const Wiped wiped(*passphrase);
  return keys::unlock_by_passphrase(*sealed, *passphrase);
}

/// What is sealed here opens here, or it is not used.
Result<Bytes> sealed_by_system(BytesView plain, Opener opener) {
  WARD_TRY(auto kept, runtime::new_system_key(opener));
  const Wiped wiped(kept.secret);
  const auto out = keys::lock_by_system(plain, kept.secret, std::move(kept.wrapped), fresh_salt());
  WARD_TRY(auto again, opened_by_system(out));
  wipe(again.data(), again.size());
  return keys::encode_device_file(out);
}

Result<Bytes> form_of(BytesView plain, Protection by, std::string_view passphrase, Opener opener) {
  switch (by) {
    case Protection::none: break;
    case Protection::system: return sealed_by_system(plain, opener);
    case Protection::passphrase: {
      WARD_TRY(const auto out, keys::lock_by_passphrase(plain, passphrase, fresh_salt()));
      return keys::encode_device_file(out);
    }
  }
  return copy(plain);
}

std::string before(const runtime::DataDir& directory) { return directory.file(key_file) + ".before"; }

Result<void> shred_leftovers(const runtime::DataDir& directory) {
  WARD_CHECK(runtime::shred_file(before(directory)));
  return runtime::shred_file(directory.file(key_file) + ".new");
}

/// The old form keeps a second name until it has been overwritten, so that it is found again when we are killed before.
Result<void> replace(const runtime::DataDir& directory, BytesView bytes) {
  WARD_CHECK(shred_leftovers(directory));
  std::error_code refused;  // by a file system that gives no second names: then it is only unlinked
  std::filesystem::create_hard_link(runtime::path_of(directory.file(key_file)), runtime::path_of(before(directory)), refused);
  WARD_CHECK(runtime::write_private_file(directory.file(key_file), bytes, true));
  return runtime::shred_file(before(directory));
}

Result<void> protect(const runtime::DataDir& directory, const AskPassphrase& ask, Protection by, std::string_view passphrase,
                     Opener opener) {
  WARD_TRY(auto plain, plain_keys(directory, ask));
  const Wiped wiped(plain);
  WARD_CHECK(storage::WardKeys::decode(plain));
  WARD_TRY(const auto bytes, form_of(plain, by, passphrase, opener));
  return replace(directory, bytes);
}

}  // namespace

Result<storage::WardKeys> read_keys(const runtime::DataDir& directory, const AskPassphrase& ask) {
  WARD_TRY(auto plain, plain_keys(directory, ask));
  const Wiped wiped(plain);
  return storage::WardKeys::decode(plain);
}

Result<storage::WardKeys> make_keys(const runtime::DataDir& directory, const TellPlain& tell_plain) {
  auto out = storage::WardKeys::make(runtime::fill_random);
  auto plain = out.encode();
  const Wiped wiped(plain);
  // Elsewhere than in its own directory it may be no service that runs, and be given nothing.
  const auto sealed = sealed_by_system(plain, directory.path() == runtime::default_data() ? Opener::service : Opener::this_process);
  if (sealed.has_error() && sealed.error().fault != Fault::not_found) {
    if (sealed.error().fault != Fault::wrong_key) return sealed.error();
    if (tell_plain) tell_plain(sealed.error());
  }
  WARD_CHECK(runtime::write_private_file(directory.file(key_file), sealed.has_value() ? BytesView(*sealed) : BytesView(plain), false));
  return out;
}

Result<Protection> protection_of(const runtime::DataDir& directory) {
  WARD_TRY(auto bytes, file_bytes(directory));
  const Wiped wiped(bytes);
  WARD_TRY(const auto sealed, keys::decode_device_file(bytes));
  return sealed ? sealed->by : Protection::none;
}

Result<void> protect_keys(const runtime::DataDir& directory, const AskPassphrase& ask, Protection by, std::string_view passphrase) {
  return protect(directory, ask, by, passphrase, Opener::service);
}

Result<void> seal_plain_keys(const runtime::DataDir& directory) {
  WARD_CHECK(shred_leftovers(directory));
  WARD_TRY(const auto now, protection_of(directory));
  if (now != Protection::none) return {};
  const auto sealed = protect(directory, {}, Protection::system, {}, Opener::this_process);
  return sealed.has_error() && sealed.error().fault != Fault::not_found ? sealed : Result<void>();
}

}  // namespace ward::agent
