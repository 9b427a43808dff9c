#include "protocol/course/linked.hpp"
#include "tests/storage/journey.hpp"

/// Parts of what was lodged once: the desk that lodged them reads them to their end (docs/adr/0009).
namespace ward::test {
namespace {

/// A part that the first PC of Vỹ Dạ makes and offers to Thuận Hòa, in one change.
storage::Saved make_part(City& city, Pc& pc, std::vector<record::Op> ops) {
  ops.push_back(merge::status("2"));
  ops.push_back(merge::offer(thuan_hoa));
  storage::NewChange made;
  made.change.user = "lan";
  made.change.ops = std::move(ops);
  return save(city, pc, std::move(made));
}

record::Op says_part() { return course::say_part_of(Did{}, "H57-1", "thuong-tru"); }

}  // namespace

TEST_CASE("a part: the desk that lodged it reads what its holder writes, on all its PCs, and who gave it on does not") {
  Two two;
  auto& city = two.city;
  const auto did = make_part(city, two.a, {says_part()}).did;
  sync_all(city, {&two.a, &two.a2, &two.b});
  (void)accept(city, two.b, did, thuan_hoa);
  const auto by_b = write(city, two.b, did, "by the police");
  sync_all(city, {&two.b, &two.a, &two.a2});
  for (auto* pc : {&two.a, &two.a2}) CHECK(reads(*pc, by_b));
  check_same(city, did, {&two.a, &two.a2, &two.b});
  auto late = city.enrol(vyda, 7);
  sync(city, late);
  check_same(city, did, {&late});
  SECTION("handed on, to a unit that knows the desk's seed as little as anybody") {
    auto c = city.enrol(tu_phap, 6);
    (void)offer(city, two.b, did, tu_phap);
    sync_all(city, {&two.b, &c});
    (void)accept(city, c, did, tu_phap);
    const auto by_c = write(city, c, did, "by the third");
    sync_all(city, {&c, &two.b, &two.a, &two.a2});
    CHECK(reads(two.a, by_c));
    CHECK_FALSE(holds(two.b, by_c));
    check_same(city, did, {&two.a, &two.a2, &c});
  }
  SECTION("what the desk still writes reaches the holder") {
    const auto noted = save(city, two.a, edit(did, {note("the citizen called")}));
    sync_all(city, {&two.a, &two.b});
    CHECK(reads(two.b, noted));
  }
  check_sound(city, {&two.a, &two.a2, &two.b});
}

TEST_CASE("a part is one by what its creating change says first, and by nothing that is said later") {
  Two two;
  auto& city = two.city;
  const auto did = make_part(city, two.a, {note("an ordinary dossier"), says_part()}).did;
  CHECK_FALSE(course::part_of(state_at(two.a, did)));
  sync_all(city, {&two.a, &two.b});
  (void)accept(city, two.b, did, thuan_hoa);
  sync_all(city, {&two.b, &two.a});
  const auto said = save(city, two.a, edit(did, {says_part()}));
  sync_all(city, {&two.a, &two.b});
  CHECK(reads(two.b, said));
  CHECK_FALSE(course::part_of(state_at(two.b, did)));
  const auto after = write(city, two.b, did, "secret");
  sync_all(city, {&two.b, &two.a, &two.a2});
  for (auto* pc : {&two.a, &two.a2}) CHECK_FALSE(holds(*pc, after));
}

TEST_CASE("a save that names the dossiers that it makes: all of it, or nothing") {
  Two two;
  auto& city = two.city;
  std::vector<storage::NewChange> changes(2);
  for (auto& one : changes) {
    one.change.user = "lan";
    one.change.ops = {merge::status("2")};
  }
  changes.push_back({{}, two.did});
  changes.back().change.user = "lan";
  changes.back().complete = [](record::Change& change, const std::vector<storage::Saved>& before) {
    for (const auto& one : before) change.ops.push_back(course::say_part(hex(one.did.view()), one.did, thuan_hoa));
  };
  const auto before = must(storage::list_dossiers(two.a->store(), {})).lines.size();
  SECTION("all") {
    const auto saved = must(two.a->save(changes, city.now));
    const auto parts = course::parts_of(state_at(two.a, two.did));
    REQUIRE(parts.size() == 2);
    for (const auto& one : {saved[0], saved[1]})
      CHECK(std::any_of(parts.begin(), parts.end(), [&](const auto& part) { return part.dossier == one.did; }));
  }
  SECTION("nothing") {
    changes.push_back({{}, Did{}});
    changes.back().change.user = "lan";
    changes.back().change.ops = {note("of a dossier that is not here")};
    CHECK(two.a->save(changes, city.now).has_error());
    CHECK(must(storage::list_dossiers(two.a->store(), {})).lines.size() == before);
    CHECK(course::parts_of(state_at(two.a, two.did)).empty());
  }
}

}  // namespace ward::test
