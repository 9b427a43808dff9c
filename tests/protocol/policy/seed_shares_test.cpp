#include "policy_fixture.hpp"

#include "tests/support/golden_sheet.hpp"

#include <catch2/catch.hpp>

/// The seed of a unit's newest epoch: who gets it, and which earlier ones it opens.
using namespace ward;
using namespace ward::test;

namespace {

policy::SeedShares a_seed(Epoch epoch = 1, std::vector<DeviceId> devices = {}) {
  policy::SeedShares out;
  out.unit = "W-VYDA";
  out.unit_epoch = epoch;
  out.held = {{"W-VYDA", epoch - 1, Bytes(64, 5)}};
  std::sort(devices.begin(), devices.end());
  for (const auto& device : devices) out.shares.push_back({device, Bytes(96, 7)});
  return out;
}

policy::Entry an_entry(policy::Body body) {
  policy::Entry out;
  out.epoch = 3;
  out.body = std::move(body);
  return out;
}
Fault refused(const policy::SeedShares& seed) { return fault_of(policy::decode_entry(policy::encode_entry(an_entry(seed)))); }
Fault refused(policy::PolicyLog log, const policy::Entry& entry) { return fault_of(log.append(entry)); }

}  // namespace

TEST_CASE("policy entry: shares of a seed read back, and do not when they are cut, unsorted, repeated or too large") {
  const auto seed = a_seed(1, {made<DeviceId>(8), made<DeviceId>(9)});
  const auto bytes = policy::encode_entry(an_entry(seed));
  CHECK(policy::decode_entry(bytes).value().body == policy::Body(seed));
  CHECK(policy::decode_entry(policy::encode_entry(an_entry(a_seed()))).value().body == policy::Body(a_seed()));
  for (std::size_t size = 0; size < bytes.size(); ++size) CHECK(policy::decode_entry(BytesView(bytes).first(size)).has_error());
  auto bad = seed;
  std::swap(bad.shares[0], bad.shares[1]);
  CHECK(refused(bad) == Fault::malformed);
  bad.shares[1] = bad.shares[0];
  CHECK(refused(bad) == Fault::malformed);
  bad = seed;
  bad.held = {{"W-B", 0, Bytes(64, 1)}, {"W-A", 0, Bytes(64, 1)}};
  CHECK(refused(bad) == Fault::malformed);
  bad.held = {{"W-A", 0, Bytes(64, 1)}, {"W-A", 0, Bytes(64, 2)}};
  CHECK(refused(bad) == Fault::malformed);
  bad = seed;
  bad.unit = "w-vyda";
  CHECK(refused(bad) == Fault::malformed);
  auto many = a_seed();
  for (std::uint32_t i = 0; i < policy::seed_shares_max; ++i) {
    DeviceId id;
    id.bytes[0] = static_cast<std::uint8_t>(i >> 8U);
    id.bytes[1] = static_cast<std::uint8_t>(i);
    many.shares.push_back({id, Bytes(96)});
  }
  many.held.clear();
  for (Epoch i = 0; i < policy::held_seeds_max; ++i) many.held.push_back({std::string(64, 'W'), i, Bytes(64)});
  CHECK(policy::decode_entry(policy::encode_entry(an_entry(many))).has_value());
  auto more = many;
  more.shares.push_back({made<DeviceId>(0xff), Bytes(96)});
  CHECK(refused(more) == Fault::too_large);
  more = many;
  more.held.push_back({std::string(64, 'W'), policy::held_seeds_max, Bytes(64)});
  CHECK(refused(more) == Fault::too_large);
}

TEST_CASE("policy log: shares are of the unit's newest seed, for devices that stand") {
  const City city;
  const auto device = a_device(9);
  auto log = city.log();
  REQUIRE(log.append(city.next(log, a_unit())).has_value());
  REQUIRE(log.append(city.next(log, a_unit("W-B", 0, 51))).has_value());
  REQUIRE(log.append(city.next(log, device)).has_value());
  const auto seed = a_seed(1, {id_of(device)});
  auto bad = seed;
  bad.unit = "W-C";
  CHECK(refused(log, city.next(log, bad)) == Fault::not_found);
  CHECK(refused(log, city.next(log, seed)) == Fault::invalid);
  REQUIRE(log.append(city.next(log, a_unit("W-VYDA", 1, 61))).has_value());
  CHECK(refused(log, city.next(log, a_seed(2))) == Fault::invalid);
  bad = seed;
  bad.held = {{"W-C", 0, Bytes(64)}};
  CHECK(refused(log, city.next(log, bad)) == Fault::not_found);
  bad.held = {{"W-B", 1, Bytes(64)}};
  CHECK(refused(log, city.next(log, bad)) == Fault::not_found);
  CHECK(refused(log, city.next(log, a_seed(1, {made<DeviceId>(8)}))) == Fault::not_found);
  CHECK(refused(log, city.next(log, seed, city.root)) == Fault::bad_signature);

  REQUIRE(log.append(city.next(log, seed)).has_value());
  REQUIRE(log.append(city.next(log, seed)).has_value());
  auto newer = a_device(10);
  newer.unit_epoch = 1;
  REQUIRE(log.append(city.next(log, newer)).has_value());
  REQUIRE(log.append(city.next(log, policy::RevokeDevice{id_of(device), "stolen"})).has_value());
  CHECK(refused(log, city.next(log, seed)) == Fault::revoked);
  CHECK(log.append(city.next(log, a_seed(1, {id_of(newer)}))).has_value());
}

TEST_CASE("policy entry: the bytes of a log with shares of a seed are those of the golden file") {
  const City city;
  auto log = city.log();
  GoldenSheet sheet("policy_seed.txt");
  sheet.note("WIRE.md section 5: a unit, two devices, one of them revoked, and the shares of the unit's next seed");
  sheet.put("root_seed", city.root.view());
  sheet.put("root_public", crypto::public_of(city.root));
  sheet.put("next_root_public", crypto::public_of(city.next_root));
  sheet.put("operations_public", crypto::public_of(city.operations));
  sheet.put("receipt_public", crypto::public_of(city.receipt));
  sheet.put("org", city.org);
  const auto lost = a_device(9), kept = a_device(10);
  REQUIRE(log.append(city.next(log, a_unit())).has_value());
  REQUIRE(log.append(city.next(log, kept)).has_value());
  REQUIRE(log.append(city.next(log, lost)).has_value());
  REQUIRE(log.append(city.next(log, policy::RevokeDevice{id_of(lost), "stolen"})).has_value());
  REQUIRE(log.append(city.next(log, a_unit("W-VYDA", 1, 61))).has_value());
  REQUIRE(log.append(city.next(log, a_seed(1, {id_of(kept)}))).has_value());
  for (const auto& entry : log.entries()) {
    sheet.put("entry" + std::to_string(entry.epoch), policy::encode_entry(entry));
    sheet.put("hash" + std::to_string(entry.epoch), policy::hash_of(entry, log.org()));
  }
  sheet.check();
}
