#include "cli/keys.hpp"

#include "cli/secret.hpp"
#include "cli/words.hpp"
#include "protocol/base/wipe.hpp"
#include "runtime/command_line.hpp"

#include <CLI/CLI.hpp>

#include <memory>

namespace ward::cli {
namespace {

using keys::Protection;
using runtime::ExitCode;
using runtime::Trouble;

std::string words_of(Protection by, const std::string& keys) {
  switch (by) {
    case Protection::none: return "Nothing but the file's mode keeps " + keys + ".";
    case Protection::passphrase: return "A passphrase, which each start needs, seals " + keys + ".";
    case Protection::system: return "A secret that the operating system keeps seals " + keys + ".";
  }
  return {};
}

}  // namespace

runtime::AskPassphrase passphrase_of(const Common& common, const std::string& file) {
  struct Known {
    std::string text;
    bool asked = false;
    const Wiped<std::string> wiped{text};
  };
  return [&common, &file, known = std::make_shared<Known>()]() -> Result<std::string> {
    if (!known->asked) {
      WARD_TRY(known->text, secret_of(common, file, "The passphrase of the keys on this machine:"));
      known->asked = true;
    }
    return known->text;
  };
}

runtime::AskPassphrase passphrase_in_file(const Common& common, const std::string& file) {
  if (!file.empty()) return passphrase_of(common, file);
  return []() -> Result<std::string> { return fail(Fault::invalid, "no file was named that holds the passphrase"); };
}

Trouble trouble_of_data(const KeyHolder& whose, const Error& error) {
  constexpr const char* kept = "Everything saved here is still here and unchanged.";
  const std::string keys = whose.keys;
  if (error.fault == Fault::missing_key)
    return {"keys_locked",
            ExitCode::person_must_decide,
            423,
            "Sealed: " + keys + "; and what opens them was not given (" + error.detail + ").",
            kept,
            "Sealed under a passphrase: type it, or name its file with --passphrase-file. By the operating system: let the service run "
            "this, or root.",
            {}};
  if (error.fault == Fault::bad_signature)
    return {
        "keys_refused",
        ExitCode::refused,
        403,
        "What was given does not open " + keys + " (" + error.detail + ").",
        kept,
        std::string("Try the right passphrase. What another machine's system sealed opens on that machine only: make it plain there (") +
            whose.program + " key protect --by none), or " + whose.otherwise + ".",
        {}};
  return runtime::trouble_of(error);
}

Protection wanted(const ProtectOptions& options) {
  for (const auto by : {Protection::passphrase, Protection::system})
    if (options.by == name_of(by)) return by;
  return Protection::none;
}

Result<void> protect_keys(const Common& common, const runtime::KeyFile& file, BytesView plain, const ProtectOptions& options) {
  std::string passphrase;
  const Wiped wiped(passphrase);
  if (wanted(options) == Protection::passphrase) {
    WARD_TRY(passphrase, new_passphrase_of(common, options.new_passphrase_file, "The new passphrase of these keys:"));
  }
  WARD_TRY(const auto form, runtime::sealed_form(file.owner, plain, wanted(options), passphrase, runtime::Opener::service));
  return runtime::replace_key_file(file, form);
}

int told_protection(const Common& common, const KeyHolder& whose, const Result<Protection>& by) {
  if (by.has_error() && by.error().fault == Fault::not_found && by.error().detail.find("credential") != std::string::npos)
    return runtime::report(whose.program, Trouble{"no_system_key",
                                                  ExitCode::failed,
                                                  422,
                                                  "This system keeps no secret for wardsync (" + by.error().detail + ").",
                                                  "Nothing was changed.",
                                                  std::string("Give it one, as ") + whose.manual + " says; or --by passphrase.",
                                                  {}});
  if (by.has_error()) return runtime::report(whose.program, trouble_of_data(whose, by.error()));
  if (common.json)
    runtime::print_json(boost::json::object{{"protection", name_of(*by)}});
  else if (!common.quiet)
    runtime::print(words_of(*by, whose.keys) + "\n");
  return done;
}

void add_passphrase_option(CLI::App& to, Line& line, std::string& file) {
  configurable(to, line, "--passphrase-file", "passphrase_file", file);
}

CLI::App* add_protection_commands(CLI::App& key, Line& line, ProtectOptions& options, std::function<int()> show,
                                  std::function<int()> protect) {
  printing(key, line, "show", "the file's mode alone, a passphrase, or the operating system", std::move(show));
  auto* changing = printing(key, line, "protect", "seal them, or make them plain, while no daemon runs", std::move(protect));
  changing->add_option("--by", options.by, "passphrase, system, or none")
      ->required()
      ->check(CLI::IsMember({"passphrase", "system", "none"}));
  add_passphrase_option(*changing, line, options.passphrase_file);
  changing
      ->add_option("--new-passphrase-file", options.new_passphrase_file, "the new passphrase, in the first line; - for stdin; default: ask")
      ->type_name("FILE");
  return changing;
}

}  // namespace ward::cli
