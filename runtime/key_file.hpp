#pragma once

#include "protocol/keys/sealed_keys.hpp"
#include "runtime/system_key.hpp"

#include <functional>
#include <string>

/// The file that holds a program's own keys, and what keeps it besides its mode (docs/adr/0017).
namespace ward::runtime {

struct KeyFile {
  std::string path;
  keys::KeyOwner owner;
};

/// What a person knows; asked only where the file is sealed under a passphrase.
using AskPassphrase = std::function<Result<std::string>()>;

/// The content of the plain form, which the caller wipes. `missing_key`: what opens the file was not given, or is not there.
/// `bad_signature`: what was given does not open it.
[[nodiscard]] Result<Bytes> read_key_file(const KeyFile& file, const AskPassphrase& ask);
[[nodiscard]] Result<keys::Protection> protection_of(const KeyFile& file);

/// How that content lies in the file. What the system is to open was opened by it before this returns. `not_found`: the system keeps no
/// secret for us. `passphrase`: where it is sealed under one.
[[nodiscard]] Result<Bytes> sealed_form(keys::KeyOwner owner, BytesView plain, keys::Protection by, std::string_view passphrase,
                                        Opener opener);
/// Killed on the way, the file is there in its old form or in its new one; the old one is overwritten.
[[nodiscard]] Result<void> replace_key_file(const KeyFile& file, BytesView form);
/// What a change left that was killed goes.
[[nodiscard]] Result<void> shred_leftovers(const KeyFile& file);

}  // namespace ward::runtime
