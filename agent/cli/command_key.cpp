#include "agent/cli/commands.hpp"
#include "agent/files.hpp"
#include "protocol/base/wipe.hpp"
#include "runtime/account.hpp"

namespace ward::agent {
namespace {

using keys::Protection;

const cli::KeyHolder own_keys{program, "this PC's keys", "enrol this PC anew in an empty directory",
                              "\"The keys of a PC\" in technician.md"};

Result<Protection> protect(const Common& common, const cli::ProtectOptions& options) {
  const runtime::AsOwnerOf acting(common.data);
  WARD_TRY(auto directory, find_data(common.data));
  WARD_CHECK(directory.lock(std::string(program) + " key protect"));
  // The old passphrase is asked for before the new one is.
  WARD_TRY(const auto keys, read_keys(directory, cli::passphrase_of(common, options.passphrase_file)));
  auto plain = keys.encode();
  const Wiped wiped(plain);
  WARD_CHECK(cli::protect_keys(common, key_file_in(directory), plain, options));
  return cli::wanted(options);
}

Result<Protection> shown(const Common& common) {
  const runtime::AsOwnerOf acting(common.data);
  WARD_TRY(auto directory, find_data(common.data));
  return runtime::protection_of(key_file_in(directory));
}

int told(const Common& common, const Result<Protection>& by) {
  if (by.has_error() && by.error().fault == Fault::not_found && !runtime::file_exists(common.data + "/" + database_file))
    return report_data(common, by.error());
  return cli::told_protection(common, own_keys, by);
}

}  // namespace

runtime::Trouble trouble_of_data(const Error& error) { return cli::trouble_of_data(own_keys, error); }

int key_show(const Common& common) { return told(common, shown(common)); }

int key_protect(const Common& common, const cli::ProtectOptions& options) { return told(common, protect(common, options)); }

}  // namespace ward::agent
