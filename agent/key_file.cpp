#include "agent/key_file.hpp"

#include "protocol/base/wipe.hpp"
#include "runtime/entropy.hpp"
#include "runtime/process.hpp"

namespace ward::agent {
namespace {

using keys::KeyOwner;
using keys::Protection;
using runtime::Opener;

}  // namespace

runtime::KeyFile key_file_in(const runtime::DataDir& directory) { return {directory.file(key_file), KeyOwner::device}; }

Result<storage::WardKeys> read_keys(const runtime::DataDir& directory, const AskPassphrase& ask) {
  WARD_TRY(auto plain, runtime::read_key_file(key_file_in(directory), ask));
  const Wiped wiped(plain);
  return storage::WardKeys::decode(plain);
}

Result<storage::WardKeys> make_keys(const runtime::DataDir& directory, const TellPlain& tell_plain) {
  auto out = storage::WardKeys::make(runtime::fill_random);
  auto plain = out.encode();
  const Wiped wiped(plain);
  // Elsewhere than in its own directory it may be no service that runs, and be given nothing.
  const auto opener = directory.path() == runtime::default_data() ? Opener::service : Opener::this_process;
  const auto sealed = runtime::sealed_form(KeyOwner::device, plain, Protection::system, {}, opener);
  if (sealed.has_error() && sealed.error().fault != Fault::not_found) {
    if (sealed.error().fault != Fault::wrong_key) return sealed.error();
    if (tell_plain) tell_plain(sealed.error());
  }
  WARD_CHECK(runtime::write_private_file(directory.file(key_file), sealed.has_value() ? BytesView(*sealed) : BytesView(plain), false));
  return out;
}

Result<void> seal_plain_keys(const runtime::DataDir& directory) {
  const auto file = key_file_in(directory);
  WARD_CHECK(runtime::shred_leftovers(file));
  WARD_TRY(const auto now, runtime::protection_of(file));
  if (now != Protection::none) return {};
  WARD_TRY(auto plain, runtime::read_key_file(file, {}));
  const Wiped wiped(plain);
  WARD_CHECK(storage::WardKeys::decode(plain));
  const auto sealed = runtime::sealed_form(file.owner, plain, Protection::system, {}, Opener::this_process);
  if (sealed.has_error()) return sealed.error().fault == Fault::not_found ? Result<void>() : sealed.error();
  return runtime::replace_key_file(file, *sealed);
}

}  // namespace ward::agent
