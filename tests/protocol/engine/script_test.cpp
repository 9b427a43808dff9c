#include "tests/protocol/engine/town.hpp"

#include <catch2/catch.hpp>

/// Scripts: who does what, in which order; then the same exchange with a failure at every step of it.
namespace ward::test {
namespace {

using Script = std::vector<std::string>;

/// A day's work: the ward has three segments and an old policy log, its colleague's two wait at the centre.
void prepare_busy(Town& town) {
  town.other.save(60, 2);
  town.other.save(60, 3);
  exchange(town.other, town.centre);
  town.ward.disk.policy.resize(2);
  town.ward.save(61, 1);
  town.ward.save(61, 4);
  town.ward.save(61, 2);
  town.centre.applied = 1;
}

const Script busy_script{
    "ward: PrepareLink",    "ward sends",  // the greeting, with the small segment
    "centre: ReadPeer",     "centre: Admit",
    "centre sends",                        // its receipt
    "ward: StoreReceipt",   "ward sends",  // Pull
    "ward: ReadOutbox",     "centre: StoreReport",
    "ward sends",                            // a run of two segments, which waits while the centre answers the Pull:
    "centre: ReadPolicy",   "centre sends",  // policy entries, before the rows of a device that they name
    "centre: Admit",        "ward: StorePolicy",
    "centre sends",                                                                        // the run's receipt
    "centre sends",                                                                        // how far the registry is
    "centre: ReadDelivery", "ward: StoreReceipt",   "ward: StoreApplied", "centre sends",  // the colleague's rows
    "ward: ApplyDelivery",  "ward sends",                                                  // Pull again
    "centre: StoreReport",  "centre: ReadDelivery",
};

}  // namespace

TEST_CASE("link: one saved change is receipted by the second message") {
  Town town;
  town.ward.save(60, 1);
  const auto outcome = exchange(town.ward, town.centre);
  CHECK(outcome.steps == Script{"ward: PrepareLink", "ward sends", "centre: ReadPeer", "centre: Admit", "centre sends",
                                "ward: StoreReceipt", "ward sends", "centre: StoreReport", "centre: ReadDelivery"});
  CHECK(town.all_is_well());
  CHECK_FALSE(outcome.ward_closed);
  CHECK_FALSE(outcome.centre_closed);
}

TEST_CASE("link: pushes, pulls, learns policy and how far the registry is, in this order") {
  Town town;
  prepare_busy(town);
  const auto outcome = exchange(town.ward, town.centre);
  CHECK(outcome.steps == busy_script);
  CHECK(town.all_is_well());
  CHECK(town.ward.disk.policy.size() == town.city.policy.count());
  CHECK(town.ward.disk.applied == 1);
}

TEST_CASE("link: cut or failing at any step, nothing is claimed that is not durable, and the next link makes it good") {
  for (const auto fault : {Fault_at::cut, Fault_at::store_fails, Fault_at::answer_lost}) {
    for (std::size_t step = 0; step < busy_script.size(); ++step) {
      INFO("fault " << static_cast<int>(fault) << " at step " << step << ", " << busy_script[step]);
      Town town;
      prepare_busy(town);
      const auto outcome = exchange(town.ward, town.centre, Plan{step, fault});
      REQUIRE(town.nothing_is_claimed_too_early());
      if (fault == Fault_at::store_fails && busy_script[step].find(':') != std::string::npos)
        CHECK((outcome.ward_closed || outcome.centre_closed));
      exchange(town.ward, town.centre);
      REQUIRE(town.all_is_well());
      CHECK(town.ward.disk.applied == 1);
    }
  }
}

TEST_CASE("link: a centre whose store fails acknowledges nothing") {
  for (std::size_t step = 0; step < busy_script.size(); ++step) {
    if (busy_script[step] != "centre: Admit") continue;
    Town town;
    prepare_busy(town);
    const auto before = town.centre.disk.log.size();
    const auto outcome = exchange(town.ward, town.centre, Plan{step, Fault_at::store_fails});
    REQUIRE(outcome.centre_closed);
    CHECK(outcome.centre_closed->fault == Fault::storage_full);
    CHECK(town.centre.disk.log.size() - before == town.ward.disk.outbox.size() - town.ward.disk.unreceipted());
  }
}

TEST_CASE("link: messages may arrive in pieces of any size") {
  for (const std::size_t chunk : {1U, 2U, 3U, 5U, 7U, 16U, 64U, 1000U}) {
    Town town;
    prepare_busy(town);
    const auto outcome = exchange(town.ward, town.centre, Plan{.chunk = chunk});
    CHECK(outcome.steps.size() == busy_script.size());
    CHECK(town.all_is_well());
  }
}

TEST_CASE("link: a flipped bit in any byte of any message ends the link and changes nothing durable for the worse") {
  Town sizes;
  prepare_busy(sizes);
  const auto sends = exchange(sizes.ward, sizes.centre).sizes;
  for (std::size_t message = 0; message < sends.size(); ++message) {
    // Every byte of the greetings; of the rest, where only Noise itself looks at the bytes, the length and one in eleven.
    const std::size_t stride = message < 2 ? 1 : 11;
    for (std::size_t byte = 0; byte < sends[message]; byte += byte < 2 ? 1 : stride) {
      INFO("message " << message << " byte " << byte);
      Town town;
      prepare_busy(town);
      std::size_t sent = 0;
      Plan plan;
      plan.tamper = [&](std::size_t, Bytes& bytes) {
        if (sent++ == message) bytes.at(byte) ^= static_cast<std::uint8_t>(1U << (byte % 8));
      };
      const auto outcome = exchange(town.ward, town.centre, plan);
      REQUIRE(town.nothing_is_claimed_too_early());
      // A longer length waits for bytes that do not come; everything else is noticed at once.
      if (!outcome.ward_closed && !outcome.centre_closed) REQUIRE(outcome.steps.size() < busy_script.size());
      exchange(town.ward, town.centre);
      REQUIRE(town.all_is_well());
    }
  }
}

TEST_CASE("link: a repeated greeting stores nothing twice and proves nobody") {
  Town town;
  town.ward.save(60, 1);
  Bytes greeting;
  Plan plan;
  plan.tamper = [&](std::size_t step, Bytes& bytes) {
    if (step == 1) greeting = bytes;
  };
  exchange(town.ward, town.centre, plan);
  const auto reports = town.centre.disk.reports.size();
  engine::centre::CentreEngine again(town.city.centre_identity());
  const Now now{Instant{std::chrono::hours(2)}, {1'760'000'200'000}};
  CHECK_FALSE(again.on(engine::LinkUp{filled<32>(70)}, now).empty());
  std::deque<engine::centre::Event> events{engine::BytesArrived{greeting}};
  for (; !events.empty(); events.pop_front())
    for (const auto& effect : again.on(events.front(), now))
      if (const auto* wanted = std::get_if<engine::centre::StoreEffect>(&effect)) events.push_back(town.centre.perform(*wanted));
  CHECK(town.centre.disk.log.size() == 1);
  CHECK(town.centre.disk.reports.size() == reports);
  CHECK_FALSE(again.peer());
}

}  // namespace ward::test
