#include "protocol/record/act.hpp"

#include "tests/support/golden_sheet.hpp"
#include "tests/support/made.hpp"

#include <catch2/catch.hpp>

using namespace ward;
using namespace ward::test;

namespace {

struct Signed {
  crypto::SignSeed key = made_secret<crypto::SignSeed>(0x21);
  OrgId org = made<OrgId>(1);
  record::Header header;
  record::Change change;

  Signed() {
    header.position = {made<DeviceId>(2), made<Incarnation>(3), 5};
    header.did = made<Did>(4);
    header.policy_epoch = 7;
    change.user = "lan";
    change.seen = {{made<DeviceId>(2), made<Incarnation>(3), 4}};
    change.ops = {{record::OpKind::offer, {record::Step::field("BanGiao")}, record::canonical({{"to", "W-B"}}), std::nullopt}};
    change.reason = "đủ giấy tờ";
    sign();
  }
  void sign() { change.act = record::sign_act(change, header.position, header.did, header.policy_epoch, made<Hash>(9), org, key); }
  Result<void> verify() { return record::verify_act(change, header, org, crypto::public_of(key)); }
};

}  // namespace

TEST_CASE("act: what an official signed verifies, fits a change, and reads back") {
  Signed act;
  CHECK(act.verify().has_value());
  CHECK(record::check_change(act.change, act.header.position).has_value());
  const auto again = record::decode_change(record::encode_change(act.change, act.header.position), act.header.position);
  CHECK(again.value() == act.change);
}

TEST_CASE("act: nothing of it can be another: who, where, when, what, why, what was seen, or the signature") {
  const auto broken = [](auto&& change) {
    Signed act;
    change(act);
    return act.verify().has_error();
  };
  CHECK(broken([](Signed& act) { act.change.user = "hoa"; }));
  CHECK(broken([](Signed& act) { act.change.reason = "khác"; }));
  CHECK(broken([](Signed& act) { act.change.seen.clear(); }));
  CHECK(broken([](Signed& act) { act.change.ops.front().kind = record::OpKind::recall; }));
  CHECK(broken([](Signed& act) { act.change.ops.front().value = record::canonical({{"to", "W-C"}}); }));
  CHECK(broken([](Signed& act) { act.change.ops.push_back(act.change.ops.front()); }));
  CHECK(broken([](Signed& act) { act.header.did = made<Did>(5); }));
  CHECK(broken([](Signed& act) { act.header.policy_epoch = 8; }));
  CHECK(broken([](Signed& act) { act.org = made<OrgId>(2); }));
  CHECK(broken([](Signed& act) { act.key = made_secret<crypto::SignSeed>(0x22); }));
  CHECK(broken([](Signed& act) { act.header.position.seq = 6; }));  // the same words again, at another place
  CHECK(broken([](Signed& act) { act.change.act.clear(); }));
  CHECK(broken([](Signed& act) { act.change.act.push_back(0); }));
  const auto size = Signed().change.act.size();
  CHECK(size == 97);
  for (std::size_t i = 0; i < size; ++i)
    for (const std::uint8_t bit : {0x01, 0x80}) CHECK(broken([&](Signed& act) { act.change.act[i] ^= bit; }));
  for (std::size_t i = 0; i < size; ++i) CHECK(broken([&](Signed& act) { act.change.act.resize(i); }));
}

TEST_CASE("act: the bytes are those of the golden file") {
  Signed act;
  GoldenSheet sheet("act_signature.txt");
  sheet.note("WIRE.md section 4.1: an offer, signed by its official");
  sheet.put("seed", act.key.view());
  sheet.put("public", crypto::public_of(act.key));
  sheet.put("org", act.org);
  sheet.put("did", act.header.did);
  sheet.put("device", act.header.position.device);
  sheet.put("incarnation", act.header.position.incarnation);
  auto bare = act.change;
  bare.act.clear();
  sheet.put("body_without_act", record::encode_change(bare, act.header.position));
  sheet.put("act", act.change.act);
  sheet.check();
}
