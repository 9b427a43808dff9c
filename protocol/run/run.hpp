#pragma once

#include "protocol/base/bytes.hpp"
#include "protocol/base/error.hpp"
#include "protocol/segment/rows.hpp"

#include <vector>

/// Segments on the wire (records.md §3, WIRE.md "Runs"). A run is one or more segments: tables once, everything that the receiver can compute left out, one
/// zstd stream over a dictionary that was trained on invented data. Compressed bytes are a transport encoding: never hashed, signed or pinned.
namespace ward::run {

/// What a segment counts towards limits::run_bytes_max; never less than what it unpacks to.
[[nodiscard]] std::size_t weight_of(const segment::Rows& segment);
/// How many of the segments, from the first on, one run can hold: at least one, at most limits::run_segments_max.
[[nodiscard]] std::size_t fitting(const std::vector<segment::Rows>& segments);

/// One or more segments, all of them `fitting`. Rows of subsets, open, sealed, hash-only and grant rows may be mixed.
/// Statements whose `elided` says so travel without the previous hash or the receipt's root.
[[nodiscard]] Bytes encode_run(const std::vector<segment::Rows>& segments);
/// `too_large` before more than limits::run_bytes_max are unpacked. Every decoded row is bounded and canonical, nothing is verified yet.
[[nodiscard]] Result<std::vector<segment::Rows>> decode_run(BytesView bytes);

/// One small segment for message 1 of a handshake: whole, not compressed; sealed rows, or open ones of records that lie under the open key. The sender's
/// device is known to both ends, so it is left out; a key seed too, since grants travel sealed beside what they open.
[[nodiscard]] Bytes encode_small(const segment::Rows& segment);
[[nodiscard]] Result<segment::Rows> decode_small(BytesView bytes, const DeviceId& device);

}  // namespace ward::run
