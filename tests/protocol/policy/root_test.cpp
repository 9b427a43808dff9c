#include "policy_fixture.hpp"
#include "protocol/policy/request.hpp"
#include "tests/support/golden_sheet.hpp"

#include <catch2/catch.hpp>

using namespace ward;
using namespace ward::test;

namespace {

const auto third_root = made_secret<crypto::SignSeed>(20);
const auto fourth_root = made_secret<crypto::SignSeed>(21);
const auto new_receipt = made_secret<crypto::SignSeed>(22);

policy::RootRotation rotation_to(const crypto::SignSeed& next, const crypto::SignSeed& after) {
  return {crypto::public_of(next), policy::commitment_to(crypto::public_of(after))};
}
policy::Delegation of_receipt(const crypto::SignSeed& key) { return {std::nullopt, crypto::public_of(key), std::nullopt}; }

policy::PolicyLog rotated(const City& city) {
  auto log = city.log();
  REQUIRE(log.append(city.next(log, rotation_to(city.next_root, third_root), city.next_root)).has_value());
  return log;
}

policy::RootRequest a_request(const City& city, const policy::PolicyLog& log, policy::Body body) {
  return {"Huế", city.org, log.root(), log.next_root(), log.next(std::move(body), 10, {log.entries().back().time.ms + 1000})};
}

}  // namespace

TEST_CASE("root rotation: the next root key that was committed to, and no other, takes the place of the last") {
  const City city;
  auto log = city.log();
  const auto refused = [&](const policy::Entry& entry) { return fault_of(log.append(entry)) == Fault::bad_signature; };
  CHECK(refused(city.next(log, rotation_to(third_root, fourth_root), third_root)));    // another key than was committed to
  CHECK(refused(city.next(log, rotation_to(city.next_root, third_root), city.root)));  // the right key, signed by the old one
  CHECK(refused(city.next(log, rotation_to(city.next_root, third_root), city.operations)));
  CHECK(refused(city.next(log, rotation_to(city.root, third_root), city.root)));  // the old root appoints itself
  REQUIRE(log.append(city.next(log, rotation_to(city.next_root, third_root), city.next_root)).has_value());
  CHECK(log.root() == crypto::public_of(city.next_root));
  CHECK(log.next_root() == policy::commitment_to(crypto::public_of(third_root)));
  CHECK(log.org() == city.org);
  CHECK(log.genesis().root == crypto::public_of(city.root));
  // And again, by what the rotation committed to; the genesis's commitment is spent.
  CHECK(refused(city.next(log, rotation_to(city.next_root, fourth_root), city.next_root)));
  REQUIRE(log.append(city.next(log, rotation_to(third_root, fourth_root), third_root)).has_value());
  CHECK(log.root() == crypto::public_of(third_root));
}

TEST_CASE("root rotation: a stolen old root key can do nothing after it, and the new one can") {
  const City city;
  auto log = rotated(city);
  CHECK(fault_of(log.append(city.next(log, of_receipt(new_receipt), city.root))) == Fault::bad_signature);
  CHECK(fault_of(log.append(city.next(log, policy::Unknown{200, Bytes(3, 1)}, city.root))) == Fault::bad_signature);
  REQUIRE(log.append(city.next(log, of_receipt(new_receipt), city.next_root)).has_value());
  CHECK(log.receipt_key() == crypto::public_of(new_receipt));
}

TEST_CASE("root rotation: what verified before still does, and an old log that is replayed changes nothing") {
  const City city;
  auto log = city.log();
  const auto before = city.next(log, of_receipt(new_receipt), city.root);
  REQUIRE(log.append(before).has_value());
  const auto rotation = city.next(log, rotation_to(city.next_root, third_root), city.next_root);
  REQUIRE(log.append(rotation).has_value());
  CHECK(log.append(before).has_value());
  CHECK(log.append(rotation).has_value());
  CHECK(log.count() == 3);
  // Another entry with an epoch from before the rotation, by the key of that time: an alarm, as it must be.
  auto other = before;
  other.time.ms += 1;
  policy::sign(other, city.org, city.root);
  CHECK(fault_of(log.append(other)) == Fault::fork);
  // The same by the key that came later was never good there.
  policy::sign(other, city.org, city.next_root);
  CHECK(fault_of(log.append(other)) == Fault::bad_signature);
  auto again = policy::PolicyLog::start(log.entries().front(), city.org).value();
  for (const auto& entry : log.entries()) CHECK(again.append(entry).has_value());
  CHECK(again.last_hash() == log.last_hash());
}

TEST_CASE("receipt keys: each counts from its entry on, and seven days into the next one's time") {
  const City city;
  auto log = city.log();
  REQUIRE(log.append(city.next(log, of_receipt(new_receipt), city.root)).has_value());
  const auto keys = log.receipt_keys();
  REQUIRE(keys.size() == 2);
  const auto changed = log.entries().back().time.ms;
  const auto overlap = std::chrono::milliseconds(policy::receipt_key_overlap).count();
  CHECK(keys[0].counts_at({changed - 1}));
  CHECK(keys[0].counts_at({changed + overlap - 1}));
  CHECK(!keys[0].counts_at({changed + overlap}));
  CHECK(!keys[1].counts_at({changed - 1}));
  CHECK(keys[1].counts_at({changed + 100 * overlap}));
  CHECK(log.receipt_key_since().ms == changed);
}

TEST_CASE("root request: reads back, and is signed by the right key only") {
  const City city;
  auto log = city.log();
  const auto request = a_request(city, log, of_receipt(new_receipt));
  CHECK(policy::decode_request(policy::encode_request(request)).value() == request);
  CHECK(policy::decode_request("\xef\xbb\xbf\n " + policy::encode_request(request) + "\r\n").value() == request);
  CHECK(fault_of(policy::sign_request(request, city.next_root)) == Fault::wrong_key);
  CHECK(fault_of(policy::sign_rotation(request, city.next_root, crypto::public_of(third_root))) == Fault::invalid);
  const auto entry = policy::sign_request(request, city.root).value();
  CHECK(policy::decode_signed(policy::encode_signed(city.org, entry), city.org).value() == entry);
  CHECK(fault_of(policy::decode_signed(policy::encode_signed(city.org, entry), made<OrgId>(3))) == Fault::wrong_organisation);
  CHECK(log.append(entry).has_value());

  const auto rotating = a_request(city, log, policy::RootRotation{});
  CHECK(fault_of(policy::sign_request(rotating, city.root)) == Fault::invalid);
  CHECK(fault_of(policy::sign_rotation(rotating, third_root, crypto::public_of(fourth_root))) == Fault::wrong_key);
  CHECK(fault_of(policy::sign_rotation(rotating, city.next_root, crypto::public_of(city.next_root))) == Fault::wrong_key);
  CHECK(log.append(policy::sign_rotation(rotating, city.next_root, crypto::public_of(third_root)).value()).has_value());
}

TEST_CASE("root request: cut, longer, changed or of another kind it is refused") {
  const City city;
  const auto log = city.log();
  const auto request = a_request(city, log, of_receipt(new_receipt));
  const auto text = policy::encode_request(request);
  for (std::size_t size = 0; size + 2 < text.size(); ++size) CHECK(policy::decode_request(text.substr(0, size)).has_error());
  CHECK(policy::decode_request(text.substr(0, text.size() - 1) + "00\n").has_error());
  CHECK(fault_of(policy::decode_request("")) == Fault::invalid);
  for (policy::Body body : std::vector<policy::Body>{a_unit(), policy::Unknown{99, {}}})
    CHECK(policy::decode_request(policy::encode_request(a_request(city, log, body))).has_error());
  auto is_signed = request;
  is_signed.entry = policy::sign_request(request, city.root).value();
  CHECK(policy::decode_request(policy::encode_request(is_signed)).has_error());
}

TEST_CASE("root rotation: the bytes are those of the golden file") {
  const City city;
  const auto log = rotated(city);
  const auto request = a_request(city, log, of_receipt(new_receipt));
  GoldenSheet sheet("policy_rotation.txt");
  sheet.note("WIRE.md sections 5 and 15: a genesis, a rotation of its root key, and a request for the new one");
  sheet.put("org", city.org);
  sheet.put("root", crypto::public_of(city.root));
  sheet.put("next_root", crypto::public_of(city.next_root));
  sheet.put("third_root", crypto::public_of(third_root));
  for (std::size_t i = 0; i < log.entries().size(); ++i) sheet.put("entry" + std::to_string(i), policy::encode_entry(log.entries()[i]));
  sheet.put("hash", log.last_hash());
  const auto text = policy::encode_request(request);
  sheet.put("request", text.substr(0, text.size() - 1));
  const auto signed_text = policy::encode_signed(city.org, policy::sign_request(request, city.next_root).value());
  sheet.put("signed", signed_text.substr(0, signed_text.size() - 1));
  sheet.check();
}
