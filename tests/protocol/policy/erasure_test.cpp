#include "policy_fixture.hpp"

#include "protocol/base/limits.hpp"
#include "tests/support/golden_sheet.hpp"

#include <catch2/catch.hpp>

using namespace ward;
using namespace ward::test;

namespace {

policy::Erasure an_order() {
  policy::Erasure out;
  out.did = made<Did>(0x11);
  out.unit = "W-VYDA";
  out.user = "lan";
  out.reason = "hồ sơ nhập trùng, quyết định 12/QĐ";
  out.past = made<Hash>(0x22);
  out.codes = {"H57.24-250701-0001"};
  out.status = "2";
  out.custodian = "W-VYDA";
  out.stays = {{"W-VYDA", Hlc::at({1'785'000'000'000}, 3)}};
  return out;
}

Fault refused_bytes(const policy::Erasure& order) {
  Writer out;
  policy::encode(out, order);
  const auto bytes = std::move(out).take();
  Reader from(bytes);
  (void)policy::read_erasure(from);
  const auto finished = from.finish("erasure");
  return finished.has_error() ? finished.error().fault : Fault{-1};
}

Fault refused(const policy::PolicyLog& log, const policy::Entry& entry) {
  auto copy = log;
  const auto done = copy.append(entry);
  REQUIRE(done.has_error());
  CHECK(copy.count() == log.count());
  return done.error().fault;
}

/// A unit, and an official with a key.
policy::PolicyLog founded(const City& city, const crypto::SignSeed& key) {
  auto log = city.log();
  REQUIRE(log.append(city.next(log, a_unit())).has_value());
  const policy::Account lan{"W-VYDA", "lan", "Trần Thị Lan", policy::Role::leader, true, crypto::public_of(key), ""};
  REQUIRE(log.append(city.next(log, lan)).has_value());
  return log;
}

policy::Erasure signed_order(const policy::PolicyLog& log, const crypto::SignSeed& key) {
  auto out = an_order();
  out.signature = policy::sign_erasure(out, log.count(), log.org(), key);
  return out;
}

const auto lans_key = made_secret<crypto::SignSeed>(0x66);

}  // namespace

TEST_CASE("erasure: an order names a dossier, who ordered it and why, and no more than it may") {
  const auto with = [](auto change) {
    auto out = an_order();
    change(out);
    return refused_bytes(out);
  };
  CHECK(with([](auto&) {}) == Fault{-1});
  CHECK(with([](auto& o) { o.signature = made<Signature>(1); }) == Fault{-1});
  CHECK(with([](auto& o) { o.codes.clear(), o.status.clear(), o.custodian.clear(), o.stays.clear(); }) == Fault{-1});
  CHECK(with([](auto& o) { o.did = {}; }) == Fault::malformed);
  CHECK(with([](auto& o) { o.unit.clear(); }) == Fault::malformed);
  CHECK(with([](auto& o) { o.user.clear(); }) == Fault::malformed);
  CHECK(with([](auto& o) { o.user = std::string(65, 'a'); }) == Fault::too_large);
  CHECK(with([](auto& o) { o.reason.clear(); }) == Fault::malformed);
  CHECK(with([](auto& o) { o.reason = "a\nb"; }) == Fault::malformed);
  CHECK(with([](auto& o) { o.codes = {""}; }) == Fault::malformed);
  CHECK(with([](auto& o) { o.codes.assign(policy::erased_codes_max + 1, "1"); }) == Fault::too_large);
  CHECK(with([](auto& o) { o.stays.assign(policy::erased_stays_max + 1, {"W-A", {}}); }) == Fault::too_large);
  CHECK(with([](auto& o) { o.stays = {{"w-a", {}}}; }) == Fault::malformed);
  Writer out;
  policy::encode(out, an_order());
  auto bytes = std::move(out).take();
  bytes.back() = 2;
  Reader from(bytes);
  (void)policy::read_erasure(from);
  CHECK(from.finish("erasure").has_error());
}

TEST_CASE("erasure: the operations key signs it, once for a dossier, for ever") {
  const City city;
  auto log = city.log();
  CHECK(refused(log, city.next(log, an_order())) == Fault::not_found);
  REQUIRE(log.append(city.next(log, a_unit())).has_value());
  CHECK(refused(log, city.next(log, an_order(), city.root)) == Fault::bad_signature);
  CHECK(log.erasure(made<Did>(0x11)) == nullptr);
  REQUIRE(log.append(city.next(log, an_order())).has_value());
  REQUIRE(log.erasure(made<Did>(0x11)) != nullptr);
  CHECK(*log.erasure(made<Did>(0x11)) == an_order());
  CHECK(log.erasures().at(made<Did>(0x11)) == 2);
  CHECK(refused(log, city.next(log, an_order())) == Fault::invalid);
}

TEST_CASE("erasure: where the official's account has a key, his own signature over this very order must be there") {
  const City city;
  const auto log = founded(city, lans_key);
  CHECK(refused(log, city.next(log, an_order())) == Fault::bad_signature);
  CHECK(refused(log, city.next(log, signed_order(log, made_secret<crypto::SignSeed>(0x67)))) == Fault::bad_signature);
  auto of_another = signed_order(log, lans_key);
  of_another.did = made<Did>(0x12);
  CHECK(refused(log, city.next(log, of_another)) == Fault::bad_signature);
  auto of_another_entry = an_order();
  of_another_entry.signature = policy::sign_erasure(of_another_entry, log.count() + 1, log.org(), lans_key);
  CHECK(refused(log, city.next(log, of_another_entry)) == Fault::bad_signature);
  auto copy = log;
  CHECK(copy.append(city.next(log, signed_order(log, lans_key))).has_value());

  SECTION("of whom no key is named, nothing is signed") {
    auto without = log;
    REQUIRE(without.append(city.next(without, policy::Account{"W-VYDA", "lan", "", policy::Role::leader, true, {}, ""})).has_value());
    CHECK(refused(without, city.next(without, signed_order(without, lans_key))) == Fault::invalid);
    CHECK(without.append(city.next(without, an_order())).has_value());
  }
  SECTION("the newest word on a user counts, of either kind") {
    auto later = log;
    REQUIRE(later.append(city.next(later, policy::UserStanding{"W-VYDA", "lan", true, true, false, false, ""})).has_value());
    CHECK(later.act_key("W-VYDA", "lan") == nullptr);
  }
}

TEST_CASE("erasure: the bytes of a log with an order are those of the golden file") {
  const City city;
  auto log = founded(city, lans_key);
  REQUIRE(log.append(city.next(log, signed_order(log, lans_key))).has_value());
  GoldenSheet sheet("policy_erasure.txt");
  sheet.note("WIRE.md section 5.2: an official with a key of her own orders a dossier to be erased");
  sheet.put("root_seed", city.root.view());
  sheet.put("root_public", crypto::public_of(city.root));
  sheet.put("next_root_public", crypto::public_of(city.next_root));
  sheet.put("operations_public", crypto::public_of(city.operations));
  sheet.put("receipt_public", crypto::public_of(city.receipt));
  sheet.put("org", city.org);
  sheet.put("official_seed", lans_key.view());
  for (const auto& entry : log.entries()) {
    const auto number = std::to_string(entry.epoch);
    sheet.put("entry" + number, policy::encode_entry(entry));
    sheet.put("hash" + number, policy::hash_of(entry, city.org));
  }
  sheet.check();
}
