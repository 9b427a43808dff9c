#include "tests/protocol/engine/hand.hpp"

/// How a ward asks for proofs of the centre's log, and what it tells of its own audit log.
namespace ward::test {

TEST_CASE("ward: what the centre showed is proved on a quiet line, at most once an hour, and at once where it cannot wait") {
  Town town;
  town.other.save(60, 2);
  exchange(town.other, town.centre);
  town.other.save(60, 3);
  exchange(town.other, town.centre);
  const auto quiet = [&](Rig& rig) {
    rig.pass(std::chrono::seconds(61));
    rig.tell_ward(TimerFired{});
    rig.run();
  };
  SECTION("on a quiet line") {
    town.ward.disk.doubts = {{town.centre.incarnation, 1}};
    Rig rig(town.ward, town.centre);
    rig.run();
    CHECK(count(rig.outcome(), "centre: ReadJoins") == 0);
    quiet(rig);
    REQUIRE(town.ward.disk.joins.size() == 1);
    const auto& [asked, answer] = town.ward.disk.joins.front();
    CHECK(asked == town.ward.disk.doubts);
    CHECK(answer.receipt.size == 2);
    CHECK(log::verify_joins(answer.receipt, asked, answer.joins, answer.signature, town.city.policy.receipt_key()).has_value());
    REQUIRE(answer.joins.size() == 1);
    CHECK((answer.joins.front().held && !answer.joins.front().path.empty()));
    quiet(rig);
    CHECK(count(rig.outcome(), "ward: ReadDoubts") == 1);
    for (int i = 0; i < 59; ++i) quiet(rig);
    CHECK(count(rig.outcome(), "ward: ReadDoubts") == 2);
  }
  SECTION("at once") {
    town.ward.disk.urgent_doubts = {{town.centre.incarnation, 2}, {town.centre.incarnation, 3}};
    exchange(town.ward, town.centre);
    REQUIRE(town.ward.disk.joins.size() == 1);
    const auto& joins = town.ward.disk.joins.front().answer.joins;
    CHECK((joins.at(0).held && joins.at(0).path.empty() && !joins.at(1).held));
  }
  SECTION("not on a link of the version before") {
    town.ward.version = sync::version_with_joins - 1;
    town.ward.disk.doubts = town.ward.disk.urgent_doubts = {{town.centre.incarnation, 1}};
    town.ward.disk.audit = {3, made<Hash>(9)};
    Rig rig(town.ward, town.centre);
    rig.run();
    quiet(rig);
    CHECK(count(rig.outcome(), "centre: ReadJoins") == 0);
    CHECK(town.centre.disk.audit_ends.empty());
    CHECK_FALSE(rig.outcome().ward_closed);
  }
}

TEST_CASE("ward: an answer to no question, of another length, or not signed by the centre ends the link and is not stored") {
  Town town;
  HandLink link(town);
  const log::HeadName name{made<Incarnation>(200), 5};
  town.ward.disk.urgent_doubts = {name};
  const auto answer = [&](std::vector<log::Join> joins) {
    const auto signed_receipt = link.centre.receipt(town.pc.id, town.city.receipt);
    const auto signature = log::sign_joins(signed_receipt.receipt, {name}, joins, town.city.receipt);
    return sync::Joins{signed_receipt.receipt, signed_receipt.signature, std::move(joins), signature};
  };
  auto said = answer({log::Join{}});
  SECTION("to no question") {
    town.ward.disk.urgent_doubts.clear();
    HandLink other(town);
    other.open();
    other.hear(said);
    REQUIRE(other.closed);
    CHECK(other.closed->fault == Fault::malformed);
    CHECK(town.ward.disk.joins.empty());
  }
  HandLink asking(town);
  asking.open();
  SECTION("whole") {
    asking.hear(said);
    CHECK_FALSE(asking.closed);
    CHECK(town.ward.disk.joins.size() == 1);
  }
  SECTION("none: the centre cannot tell") {
    asking.hear(answer({}));
    CHECK_FALSE(asking.closed);
    CHECK(town.ward.disk.joins.size() == 1);
  }
  SECTION("of another length") {
    asking.hear(answer({log::Join{}, log::Join{}}));
    REQUIRE(asking.closed);
    CHECK(asking.closed->fault == Fault::malformed);
  }
  SECTION("another answer under that signature") {
    said.joins.front().held = true;
    asking.hear(said);
    REQUIRE(asking.closed);
    CHECK(asking.closed->fault == Fault::bad_signature);
    CHECK(town.ward.disk.joins.empty());
  }
  SECTION("of another log than the one whose receipts came on this link") {
    said.receipt.centre = made<Incarnation>(99);
    said.receipt_signature = log::sign(said.receipt, town.city.receipt);
    said.signature = log::sign_joins(said.receipt, {name}, said.joins, town.city.receipt);
    asking.hear(said);
    REQUIRE(asking.closed);
    CHECK(asking.closed->fault == Fault::malformed);
    CHECK(town.ward.disk.joins.empty());
  }
  SECTION("another receipt") {
    said.receipt.size += 1;
    asking.hear(said);
    REQUIRE(asking.closed);
    CHECK(asking.closed->fault == Fault::bad_signature);
    CHECK(town.ward.disk.joins.empty());
  }
}

TEST_CASE("ward: a centre that never lets the line fall silent is asked all the same") {
  Town town;
  HandLink link(town);
  link.open();
  link.now.monotonic += std::chrono::seconds(50);
  link.hear(sync::Ping{});
  link.fire_at(link.timer);
  CHECK(std::count(link.stored.begin(), link.stored.end(), "ReadDoubts") == 1);
}

TEST_CASE("ward: where its audit log ends is told once, and again when it has moved") {
  Town town;
  town.ward.disk.audit = {3, made<Hash>(9)};
  town.other.save(60, 2);
  exchange(town.other, town.centre);
  Rig rig(town.ward, town.centre);
  rig.run();
  CHECK(town.centre.disk.audit_ends == std::vector{sync::AuditEnd{3, made<Hash>(9)}});
  town.ward.disk.audit = {4, made<Hash>(10)};
  town.other.save(60, 1);
  exchange(town.other, town.centre);
  rig.tell_centre(centre::LogGrew{});
  rig.run();
  CHECK(town.centre.disk.audit_ends.size() == 2);
  CHECK(town.centre.disk.audit_ends.back().count == 4);
}

}  // namespace ward::test
