#include "protocol/audit/audit.hpp"

#include "protocol/base/codec.hpp"
#include "protocol/crypto/hash.hpp"
#include "tests/support/golden_sheet.hpp"
#include "tests/support/made.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace ward;
using namespace ward::test;

namespace {

const auto root = made_secret<crypto::SignSeed>(1);
const auto receipt = made_secret<crypto::SignSeed>(3);
const auto device = made_secret<crypto::SignSeed>(4);
const auto operations = made_secret<crypto::SignSeed>(2);
constexpr WallTime founded{1'785'000'000'000};

policy::PolicyLog a_city() {
  policy::Entry genesis;
  genesis.time = founded;
  genesis.body = policy::Genesis{
      "Huế", crypto::public_of(root), made<Hash>(9), crypto::public_of(operations), crypto::public_of(receipt), made<DhKey>(5)};
  policy::sign(genesis, crypto::org_of(crypto::public_of(root)), root);
  auto log = policy::PolicyLog::start(genesis).value();
  policy::Unit unit;
  unit.code = "W-VYDA";
  unit.unit_public = made<DhKey>(6);
  policy::Device pc;
  pc.sign = crypto::public_of(device);
  pc.noise = made<DhKey>(7);
  pc.sealing = made<DhKey>(8);
  pc.unit = "W-VYDA";
  for (policy::Body body : std::vector<policy::Body>{unit, pc}) {
    auto entry = log.next(body, 0, founded);
    policy::sign(entry, log.org(), operations);
    REQUIRE(log.append(entry).has_value());
  }
  return log;
}

audit::Entry an_entry(std::uint64_t number, audit::Kind kind = audit::Kind::started) {
  return {number,
          {founded.ms + static_cast<std::int64_t>(number)},
          number % 2 == 0,
          static_cast<std::uint64_t>(kind),
          "lan",
          "W-VYDA",
          "số " + std::to_string(number)};
}

/// Entries `first` to `first + count`, as a site would have signed them.
audit::Export an_export(std::uint64_t first, std::uint64_t count, audit::Site site = audit::Site::ward) {
  const auto log = a_city();
  audit::Export out;
  out.policy = log.entries();
  Hash reached;
  for (std::uint64_t i = 0; i < first; ++i) reached = audit::chain(reached, audit::encode_entry(an_entry(i)));
  out.head = {log.org(), site,   site == audit::Site::ward ? crypto::device_of(crypto::public_of(device)) : DeviceId{},
              first,     count,  reached,
              {},        founded};
  for (std::uint64_t i = first; i < first + count; ++i) {
    out.entries.push_back(audit::encode_entry(an_entry(i)));
    reached = audit::chain(reached, out.entries.back());
  }
  out.head.end = reached;
  out.signature = audit::sign(out.head, site == audit::Site::ward ? device : receipt);
  return out;
}

}  // namespace

TEST_CASE("audit: every kind has its own name, and is found by it") {
  for (std::uint64_t number = 1; number <= static_cast<std::uint64_t>(audit::kind_last); ++number) {
    const auto name = audit::name_of_number(number);
    REQUIRE(!name.empty());
    CHECK(audit::kind_named(name) == static_cast<audit::Kind>(number));
  }
  CHECK(audit::name_of_number(0).empty());
  CHECK(audit::name_of_number(9999).empty());
  CHECK(!audit::kind_named("x"));
}

TEST_CASE("audit entry: reads back; no flipped bit, cut or tail reads as the same") {
  const auto entry = an_entry(300);
  const auto bytes = audit::encode_entry(entry);
  CHECK(audit::decode_entry(bytes).value() == entry);
  for (std::size_t size = 0; size < bytes.size(); ++size) CHECK(audit::decode_entry(BytesView(bytes).first(size)).has_error());
  for_each_flipped_bit(bytes, [&](const Bytes& flipped) {
    const auto read = audit::decode_entry(flipped);
    if (read.has_value()) CHECK(audit::encode_entry(*read) == flipped);
  });
  auto control = entry;
  control.detail = "a\nb";
  CHECK(audit::decode_entry(audit::encode_entry(control)).has_error());
  auto newer = entry;
  newer.kind = 5000;  // of a version that knows more
  CHECK(audit::decode_entry(audit::encode_entry(newer)).value() == newer);
}

TEST_CASE("audit export: verifies at a ward and at a centre, whole and in pieces") {
  for (const auto site : {audit::Site::ward, audit::Site::centre})
    for (const auto first : {0U, 7U}) {
      const auto exported = an_export(first, 5, site);
      const auto verdict = audit::check(exported, crypto::public_of(root));
      REQUIRE(verdict.has_value());
      CHECK(verdict->organisation == "Huế");
      REQUIRE(verdict->entries.size() == 5);
      CHECK(verdict->entries.front() == an_entry(first));
      CHECK(audit::check(exported, std::nullopt).has_value());
    }
}

TEST_CASE("audit export: an entry that is changed, left out, put in, moved or of another number is found") {
  const auto good = an_export(0, 4);
  const auto wrong = [](const audit::Export& exported) { CHECK(fault_of(audit::check(exported, std::nullopt)) == Fault::bad_signature); };
  for (std::size_t i = 0; i < good.entries.size(); ++i) {
    for_each_flipped_bit(good.entries[i], [&](const Bytes& flipped) {
      auto bad = good;
      bad.entries[i] = flipped;
      CHECK(audit::check(bad, std::nullopt).has_error());
    });
    auto dropped = good;
    dropped.entries.erase(dropped.entries.begin() + static_cast<std::ptrdiff_t>(i));
    wrong(dropped);
    auto doubled = good;
    doubled.entries.insert(doubled.entries.begin() + static_cast<std::ptrdiff_t>(i), good.entries[i]);
    wrong(doubled);
    auto other = good;
    other.entries[i] = audit::encode_entry(an_entry(i, audit::Kind::restored));
    wrong(other);
    if (i == 0) continue;
    auto moved = good;
    std::swap(moved.entries[i - 1], moved.entries[i]);
    wrong(moved);
  }
  // The number of entries made smaller, too: the signature does not cover that.
  auto shorter = good;
  shorter.entries.pop_back();
  --shorter.head.count;
  wrong(shorter);
  // A piece that pretends to be the beginning.
  auto beginning = an_export(3, 2);
  beginning.head.first = 0;
  wrong(beginning);
}

TEST_CASE("audit export: no flipped bit of head or signature verifies; nor another city, key, device or time") {
  const auto good = an_export(0, 2, audit::Site::centre);
  for_each_flipped_bit(audit::encode_head(good.head), [&](const Bytes& flipped) {
    auto bad = good;
    const auto head = audit::decode_head(flipped);
    if (head.has_error()) return;
    bad.head = *head;
    CHECK(audit::check(bad, std::nullopt).has_error());
  });
  for_each_flipped_bit(copy(good.signature.view()), [&](const Bytes& flipped) {
    auto bad = good;
    bad.signature = fixed_from<Signature>(flipped);
    CHECK(fault_of(audit::check(bad, std::nullopt)) == Fault::bad_signature);
  });
  CHECK(fault_of(audit::check(good, crypto::public_of(operations))) == Fault::wrong_organisation);
  auto early = good;
  early.head.at = {founded.ms - 1};
  early.signature = audit::sign(early.head, receipt);
  CHECK(fault_of(audit::check(early, std::nullopt)) == Fault::bad_signature);
  auto by_another = good;
  by_another.signature = audit::sign(good.head, device);
  CHECK(fault_of(audit::check(by_another, std::nullopt)) == Fault::bad_signature);
  auto stranger = an_export(0, 2);
  stranger.head.device = made<DeviceId>(1);
  stranger.signature = audit::sign(stranger.head, device);
  CHECK(fault_of(audit::check(stranger, std::nullopt)) == Fault::not_member);
  auto no_policy = good;
  no_policy.policy.clear();
  CHECK(fault_of(audit::check(no_policy, std::nullopt)) == Fault::malformed);
  auto cut_policy = good;
  cut_policy.policy.erase(cut_policy.policy.begin());
  CHECK(audit::check(cut_policy, std::nullopt).has_error());
}

TEST_CASE("audit: the bytes are those of the golden file") {
  const auto exported = an_export(0, 2);
  GoldenSheet sheet("audit_v1.txt");
  sheet.note("WIRE.md section 14: two entries, their chain, and the signed head of a ward");
  sheet.put("device_public", crypto::public_of(device));
  sheet.put("entry0", exported.entries[0]);
  sheet.put("chain0", audit::chain({}, exported.entries[0]));
  sheet.put("entry1", exported.entries[1]);
  sheet.put("chain1", exported.head.end);
  sheet.put("head", audit::encode_head(exported.head));
  sheet.put("signature", exported.signature);
  sheet.check();
}
