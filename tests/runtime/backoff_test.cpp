#include "runtime/backoff.hpp"

#include <catch2/catch.hpp>
#include <rapidcheck.h>

using namespace ward::runtime;
using namespace std::chrono_literals;

TEST_CASE("backoff: doubles up to its longest, and begins again after a reset") {
  Backoff backoff(500ms, 3s);
  const auto whole = [&] {  // the random number that gives the whole span
    auto copy = backoff;
    const auto half = copy.next(0).count();
    return static_cast<std::uint64_t>(half);
  };
  CHECK(backoff.next(whole()) == 500ms);
  CHECK(backoff.next(whole()) == 1s);
  CHECK(backoff.next(whole()) == 2s);
  CHECK(backoff.next(whole()) == 3s);
  CHECK(backoff.next(whole()) == 3s);
  backoff.reset();
  CHECK(backoff.next(whole()) == 500ms);
}

TEST_CASE("backoff: every wait lies between one half and the whole") {
  CHECK(rc::check("between", [](std::uint64_t random) {
    Backoff backoff(1s, 60s);
    const auto first = backoff.next(random);
    RC_ASSERT(first >= 500ms);
    RC_ASSERT(first <= 1s);
    const auto second = backoff.next(random);
    RC_ASSERT(second >= 1s);
    RC_ASSERT(second <= 2s);
  }));
}

TEST_CASE("backoff: different random numbers spread the waits") {
  Backoff one(10s, 60s), other(10s, 60s);
  CHECK(one.next(1) != other.next(4'000));
}
