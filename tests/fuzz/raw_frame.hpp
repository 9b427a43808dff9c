#pragma once

#include "protocol/run/stream.hpp"

#include <algorithm>

namespace ward::fuzz {

/// A run's frame (WIRE.md §9) around bytes that are not compressed: what a fuzzer writes is then what the decoder of columns reads.
inline Bytes raw_frame(BytesView content) {
  constexpr std::size_t block_bytes_max = 128 * 1024;
  constexpr std::uint8_t descriptor = 0, window = (19 - 10) << 3;  // RFC 8878 §3.1.1.1: no sizes, no checksum; a window of 2^19
  Bytes out{descriptor, window};
  while (true) {
    const auto block = content.first(std::min(content.size(), block_bytes_max));
    content = content.subspan(block.size());
    const auto header = static_cast<std::uint32_t>(block.size() << 3U | (content.empty() ? 1U : 0U));
    for (unsigned shift = 0; shift < 24; shift += 8) out.push_back(static_cast<std::uint8_t>(header >> shift));
    append(out, block);
    if (content.empty()) break;
  }
  out.resize((out.size() + run::padding - 1) / run::padding * run::padding);
  return out;
}

}  // namespace ward::fuzz
