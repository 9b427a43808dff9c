#include "cli/official.hpp"

#include "cli/secret.hpp"
#include "protocol/base/limits.hpp"
#include "protocol/base/wipe.hpp"
#include "protocol/keys/official.hpp"
#include "protocol/text/text.hpp"
#include "runtime/command_line.hpp"
#include "runtime/data_dir.hpp"
#include "runtime/entropy.hpp"

#include <CLI/CLI.hpp>

namespace ward::cli {
namespace {

constexpr std::size_t key_file_bytes_max = 4096;

Result<keys::OfficialKey> made_key(const Common& common, const OfficialOptions& options) {
  WARD_TRY(auto user, text::to_line("the user's name", options.user, limits::name_bytes_max));
  WARD_TRY(auto passphrase, new_passphrase_of(common, common.passphrase_file, "A passphrase for the new key:"));
  const Wiped wiped(passphrase);
  Array<32> seed{};
  Array<16> salt{};
  runtime::fill_random(seed);
  runtime::fill_random(salt);
  WARD_TRY(auto out, keys::lock_official_key(std::move(user), crypto::SignSeed(seed), passphrase, salt));
  WARD_CHECK(runtime::write_private_file(options.out_file, view(keys::encode_official_key(out)), false));
  WARD_CHECK(runtime::write_private_file(options.out_file + ".pub", view(keys::encode_official_public(out)), false));
  return out;
}

}  // namespace

int official_new_key(const Caller& caller, const OfficialOptions& options) {
  const auto made = made_key(caller.common, options);
  if (made.has_error()) return runtime::report(caller.program, runtime::trouble_of(made.error()));
  if (caller.common.json)
    runtime::print_json(boost::json::object{{"user", made->user}, {"key", hex(made->key.view())}, {"file", options.out_file}});
  else
    runtime::print(hex(made->key.view()) + "\n");
  tell(caller, "The key is in " + options.out_file + ": keep it on a stick, and nowhere else.\nGive " + options.out_file +
                   ".pub to the centre's administrator: user reset " + made->user + " --key FILE.pub");
  return static_cast<int>(runtime::ExitCode::done);
}

Result<std::string> opened_key(const Common& common) {
  if (common.key_file.empty()) return std::string();
  WARD_TRY(const auto text, runtime::read_file(common.key_file, key_file_bytes_max));
  WARD_TRY(const auto key, keys::decode_official_key(text));
  WARD_TRY(auto passphrase, secret_of(common, common.passphrase_file, "The passphrase of your key:"));
  const Wiped wiped(passphrase);
  const auto seed = keys::unlock_official_key(key, passphrase);
  if (seed.has_error()) return seed.error();
  return hex(seed->view());
}

void add_key_options(CLI::App& command, Line& line) {
  command.add_option("--key", line.common.key_file, "your own key, on your stick: signs the act")->type_name("FILE");
  command.add_option("--passphrase-file", line.common.passphrase_file, "its passphrase, in the first line; default: ask")
      ->type_name("FILE");
}

void add_official_commands(CLI::App& app, Line& line, const char* program, OfficialOptions& options) {
  const auto run = [&line, &options, program] { return official_new_key({program, line.common}, options); };
  auto* made = printing(*group(app, "official", "officials' own keys"), line, "new-key", "make the key with which an official signs", run);
  made->add_option("--user", options.user, "whose it is: the name of the account")->required()->type_name("NAME");
  made->add_option("-o,--out", options.out_file, "the file to write, on a stick; an existing one stays")->required()->type_name("FILE");
  made->add_option("--passphrase-file", line.common.passphrase_file, "the passphrase, in the first line; default: ask")->type_name("FILE");
  made->footer(
      "Needs no daemon. FILE.pub goes to the centre's administrator (`wardsync-centre user add` or `reset` with `--key`). From then on the "
      "account's hand-overs, and its statuses 3, 8, 9 and 10, apply only with this key's signature: `--key FILE` of the commands that make "
      "them. A passphrase that is forgotten opens nothing any more: make another key, and have it entered.");
}

}  // namespace ward::cli
