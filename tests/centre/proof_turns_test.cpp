#include "centre/proof_turns.hpp"

#include "tests/support/made.hpp"

#include <catch2/catch.hpp>

using namespace ward;
using namespace std::chrono_literals;

TEST_CASE("proofs: a device is proved the log once a minute, and waits for no other's turn") {
  centre::ProofTurns turns;
  const auto one = test::made<DeviceId>(1), other = test::made<DeviceId>(2);
  const Instant start(1h);
  CHECK(turns.take(one, start));
  CHECK_FALSE(turns.take(one, start));
  CHECK(turns.take(other, start + 30s));
  CHECK_FALSE(turns.take(one, start + 59s));
  CHECK(turns.take(one, start + 60s));
  CHECK_FALSE(turns.take(other, start + 60s));
  CHECK(turns.take(other, start + 90s));
  CHECK_FALSE(turns.take(one, start + 119s));
}
