#include "policy_fixture.hpp"
#include "tests/support/golden_sheet.hpp"
#include "protocol/base/limits.hpp"

#include <catch2/catch.hpp>

using namespace ward;
using namespace ward::test;

namespace {

struct Let {
  Let() {
    must(policy::Body(a_unit()));
    must(policy::Body(a_device(30)));
    device = crypto::device_of(crypto::public_of(made_secret<crypto::SignSeed>(30)));
  }
  void must(policy::Body body) { REQUIRE(log.append(city.next(log, std::move(body))).has_value()); }
  [[nodiscard]] Fault refused(policy::Body body) { return fault_of(log.append(city.next(log, std::move(body)))); }
  [[nodiscard]] policy::Admission handed_in(Seq first, std::uint32_t count, bool in_full) const {
    return {device, incarnation, first, policy::HandedIn{count, made<Hash>(7), in_full}, "known work"};
  }
  [[nodiscard]] policy::Admission side(Seq first, std::vector<Rid> rids) const {
    return {device, incarnation, first, policy::Side{std::move(rids)}, "asked the clerk"};
  }
  [[nodiscard]] Position at(Seq seq) const { return {device, incarnation, seq}; }

  City city;
  policy::PolicyLog log = city.log();
  DeviceId device;
  Incarnation incarnation = made<Incarnation>(9);
};

}  // namespace

TEST_CASE("admission: what was handed in is of a revoked device, and in full only where it says so") {
  Let let;
  CHECK(let.refused(let.handed_in(0, 3, true)) == Fault::invalid);
  let.must(policy::RevokeDevice{let.device, "broken"});
  let.must(let.handed_in(0, 3, true));
  let.must(let.handed_in(3, 2, false));
  CHECK(let.log.admitted_in_full(let.at(0)));
  CHECK(let.log.admitted_in_full(let.at(2)));
  CHECK_FALSE(let.log.admitted_in_full(let.at(3)));
  CHECK_FALSE(let.log.admitted_in_full({let.device, made<Incarnation>(8), 0}));
  auto stranger = let.handed_in(0, 1, false);
  stranger.device = made<DeviceId>(99);
  CHECK(let.refused(stranger) == Fault::not_found);
}

TEST_CASE("admission: of one number a record stands once") {
  Let let;
  let.must(let.side(4, {made<Rid>(1), made<Rid>(2)}));
  CHECK(*let.log.standing_at(let.at(4)) == made<Rid>(1));
  CHECK(*let.log.standing_at(let.at(5)) == made<Rid>(2));
  CHECK(let.log.standing_at(let.at(3)) == nullptr);
  CHECK(let.log.standing_at(let.at(6)) == nullptr);
  CHECK(let.refused(let.side(5, {made<Rid>(3)})) == Fault::invalid);
  CHECK(let.refused(let.side(3, {made<Rid>(3), made<Rid>(4)})) == Fault::invalid);
  let.must(let.side(6, {made<Rid>(3)}));
  CHECK(*let.log.standing_at(let.at(5)) == made<Rid>(2));
}

TEST_CASE("admission: an entry comes back as it was, and one with a bound overstepped is refused") {
  Let let;
  let.must(policy::RevokeDevice{let.device, "broken"});
  for (const auto& body : {let.handed_in(0, 1, false), let.handed_in(7, policy::handed_in_records_max, true),
                           let.side(limits::seq_max - 1, {made<Rid>(1)}), let.side(0, std::vector<Rid>(limits::segment_records_max))}) {
    const auto entry = let.city.next(let.log, body);
    CHECK(policy::decode_entry(policy::encode_entry(entry)).value() == entry);
  }
  auto without_reason = let.side(0, {made<Rid>(1)});
  without_reason.reason.clear();
  auto two_lines = let.side(0, {made<Rid>(1)});
  two_lines.reason = "a\nb";
  for (const auto& body :
       {let.handed_in(0, 0, false), let.handed_in(limits::seq_max, 2, false), let.side(0, {}), without_reason, two_lines})
    CHECK(policy::decode_entry(policy::encode_entry(let.city.next(let.log, body))).has_error());
  for (const auto& body : {let.handed_in(0, policy::handed_in_records_max + 1, true), let.side(0, std::vector<Rid>(257))})
    CHECK(policy::decode_entry(policy::encode_entry(let.city.next(let.log, body))).has_error());
}

TEST_CASE("limits: a unit's own hold, else the city's, else none; the newest counts") {
  Let let;
  CHECK(let.log.limits_of("W-VYDA") == policy::Limits{});
  let.must(policy::Limits{"", 5'000, 30});
  CHECK(let.log.limits_of("W-VYDA").day_bytes == 5'000);
  let.must(policy::Limits{"W-VYDA", 0, 7});
  CHECK(let.log.limits_of("W-VYDA") == policy::Limits{"W-VYDA", 0, 7});
  CHECK(let.log.limits_of("W-OTHER").lease_days == 30);
  let.must(policy::Limits{"", 6'000, 0});
  CHECK(let.log.limits_of("W-OTHER").day_bytes == 6'000);
  CHECK(let.refused(policy::Limits{"W-NONE", 1, 1}) == Fault::not_found);
  const auto entry = let.city.next(let.log, policy::Limits{"", 1, policy::lease_days_max + 1});
  CHECK(policy::decode_entry(policy::encode_entry(entry)).has_error());
}

TEST_CASE("resend: it names segments of a device that is there, in their order, none twice, and at most so many") {
  Let let;
  const auto wanted = [&](std::vector<Seq> firsts) { return policy::Resend{let.device, let.incarnation, std::move(firsts)}; };
  let.must(wanted({0, 7, limits::seq_max}));
  auto stranger = wanted({0});
  stranger.device = made<DeviceId>(99);
  CHECK(let.refused(stranger) == Fault::not_found);
  std::vector<Seq> many;
  for (Seq i = 0; i <= policy::resend_segments_max; ++i) many.push_back(i);
  for (const auto& bad : {wanted({}), wanted({3, 3}), wanted({4, 3}), wanted({limits::seq_max + 1}), wanted(many)})
    CHECK(policy::decode_entry(policy::encode_entry(let.city.next(let.log, bad))).has_error());
  many.pop_back();
  const auto entry = let.city.next(let.log, wanted(many));
  CHECK(policy::decode_entry(policy::encode_entry(entry)).value() == entry);
}

TEST_CASE("admission, limits, resend: the bytes of a log with each are those of the golden file") {
  Let let;
  let.must(let.side(4, {made<Rid>(1), made<Rid>(2)}));
  let.must(policy::RevokeDevice{let.device, "máy hỏng"});
  let.must(let.handed_in(7, 300, false));
  let.must(let.handed_in(307, 1, true));
  let.must(policy::Limits{"", 5'000'000'000, 30});
  let.must(policy::Limits{"W-VYDA", 0, 7});
  let.must(policy::Resend{let.device, let.incarnation, {0, 7, 300}});
  GoldenSheet sheet("policy_admission.txt");
  sheet.note(
      "WIRE.md section 5: one side of a fork, what a revoked PC handed in as proposals and in full, limits of a city and of a unit, and");
  sheet.note("segments that the centre asks for again");
  sheet.put("root_seed", let.city.root.view());
  sheet.put("root_public", crypto::public_of(let.city.root));
  sheet.put("next_root_public", crypto::public_of(let.city.next_root));
  sheet.put("operations_public", crypto::public_of(let.city.operations));
  sheet.put("receipt_public", crypto::public_of(let.city.receipt));
  sheet.put("org", let.city.org);
  for (const auto& entry : let.log.entries()) {
    const auto number = std::to_string(entry.epoch);
    sheet.put("entry" + number, policy::encode_entry(entry));
    sheet.put("hash" + number, policy::hash_of(entry, let.city.org));
  }
  sheet.check();
}
