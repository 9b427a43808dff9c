#include "protocol/run/stream.hpp"

#include <zstd.h>

#include <algorithm>
#include <memory>

namespace ward::embedded {
extern const std::string_view run_dictionary;
}

namespace ward::run {
namespace {

constexpr Array<4> magic{0x28, 0xb5, 0x2f, 0xfd};
constexpr int level = 19;
/// Matches reach back over a whole typical run, and the encoder's memory stays below 6 MiB (ADR 0001).
constexpr int window_log = 19;
constexpr int hash_log = 17;
constexpr int chain_log = 18;

using Compressor = std::unique_ptr<ZSTD_CCtx, decltype(&ZSTD_freeCCtx)>;
using Decompressor = std::unique_ptr<ZSTD_DCtx, decltype(&ZSTD_freeDCtx)>;

/// A constant that takes long to compute: 3 ms, where packing one change takes 30 us. Made at the first use, 1.6 MiB and 90 KiB.
const ZSTD_CDict& dictionary_for_packing() {
  static const std::unique_ptr<ZSTD_CDict, decltype(&ZSTD_freeCDict)> made(
      ZSTD_createCDict(embedded::run_dictionary.data(), embedded::run_dictionary.size(), level), &ZSTD_freeCDict);
  if (!made) throw std::bad_alloc();
  return *made;
}
const ZSTD_DDict& dictionary_for_unpacking() {
  static const std::unique_ptr<ZSTD_DDict, decltype(&ZSTD_freeDDict)> made(
      ZSTD_createDDict(embedded::run_dictionary.data(), embedded::run_dictionary.size()), &ZSTD_freeDDict);
  if (!made) throw std::bad_alloc();
  return *made;
}

Compressor make_compressor(std::size_t size) {
  Compressor out(ZSTD_createCCtx(), &ZSTD_freeCCtx);
  if (!out) throw std::bad_alloc();
  const auto set = [&](ZSTD_cParameter parameter, int value) {
    WARD_ASSERT(ZSTD_isError(ZSTD_CCtx_setParameter(out.get(), parameter, value)) == 0);
  };
  set(ZSTD_c_compressionLevel, level);
  set(ZSTD_c_windowLog, window_log);
  set(ZSTD_c_hashLog, hash_log);
  set(ZSTD_c_chainLog, chain_log);
  set(ZSTD_c_contentSizeFlag, 0);
  set(ZSTD_c_dictIDFlag, 0);
  WARD_ASSERT(ZSTD_isError(ZSTD_CCtx_setPledgedSrcSize(out.get(), size)) == 0);
  WARD_ASSERT(ZSTD_isError(ZSTD_CCtx_refCDict(out.get(), &dictionary_for_packing())) == 0);
  return out;
}

void step(ZSTD_CCtx* to, BytesView block, ZSTD_EndDirective directive, Bytes& out) {
  ZSTD_inBuffer in{block.data(), block.size(), 0};
  Array<4096> chunk{};
  for (std::size_t left = 1; left != 0;) {
    ZSTD_outBuffer part{chunk.data(), chunk.size(), 0};
    left = ZSTD_compressStream2(to, &part, &in, directive);
    WARD_ASSERT(ZSTD_isError(left) == 0);
    append(out, BytesView(chunk).first(part.pos));
  }
}

}  // namespace

Bytes compress(const std::vector<Bytes>& blocks) {
  std::size_t size = 0;
  for (const auto& block : blocks) size += block.size();
  WARD_ASSERT(size <= unpacked_bytes_max);
  const auto compressor = make_compressor(size);
  Bytes out;
  for (const auto& block : blocks) step(compressor.get(), block, &block == &blocks.back() ? ZSTD_e_end : ZSTD_e_flush, out);
  WARD_ASSERT(out.size() >= magic.size() && std::equal(magic.begin(), magic.end(), out.begin()));
  out.erase(out.begin(), out.begin() + magic.size());
  out.resize((out.size() + padding - 1) / padding * padding);
  return out;
}

Result<Bytes> decompress(BytesView bytes) {
  if (bytes.empty() || bytes.size() % padding != 0) return fail(Fault::malformed, "decode run: length");
  const Decompressor decompressor(ZSTD_createDCtx(), &ZSTD_freeDCtx);
  if (!decompressor) throw std::bad_alloc();
  WARD_ASSERT(ZSTD_isError(ZSTD_DCtx_setParameter(decompressor.get(), ZSTD_d_windowLogMax, window_log)) == 0);
  WARD_ASSERT(ZSTD_isError(ZSTD_DCtx_refDDict(decompressor.get(), &dictionary_for_unpacking())) == 0);

  Bytes out;
  Array<4096> chunk{};
  std::size_t left = 1;
  const auto feed = [&](BytesView part) -> Result<std::size_t> {
    ZSTD_inBuffer in{part.data(), part.size(), 0};
    for (bool full = false; left != 0 && (in.pos < in.size || full);) {
      ZSTD_outBuffer to{chunk.data(), chunk.size(), 0};
      left = ZSTD_decompressStream(decompressor.get(), &to, &in);
      if (ZSTD_isError(left) != 0) return fail(Fault::malformed, "decode run: not a zstd frame of ours");
      if (out.size() + to.pos > unpacked_bytes_max) return fail(Fault::too_large, "decode run: unpacks to too much");
      append(out, BytesView(chunk).first(to.pos));
      full = to.pos == to.size;
    }
    return in.pos;
  };
  WARD_TRY(const auto magic_used, feed(magic));
  WARD_TRY(const auto used, feed(bytes));
  const auto rest = bytes.subspan(used);
  const bool zeros = std::all_of(rest.begin(), rest.end(), [](std::uint8_t byte) { return byte == 0; });
  if (magic_used != magic.size() || left != 0 || rest.size() >= padding || !zeros) return fail(Fault::malformed, "decode run: padding");
  return out;
}

}  // namespace ward::run
