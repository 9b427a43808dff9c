#include "protocol/run/run.hpp"
#include "tests/storage/journey.hpp"

/// Dossiers that travel between units: who gets which records, and can read them.
namespace ward::test {
TEST_CASE("an offer brings the whole past to the unit that it names, and to nobody else, wherever its PCs had pulled to") {
  Two two;
  auto& city = two.city;
  auto other = city.enrol(tu_phap, 4);
  sync(city, other);
  CHECK_FALSE(has(two.b, two.did));
  (void)offer(city, two.a, two.did, thuan_hoa);
  sync_all(city, {&two.a, &two.a2, &two.b, &other});
  check_same(city, two.did, {&two.a, &two.a2, &two.b});
  CHECK_FALSE(has(other, two.did));
  CHECK(must(storage::list_dossiers(two.b->store(), {})).lines.size() == 2);
  auto late = city.enrol(thuan_hoa, 5);
  sync(city, late);
  check_same(city, two.did, {&late});
  SECTION("while it stands both read what either writes") {
    const auto by_a = write(city, two.a2, two.did, "by A");
    sync_all(city, {&two.a2, &two.b});
    const auto by_b = save(city, two.b, edit(two.did, {note("by B")}));
    sync_all(city, {&two.b, &two.a, &two.a2, &late});
    check_same(city, two.did, {&two.a, &two.a2, &two.b, &late});
    CHECK(reads(two.b, by_a));
    CHECK(reads(two.a, by_b));
  }
  check_sound(city, {&two.a, &two.a2, &two.b, &other, &late});
}

TEST_CASE("an acceptance makes a new key, and the centre stops serving the old unit what is new") {
  Two two;
  auto& city = two.city;
  (void)offer(city, two.a, two.did, thuan_hoa);
  sync_all(city, {&two.a, &two.b, &two.a2});
  const auto old_tip = tips(two.b->store(), two.did);
  const auto accepted = accept(city, two.b, two.did, thuan_hoa);
  const auto new_tip = tips(two.b->store(), two.did);
  REQUIRE(new_tip.size() == 1);
  CHECK(new_tip.front().id != old_tip.front().id);
  CHECK(new_tip.front().before == std::vector{old_tip.front().id});
  CHECK(*new_tip.front().known_to == std::vector{storage::SeedHolder{thuan_hoa, 0}});
  const auto after = write(city, two.b, two.did, "secret");
  sync_all(city, {&two.b, &two.a, &two.a2});
  auto late = city.enrol(thuan_hoa, 5);
  sync(city, late);
  check_same(city, two.did, {&two.b, &late});
  for (auto* pc : {&two.a, &two.a2}) {
    CHECK(reads(*pc, accepted));
    CHECK_FALSE(holds(*pc, after));
    CHECK(state_at(*pc, two.did).custody.unit == thuan_hoa);
    CHECK(tips((*pc)->store(), two.did).front().id == old_tip.front().id);
  }
  SECTION("what the old unit still writes goes to the holder, to its own PCs and to the centre") {
    const auto noted = save(city, two.a, edit(two.did, {note("a paper came"), payment("0000018")}));
    const auto proposed = write(city, two.a2, two.did, "0905");
    sync_all(city, {&two.a, &two.a2, &two.b, &late});
    check_same(city, two.did, {&two.b, &late});
    for (auto* pc : {&two.a, &two.a2, &two.b})
      for (const auto& one : {noted, proposed}) CHECK(reads(*pc, one));
    CHECK(state_at(two.b, two.did).proposals.size() == 1);
    CHECK(shown(two.b->store(), two.did, "SoDienThoai") == "secret");
    CHECK(state_at(two.a, two.did) == state_at(two.a2, two.did));
    (void)save(city, two.b, edit(two.did, {merge::approve(state_at(two.b, two.did).proposals.front())}));
    sync_all(city, {&two.b, &two.a});
    CHECK(shown(city.centre->store(), two.did, "SoDienThoai") == "0905");
  }
  SECTION("and it goes on to a third unit with all its keys, and back") {
    auto c = city.enrol(tu_phap, 6);
    (void)offer(city, two.b, two.did, tu_phap);
    sync_all(city, {&two.b, &c});
    (void)accept(city, c, two.did, tu_phap);
    const auto by_c = write(city, c, two.did, "by C");
    const auto late_note = save(city, two.a, edit(two.did, {note("for whoever has it")}));
    sync_all(city, {&c, &two.a, &two.b, &late});
    sync(city, c);
    check_same(city, two.did, {&c});
    CHECK(reads(c, late_note));
    CHECK_FALSE(holds(two.b, by_c));
    CHECK_FALSE(holds(two.b, late_note));
    CHECK(state_at(two.b, two.did).custody.unit == tu_phap);
    (void)offer(city, c, two.did, vyda);
    sync_all(city, {&c, &two.a, &two.a2});
    (void)accept(city, two.a2, two.did, vyda);
    sync_all(city, {&two.a2, &two.a, &c});
    check_same(city, two.did, {&two.a, &two.a2});
    CHECK(reads(two.a, after));
    CHECK(reads(two.a, by_c));
    check_sound(city, {&c});
  }
  check_sound(city, {&two.a, &two.a2, &two.b, &late});
}

TEST_CASE("a recalled or declined offer ends there: nothing that comes later is served, or lies under a key that was given") {
  Two two;
  auto& city = two.city;
  (void)offer(city, two.a, two.did, thuan_hoa);
  sync_all(city, {&two.a, &two.b});
  const auto given = tips(two.b->store(), two.did).front().id;
  const bool declined = GENERATE(false, true);
  storage::Saved end;
  if (declined) {
    end = save(city, two.b, edit(two.did, {merge::decline(pending(two.b, two.did, thuan_hoa))}));
    sync_all(city, {&two.b, &two.a});
  } else {
    end = recall(city, two.a, two.did, thuan_hoa);
  }
  const auto after = write(city, two.a, two.did, "secret");
  sync_all(city, {&two.a, &two.a2, &two.b});
  CHECK(reads(two.b, end));
  CHECK(state_at(two.b, two.did).custody.pending.empty());
  CHECK_FALSE(holds(two.b, after));
  CHECK(tips(two.a->store(), two.did).front().id != given);
  check_same(city, two.did, {&two.a, &two.a2});
  SECTION("not even what another PC wrote before it knew, under the key that was given") {
    auto a3 = city.enrol(vyda, 7);
    sync(city, a3);
    const auto third = offer(city, two.a, two.did, thuan_hoa);
    sync_all(city, {&two.a, &a3, &two.b});
    (void)recall(city, two.a, two.did, thuan_hoa);
    const auto unaware = write(city, a3, two.did, "unaware");
    sync_all(city, {&two.a, &a3, &two.b});
    CHECK(reads(two.b, third));
    CHECK_FALSE(holds(two.b, unaware));
    CHECK(reads(two.a, unaware));
  }
  SECTION("a new offer brings what was missed") {
    (void)offer(city, two.a2, two.did, thuan_hoa);
    sync_all(city, {&two.a2, &two.b, &two.a});
    CHECK(reads(two.b, after));
    check_same(city, two.did, {&two.a, &two.a2, &two.b});
  }
  SECTION("the unit may still leave a note") {
    const auto noted = save(city, two.b, edit(two.did, {note("we never had it")}));
    sync_all(city, {&two.b, &two.a, &two.a2});
    CHECK(reads(two.a, noted));
    check_same(city, two.did, {&two.a, &two.a2});
  }
  check_sound(city, {&two.a, &two.a2, &two.b});
}

TEST_CASE("an acceptance that crossed a recall stands, and brings what was withheld meanwhile") {
  Two two;
  auto& city = two.city;
  (void)offer(city, two.a, two.did, thuan_hoa);
  sync_all(city, {&two.a, &two.b});
  (void)recall(city, two.a, two.did, thuan_hoa);
  const auto withheld = write(city, two.a, two.did, "after the recall");
  sync(city, two.a);
  const auto accepted = accept(city, two.b, two.did, thuan_hoa);
  sync_all(city, {&two.b, &two.a, &two.a2});
  CHECK(reads(two.b, withheld));
  CHECK(state_at(city.centre->store(), two.did).custody.unit == thuan_hoa);
  check_same(city, two.did, {&two.b});
  CHECK(reads(two.a, accepted));
  const auto after = write(city, two.b, two.did, "under its own key");
  sync_all(city, {&two.b, &two.a});
  CHECK_FALSE(holds(two.a, after));
  check_sound(city, {&two.a, &two.b});
}

TEST_CASE("of two units that accept one stands; it reads what the other wrote under a key of its own, the other gets nothing more") {
  Two two;
  auto& city = two.city;
  auto c = city.enrol(tu_phap, 4);
  (void)offer(city, two.a, two.did, thuan_hoa);
  (void)offer(city, two.a, two.did, tu_phap);
  sync_all(city, {&two.a, &two.b, &c});
  (void)accept(city, c, two.did, tu_phap);
  const auto lost = write(city, c, two.did, "written in good faith");
  (void)accept(city, two.b, two.did, thuan_hoa);
  sync(city, two.b);
  const auto after = write(city, two.b, two.did, "secret");
  sync_all(city, {&two.b, &c, &two.a});
  REQUIRE(state_at(city.centre->store(), two.did).custody.unit == thuan_hoa);
  CHECK(reads(two.b, lost));
  check_same(city, two.did, {&two.b});
  CHECK_FALSE(holds(c, after));
  CHECK(state_at(c, two.did).custody.unit == thuan_hoa);
  const auto noted = save(city, c, edit(two.did, {note("sorry")}));
  sync_all(city, {&c, &two.b});
  CHECK(reads(two.b, noted));
  check_same(city, two.did, {&two.b});
  check_sound(city, {&two.a, &two.b, &c});
}

TEST_CASE("a link of the older version brings a dossier's past too, sealed") {
  Two two;
  auto& city = two.city;
  (void)offer(city, two.a, two.did, thuan_hoa);
  sync(city, two.a);
  const auto cursor = must(two.b->prepare_link({256, 512}, city.now)).cursor;
  auto read = must(city.centre->read_delivery({two.b->membership().device, cursor, 1'000'000, false, false}));
  REQUIRE(read.rows.size() >= 6);
  std::size_t sealed = 0;
  for (const auto& rows : read.rows) {
    CHECK(rows.keys.empty());
    for (const auto& row : rows.rows) sealed += std::holds_alternative<segment::SealedRow>(row) ? 1 : 0;
  }
  CHECK(sealed >= 6);
  (void)must(two.b->apply_delivery({read.cursor, must(run::decode_run(run::encode_run(read.rows)))}, city.now));
  check_same(city, two.did, {&two.b});
  check_sound(city, {&two.b});
}

TEST_CASE("an offer commits to the past that goes with it, and one to a unit that is not there is not saved") {
  Two two;
  auto& city = two.city;
  CHECK(two.a->save({edit(two.did, {merge::offer("W-NOWHERE")})}, city.now).error().fault == Fault::not_found);
  (void)offer(city, two.a, two.did, thuan_hoa);
  sync_all(city, {&two.a, &two.b});
  const auto digest_at = [&](Pc& pc) {
    return must(pc->store().db.read("facts", [&]() -> Result<std::string> {
      std::vector<Rid> past;
      std::string said;
      for (const auto& fact : storage::facts_of(pc->store(), storage::find_dossier_row(pc->store(), two.did))) {
        const auto& op = fact.change.ops.front();
        if (op.kind == record::OpKind::offer)
          said = *record::find(*op.value.map(), "past")->text();
        else
          past.push_back(fact.rid);
      }
      CHECK(past.size() == 6);
      return said == hex(record::past_digest(past).view()) ? said : std::string();
    }));
  };
  CHECK_FALSE(digest_at(two.a).empty());
  CHECK(digest_at(two.a) == digest_at(two.b));
}

}  // namespace ward::test
