#include "storage/pins.hpp"
#include "tests/storage/city.hpp"

#include <catch2/catch.hpp>

using namespace ward;
using namespace ward::test;

namespace {

struct WithStore {
  City city;
  Pc pc = city.enrol("W-VYDA", 1);
  storage::Store& store() { return pc.store->store(); }
  Hash who = storage::pin_name(store(), "W-VYDA", "lan");
  storage::Pin found(const Hash& one) { return must(storage::find_pin(store(), one)); }
};

}  // namespace

TEST_CASE("pins: a name without one has none, and looks no different while it is tried") {
  WithStore here;
  CHECK_FALSE(here.found(here.who).activation);
  CHECK(here.found(here.who).failed == 0);
  CHECK_FALSE(must(storage::fits(here.store(), here.who, here.found(here.who), "mật khẩu lan")));
  must(storage::count_try(here.store(), here.who));
  CHECK(here.found(here.who).failed == 1);
  CHECK_FALSE(here.found(here.who).activation);
}

TEST_CASE("pins: the one that was stored fits its name alone, and a new one takes its place") {
  WithStore here;
  for (int i = 0; i < 3; ++i) must(storage::count_try(here.store(), here.who));
  must(storage::put_pin(here.store(), here.who, "mật khẩu lan", 7));
  const auto held = here.found(here.who);
  CHECK(held.failed == 0);
  CHECK(held.activation == Epoch{7});
  CHECK(must(storage::fits(here.store(), here.who, held, "mật khẩu lan")));
  CHECK_FALSE(must(storage::fits(here.store(), here.who, held, "mật khẩu lam")));
  const auto an = storage::pin_name(here.store(), "W-VYDA", "an");
  CHECK_FALSE(must(storage::fits(here.store(), an, held, "mật khẩu lan")));
  must(storage::put_pin(here.store(), here.who, "khác hẳn rồi", 8));
  CHECK(here.found(here.who).salt != held.salt);
  CHECK_FALSE(must(storage::fits(here.store(), here.who, here.found(here.who), "mật khẩu lan")));
  CHECK(must(storage::fits(here.store(), here.who, here.found(here.who), "khác hẳn rồi")));
}

TEST_CASE("pins: whoever has the database and not this PC's key cannot even name whose PINs it holds") {
  WithStore here;
  must(storage::put_pin(here.store(), here.who, "mật khẩu lan", 7));
  const auto held = here.found(here.who);
  const auto own = here.store().local.clone();
  here.store().local = crypto::LocalKey(Array<32>{});
  CHECK(storage::pin_name(here.store(), "W-VYDA", "lan") != here.who);
  CHECK_FALSE(must(storage::fits(here.store(), here.who, held, "mật khẩu lan")));
  here.store().local = own.clone();
  CHECK(must(storage::fits(here.store(), here.who, held, "mật khẩu lan")));
}

TEST_CASE("pins: names that nobody has are remembered up to a bound, and push no PIN out") {
  WithStore here;
  must(storage::put_pin(here.store(), here.who, "mật khẩu lan", 7));
  must(storage::count_try(here.store(), here.who));
  const auto stranger = [&](std::int64_t i) { return storage::pin_name(here.store(), "W-VYDA", "x" + std::to_string(i)); };
  for (std::int64_t i = 0; i < storage::pin_strangers_max + 10; ++i) must(storage::count_try(here.store(), stranger(i)));
  CHECK(here.found(stranger(0)).failed == 0);
  CHECK(here.found(stranger(9)).failed == 0);
  CHECK(here.found(stranger(10)).failed == 1);
  CHECK(here.found(stranger(storage::pin_strangers_max + 9)).failed == 1);
  CHECK(here.found(here.who).failed == 1);
  CHECK(here.found(here.who).activation == Epoch{7});
}

TEST_CASE("pins: tries that were counted elsewhere go on alike for a name with a PIN and for one that nobody has") {
  WithStore here;
  must(storage::put_pin(here.store(), here.who, "mật khẩu lan", 7));
  const auto nobody = storage::pin_name(here.store(), "W-VYDA", "nobody");
  for (const auto& who : {here.who, nobody}) {
    must(storage::set_tries(here.store(), who, 6));
    CHECK(here.found(who).failed == 6);
    must(storage::count_try(here.store(), who));
    CHECK(here.found(who).failed == 7);
  }
  CHECK(here.found(here.who).activation == Epoch{7});
  CHECK_FALSE(here.found(nobody).activation);
}
