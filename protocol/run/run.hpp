#pragma once

#include "protocol/base/bytes.hpp"
#include "protocol/base/error.hpp"
#include "protocol/segment/rows.hpp"

#include <vector>

/// Segments on the wire (records.md §3, WIRE.md "Runs"). A run is one or more segments: tables once, everything that the receiver can
/// compute left out, one zstd stream over a dictionary that was trained on invented data. Compressed bytes are a transport encoding: never
/// hashed, signed or pinned.
namespace ward::run {

/// One or more segments, at most limits::run_segments_max. Their bodies together, counting 192 bytes more for each row, are at most
/// limits::run_bytes_max, unless there is but one segment. Rows of subsets, open, sealed, hash-only and grant rows may be mixed. What
/// `elided` names is left out; dossiers only from a whole segment in leaf order.
[[nodiscard]] Bytes encode_run(const std::vector<segment::Rows>& segments);
/// `too_large` before bodies of more than limits::run_bytes_max are unpacked. Every decoded row is bounded and canonical, nothing is
/// verified yet.
[[nodiscard]] Result<std::vector<segment::Rows>> decode_run(BytesView bytes);

/// One small segment for message 1 of a handshake: whole, not compressed; sealed rows, or open ones of records that lie under the open key.
/// The sender's device is known to both ends, so it is left out; a key seed too, since grants travel sealed beside what they open.
[[nodiscard]] Bytes encode_small(const segment::Rows& segment);
[[nodiscard]] Result<segment::Rows> decode_small(BytesView bytes, const DeviceId& device);

}  // namespace ward::run
