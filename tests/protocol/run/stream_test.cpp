#include "protocol/run/stream.hpp"

#include <catch2/catch.hpp>

#include <zstd.h>

/// The zstd frame around a run.
namespace ward::run {
namespace {

Bytes letters(std::size_t size) {
  Bytes out(size);
  for (std::size_t i = 0; i < size; ++i) out[i] = static_cast<std::uint8_t>('a' + i * 7 % 26);
  return out;
}

/// What another program's zstd would write for these bytes.
Bytes foreign(const Bytes& bytes, int window_log) {
  auto* context = ZSTD_createCCtx();
  ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, window_log);
  Bytes out(ZSTD_compressBound(bytes.size()));
  out.resize(ZSTD_compress2(context, out.data(), out.size(), bytes.data(), bytes.size()));
  ZSTD_freeCCtx(context);
  out.erase(out.begin(), out.begin() + 4);
  out.resize((out.size() + padding - 1) / padding * padding);
  return out;
}

}  // namespace

TEST_CASE("stream: gives back what went in, block for block") {
  for (const std::size_t size : {1U, 63U, 64U, 65U, 100'000U}) {
    const auto bytes = letters(size);
    const auto packed = compress({bytes, bytes, letters(3)});
    CHECK(packed.size() % padding == 0);
    auto expected = bytes;
    append(expected, bytes);
    append(expected, letters(3));
    CHECK(decompress(packed).value() == expected);
  }
}

TEST_CASE("stream: a bomb is refused before it is unpacked") {
  const auto bomb = foreign(Bytes(200'000'000), 19);
  CHECK(bomb.size() < 64'000);
  const auto result = decompress(bomb);
  REQUIRE(result.has_error());
  CHECK(result.error().fault == Fault::too_large);
}

TEST_CASE("stream: a window that would cost more memory than ours is refused") {
  CHECK(decompress(foreign(letters(100'000), 19)).has_value());
  CHECK(decompress(foreign(Bytes(30'000'000, 'x'), 25)).has_error());
}

TEST_CASE("stream: a second frame, a skippable frame or bytes after the end are refused") {
  auto packed = compress({letters(40)});
  CHECK(packed.size() == padding);
  auto other = packed;
  other.back() = 1;
  CHECK(decompress(other).has_error());
  append(packed, compress({letters(40)}));
  CHECK(decompress(packed).has_error());
  Bytes skippable{0x50, 0x2a, 0x4d, 0x18, 0, 0, 0, 0};
  skippable.resize(padding);
  CHECK(decompress(skippable).has_error());
  CHECK(decompress({}).has_error());
  CHECK(decompress(Bytes(padding)).has_error());
}

}  // namespace ward::run
