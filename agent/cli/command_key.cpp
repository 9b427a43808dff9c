#include "agent/cli/commands.hpp"
#include "agent/files.hpp"
#include "cli/secret.hpp"
#include "protocol/base/wipe.hpp"
#include "runtime/account.hpp"

#include <memory>

namespace ward::agent {
namespace {

using keys::Protection;
using runtime::ExitCode;
using runtime::Trouble;

std::string words_of(Protection by) {
  switch (by) {
    case Protection::none: return "Nothing but the file's mode keeps this PC's keys.";
    case Protection::passphrase: return "This PC's keys are sealed under a passphrase, which each start needs.";
    case Protection::system: return "This PC's keys are sealed under a secret that its operating system keeps.";
  }
  return {};
}

Result<std::string> new_passphrase(const Common& common, const KeyOptions& options) {
  if (options.by != name_of(Protection::passphrase)) return std::string();
  return cli::new_passphrase_of(common, options.new_passphrase_file, "The new passphrase of this PC's keys:");
}

Protection wanted(const KeyOptions& options) {
  for (const auto by : {Protection::passphrase, Protection::system})
    if (options.by == name_of(by)) return by;
  return Protection::none;
}

Result<Protection> protect(const Common& common, const KeyOptions& options) {
  const runtime::AsOwnerOf acting(common.data);
  WARD_TRY(auto directory, find_data(common.data));
  WARD_CHECK(directory.lock(std::string(program) + " key protect"));
  // The old one is asked for before the new one is.
  const auto ask = passphrase_of(common, options.passphrase_file);
  WARD_CHECK(read_keys(directory, ask));
  WARD_TRY(auto passphrase, new_passphrase(common, options));
  const Wiped wiped(passphrase);
  WARD_CHECK(protect_keys(directory, ask, wanted(options), passphrase));
  return wanted(options);
}

Result<Protection> shown(const Common& common) {
  const runtime::AsOwnerOf acting(common.data);
  WARD_TRY(auto directory, find_data(common.data));
  return protection_of(directory);
}

int told(const Common& common, const Result<Protection>& by) {
  if (by.has_error() && by.error().fault == Fault::not_found && by.error().detail.find("credential") != std::string::npos)
    return runtime::report(program, Trouble{"no_system_key",
                                            ExitCode::failed,
                                            422,
                                            "This system keeps no secret for wardsync (" + by.error().detail + ").",
                                            "Nothing was changed.",
                                            "Give it one, as \"The keys of a PC\" in technician.md says; or --by passphrase.",
                                            {}});
  if (by.has_error()) return report_data(common, by.error());
  if (common.json)
    runtime::print_json(boost::json::object{{"protection", name_of(*by)}});
  else if (!common.quiet)
    runtime::print(words_of(*by) + "\n");
  return static_cast<int>(ExitCode::done);
}

}  // namespace

Trouble trouble_of_data(const Error& error) {
  constexpr const char* kept = "Everything saved here is still here and unchanged.";
  if (error.fault == Fault::missing_key)
    return {"keys_locked",
            ExitCode::person_must_decide,
            423,
            "The keys of this PC are sealed, and what opens them was not given (" + error.detail + ").",
            kept,
            "Sealed under a passphrase: type it, or name its file with --passphrase-file. By the operating system: let the service run "
            "this, or root.",
            {}};
  if (error.fault == Fault::bad_signature)
    return {"keys_refused",
            ExitCode::refused,
            403,
            "What was given does not open the keys of this PC (" + error.detail + ").",
            kept,
            "Try the right passphrase. What another PC's system sealed opens on that PC only: make it plain there (wardsync key protect "
            "--by none), or enrol this PC anew in an empty directory.",
            {}};
  return runtime::trouble_of(error);
}

AskPassphrase passphrase_of(const Common& common, const std::string& file) {
  struct Known {
    std::string text;
    bool asked = false;
    const Wiped<std::string> wiped{text};
  };
  return [&common, &file, known = std::make_shared<Known>()]() -> Result<std::string> {
    if (!known->asked) {
      WARD_TRY(known->text, cli::secret_of(common, file, "The passphrase of this PC's keys:"));
      known->asked = true;
    }
    return known->text;
  };
}

AskPassphrase passphrase_in_file(const Common& common, const std::string& file) {
  if (!file.empty()) return passphrase_of(common, file);
  return []() -> Result<std::string> { return fail(Fault::invalid, "no file was named that holds the passphrase"); };
}

int key_show(const Common& common) { return told(common, shown(common)); }

int key_protect(const Common& common, const KeyOptions& options) { return told(common, protect(common, options)); }

}  // namespace ward::agent
