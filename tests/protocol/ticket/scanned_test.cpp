#include "protocol/ticket/scanned.hpp"

#include "protocol/crypto/hash.hpp"
#include "tests/support/made.hpp"

#include <catch2/catch.hpp>

using namespace ward;
using namespace ward::test;

namespace {

ticket::Ticket a_ticket(std::string address = "centre.hue.example:7400") {
  ticket::Ticket out;
  out.secret = filled<16>(0x5a);
  out.root = crypto::public_of(made_secret<crypto::SignSeed>(1));
  out.org = crypto::org_of(out.root);
  out.centre_static = crypto::public_of(made_secret<crypto::DhSecret>(2));
  out.address = std::move(address);
  out.unit = "W-VYDA";
  out.expires = {1'785'000'000'000};
  return out;
}

}  // namespace

TEST_CASE("scanned ticket: digits alone, of any length that a ticket has; whatever a scanner or an editor puts around them is forgiven") {
  for (std::size_t length = 3; length <= 259; ++length) {
    const auto ticket = a_ticket(std::string(length, 'a'));
    const auto digits = ticket::encode_scanned(ticket);
    CHECK(digits.find_first_not_of("0123456789") == std::string::npos);
    CHECK(ticket::decode_scanned(digits).value() == ticket);
  }
  const auto ticket = a_ticket();
  auto digits = ticket::encode_scanned(ticket);
  CHECK(ticket::decode(digits).value() == ticket);
  CHECK(ticket::decode(ticket::encode_file(ticket)).value() == ticket);
  CHECK(ticket::decode("\xef\xbb\xbf\r\n" + digits + "\r\n\r\n").value() == ticket);
  for (std::size_t at = 40; at < digits.size(); at += 42) digits.insert(at, "\r\n");
  CHECK(ticket::decode(digits).value() == ticket);
}

TEST_CASE("scanned ticket: any digit changed, two swapped, one lost or doubled, and what is no ticket, are refused") {
  const auto digits = ticket::encode_scanned(a_ticket());
  const auto refused = [](const std::string& text) { return fault_of(ticket::decode(text)) == Fault::invalid; };
  for (std::size_t at = 0; at < digits.size(); ++at) {
    auto bad = digits;
    for (char digit = '0'; digit <= '9'; ++digit) {
      bad[at] = digit;
      if (bad != digits) CHECK(refused(bad));
    }
    bad = digits;
    if (at + 1 < digits.size() && bad[at] != bad[at + 1]) {
      std::swap(bad[at], bad[at + 1]);
      CHECK(refused(bad));
    }
    CHECK(refused(digits.substr(0, at)));
    CHECK(refused(std::string(digits).erase(at, 1)));
    CHECK(refused(std::string(digits).insert(at, 1, digits[at])));
  }
  for (const auto& bad : {digits + digits, std::string(5000, '9'), std::string("02") + digits.substr(2), std::string("0"),
                          std::string("01"), digits + "x", "ô" + digits, std::string("12345678901234567890123456789012345")})
    CHECK(refused(bad));
}

TEST_CASE("scanned ticket: no second row of digits means the same") {
  const auto digits = ticket::encode_scanned(a_ticket());
  constexpr std::uint64_t seven_bytes = std::uint64_t{1} << 56U;
  int aliases = 0;
  for (std::size_t at = 2; at + 17 <= digits.size(); at += 17) {
    const auto larger = std::to_string(std::stoull(digits.substr(at, 17)) + seven_bytes);
    if (larger.size() > 17) continue;
    ++aliases;
    CHECK(fault_of(ticket::decode(std::string(digits).replace(at, 17, larger))) == Fault::invalid);
  }
  CHECK(aliases > 0);
}
