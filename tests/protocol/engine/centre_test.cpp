#include "tests/protocol/engine/town.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

/// What the centre's engine grants, refuses and bounds.
namespace ward::test {
namespace {

using namespace engine;

std::ptrdiff_t count(const Outcome& outcome, const char* step) { return std::count(outcome.steps.begin(), outcome.steps.end(), step); }

}  // namespace

TEST_CASE("centre: a stranger is refused in the second message, and nothing of his is stored") {
  Town town;
  const Pc stranger(90);
  FakeWard outside{&town.city, &stranger, {}};
  outside.save(60, 1);
  const auto outcome = exchange(outside, town.centre);
  CHECK(outcome.steps == std::vector<std::string>{"ward: PrepareLink", "ward sends", "centre: ReadPeer", "centre sends"});
  REQUIRE(outcome.ward_closed);
  CHECK(outcome.ward_closed->fault == Fault::not_member);
  CHECK(outcome.centre_closed->fault == Fault::not_member);
  CHECK(town.centre.disk.log.empty());
}

TEST_CASE("centre: a revoked device gets one refusal") {
  Town town;
  town.ward.save(60, 1);
  town.city.enter(policy::RevokeDevice{town.pc.id, "stolen"});
  const auto outcome = exchange(town.ward, town.centre);
  REQUIRE(outcome.ward_closed);
  CHECK(outcome.ward_closed->fault == Fault::revoked);
  CHECK(town.centre.disk.log.empty());
  CHECK(town.centre.disk.reports.empty());
}

TEST_CASE("centre: a device that is revoked while its link is open is refused there and then") {
  Town town;
  Rig rig(town.ward, town.centre);
  rig.run();
  REQUIRE(rig.ward_engine().standing().open);
  town.city.enter(policy::RevokeDevice{town.pc.id, "stolen"});
  rig.tell_centre(centre::LogGrew{town.city.policy.count()});
  rig.run();
  REQUIRE(rig.outcome().ward_closed);
  CHECK(rig.outcome().ward_closed->fault == Fault::revoked);
  CHECK(rig.outcome().centre_closed->fault == Fault::revoked);
}

TEST_CASE("centre: what another ward wrote goes at once to a ward that waits, one delivery at a time") {
  Town town;
  Rig rig(town.ward, town.centre);
  rig.run();
  for (int i = 0; i < 5; ++i) town.other.save(60, 1);
  exchange(town.other, town.centre);
  const auto before = rig.outcome().steps.size();
  rig.tell_centre(centre::LogGrew{});
  rig.tell_centre(centre::LogGrew{});
  rig.run();
  const auto& steps = rig.outcome().steps;
  const std::vector<std::string> fresh(steps.begin() + static_cast<std::ptrdiff_t>(before), steps.end());
  CHECK(std::vector<std::string>(fresh.begin(), fresh.begin() + 5) ==
        std::vector<std::string>{"centre: ReadDelivery", "centre sends", "ward: ApplyDelivery", "ward sends", "centre: StoreReport"});
  CHECK(std::count(fresh.begin(), fresh.end(), "ward: ApplyDelivery") == 3);
  CHECK(town.all_is_well());
}

TEST_CASE("centre: what comes in while a delivery is being read is not forgotten") {
  Town town;
  Rig rig(town.ward, town.centre);
  rig.run();
  rig.tell_centre(centre::LogGrew{});
  // The read that this asks for finds nothing; its answer comes only after the log grew again.
  rig.step();
  town.other.save(60, 1);
  exchange(town.other, town.centre);
  rig.tell_centre_first(centre::LogGrew{});
  rig.run();
  CHECK(town.all_is_well());
}

TEST_CASE("centre: new policy entries go to a waiting ward before rows that need them") {
  Town town;
  Rig rig(town.ward, town.centre);
  rig.run();
  const Pc newcomer(40);
  town.city.enter(newcomer.entry(town.city));
  FakeWard third{&town.city, &newcomer, {}};
  third.save(62, 1);
  exchange(third, town.centre);
  rig.tell_centre(centre::LogGrew{town.city.policy.count()});
  rig.run();
  const auto& steps = rig.outcome().steps;
  const auto policy = std::find(steps.begin(), steps.end(), "ward: StorePolicy");
  const auto delivery = std::find(steps.begin(), steps.end(), "ward: ApplyDelivery");
  REQUIRE(delivery != steps.end());
  CHECK(policy < delivery);
  CHECK(town.ward.disk.policy.size() == town.city.policy.count());
}

TEST_CASE("centre: entries that concern a ward not at all are skipped without a word") {
  Town town;
  town.ward.save(60, 2);
  Rig rig(town.ward, town.centre);
  rig.run();
  const auto before = rig.outcome().sizes.size();
  rig.tell_centre(centre::LogGrew{});
  rig.run();
  CHECK(town.centre.disk.log.size() == 1);
  CHECK(rig.outcome().sizes.size() == before);
}

TEST_CASE("centre: says how far the registry is, signed, when it grows") {
  Town town;
  Rig rig(town.ward, town.centre);
  rig.run();
  CHECK(town.ward.disk.applied == 0);
  rig.tell_centre(centre::AppliedGrew{7, {made<Did>(1)}});
  rig.tell_centre(centre::AppliedGrew{7, {made<Did>(1)}});
  rig.run();
  CHECK(town.ward.disk.applied == 7);
  CHECK(count(rig.outcome(), "ward: StoreApplied") == 1);
  rig.tell_centre(centre::AppliedGrew{8, std::vector<Did>(sync::applied_exceptions_max + 1)});
  rig.run();
  CHECK(town.ward.disk.applied == 7);
}

TEST_CASE("centre: who dribbles a greeting is cut off after ten seconds") {
  Town town;
  centre::CentreEngine engine(town.city.centre_identity());
  Now now{Instant{std::chrono::seconds(100)}, {}};
  const auto armed = engine.on(LinkUp{filled<32>(1)}, now);
  REQUIRE(armed.size() == 1);
  CHECK(std::get<ArmTimer>(std::get<LinkEffect>(armed[0])).at == now.monotonic + std::chrono::seconds(10));
  for (const auto byte : sync::encode_preface(sync::Purpose::sync)) {
    now.monotonic += std::chrono::seconds(1);
    CHECK(engine.on(BytesArrived{{byte}}, now).empty());
  }
  now.monotonic += std::chrono::seconds(5);
  const auto end = engine.on(TimerFired{}, now);
  REQUIRE(end.size() == 1);
  CHECK(std::get<CloseLink>(std::get<LinkEffect>(end[0])).reason.fault == Fault::timeout);
  CHECK(engine.on(BytesArrived{{0}}, now).empty());
}

TEST_CASE("centre: takes no more than a greeting from a caller that it has not answered") {
  Town town;
  centre::CentreEngine engine(town.city.centre_identity());
  const Now now{Instant{std::chrono::seconds(100)}, {}};
  CHECK(engine.on(LinkUp{filled<32>(1)}, now).size() == 1);
  Bytes bytes = copy(sync::encode_preface(sync::Purpose::sync));
  append(bytes, Bytes(2, 0xff));
  CHECK(engine.on(BytesArrived{bytes}, now).empty());
  const auto end = engine.on(BytesArrived{Bytes(9'000, 7)}, now);
  REQUIRE(end.size() == 1);
  CHECK(std::get<CloseLink>(std::get<LinkEffect>(end[0])).reason.fault == Fault::too_large);
}

TEST_CASE("centre: another protocol on the port is closed at once") {
  Town town;
  for (const auto* said : {"GET / HTTP/1.1\r\n", "WSY\x02\x01", "WSY\x01\x03"}) {
    centre::CentreEngine engine(town.city.centre_identity());
    const Now now{Instant{std::chrono::seconds(100)}, {}};
    CHECK(engine.on(LinkUp{filled<32>(1)}, now).size() == 1);
    const auto end = engine.on(BytesArrived{copy(view(said))}, now);
    REQUIRE(end.size() == 1);
    CHECK(std::holds_alternative<CloseLink>(std::get<LinkEffect>(end[0])));
  }
}

TEST_CASE("centre: a caller who never proves itself, and a ward that falls silent, are closed") {
  Town town;
  Rig rig(town.ward, town.centre, Plan{5, Fault_at::cut});  // before the ward's first transport frame
  rig.run();
  CHECK_FALSE(rig.centre_engine().peer());
  CHECK(town.centre.disk.reports.empty());

  Rig open(town.ward, town.centre);
  open.run();
  REQUIRE(open.centre_engine().peer() == town.pc.id);
  open.pass(std::chrono::seconds(100));
  open.tell_centre(TimerFired{});
  open.run();
  CHECK_FALSE(open.outcome().centre_closed);
  open.pass(std::chrono::seconds(60));
  open.tell_centre(TimerFired{});
  open.run();
  REQUIRE(open.outcome().centre_closed);
  CHECK(open.outcome().centre_closed->fault == Fault::timeout);
}

TEST_CASE("centre: one admission at a time; later messages wait in the channel") {
  Town town;
  town.ward.small_first = false;
  town.ward.save(60, 1);
  Rig rig(town.ward, town.centre);
  rig.run();
  town.ward.save(60, 1);
  rig.tell_ward(agent::OutboxGrew{});
  rig.pass(std::chrono::seconds(61));
  rig.tell_ward(TimerFired{});
  rig.run();
  CHECK(town.all_is_well());
  const auto& steps = rig.outcome().steps;
  for (std::size_t i = 0; i + 1 < steps.size(); ++i)
    if (steps[i] == "centre: Admit") CHECK(steps[i + 1].rfind("centre: ", 0) == std::string::npos);
}

}  // namespace ward::test
