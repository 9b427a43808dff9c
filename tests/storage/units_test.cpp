#include "protocol/keys/keys.hpp"
#include "storage/seeds.hpp"
#include "tests/storage/journey.hpp"

/// Units that become one, and units whose keys are renewed because a PC was lost.
namespace ward::test {
namespace {

bool has_seed(Pc& pc, const UnitCode& unit, Epoch epoch) { return pc->store().keys.unit_seeds.contains({unit, epoch}); }
/// Whatever these hold is what the centre has.
bool merged_all(City& city, std::initializer_list<Pc*> pcs) {
  must(storage::settle(city.centre->store()));
  const auto wanted = all_states(city.centre->store());
  return std::all_of(pcs.begin(), pcs.end(), [&](auto* pc) {
    must(storage::settle((*pc)->store()));
    const auto here = all_states((*pc)->store());
    return !here.empty() && std::all_of(here.begin(), here.end(), [&](const auto& one) { return wanted.at(one.first) == one.second; });
  });
}

/// Whatever keys somebody could open who has the seeds of these epochs, and nothing else.
std::set<KeyId> opened_with(City& city, Pc& grants_of, const Did& did, const std::vector<storage::SeedHolder>& seeds) {
  segment::KeyRing ring;
  for (const auto& [unit, epoch] : seeds)
    ring.unit_seeds.emplace(std::pair{unit, epoch}, keys::derive_unit_seed(city.keys.unit_master, unit, epoch));
  auto& store = grants_of->store();
  std::set<KeyId> out;
  must(store.db.read("grants", [&]() -> Result<void> {
    for (const auto& stored : storage::records_of_dossier(store, storage::find_dossier_row(store, did))) {
      segment::Verified verified;
      verified.record = stored.record;
      const auto grant = storage::read_grant(store, verified);
      if (!grant) continue;
      for (const auto& wrap : grant->wraps) {
        const auto seed = ring.unit_seeds.find({wrap.unit, wrap.unit_epoch});
        if (seed != ring.unit_seeds.end() && keys::unwrap(wrap, did, store.org, seed->second, grant->key_id).has_value())
          out.insert(grant->key_id);
      }
    }
    return {};
  }));
  return out;
}

}  // namespace

TEST_CASE("a revocation renews the unit's seed for the PCs that stand, and a later PC reads what was before") {
  Two two;
  auto& city = two.city;
  REQUIRE(has_seed(two.a2, vyda, 0));
  must(city.centre->revoke(two.a->membership().device, "stolen", city.now.wall));
  sync(city, two.a2);
  sync(city, two.b);
  CHECK(city.centre->store().policy.unit(vyda)->unit_epoch == 1);
  CHECK(has_seed(two.a2, vyda, 1));
  CHECK_FALSE(has_seed(two.b, vyda, 1));
  // The thief's PC, even if it hears of it.
  must(two.a->store_policy({must(city.centre->read_policy({two.a->store().policy.count()})).entries}, city.now));
  CHECK_FALSE(has_seed(two.a, vyda, 1));
  auto late = city.enrol(vyda, 7);
  CHECK(has_seed(late, vyda, 1));
  CHECK(has_seed(late, vyda, 0));
  sync(city, late);
  check_same(city, two.did, {&two.a2, &late});
  two.a2.reopen();
  CHECK(has_seed(two.a2, vyda, 1));
  SECTION("again and again") {
    must(city.centre->revoke(late->membership().device, "sold", city.now.wall));
    sync(city, two.a2);
    auto last = city.enrol(vyda, 8);
    for (const Epoch epoch : {0U, 1U, 2U}) {
      CHECK(has_seed(two.a2, vyda, epoch));
      CHECK(has_seed(last, vyda, epoch));
    }
    CHECK_FALSE(has_seed(late, vyda, 2));
    sync(city, last);
    check_same(city, two.did, {&last, &two.a2});
  }
  check_sound(city, {&two.a2, &late});
}

TEST_CASE("after a renewal nothing new lies under a key that the old seed opens, in old dossiers and in new ones") {
  Two two;
  auto& city = two.city;
  auto offline = city.enrol(vyda, 7);
  sync(city, offline);
  must(city.centre->revoke(two.a->membership().device, "stolen", city.now.wall));
  sync(city, two.a2);
  const auto old = tips(two.a2->store(), two.did).front().id;
  const auto edited = write(city, two.a2, two.did, "secret");
  const auto created = save(city, two.a2, sample_dossier("H57-new", "D"));
  // Who was away goes on under the old key until he hears of it, and loses nothing.
  const auto unaware = write(city, offline, two.did, "unaware");
  sync_all(city, {&two.a2, &offline});
  const auto aware = write(city, offline, two.did, "aware");
  sync_all(city, {&offline, &two.a2});
  CHECK(merged_all(city, {&two.a2, &offline}));
  const std::vector<storage::SeedHolder> stolen{{vyda, 0}};
  CHECK(opened_with(city, two.a2, two.did, stolen) == std::set{old});
  CHECK(opened_with(city, two.a2, created.did, stolen).empty());
  const auto key_of = [&](const storage::Saved& saved) {
    return must(
        two.a2->store().db.read("key", [&]() -> Result<KeyId> { return storage::find_holding(two.a2->store(), saved.position)->key_id; }));
  };
  CHECK(key_of(edited) != old);
  CHECK(key_of(unaware) == old);
  CHECK(key_of(aware) == key_of(edited));
  SECTION("nor in a dossier that another unit holds by now, or is offered") {
    (void)offer(city, two.a2, two.did, thuan_hoa);
    sync_all(city, {&two.a2, &two.b});
    must(city.centre->renew_seed(thuan_hoa, city.now.wall));
    sync_all(city, {&two.a2, &two.b});
    const auto later = write(city, two.a2, two.did, "later");
    sync_all(city, {&two.a2, &two.b});
    CHECK(reads(two.b, later));
    CHECK_FALSE(opened_with(city, two.a2, two.did, {{vyda, 0}, {thuan_hoa, 0}}).contains(key_of(later)));
  }
  check_sound(city, {&two.a2, &offline, &two.b});
}

TEST_CASE("a change whose key was granted by a segment that the centre takes later is read by everybody who may") {
  Two two;
  auto& city = two.city;
  must(city.centre->renew_seed(vyda, city.now.wall));
  sync_all(city, {&two.a, &two.a2});
  const auto granting = write(city, two.a, two.did, "under the new key");
  two.a.reopen();
  const auto offering = offer(city, two.a, two.did, tu_phap);
  // Of the two incarnations the centre gets the later one first: on the line the other was damaged.
  auto waiting = must(two.a->read_outbox({4, 256, false}, city.now)).rows;
  REQUIRE(waiting.size() == 2);
  REQUIRE(must(city.centre->admit({two.a->membership().device, {waiting.back()}, city.now.wall})).stamps.size() == 1);
  sync(city, two.a2);
  CHECK(holds(two.a2, offering));
  sync_all(city, {&two.a, &two.a2});
  for (const auto& saved : {granting, offering}) CHECK(reads(two.a2, saved));
  check_same(city, two.did, {&two.a, &two.a2});
  SECTION("and a PC that begins later does, too") {
    auto late = city.enrol(vyda, 7);
    sync(city, late);
    check_same(city, two.did, {&late});
  }
  check_sound(city, {&two.a, &two.a2});
}

TEST_CASE("what an outsider still writes after a renewal is no thief's either, and the holder reads it") {
  Two two;
  auto& city = two.city;
  (void)offer(city, two.a, two.did, thuan_hoa);
  sync_all(city, {&two.a, &two.b, &two.a2});
  (void)accept(city, two.b, two.did, thuan_hoa);
  sync_all(city, {&two.b, &two.a, &two.a2});
  must(city.centre->revoke(two.a->membership().device, "stolen", city.now.wall));
  sync(city, two.a2);
  const auto noted = save(city, two.a2, edit(two.did, {note("later")}));
  sync_all(city, {&two.a2, &two.b});
  CHECK(reads(two.b, noted));
  check_same(city, two.did, {&two.b});
  const auto key =
      must(two.b->store().db.read("key", [&]() -> Result<KeyId> { return storage::find_holding(two.b->store(), noted.position)->key_id; }));
  CHECK_FALSE(opened_with(city, two.b, two.did, {{vyda, 0}}).contains(key));
  SECTION("also where it has gone on to a third unit, of which the outsider never heard") {
    auto c = city.enrol(tu_phap, 8);
    (void)offer(city, two.b, two.did, tu_phap);
    sync_all(city, {&two.b, &c});
    (void)accept(city, c, two.did, tu_phap);
    sync_all(city, {&c, &two.b, &two.a2});
    const auto again = save(city, two.a2, edit(two.did, {note("again")}));
    sync_all(city, {&two.a2, &c});
    CHECK(reads(c, again));
    CHECK(reads(c, noted));
    check_same(city, two.did, {&c});
    check_sound(city, {&c});
  }
  check_sound(city, {&two.a2, &two.b});
}

TEST_CASE("two units become one: both read everything, whoever was away joins without loss, and custody goes on") {
  Two two;
  auto& city = two.city;
  auto c = city.enrol(tu_phap, 4);
  auto offline = city.enrol(thuan_hoa, 5);
  const auto theirs = save(city, two.b, sample_dossier("H57-theirs", "D"));
  (void)offer(city, two.a, two.did, tu_phap);
  sync_all(city, {&two.a, &two.b, &c, &offline, &two.a2});
  (void)accept(city, c, two.did, tu_phap);
  sync_all(city, {&c, &two.a});
  // Away: it does not hear of the merger before it has written, in an old dossier and in a new one.
  const auto unaware = write(city, offline, theirs.did, "unaware");
  const auto created = save(city, offline, sample_dossier("H57-away", "E"));

  must(city.centre->merge_unit(thuan_hoa, vyda, "Nghị quyết 1675", city.now.wall));
  sync_all(city, {&two.a, &two.a2, &two.b});
  const auto by_heir = write(city, two.a, theirs.did, "by the heir");
  sync_all(city, {&two.a, &two.b});
  sync_all(city, {&offline, &two.a, &two.a2, &two.b});
  auto late = city.enrol(vyda, 6);
  auto late_by_old_ticket = city.enrol(thuan_hoa, 7);
  sync_all(city, {&late, &late_by_old_ticket});
  for (auto* pc : {&two.a, &two.a2, &two.b, &offline, &late, &late_by_old_ticket}) {
    CHECK(reads(*pc, unaware));
    CHECK(reads(*pc, created));
    CHECK(reads(*pc, by_heir));
    check_same(city, theirs.did, {pc});
    check_same(city, created.did, {pc});
    CHECK(must((*pc)->report(city.now)).waiting == 0);
  }
  CHECK(state_at(two.b, theirs.did).custody.unit == vyda);
  CHECK(state_at(two.b, theirs.did).proposals.empty());
  SECTION("who gave a dossier away keeps what he had, and so does his heir") {
    const auto secret = write(city, c, two.did, "secret");
    sync_all(city, {&c, &two.a, &two.b});
    CHECK(has(two.b, two.did));
    for (auto* pc : {&two.a, &two.b, &late}) CHECK_FALSE(holds(*pc, secret));
  }
  SECTION("an offer to the unit that is no more reaches the heir") {
    (void)offer(city, c, two.did, thuan_hoa);
    sync_all(city, {&c, &two.a2, &two.b});
    (void)accept(city, two.a2, two.did, thuan_hoa);
    sync_all(city, {&two.a2, &two.b, &c});
    CHECK(state_at(city.centre->store(), two.did).custody.unit == vyda);
    check_same(city, two.did, {&two.a2, &two.b});
  }
  check_sound(city, {&two.a, &two.a2, &two.b, &offline, &late, &late_by_old_ticket, &c});
}

TEST_CASE("what a unit was not given the key of when it ceased to read is read by its PCs once the unit that was given it is theirs") {
  Two two;
  auto& city = two.city;
  auto c = city.enrol(tu_phap, 4);
  (void)offer(city, two.a, two.did, tu_phap);
  sync_all(city, {&two.a, &c});
  (void)accept(city, c, two.did, tu_phap);
  (void)offer(city, c, two.did, thuan_hoa);
  const auto last = recall(city, c, two.did, thuan_hoa);
  sync_all(city, {&c, &two.a, &two.b});
  REQUIRE_FALSE(holds(two.a, last));
  const bool ours_goes = GENERATE(true, false);
  must(city.centre->merge_unit(ours_goes ? vyda : thuan_hoa, ours_goes ? thuan_hoa : vyda, "sáp nhập", city.now.wall));
  sync_all(city, {&two.a, &two.b});
  CHECK(reads(two.b, last));
  CHECK(reads(two.a, last));
  const auto noted = save(city, two.b, edit(two.did, {note("later")}));
  sync_all(city, {&two.b, &two.a});
  CHECK(reads(two.a, noted));
  check_sound(city, {&two.a, &two.b, &c});
}

TEST_CASE("units that cannot become one, or are there already, are refused and change nothing") {
  City city;
  auto pc = city.enrol(vyda, 1);
  const auto entries = city.policy().size();
  const auto& now = city.now.wall;
  CHECK(city.centre->merge_unit("W-NOWHERE", vyda, "r", now).error().fault == Fault::not_found);
  CHECK(city.centre->merge_unit(vyda, "W-NOWHERE", "r", now).error().fault == Fault::not_found);
  CHECK(city.centre->merge_unit(vyda, vyda, "r", now).error().fault == Fault::invalid);
  CHECK(city.centre->merge_unit(vyda, thuan_hoa, "a\x1b[2J", now).error().fault == Fault::invalid);
  CHECK(city.centre->renew_seed("W-NOWHERE", now).error().fault == Fault::not_found);
  policy::Unit unit{vyda, "Phường", "Ward", "ward", "", "", 0, {}};
  CHECK(city.centre->add_unit(unit, now).error().fault == Fault::invalid);
  unit.code = "W-NEW";
  unit.parent = "W-NOWHERE";
  CHECK(city.centre->add_unit(unit, now).error().fault == Fault::not_found);
  CHECK(city.policy().size() == entries);
  must(city.centre->merge_unit(vyda, thuan_hoa, "r", now));
  CHECK(city.centre->merge_unit(vyda, tu_phap, "r", now).error().fault == Fault::invalid);
  CHECK(city.centre->merge_unit(thuan_hoa, vyda, "r", now).error().fault == Fault::invalid);
  unit.parent = thuan_hoa;
  must(city.centre->add_unit(unit, now));
  auto new_pc = city.enrol("W-NEW", 9);
  sync(city, pc);
  const auto did = save(city, pc, sample_dossier("H57-1", "A")).did;
  (void)offer(city, pc, did, "W-NEW");
  sync_all(city, {&pc, &new_pc});
  CHECK(has(new_pc, did));
}

}  // namespace ward::test
