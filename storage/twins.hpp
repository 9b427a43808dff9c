#pragma once

#include "protocol/segment/rows.hpp"
#include "storage/store.hpp"

#include <chrono>
#include <span>

/// The centre's: a device that runs twice, since its disk was copied. All of it in a transaction.
namespace ward::storage {

/// How long one sign of it is remembered, and shown.
inline constexpr std::chrono::hours twins_remembered{14 * 24};

/// `verified` goes to the end of what `writer` has in the log. One machine writes in one incarnation after the other: a record that is
/// younger than the beginning of the incarnation of which the newest segment is comes from another machine.
[[nodiscard]] bool wrote_beside_another(Store& store, const DeviceId& device, std::int64_t writer,
                                        std::span<const segment::Verified> verified);
/// With an entry of the audit log when it is the first time in a while.
void note_twins(Store& store, const DeviceId& device, WallTime at);
/// When it was last noted; 0: never.
[[nodiscard]] WallTime twins_seen(Store& store, const DeviceId& device);

}  // namespace ward::storage
