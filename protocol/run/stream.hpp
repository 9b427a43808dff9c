#pragma once

#include "protocol/base/bytes.hpp"
#include "protocol/base/error.hpp"
#include "protocol/base/limits.hpp"

#include <vector>

/// One zstd frame over the built-in dictionary, without its magic number, padded with zeros to a multiple of 64 bytes so that its length
/// tells less of what is inside (records.md §3).
namespace ward::run {

inline constexpr std::size_t padding = 64;
/// Columns take less than twice what the bodies and 192 bytes a row take together, whatever is in them.
inline constexpr std::size_t unpacked_bytes_max = 2 * limits::run_bytes_max;

/// Flushes after each block: whoever has the bytes up to there can have the block.
[[nodiscard]] Bytes compress(const std::vector<Bytes>& blocks);

/// `too_large` before more than `unpacked_bytes_max`; sizes that the frame claims are not believed.
[[nodiscard]] Result<Bytes> decompress(BytesView bytes);

}  // namespace ward::run
