#include "tests/protocol/engine/town.hpp"
#include "tests/support/made.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

/// What the centre's engine grants, refuses and bounds.
namespace ward::test {
namespace {

using namespace engine;

std::ptrdiff_t count(const Outcome& outcome, const char* step) { return std::count(outcome.steps.begin(), outcome.steps.end(), step); }

/// The next entry of a policy log, signed by the city.
void enter_in(policy::PolicyLog& log, const City& city, std::string address) {
  auto entry = log.next(policy::Addresses{{std::move(address)}}, 0, log.entries().back().time);
  policy::sign(entry, city.org(), city.operations);
  log.append(entry).value();
}

/// Who calls the centre by hand, with the keys of the town's PC.
struct Caller {
  Caller(Town& where, sync::Purpose wish)
      : town(where),
        purpose(wish),
        handshake(noise::Handshake::initiator(wish == sync::Purpose::sync ? noise::Pattern::ik : noise::Pattern::ikpsk2,
                                              sync::prologue(wish, where.city.org(), crypto::public_of(where.city.centre_noise)),
                                              where.pc.keys.noise.clone(), crypto::public_of(where.city.centre_noise),
                                              crypto::DhSecret(filled<32>(9)))),
        engine(where.city.centre_identity()) {
    tell(LinkUp{filled<32>(1)});
  }
  void tell(const centre::Event& event) {
    for (const auto& effect : engine.on(event, now)) {
      if (const auto* wanted = std::get_if<centre::StoreEffect>(&effect)) {
        if (const auto news = std::exchange(meanwhile, std::nullopt)) tell(*news);
        tell(town.centre.perform(*wanted));
        continue;
      }
      const auto& link = std::get<LinkEffect>(effect);
      if (const auto* sent = std::get_if<SendBytes>(&link)) heard = sent->bytes;
      if (const auto* close = std::get_if<CloseLink>(&link)) closed = close->reason;
    }
  }
  /// The payload of message 2.
  Bytes greet(const Bytes& hello) {
    Bytes bytes = copy(sync::encode_preface(purpose));
    append(bytes, sync::frame(handshake.write(hello).value()));
    tell(BytesArrived{bytes});
    return handshake.read(BytesView(heard).subspan(2)).value();
  }

  Town& town;
  sync::Purpose purpose;
  noise::Handshake handshake;
  centre::CentreEngine engine;
  Now now{Instant{std::chrono::seconds(100)}, {1'760'000'100'000}};
  Bytes heard;  ///< what came last
  std::optional<Error> closed{};
  std::optional<centre::Event> meanwhile{};  ///< told while the store looks up who calls
};

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

TEST_CASE("centre: a ward that was away through two renewals calls an earlier static and is answered, until that is dropped") {
  Town town;
  town.ward.save(60, 1);
  town.city.renew_noise(120);
  town.city.renew_noise(121);
  exchange(town.ward, town.centre);
  CHECK(town.all_is_well());
  town.city.earlier_noise.clear();
  town.ward.save(60, 2);
  const auto outcome = exchange(town.ward, town.centre);
  REQUIRE(outcome.centre_closed);
  CHECK(outcome.centre_closed->fault == Fault::bad_signature);
  CHECK(town.ward.disk.unreceipted() == 1);
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

TEST_CASE("centre: a copy that lacks policy entries has them back from a ward that holds them") {
  Town town;
  exchange(town.ward, town.centre);
  const auto before = town.city.policy.count();
  auto log = town.city.policy;
  for (int i = 1; i <= 3; ++i) enter_in(log, town.city, "a:" + std::to_string(i));
  town.ward.disk.policy = log.entries();
  const auto outcome = exchange(town.ward, town.centre);
  CHECK_FALSE(outcome.ward_closed);
  CHECK(count(outcome, "ward: ReadPolicy") == 1);
  CHECK(count(outcome, "centre: StorePolicy") == 1);
  CHECK(town.city.policy.entries() == log.entries());
  CHECK(town.city.policy.count() == before + 3);
  CHECK(count(exchange(town.ward, town.centre), "ward: ReadPolicy") == 0);
}

TEST_CASE("centre: a ward that is sent an order to erase is asked, by an empty delivery, what it holds by then") {
  Town town;
  Rig rig(town.ward, town.centre);
  rig.run();
  const auto grow = [&](policy::Body body) {
    const auto before = town.centre.disk.reports.size();
    auto entry = town.city.policy.next(std::move(body), 0, town.city.policy.entries().back().time);
    policy::sign(entry, town.city.org(), town.city.operations);
    town.city.policy.append(entry).value();
    rig.tell_centre(centre::LogGrew{town.city.policy.count()});
    rig.run();
    CHECK(town.ward.disk.policy.size() == town.city.policy.count());
    return town.centre.disk.reports.size() - before;
  };
  CHECK(grow(policy::Addresses{{"a:1"}}) == 0);
  policy::Erasure order;
  order.did = made<Did>(1);
  order.unit = "W-VYDA";
  order.user = "lan";
  order.reason = "nhập trùng";
  CHECK(grow(order) == 1);
  CHECK(grow(policy::Addresses{{"a:2"}}) == 0);
}

TEST_CASE("centre: policy entries that it did not sign, or that contradict its own, are refused, and the ward is told") {
  Town town;
  exchange(town.ward, town.centre);
  auto log = town.city.policy;
  enter_in(log, town.city, "a:1");
  enter_in(log, town.city, "a:2");
  town.ward.disk.policy = log.entries();
  auto wanted = Fault::fork;
  SECTION("not its signature") {
    town.ward.disk.policy.back().signature.bytes[0] ^= 1U;
    wanted = Fault::bad_signature;
  }
  SECTION("two entries with one epoch") { enter_in(town.city.policy, town.city, "b:1"); }
  const auto outcome = exchange(town.ward, town.centre);
  REQUIRE(outcome.centre_closed);
  CHECK(outcome.centre_closed->fault == wanted);
  CHECK(outcome.ward_closed);
}

TEST_CASE("centre: a caller of a newer version is told so, whether it syncs or enrols, and nothing is stored") {
  Town town;
  town.centre.ticket.emplace();
  town.centre.ticket->secret[0] = 1;
  const auto& secret = town.centre.ticket->secret;
  Bytes enrol_hello{sync::protocol_version + 1};
  append(enrol_hello, ticket::ticket_id(secret).view());
  append(enrol_hello, Bytes(40, 7));
  for (const auto purpose : {sync::Purpose::sync, sync::Purpose::enrol}) {
    Caller caller(town, purpose);
    if (purpose == sync::Purpose::enrol) caller.handshake.set_psk(ticket::psk_of(secret, town.city.org()));
    const auto answer =
        caller.greet(purpose == sync::Purpose::sync ? Bytes{sync::protocol_version + 1, 0xff, 0xff, 0xff, 1, 2, 3} : enrol_hello);
    const auto welcome = sync::decode_welcome(answer, {town.city.org(), town.pc.id}).value();
    CHECK(std::get<sync::Refusal>(welcome).fault == Fault::unsupported);
    REQUIRE(caller.closed);
    CHECK(caller.closed->fault == Fault::unsupported);
  }
  CHECK(town.centre.disk.log.empty());
  CHECK(town.centre.disk.reports.empty());
  CHECK(town.centre.disk.applicants.empty());
}

TEST_CASE("centre: a message of a kind that it does not know ends the link with a refusal that says so") {
  Town town;
  Caller caller(town, sync::Purpose::sync);
  const auto answer = caller.greet(sync::encode_hello({}));
  REQUIRE(std::holds_alternative<sync::Receipted>(sync::decode_welcome(answer, {town.city.org(), town.pc.id}).value()));
  REQUIRE_FALSE(caller.closed);
  sync::Channel channel(std::move(caller.handshake).split());
  caller.tell(BytesArrived{channel.seal(Bytes{200, 1, 2, 3}).value()});
  REQUIRE(caller.closed);
  CHECK(caller.closed->fault == Fault::unsupported);
  sync::FrameReader frames;
  frames.feed(caller.heard);
  REQUIRE(channel.open(*frames.next()).has_value());
  const auto said = sync::decode_message(*channel.next().value(), {town.city.org(), town.pc.id}).value();
  CHECK(std::get<sync::Refusal>(said).fault == Fault::unsupported);
}

TEST_CASE("centre: what the registry merged while a greeting was under way is said") {
  Town town;
  Caller caller(town, sync::Purpose::sync);
  caller.meanwhile = centre::AppliedGrew{7, {}};
  (void)caller.greet(sync::encode_hello({}));
  REQUIRE_FALSE(caller.closed);
  sync::Channel channel(std::move(caller.handshake).split());
  caller.tell(BytesArrived{channel.seal(sync::encode_message(sync::Pull{0, town.city.policy.count(), {}})).value()});
  sync::FrameReader frames;
  frames.feed(caller.heard);
  REQUIRE(channel.open(*frames.next()).has_value());
  const auto said = sync::decode_message(*channel.next().value(), {town.city.org(), town.pc.id}).value();
  REQUIRE(std::holds_alternative<sync::Applied>(said));
  CHECK(std::get<sync::Applied>(said).index == 7);
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
  for (const auto* said : {"GET / HTTP/1.1\r\n", "WSY\x02\x01", "WSY\x01\x04"}) {
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
