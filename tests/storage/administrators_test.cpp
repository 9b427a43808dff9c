#include "storage/pins.hpp"
#include "tests/storage/city.hpp"

#include <catch2/catch.hpp>

using namespace ward;
using namespace ward::test;
using policy::Role;

namespace {

struct Office {
  City city;
  storage::Store& store() { return city.centre->store(); }
  WallTime later(std::chrono::hours after) const { return {city.now.wall.ms + std::chrono::milliseconds(after).count()}; }
  void add(const std::string& name, std::chrono::hours good_for) {
    Array<16> secret{};
    secret.fill(static_cast<std::uint8_t>(name.front()));
    must(city.centre->add_account({"C-TTHCC", name, "", Role::administrator, true, {}, ""}, city.now.wall, {},
                                  storage::NewActivation{secret, later(good_for)}));
  }
  Hash who(const std::string& name) { return storage::pin_name(store(), "C-TTHCC", name); }
  void choose_pin(const std::string& name) {
    must(storage::put_pin(store(), who(name), "cầu Trường Tiền", store().policy.activation("C-TTHCC", name)->epoch));
  }
  Fault demote(const std::string& name, std::chrono::hours after) {
    auto account = *store().policy.account("C-TTHCC", name);
    account.role = Role::clerk;
    const auto done = city.centre->change_account(account, later(after));
    return done.has_error() ? done.error().fault : static_cast<Fault>(-1);
  }
};

}  // namespace

TEST_CASE("administrators: the last who can log in stays one; whose code has expired, or whose tries are used up, cannot") {
  Office office;
  office.add("admin", std::chrono::hours(24));
  office.choose_pin("admin");
  office.add("phu", std::chrono::hours(24));
  CHECK(office.demote("admin", std::chrono::hours(25)) == Fault::invalid);  // phu's code has expired, unused
  office.choose_pin("phu");
  must(storage::set_tries(office.store(), office.who("phu"), storage::pin_tries_max));
  CHECK(office.demote("admin", std::chrono::hours(1)) == Fault::invalid);
  must(storage::set_tries(office.store(), office.who("phu"), storage::pin_tries_max - 1));
  CHECK(office.demote("admin", std::chrono::hours(25)) == static_cast<Fault>(-1));
  CHECK(office.demote("phu", std::chrono::hours(1)) == Fault::invalid);
}

TEST_CASE("merger: units whose people log in and units with PCs whose people do not are not merged, in either direction") {
  for (const bool heir_logs_in : {true, false}) {
    City city;
    (void)city.enrol("W-VYDA", 1);
    (void)city.enrol("W-THUANHOA", 2);
    const UnitCode with_codes = heir_logs_in ? "W-VYDA" : "W-THUANHOA", without = heir_logs_in ? "W-THUANHOA" : "W-VYDA";
    const auto give_code = [&](const UnitCode& unit) {
      must(city.centre->add_account({unit, "lan", "", Role::clerk, true, {}, ""}, city.now.wall, {},
                                    storage::NewActivation{Array<16>{7}, {city.now.wall.ms + 1'000'000}}));
    };
    const auto merge = [&] { return city.centre->merge_unit("W-THUANHOA", "W-VYDA", "sắp xếp đơn vị", city.now.wall); };
    give_code(with_codes);
    const auto refused = merge();
    REQUIRE(refused.has_error());
    CHECK(refused.error().fault == Fault::invalid);
    CHECK(refused.error().detail.find("those of " + without) != std::string::npos);
    CHECK(city.centre->store().policy.heir("W-THUANHOA") == nullptr);
    give_code(without);
    CHECK(merge().has_value());
  }
  City city;  // nobody logs in, or there is no PC that could act
  (void)city.enrol("W-VYDA", 1);
  CHECK(city.centre->merge_unit("W-THUANHOA", "W-VYDA", "sắp xếp đơn vị", city.now.wall).has_value());
}
