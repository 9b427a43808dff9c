#pragma once

#include "cli/caller.hpp"
#include "cli/words.hpp"

/// Officials' own keys, on their sticks. The daemon never sees the passphrase, and keeps no key.
namespace ward::cli {

struct OfficialOptions {
  std::string user, out_file;
};
/// A new key: the secret half under a passphrase into the file, the public half beside it with `.pub`.
int official_new_key(const Caller& caller, const OfficialOptions& options);
/// `official new-key`.
void add_official_commands(CLI::App& app, Line& line, const char* program, OfficialOptions& options);
/// `--key`, `--passphrase-file`: the key that signs an act.
void add_key_options(CLI::App& command, Line& line);

/// The key of the command line, opened, as the API takes it; empty when none was named.
[[nodiscard]] Result<std::string> opened_key(const Common& common);

}  // namespace ward::cli
