#include "protocol/ticket/letters.hpp"

#include <catch2/catch.hpp>
#include <rapidcheck.h>

using namespace ward;
using ticket::from_base64url;
using ticket::to_base64url;

TEST_CASE("base64url: RFC 4648's examples, without padding") {
  CHECK(to_base64url({}).empty());
  CHECK(to_base64url(view("f")) == "Zg");
  CHECK(to_base64url(view("fo")) == "Zm8");
  CHECK(to_base64url(view("foo")) == "Zm9v");
  CHECK(to_base64url(view("foobar")) == "Zm9vYmFy");
  CHECK(to_base64url(Bytes{0xfb, 0xff}) == "-_8");
}

TEST_CASE("base64url: reads back, and every text has at most one meaning") {
  CHECK(rc::check("reads back", [](const Bytes& bytes) { RC_ASSERT(from_base64url(to_base64url(bytes)) == bytes); }));
  for (const auto* text : {"Z", "Zh", "Zm9", "Zg==", "Zm9v=", "Zm+v", "Zm/v", "Zm v", "Zm9vY", "Zm9vA"})
    CHECK_FALSE(from_base64url(text).has_value());
}
