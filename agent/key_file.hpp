#pragma once

#include "protocol/keys/device_file.hpp"
#include "runtime/data_dir.hpp"
#include "storage/ward_store.hpp"

#include <functional>
#include <string>

/// `device.key`, and what keeps it besides its mode (docs/adr/0017).
namespace ward::agent {

inline constexpr const char* key_file = "device.key";

/// What a person knows; asked only where the file is sealed under a passphrase.
using AskPassphrase = std::function<Result<std::string>()>;

/// `missing_key`: what opens the file was not given, or is not there. `bad_signature`: what was given does not open it.
[[nodiscard]] Result<storage::WardKeys> read_keys(const runtime::DataDir& directory, const AskPassphrase& ask);
/// Told why a new PC's keys lie plain although the system keeps a secret for us: it does not open.
using TellPlain = std::function<void(const Error&)>;
/// The keys of a new PC: on the disk when this returns, and never plain there where the system gives us its secret.
[[nodiscard]] Result<storage::WardKeys> make_keys(const runtime::DataDir& directory, const TellPlain& tell_plain = {});

[[nodiscard]] Result<keys::Protection> protection_of(const runtime::DataDir& directory);
/// Killed on the way, the file is there in its old form or in its new one. `passphrase`: where it is to be sealed under one. `not_found`:
/// the system keeps no secret for us. The caller holds the directory's lock.
[[nodiscard]] Result<void> protect_keys(const runtime::DataDir& directory, const AskPassphrase& ask, keys::Protection by,
                                        std::string_view passphrase);
/// A plain file is sealed where the system gave this process its secret; one that somebody sealed stays. What a change left that was killed
/// goes.
[[nodiscard]] Result<void> seal_plain_keys(const runtime::DataDir& directory);

}  // namespace ward::agent
