#include "protocol/base/codec.hpp"

#include <catch2/catch.hpp>

using namespace ward;

TEST_CASE("codec: a varint has one form only") {
  for (const std::uint64_t value : {std::uint64_t{0}, std::uint64_t{127}, std::uint64_t{128}, ~std::uint64_t{0}}) {
    Writer out;
    out.varint(value);
    Reader from(out.peek());
    CHECK(from.varint() == value);
    CHECK(from.finish("varint").has_value());
  }
  const Bytes padded{0x80, 0x00};
  Reader from(padded);
  from.varint();
  CHECK(from.finish("varint").error().fault == Fault::malformed);
}
