#include "protocol/base/codec.hpp"
#include "protocol/base/ids.hpp"

#include <catch2/catch.hpp>
#include <rapidcheck.h>

#include <limits>

using namespace ward;

namespace {

constexpr std::uint64_t u64_max = std::numeric_limits<std::uint64_t>::max();

Bytes varint_of(std::uint64_t value) {
  Writer out;
  out.varint(value);
  return std::move(out).take();
}

Fault fault_of_varint(const Bytes& bytes) {
  Reader from(bytes);
  CHECK(from.varint() == 0);
  return from.finish("varint").error().fault;
}

}  // namespace

TEST_CASE("codec: integers are little-endian and as wide as their name") {
  Writer out;
  out.u8(0x01);
  out.u16(0x0203);
  out.u32(0x04050607);
  out.u48(0x08090a0b0c0d);
  out.u64(0x0e0f101112131415);
  CHECK(hex(out.peek()) ==
        "010302070605040d0c0b0a090815141312"
        "11100f0e");
  CHECK(out.size() == 21);
  Reader from(out.peek());
  CHECK(from.u8() == 0x01);
  CHECK(from.u16() == 0x0203);
  CHECK(from.u32() == 0x04050607);
  CHECK(from.u48() == 0x08090a0b0c0d);
  CHECK(from.u64() == 0x0e0f101112131415);
  CHECK(from.finish("integers").has_value());
}

TEST_CASE("codec: a varint has its known bytes") {
  CHECK(hex(varint_of(0)) == "00");
  CHECK(hex(varint_of(127)) == "7f");
  CHECK(hex(varint_of(128)) == "8001");
  CHECK(hex(varint_of(16'383)) == "ff7f");
  CHECK(hex(varint_of(16'384)) == "808001");
  CHECK(hex(varint_of(u64_max)) == "ffffffffffffffffff01");
}

TEST_CASE("codec: every varint reads back") {
  CHECK(rc::check("varint", [](std::uint64_t value, std::uint8_t shift) {
    value >>= shift % 64;
    const auto bytes = varint_of(value);
    Reader from(bytes);
    RC_ASSERT(from.varint() == value);
    RC_ASSERT(from.finish("varint").has_value());
  }));
  CHECK(rc::check("zigzag", [](std::int64_t value, std::uint8_t shift) {
    value >>= shift % 64;
    Writer out;
    out.zigzag(value);
    Reader from(out.peek());
    RC_ASSERT(from.zigzag() == value);
    RC_ASSERT(from.finish("zigzag").has_value());
  }));
}

TEST_CASE("codec: small signed numbers are short, and the extremes fit") {
  for (const auto& [value, bytes] :
       std::initializer_list<std::pair<std::int64_t, const char*>>{{0, "00"},
                                                                   {-1, "01"},
                                                                   {1, "02"},
                                                                   {-64, "7f"},
                                                                   {64, "8001"},
                                                                   {std::numeric_limits<std::int64_t>::max(), "feffffffffffffffff01"},
                                                                   {std::numeric_limits<std::int64_t>::min(), "ffffffffffffffffff01"}}) {
    Writer out;
    out.zigzag(value);
    CHECK(hex(out.peek()) == bytes);
    Reader from(out.peek());
    CHECK(from.zigzag() == value);
  }
}

TEST_CASE("codec: a varint has one form only") {
  CHECK(fault_of_varint({0x80, 0x00}) == Fault::malformed);
  CHECK(fault_of_varint({0xff, 0x00}) == Fault::malformed);
  CHECK(fault_of_varint({0x80, 0x80, 0x00}) == Fault::malformed);
  CHECK(fault_of_varint({0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x00}) == Fault::malformed);
}

TEST_CASE("codec: a varint of more than 64 bits is refused") {
  CHECK(fault_of_varint({0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x02}) == Fault::malformed);
  CHECK(fault_of_varint({0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x81, 0x00}) == Fault::malformed);
  CHECK(fault_of_varint({0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01}) == Fault::malformed);
}

TEST_CASE("codec: a varint that is cut is refused") {
  const auto whole = varint_of(u64_max);
  for (std::size_t size = 0; size < whole.size(); ++size)
    CHECK(fault_of_varint({whole.begin(), whole.begin() + static_cast<long>(size)}) == Fault::malformed);
}

TEST_CASE("codec: a count holds up to its bound and is too large past it") {
  for (const std::size_t max : {std::size_t{0}, std::size_t{1}, std::size_t{127}, std::size_t{300}}) {
    const auto at_bound = varint_of(max);
    Reader fits(at_bound);
    CHECK(fits.count(max) == max);
    CHECK(fits.finish("count").has_value());
    const auto past_bound = varint_of(max + 1);
    Reader over(past_bound);
    CHECK(over.count(max) == 0);
    CHECK(over.finish("count").error().fault == Fault::too_large);
  }
}

TEST_CASE("codec: bytes hold up to their bound, and a length that promises more than there is fails") {
  Writer out;
  out.bytes(view("abc"));
  Reader fits(out.peek());
  CHECK(text_of(fits.bytes(3)) == "abc");
  CHECK(fits.finish("bytes").has_value());
  Reader over(out.peek());
  CHECK(over.bytes(2).empty());
  CHECK(over.finish("bytes").error().fault == Fault::too_large);
  Reader cut(BytesView(out.peek()).first(3));
  CHECK(cut.text(100).empty());
  CHECK(cut.finish("bytes").error().fault == Fault::malformed);
}

TEST_CASE("codec: nothing is read past the end") {
  Reader from(BytesView{});
  CHECK(from.u64() == 0);
  CHECK(from.finish("u64").error().fault == Fault::malformed);
  const Bytes three{1, 2, 3};
  Reader four(three);
  CHECK(four.u32() == 0);
  CHECK(four.remaining() == 0);
  Reader raw(three);
  CHECK(raw.raw(std::numeric_limits<std::size_t>::max()).empty());
  CHECK_FALSE(raw.ok());
}

TEST_CASE("codec: the first fault stays, and later reads give zeros") {
  const Bytes bytes{5, 1, 2, 3, 4};
  Reader from(bytes);
  CHECK(from.count(4) == 0);
  from.reject(Fault::malformed);
  CHECK(from.u8() == 0);
  CHECK(from.varint() == 0);
  CHECK(from.text(10).empty());
  CHECK(from.fixed_value<KeyId>().is_zero());
  CHECK_FALSE(from.ok());
  CHECK(from.so_far("thing").error() == fail(Fault::too_large, "decode thing"));
}

TEST_CASE("codec: trailing bytes are refused only at the end") {
  const Bytes bytes{1, 2};
  Reader from(bytes);
  CHECK(from.u8() == 1);
  CHECK(from.so_far("thing").has_value());
  CHECK(from.finish("thing").error() == fail(Fault::malformed, "decode thing: trailing bytes"));
  CHECK(from.u8() == 2);
  CHECK(from.finish("thing").has_value());
}
