#include "tests/protocol/engine/hand.hpp"

#include "protocol/base/limits.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

/// What the ward's engine asks for, believes and gives up.
namespace ward::test {

TEST_CASE("ward: what the centre cannot check in the open goes sealed") {
  Town town;
  town.centre.holds_keys = false;
  town.ward.small_first = false;
  for (int i = 0; i < 6; ++i) town.ward.save(60, 3);
  const auto outcome = exchange(town.ward, town.centre);
  CHECK_FALSE(outcome.ward_closed);
  CHECK(town.ward.disk.unreceipted() == 0);
  CHECK(town.centre.disk.log.size() == 6);
}

TEST_CASE("ward: a centre that wants again what it got sealed is left") {
  Town town;
  town.ward.small_first = false;
  town.ward.save(60, 3);
  HandLink link(town);
  link.open();
  const sync::NeedSealed need{{{made<Incarnation>(60), 0}}};
  link.hear(need);
  link.hear(link.centre.receipt(town.pc.id, town.city.receipt));
  REQUIRE_FALSE(link.closed);
  link.hear(need);
  REQUIRE(link.closed);
  CHECK(link.closed->fault == Fault::malformed);
}

TEST_CASE("ward: a refused segment is shown, not pushed for ever, and holds up nothing else") {
  Town town;
  town.ward.small_first = false;
  town.centre.refuses = {0};
  town.ward.save(60, 3);
  town.ward.save(61, 2);
  town.ward.disk.outbox[1].rows = made_segment(town.pc, town.city.org(), made<Incarnation>(61), 0, 2);
  town.centre.refuses = {3};
  town.ward.save(60, 1);
  const auto outcome = exchange(town.ward, town.centre);
  CHECK_FALSE(outcome.ward_closed);
  CHECK(town.ward.disk.unreceipted() == 1);
  CHECK(town.ward.disk.outbox[2].refused);
  CHECK(count(outcome, "ward: StoreRefused") == 1);
}

TEST_CASE(
    "ward: what was refused because something must come first is pushed again on the same link, once something came from the centre") {
  Town town;
  town.ward.small_first = false;
  town.centre.refuses = {0};
  town.centre.refuses_as = Fault::gap;
  town.ward.save(60, 3);
  Rig rig(town.ward, town.centre);
  rig.run();
  REQUIRE_FALSE(rig.outcome().ward_closed);
  REQUIRE(town.ward.disk.unreceipted() == 1);
  CHECK(count(rig.outcome(), "centre: Admit") == 1);
  town.centre.refuses.clear();
  town.other.save(61, 1);
  exchange(town.other, town.centre);
  rig.tell_centre(centre::LogGrew{});
  rig.run();
  CHECK_FALSE(rig.outcome().ward_closed);
  CHECK(town.all_is_well());
}

TEST_CASE("ward: a store that offers a refused segment again does not make a loop") {
  Town town;
  town.ward.small_first = false;
  town.ward.save(60, 3);
  HandLink link(town);
  link.open();
  const auto sent = link.sent.size();
  for (int i = 0; i < 5; ++i) {
    link.hear(sync::SegmentRefused{made<Incarnation>(60), 0, Fault::bad_signature});
    town.ward.disk.outbox[0].refused = false;
    link.hear(link.centre.receipt(town.pc.id, town.city.receipt));
  }
  CHECK(link.sent.size() == sent);
  CHECK_FALSE(link.closed);
}

TEST_CASE("ward: a centre that was restored from a backup is filled again, by the link after the one that compares the heads") {
  Town town;
  for (int i = 0; i < 3; ++i) town.ward.save(60, 2);
  exchange(town.ward, town.centre);
  REQUIRE(town.all_is_well());
  town.centre.disk = {};
  town.centre.incarnation = made<Incarnation>(201);
  const auto outcome = exchange(town.ward, town.centre);
  CHECK(count(outcome, "ward: StoreHeads") == 1);
  CHECK(count(outcome, "ward: ReadOutbox") == 0);
  REQUIRE(outcome.ward_closed);
  CHECK(outcome.ward_closed->fault == Fault::io);
  exchange(town.ward, town.centre);
  CHECK(town.all_is_well());
  CHECK(town.centre.disk.log.size() == 3);
}

TEST_CASE("ward: a gap is told to the store and not pushed against again on this link") {
  Town town;
  for (int i = 0; i < 2; ++i) town.ward.save(60, 2);
  exchange(town.ward, town.centre);
  town.centre.disk = {};
  town.ward.save(60, 2);
  const auto outcome = exchange(town.ward, town.centre);
  CHECK(count(outcome, "ward: StoreRefused") == 1);
  CHECK(count(outcome, "centre: Admit") == 1);
  CHECK_FALSE(outcome.ward_closed);
}

TEST_CASE("ward: what was held back goes once the delivery came that makes a restored PC whole, without another save or link") {
  Town town;
  town.other.save(60, 2);
  exchange(town.other, town.centre);
  town.ward.save(60, 2);
  town.ward.disk.outbox.back().held_back = true;
  exchange(town.ward, town.centre);
  CHECK_FALSE(town.ward.disk.received.empty());
  CHECK(town.ward.disk.outbox.back().receipted);
}

TEST_CASE("ward: heads that nobody asked for end the link") {
  Town town;
  HandLink link(town);
  link.open();
  link.hear(sync::AllHeads{});
  REQUIRE(link.closed);
  CHECK(link.closed->fault == Fault::malformed);
  CHECK(town.ward.disk.heads_stored == 0);
}

TEST_CASE("ward: more that is saved while a run is under way follows it") {
  Town town;
  town.ward.small_first = false;
  town.ward.save(60, 1);
  Rig rig(town.ward, town.centre);
  rig.tell_ward(agent::OutboxGrew{});
  rig.run();
  town.ward.save(60, 1);
  rig.tell_ward(agent::OutboxGrew{});
  town.ward.save(60, 1);
  rig.tell_ward(agent::OutboxGrew{});
  rig.run();
  CHECK(town.all_is_well());
}

TEST_CASE("ward: a run holds no more than its receiver may unpack") {
  Town town;
  town.ward.small_first = false;
  HandLink link(town);
  link.open();
  agent::OutboxRead read;
  segment::OpenRow row;
  row.header.position = {town.pc.id, made<Incarnation>(60), 0};
  row.header.did = made<Did>(5);
  row.header.key_id = crypto::key_id_of(dossier_key());
  row.header.length = limits::body_bytes_max;
  row.plain = Bytes(limits::body_bytes_max, 1);
  for (std::size_t i = 0; i < limits::run_segments_max; ++i) {
    segment::Rows rows;
    rows.statement.statement.device = town.pc.id;
    rows.statement.statement.incarnation = made<Incarnation>(60);
    rows.statement.statement.first = i * limits::segment_records_max;
    rows.statement.statement.count = limits::segment_records_max;
    for (std::size_t r = 0; r < limits::segment_records_max; ++r) {
      row.header.position.seq = rows.statement.statement.first + r;
      rows.rows.emplace_back(row);
    }
    read.rows.push_back(std::move(rows));
  }
  link.tell(read);
  const auto run = link.sent.back();
  CHECK_FALSE(link.closed);
  CHECK(run.size() < limits::message_bytes_max);
}

TEST_CASE("ward: a receipt that does not verify is not believed") {
  Town town;
  town.ward.save(60, 1);
  HandLink link(town);
  link.open(link.centre.receipt(town.pc.id, town.city.operations));
  REQUIRE(link.closed);
  CHECK(link.closed->fault == Fault::bad_signature);
  CHECK(link.stored == std::vector<std::string>{"PrepareLink"});
}

TEST_CASE("ward: a receipt under a newer key leads to the policy log, and to another link") {
  Town town;
  const auto fresh = made_secret<crypto::SignSeed>(130);
  HandLink link(town);
  policy::Delegation delegation;
  delegation.receipt = crypto::public_of(fresh);
  town.city.enter(delegation);
  link.open(link.centre.receipt(town.pc.id, fresh));
  REQUIRE_FALSE(link.closed);
  CHECK(link.stored == std::vector<std::string>{"PrepareLink"});
  CHECK(link.sent.size() == 2);
  link.hear(sync::PolicyEntries{{town.city.policy.entries().back()}});
  CHECK(town.ward.disk.policy.size() == town.city.policy.count());
  REQUIRE(link.closed);
  CHECK(link.closed->fault == Fault::io);
}

TEST_CASE("ward: a centre that was restored to before its keys changed gets the entries back, and nothing that it receipts is believed") {
  Town town;
  policy::Delegation delegation;
  delegation.receipt = crypto::public_of(made_secret<crypto::SignSeed>(130));
  HandLink before(town);  // what the restored centre signs and holds
  auto receipt = before.centre.receipt(town.pc.id, town.city.receipt);
  town.city.enter(delegation);
  town.ward.disk.policy = town.city.policy.entries();
  town.ward.save(60, 1);
  HandLink link(town);
  link.open(receipt);
  REQUIRE_FALSE(link.closed);
  CHECK(link.stored == std::vector<std::string>{"PrepareLink", "ReadPolicy"});
  CHECK(town.ward.disk.unreceipted() == 1);
}

TEST_CASE("ward: a cursor never goes back, and nothing is applied that was not asked for") {
  Town town;
  town.ward.disk.cursor = 9;
  HandLink link(town);
  link.open();
  link.hear(sync::Delivery{8, {}});
  REQUIRE(link.closed);
  CHECK(link.closed->fault == Fault::malformed);
  CHECK(town.ward.disk.cursor == 9);
}

TEST_CASE("ward: what only a ward says, garbage, and a wrong signature of the applied cursor end the link") {
  Town town;
  const auto ends_it = [&](const sync::Message& message) {
    HandLink link(town);
    link.open();
    link.hear(message);
    return link.closed.has_value();
  };
  CHECK(ends_it(sync::Pull{}));
  CHECK(ends_it(sync::Push{}));
  CHECK(ends_it(sync::AskHeads{}));
  CHECK(ends_it(sync::EnrolAnswer{}));
  CHECK(ends_it(sync::Applied{5, {}, {}}));
  CHECK(ends_it(sync::Delivery{1, Bytes{1, 2, 3}}));
  CHECK(ends_it(sync::Refusal{Fault::revoked}));
  CHECK_FALSE(ends_it(sync::Ping{}));
  CHECK(town.ward.disk.applied == 0);
}

TEST_CASE("ward: a centre in trouble does not stop the ward's own program") {
  Town town;
  for (const auto fault : {Fault::storage_damaged, Fault::storage_failed, Fault::fork}) {
    HandLink link(town);
    link.open();
    link.hear(sync::Refusal{fault});
    REQUIRE(link.closed);
    CHECK(link.closed->fault == Fault::io);
  }
}

TEST_CASE("ward: bytes before its greeting end the link") {
  Town town;
  agent::AgentEngine engine(town.pc.identity(town.city));
  const Now now{Instant{std::chrono::hours(1)}, {}};
  CHECK(engine.on(LinkUp{}, now).size() == 2);
  const auto end = engine.on(BytesArrived{Bytes{0, 0}}, now);
  REQUIRE(end.size() == 1);
  CHECK(std::holds_alternative<CloseLink>(std::get<LinkEffect>(end[0])));
}

TEST_CASE("ward: asks after a minute of silence, and leaves a centre that does not answer") {
  Town town;
  HandLink link(town);
  const auto start = link.now.monotonic;
  link.open();
  REQUIRE(link.timer == start + std::chrono::seconds(60));
  const auto sent = link.sent.size();
  link.fire_at(link.timer);
  CHECK(link.sent.size() == sent + 1);
  CHECK(link.timer == start + std::chrono::seconds(105));
  link.fire_at(link.timer);
  REQUIRE(link.closed);
  CHECK(link.closed->fault == Fault::timeout);
}

TEST_CASE("ward: an answer to the question keeps the link, and tells how long it took") {
  Town town;
  HandLink link(town);
  link.open();
  link.fire_at(link.timer);
  link.now.monotonic += std::chrono::milliseconds(1'234);
  link.hear(sync::Pong{});
  link.fire_at(link.timer);
  CHECK_FALSE(link.closed);
  CHECK(link.engine.standing().rtt_ms == 1'234);
}

TEST_CASE("ward: a centre that talks but never receipts is left after ten minutes") {
  Town town;
  town.ward.small_first = false;
  town.ward.save(60, 3);
  HandLink link(town);
  const auto start = link.now.monotonic;
  link.open();
  while (!link.closed && link.now.monotonic < start + std::chrono::hours(1)) {
    link.now.monotonic += std::chrono::seconds(30);
    link.hear(sync::Ping{});
    if (link.now.monotonic >= link.timer) link.fire_at(link.now.monotonic);
  }
  REQUIRE(link.closed);
  CHECK(link.closed->fault == Fault::timeout);
  CHECK(link.now.monotonic <= start + std::chrono::minutes(11));
}

TEST_CASE("ward: gives up a greeting that nobody answers") {
  Town town;
  HandLink link(town);
  CHECK(link.timer == link.now.monotonic + std::chrono::seconds(90));
  link.fire_at(link.timer);
  REQUIRE(link.closed);
  CHECK(link.closed->fault == Fault::timeout);
  link.open();
  CHECK(link.stored == std::vector<std::string>{"PrepareLink"});
}

TEST_CASE("ward: a greeting that would be too large goes without its segment") {
  Town town;
  agent::AgentEngine engine(town.pc.identity(town.city));
  const Now now{Instant{std::chrono::hours(1)}, {}};
  CHECK(engine.on(LinkUp{filled<32>(50)}, now).size() == 2);
  agent::LinkPrepared prepared;
  prepared.hello.unreceipted.assign(40, {made<Incarnation>(1), 0});
  prepared.hello.segment = Bytes(limits::hello_bytes_max, 1);
  const auto effects = engine.on(prepared, now);
  REQUIRE(effects.size() == 1);
  const auto& bytes = std::get<SendBytes>(std::get<LinkEffect>(effects[0])).bytes;
  HandCentre centre(town.city);
  const auto payload = centre.handshake.read(BytesView(bytes).subspan(sync::preface_size + 2));
  const auto hello = sync::decode_hello(payload.value());
  CHECK(hello.value().segment.empty());
  CHECK(hello.value().unreceipted.size() == sync::unreceipted_max);
}

TEST_CASE("ward: its first pull names the size of the log, and the later ones name the same") {
  Town town;
  town.other.save(60, 2);
  town.other.save(60, 3);
  exchange(town.other, town.centre);
  town.ward.disk.holds_nothing = true;
  SECTION("a ward that holds nothing of others") {
    exchange(town.ward, town.centre);
    CHECK(town.ward.disk.fill == 2);
    town.ward.disk.holds_nothing = false;
    town.other.save(60, 1);
    exchange(town.other, town.centre);
    town.centre.disk.fills.clear();
    exchange(town.ward, town.centre);
    CHECK(town.ward.disk.fill == 2);
    REQUIRE_FALSE(town.centre.disk.fills.empty());
    CHECK(town.centre.disk.fills.front() == 2);
  }
  SECTION("a ward that holds something") {
    town.ward.disk.holds_nothing = false;
    exchange(town.ward, town.centre);
    CHECK(town.ward.disk.fill == 0);
  }
  SECTION("a link of the version before") {
    town.ward.version = sync::version_with_summaries - 1;
    exchange(town.ward, town.centre);
    CHECK(town.ward.disk.fill == 0);
  }
  CHECK(town.all_is_well());
}

TEST_CASE("ward: the records of dossiers that are wanted are fetched in parts, beside everything else") {
  Town town;
  town.other.save(60, 2);
  town.other.save(60, 3);
  town.other.save(60, 1);
  exchange(town.other, town.centre);
  town.ward.save(61, 1);
  town.ward.disk.wanted = {Did{{7}}, Did{{8}}};
  SECTION("by a link of today") {
    const auto outcome = exchange(town.ward, town.centre);
    CHECK(count(outcome, "centre: ReadDossiers") == 4);
    CHECK(count(outcome, "ward: ApplyFetched") == 4);
    CHECK(town.ward.disk.fetched.size() == 7);
    CHECK(town.ward.disk.wanted.empty());
    CHECK(town.centre.disk.asked_for.size() == 8);
  }
  SECTION("not by an older one") {
    town.ward.version = sync::version_with_summaries - 1;
    const auto outcome = exchange(town.ward, town.centre);
    CHECK(count(outcome, "centre: ReadDossiers") == 0);
    CHECK(town.ward.disk.wanted.size() == 2);
  }
  CHECK(town.all_is_well());
}

TEST_CASE("ward: what could be let go is asked about on a quiet line, one question after the other, when nothing is wanted") {
  Town town;
  town.other.save(60, 2);
  town.other.save(60, 3);
  exchange(town.other, town.centre);
  town.ward.disk.resting = {Did{{7}}, Did{{8}}};
  const auto quiet = [](Rig& rig) {
    rig.run();
    rig.pass(std::chrono::seconds(61));
    rig.tell_ward(TimerFired{});
    rig.run();
  };
  SECTION("by a link of today") {
    town.ward.disk.wanted = {Did{{9}}};
    Rig rig(town.ward, town.centre);
    rig.run();
    CHECK(town.ward.disk.let_go.empty());
    quiet(rig);
    CHECK(town.ward.disk.let_go == std::vector<Did>{Did{{7}}, Did{{8}}});
    // What the device wrote itself comes with the records, and has no place among summaries' questions.
    CHECK(town.centre.disk.asked_how.front() == std::pair(true, false));
    CHECK(town.centre.disk.asked_how.back() == std::pair(true, true));
  }
  SECTION("when the link begins") {
    town.ward.disk.resting_at_once = town.ward.disk.resting;
    exchange(town.ward, town.centre);
    CHECK(town.ward.disk.let_go == std::vector<Did>{Did{{7}}, Did{{8}}});
  }
  SECTION("not by an older one, whose fetches lack own work") {
    town.ward.disk.resting_at_once = town.ward.disk.resting;
    town.ward.version = sync::version_with_own_work - 1;
    town.ward.disk.wanted = {Did{{9}}};
    Rig rig(town.ward, town.centre);
    quiet(rig);
    CHECK(town.ward.disk.let_go.empty());
    for (const auto& how : town.centre.disk.asked_how) CHECK(how == std::pair(false, false));
  }
  CHECK(town.all_is_well());
}

TEST_CASE("ward: wanted records that were cut off on their way are asked for again by the next link") {
  Town town;
  town.other.save(60, 2);
  town.other.save(60, 3);
  exchange(town.other, town.centre);
  const auto whole = [&] {
    auto copy = town.ward;
    copy.disk.wanted = {Did{{7}}};
    auto centre = town.centre;
    return exchange(copy, centre).steps.size();
  }();
  for (const auto fault : {Fault_at::cut, Fault_at::store_fails, Fault_at::answer_lost}) {
    for (std::size_t step = 0; step < whole; ++step) {
      INFO("fault " << static_cast<int>(fault) << " at step " << step);
      auto ward = town.ward;
      auto centre = town.centre;
      ward.disk.wanted = {Did{{7}}};
      exchange(ward, centre, Plan{step, fault});
      exchange(ward, centre);
      CHECK(ward.disk.wanted.empty());
      CHECK(ward.disk.fetched.size() == 5);
    }
  }
}

TEST_CASE("ward: records that nobody asked for, or that come from further back than they were asked, end the link") {
  Town town;
  SECTION("nobody asked") {
    HandLink link(town);
    link.open();
    link.hear(sync::Fetched{});
    REQUIRE(link.closed);
    CHECK(link.closed->fault == Fault::malformed);
  }
  SECTION("an answer that leads back") {
    town.ward.disk.wanted = {Did{{7}}};
    HandLink link(town);
    link.open();
    link.hear(sync::Fetched{5, {}});
    REQUIRE_FALSE(link.closed);
    link.hear(sync::Fetched{5, {}});
    REQUIRE(link.closed);
    CHECK(link.closed->fault == Fault::malformed);
  }
  SECTION("no answer") {
    town.ward.disk.wanted = {Did{{7}}};
    HandLink link(town);
    link.open();
    link.fire_at(link.timer);
    REQUIRE(link.closed);
    CHECK(link.closed->fault == Fault::timeout);
  }
}

}  // namespace ward::test
