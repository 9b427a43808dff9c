#pragma once

#include "runtime/data_dir.hpp"
#include "runtime/key_file.hpp"
#include "storage/ward_store.hpp"

/// `device.key`: a PC's keys.
namespace ward::agent {

inline constexpr const char* key_file = "device.key";

using runtime::AskPassphrase;

[[nodiscard]] runtime::KeyFile key_file_in(const runtime::DataDir& directory);
/// As `runtime::read_key_file`.
[[nodiscard]] Result<storage::WardKeys> read_keys(const runtime::DataDir& directory, const AskPassphrase& ask);
/// Told why a new PC's keys lie plain although the system keeps a secret for us: it does not open.
using TellPlain = std::function<void(const Error&)>;
/// The keys of a new PC: on the disk when this returns, and never plain there where the system gives us its secret.
[[nodiscard]] Result<storage::WardKeys> make_keys(const runtime::DataDir& directory, const TellPlain& tell_plain = {});
/// A plain file is sealed where the system gave this process its secret; one that somebody sealed stays. What a change left that was killed
/// goes.
[[nodiscard]] Result<void> seal_plain_keys(const runtime::DataDir& directory);

}  // namespace ward::agent
