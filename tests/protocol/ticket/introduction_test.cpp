#include "protocol/ticket/introduction.hpp"

#include "protocol/crypto/hash.hpp"
#include "tests/support/golden_sheet.hpp"
#include "tests/support/made.hpp"

#include <catch2/catch.hpp>

using namespace ward;
using namespace ward::test;

namespace {

const auto secret = filled<16>(7);

ticket::Introduction one(bool used) {
  ticket::Introduction out;
  out.root = crypto::public_of(made_secret<crypto::SignSeed>(3));
  out.org = crypto::org_of(out.root);
  out.centre_static = made<DhKey>(4);
  out.unit = "W-VYDA";
  out.expires = {1'785'000'000'000};
  if (used) out.used = ticket::Introduction::Used{made<DeviceId>(9), "quầy 2"};
  return out;
}
Bytes bytes_of(bool used) { return ticket::encode_introduction(one(used), ticket::psk_of(secret, one(used).org)); }

}  // namespace

TEST_CASE("introduction: it reads back for who has the secret, and for nobody else") {
  for (const bool used : {false, true}) {
    CHECK(ticket::decode_introduction(bytes_of(used), secret).value() == one(used));
    CHECK(fault_of(ticket::decode_introduction(bytes_of(used), filled<16>(8))) == Fault::bad_signature);
  }
}

TEST_CASE("introduction: a changed bit anywhere, or another length, is believed in nothing") {
  const auto honest = bytes_of(true);
  for (std::size_t bit = 0; bit < honest.size() * 8; ++bit) {
    auto bad = honest;
    bad[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
    REQUIRE(ticket::decode_introduction(bad, secret).has_error());
  }
  for (std::size_t size = 0; size < honest.size(); ++size)
    REQUIRE(ticket::decode_introduction(BytesView(honest).first(size), secret).has_error());
  auto longer = honest;
  longer.push_back(0);
  CHECK(ticket::decode_introduction(longer, secret).has_error());
}

TEST_CASE("introduction: an org that is not that of the root key is refused although the tag fits") {
  auto lie = one(false);
  lie.org = made<OrgId>(5);
  CHECK(fault_of(ticket::decode_introduction(ticket::encode_introduction(lie, ticket::psk_of(secret, lie.org)), secret)) ==
        Fault::bad_signature);
}

TEST_CASE("introduction: the bytes are those of the golden file") {
  GoldenSheet sheet("introduction.txt");
  sheet.note("WIRE.md section 10: what a centre tells to who typed a ticket; nobody used it, then a PC did");
  sheet.put("secret", BytesView(secret));
  sheet.put("unused", bytes_of(false));
  sheet.put("used", bytes_of(true));
  sheet.check();
}
