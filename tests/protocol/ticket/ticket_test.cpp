#include "protocol/ticket/scanned.hpp"

#include "protocol/crypto/hash.hpp"
#include "tests/support/golden_sheet.hpp"
#include "tests/support/made.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace ward;
using namespace ward::test;

namespace {

ticket::Ticket a_ticket() {
  ticket::Ticket out;
  out.secret = filled<16>(0x5a);
  out.root = crypto::public_of(made_secret<crypto::SignSeed>(1));
  out.org = crypto::org_of(out.root);
  out.centre_static = crypto::public_of(made_secret<crypto::DhSecret>(2));
  out.address = "centre.hue.example:7400";
  out.unit = "W-VYDA";
  out.expires = {1'785'000'000'000};
  return out;
}

Error refused(std::string_view text) {
  const auto decoded = ticket::decode_file(text);
  REQUIRE(decoded.has_error());
  CHECK(fault_of(decoded) == Fault::invalid);
  return decoded.error();
}
bool says(const Error& error, std::string_view words) { return error.detail.find(words) != std::string::npos; }

}  // namespace

TEST_CASE("ticket: the file form reads back, and is one line") {
  const auto ticket = a_ticket();
  const auto text = ticket::encode_file(ticket);
  CHECK(text.starts_with("WARDSYNC-TICKET-1 "));
  CHECK(text.find('\n') == std::string::npos);
  CHECK(ticket::decode_file(text).value() == ticket);
}

TEST_CASE("ticket: an editor's byte order mark, line ends and a mail program's folding are forgiven") {
  const auto ticket = a_ticket();
  const auto text = ticket::encode_file(ticket);
  CHECK(ticket::decode_file("\xef\xbb\xbf" + text + "\r\n").value() == ticket);
  CHECK(ticket::decode_file("\n \t" + text + "\n\n").value() == ticket);
  auto folded = text;
  for (std::size_t at = 72; at < folded.size(); at += 74) folded.insert(at, "\r\n");
  CHECK(ticket::decode_file(folded).value() == ticket);
}

TEST_CASE("ticket: what is not a ticket, is damaged or newer is named as such") {
  const auto text = ticket::encode_file(a_ticket());
  CHECK(says(refused(""), "not a ticket"));
  CHECK(says(refused("age-encryption.org/v1"), "not a ticket"));
  CHECK(says(refused("WARDSYNC-TICKET-2 AAAA"), "another version"));
  CHECK(says(refused("WARDSYNC-TICKET-12 AAAA"), "another version"));
  CHECK(says(refused("WARDSYNC-TICKET-"), "another version"));
  CHECK(says(refused("WARDSYNC-TICKET-1 "), "damaged"));
  CHECK(says(refused(text + std::string(5000, 'A')), "damaged"));
  CHECK(says(refused(text + "="), "damaged"));
}

TEST_CASE("ticket: a file with any letter changed or cut off is refused") {
  const auto text = ticket::encode_file(a_ticket());
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (text[at] == ' ') continue;
    auto changed = text;
    changed[at] = changed[at] == 'x' ? 'y' : 'x';
    refused(changed);
    refused(text.substr(0, at));
  }
}

TEST_CASE("ticket: a root key that is not the organisation's is refused, checksum or not") {
  auto ticket = a_ticket();
  ticket.org = made<OrgId>(9);
  CHECK(says(refused(ticket::encode_file(ticket)), "damaged"));
  ticket = a_ticket();
  ticket.address = "has space:1";
  CHECK(says(refused(ticket::encode_file(ticket)), "damaged"));
}

TEST_CASE("ticket: errors never repeat the secret") {
  auto text = ticket::encode_file(a_ticket());
  text.back() = text.back() == 'A' ? 'B' : 'A';
  CHECK(refused(text).detail.find("WloaWl") == std::string::npos);
  CHECK(refused(text).detail.size() < 100);
}

TEST_CASE("ticket: psk and id depend on the secret, the psk also on the organisation") {
  const auto secret = filled<16>(1);
  CHECK(ticket::psk_of(secret, made<OrgId>(1)) != ticket::psk_of(secret, made<OrgId>(2)));
  CHECK(ticket::psk_of(secret, made<OrgId>(1)) != ticket::psk_of(filled<16>(2), made<OrgId>(1)));
  CHECK(ticket::ticket_id(secret) != ticket::ticket_id(filled<16>(2)));
}

TEST_CASE("ticket: a fingerprint is 30 digits in groups of five, and depends on everything that it names") {
  const auto root = made<SignKey>(1);
  const auto h = made<Hash>(2);
  const auto sign = made<SignKey>(3);
  const auto noise = made<DhKey>(4);
  const auto sealing = made<DhKey>(5);
  const auto shown = ticket::fingerprint(root, h, sign, noise, sealing);
  REQUIRE(shown.size() == 35);
  for (std::size_t i = 0; i < shown.size(); ++i) CHECK((i % 6 == 5 ? shown[i] == ' ' : shown[i] >= '0' && shown[i] <= '9'));
  CHECK(ticket::fingerprint(made<SignKey>(9), h, sign, noise, sealing) != shown);
  CHECK(ticket::fingerprint(root, made<Hash>(9), sign, noise, sealing) != shown);
  CHECK(ticket::fingerprint(root, h, made<SignKey>(9), noise, sealing) != shown);
  CHECK(ticket::fingerprint(root, h, sign, made<DhKey>(9), sealing) != shown);
  CHECK(ticket::fingerprint(root, h, sign, noise, made<DhKey>(9)) != shown);
}

TEST_CASE("ticket: the bytes are those of the golden file") {
  const auto ticket = a_ticket();
  const auto sign = made<SignKey>(3);
  const auto noise = made<DhKey>(4);
  const auto sealing = made<DhKey>(5);
  const auto handshake = made<Hash>(6);
  GoldenSheet sheet("ticket_v1.txt");
  sheet.note("WIRE.md section 10: one ticket in its three forms, and the digits that two people compare");
  sheet.put("secret", ticket.secret);
  sheet.put("org", ticket.org);
  sheet.put("root", ticket.root);
  sheet.put("centre_static", ticket.centre_static);
  sheet.put("address", ticket.address);
  sheet.put("unit", ticket.unit);
  sheet.put("expires_ms", static_cast<std::uint64_t>(ticket.expires.ms));
  sheet.put("file", ticket::encode_file(ticket));
  sheet.put("scanned", ticket::encode_scanned(ticket));
  sheet.put("typed", ticket::encode_typed(ticket.secret));
  sheet.put("psk", ticket::psk_of(ticket.secret, ticket.org));
  sheet.put("ticket_id", ticket::ticket_id(ticket.secret));
  sheet.put("handshake", handshake);
  sheet.put("device_sign", sign);
  sheet.put("device_noise", noise);
  sheet.put("device_sealing", sealing);
  sheet.put("fingerprint", ticket::fingerprint(ticket.root, handshake, sign, noise, sealing));
  sheet.check();
}
