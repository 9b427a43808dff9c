#include "tests/storage/journey.hpp"

/// PCs that run programs of different schema versions.
namespace ward::test {
namespace {

const schema::Edition newer{2, {{2, "", "SoDienThoai", schema::Policy::ask}}};

void run_newer(Pc& pc) {
  pc.store.reset();
  pc.store.emplace(must(storage::WardStore::open(pc.path, must(storage::WardKeys::decode(pc.keys.encode())), seeded(++pc.seed * 1000),
                                                 storage::OpenMode::read_write, newer)));
}

void run_newer_centre(City& city) {
  city.centre.reset();
  city.centre.emplace(must(storage::CentreStore::open(city.dir.file("centre.db"), must(storage::CentreKeys::decode(city.keys.encode())),
                                                      seeded(++city.openings * 1'000'003), storage::OpenMode::read_write, newer)));
}

const record::Value* phone(Pc& pc, const Did& did) {
  static merge::DossierState state;
  state = state_at(pc, did);
  return record::find(state.fields, "SoDienThoai");
}

}  // namespace

TEST_CASE("from a newer version of the schema on a field merges by another policy, and older programs wait with what it wrote") {
  Two two;
  auto& city = two.city;
  sync_all(city, {&two.a, &two.a2});
  SECTION("two older programs: the later value shows") {
    (void)write(city, two.a, two.did, "1");
    city.pass(std::chrono::seconds(5));
    (void)write(city, two.a2, two.did, "2");
    sync_all(city, {&two.a, &two.a2});
    CHECK(*phone(two.a, two.did) == record::Value("2"));
    run_newer(two.a);
    CHECK(*phone(two.a, two.did) == record::Value("2"));  // what was written by the old rule stays so
  }
  SECTION("one newer program: they are asked, and an older one sees it after its update") {
    run_newer(two.a);
    const auto by_newer = write(city, two.a, two.did, "1");
    city.pass(std::chrono::seconds(5));
    (void)write(city, two.a2, two.did, "2");
    sync_all(city, {&two.a, &two.a2});
    CHECK(phone(two.a, two.did) == nullptr);
    CHECK(holds(two.a2, by_newer));
    CHECK_FALSE(reads(two.a2, by_newer));
    CHECK(must(two.a2->report(city.now)).waiting == 1);
    CHECK(*phone(two.a2, two.did) == record::Value("2"));
    run_newer(two.a2);
    run_newer_centre(city);
    CHECK(must(two.a2->report(city.now)).waiting == 0);
    CHECK(phone(two.a2, two.did) == nullptr);
    check_same(city, two.did, {&two.a, &two.a2});
    check_sound(city, {&two.a, &two.a2});
  }
}

}  // namespace ward::test
