#include "protocol/base/bytes.hpp"
#include "protocol/base/ids.hpp"

#include <catch2/catch.hpp>
#include <rapidcheck.h>

#include <type_traits>
#include <unordered_set>

using namespace ward;

TEST_CASE("bytes: hexadecimal is lower case and reads back") {
  CHECK(hex(Bytes{0x00, 0x0f, 0xa0, 0xff}) == "000fa0ff");
  CHECK(hex({}).empty());
  CHECK(unhex("000FA0ff") == Bytes{0x00, 0x0f, 0xa0, 0xff});
  CHECK(rc::check("reads back", [](const Bytes& bytes) { RC_ASSERT(unhex(hex(bytes)) == bytes); }));
}

TEST_CASE("bytes: what is not hexadecimal gives nothing") {
  for (const auto* text : {"", "0", "abc", "0g", "g0", " 0", "0x00", "00 11", "\xc3\xa0"}) CHECK(unhex(text).empty());
}

TEST_CASE("fixed: values of different meaning do not convert to each other") {
  STATIC_REQUIRE_FALSE(std::is_convertible_v<DhKey, SignKey>);
  STATIC_REQUIRE_FALSE(std::is_convertible_v<Did, Incarnation>);
  STATIC_REQUIRE_FALSE(std::is_convertible_v<Rid, Hash>);
}

TEST_CASE("fixed: order is that of the bytes, and zero is known") {
  const Did low{{0, 1}};
  const Did high{{1, 0}};
  CHECK(low < high);
  CHECK(low != high);
  CHECK(Did{}.is_zero());
  Did last;
  last.bytes[15] = 1;
  CHECK_FALSE(last.is_zero());
}

TEST_CASE("fixed: a value is taken from exactly its bytes") {
  const auto bytes = unhex("0102030405060708");
  CHECK(hex(fixed_from<KeyId>(bytes).view()) == "0102030405060708");
}

TEST_CASE("positions: order is device, incarnation, number") {
  const Position a{DeviceId{{1}}, Incarnation{{9}}, 9};
  const Position b{DeviceId{{2}}, Incarnation{{1}}, 1};
  const Position c{DeviceId{{2}}, Incarnation{{2}}, 0};
  const Position d{DeviceId{{2}}, Incarnation{{2}}, 1};
  CHECK((a < b && b < c && c < d));
  const std::unordered_set<Position, PositionHash> set{a, b, c, d, a};
  CHECK(set.size() == 4);
}
