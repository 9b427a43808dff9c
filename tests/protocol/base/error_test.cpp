#include "protocol/base/error.hpp"
#include "protocol/base/time.hpp"

#include <catch2/catch.hpp>

#include <set>
#include <string>

using namespace ward;

namespace {

constexpr int fault_count = static_cast<int>(Fault::erased) + 1;

Result<int> half(int value) {
  if (value % 2 != 0) return fail(Fault::invalid, "half: odd");
  return value / 2;
}
Result<int> quarter(int value) {
  WARD_TRY(const int once, half(value));
  WARD_TRY(const int twice, half(once));
  return twice;
}
Result<void> check_quarter(int value) {
  WARD_CHECK(quarter(value).has_error() ? Result<void>(fail(Fault::malformed, "check")) : Result<void>());
  return {};
}

}  // namespace

TEST_CASE("faults: each has a name of its own") {
  std::set<std::string> names;
  for (int i = 0; i < fault_count; ++i) names.insert(name_of(static_cast<Fault>(i)));
  CHECK(names.size() == fault_count);
  CHECK_FALSE(names.contains("unknown"));
  CHECK(name_of(static_cast<Fault>(200)) == std::string("unknown"));
}

TEST_CASE("faults: what a peer sent wrong is rejected, what may pass is retried, damage stops") {
  for (const auto fault :
       {Fault::malformed, Fault::too_large, Fault::bad_signature, Fault::wrong_organisation, Fault::revoked, Fault::not_member})
    CHECK(reaction_to(fault) == Reaction::reject);
  for (const auto fault :
       {Fault::io, Fault::timeout, Fault::gap, Fault::missing_key, Fault::storage_full, Fault::storage_locked, Fault::at_centre})
    CHECK(reaction_to(fault) == Reaction::retry);
  for (const auto fault : {Fault::storage_damaged, Fault::storage_newer, Fault::storage_failed})
    CHECK(reaction_to(fault) == Reaction::stop);
  CHECK(reaction_to(Fault::fork) == Reaction::quarantine);
  CHECK(reaction_to(static_cast<Fault>(200)) == Reaction::stop);
}

TEST_CASE("results: WARD_TRY passes an error on and names a value") {
  CHECK(quarter(12).value() == 3);
  CHECK(quarter(5).error() == fail(Fault::invalid, "half: odd"));
  CHECK(quarter(6).error() == fail(Fault::invalid, "half: odd"));
  CHECK(check_quarter(4).has_value());
  CHECK(check_quarter(6).error().fault == Fault::malformed);
}

TEST_CASE("results: the error of a success is none of the faults") {
  const auto error = half(2).error();
  for (int i = 0; i < fault_count; ++i) CHECK(error.fault != static_cast<Fault>(i));
  CHECK(name_of(error.fault) == std::string("unknown"));
}

TEST_CASE("results: value() of a failure throws and says which") {
  CHECK_THROWS_WITH(quarter(1).value(), Catch::Contains("invalid") && Catch::Contains("half: odd"));
}

TEST_CASE("clocks: a hybrid clock keeps 48 bits of milliseconds and orders by them first") {
  CHECK(Hlc::at({1'600'000'000'000}, 7).wall() == WallTime{1'600'000'000'000});
  CHECK(Hlc::at({1'600'000'000'000}, 0xffff) < Hlc::at({1'600'000'000'001}, 0));
  CHECK(Hlc::at({5}, 1) < Hlc::at({5}, 2));
  CHECK(Hlc::at({-1}, 3) == Hlc::at({0}, 3));
  CHECK(Hlc::at(clock_latest).wall() == clock_latest);
}
