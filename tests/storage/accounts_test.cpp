#include "tests/storage/journey.hpp"

/// People's accounts: who decides follows from the policy log, at each site alike.
namespace ward::test {
namespace {

using Standing = merge::HistoryEntry::Standing;
using policy::Role;

policy::Account account(const UnitCode& unit, const std::string& name, Role role) { return {unit, name, "", role, true, {}, ""}; }

void add(City& city, const policy::Account& wanted) { must(city.centre->add_account(wanted, city.now.wall)); }
void disable(City& city, const UnitCode& unit, const std::string& name) {
  auto ended = *city.centre->store().policy.account(unit, name);
  ended.enabled = false;
  ended.reason = "nghỉ việc";
  must(city.centre->change_account(ended, city.now.wall));
}

storage::Saved write_as(City& city, Pc& pc, const std::string& user, const Did& did, std::vector<record::Op> ops,
                        std::vector<Position> seen = {}) {
  auto change = edit(did, std::move(ops));
  change.change.user = user;
  change.change.seen = std::move(seen);
  return save(city, pc, change);
}

/// What became of the first operation of a change.
merge::HistoryEntry fate(storage::Store& store, const storage::Saved& saved) {
  for (auto& entry : must(storage::dossier_history(store, saved.did)))
    if (entry.said.op == OpId{saved.position, 0}) return entry;
  throw std::runtime_error("no such change is here");
}

/// Two decisions of one question that contradict each other: only a leader may decide now.
void quarrel(City& city, Pc& pc, const std::string& user, const Did& did) {
  const auto start = state_at(pc, did).version;
  for (const auto* name : {"An", "Ân"}) (void)write_as(city, pc, user, did, {set("ChuHoSo", std::string(name))}, start);
  const auto question = state_at(pc, did).version;
  for (const auto* name : {"An", "Ân"}) (void)write_as(city, pc, user, did, {set("ChuHoSo", std::string(name))}, question);
  REQUIRE(state_at(pc, did).conflicts.size() == 1);
  REQUIRE(state_at(pc, did).conflicts.front().decider.role == merge::Decider::Role::leader);
}

}  // namespace

TEST_CASE("accounts: what no account can be is refused, and leaves no entry") {
  City city;
  const auto entries = city.policy().size();
  const auto refused = [&](const policy::Account& wanted) { return fault_of(city.centre->add_account(wanted, city.now.wall)); };
  CHECK(refused(account("W-NONE", "lan", Role::clerk)) == Fault::not_found);
  CHECK(refused(account(vyda, "", Role::clerk)) == Fault::invalid);
  CHECK(refused(account(vyda, "lan\n", Role::clerk)) == Fault::invalid);
  CHECK(refused(account(vyda, std::string(limits::name_bytes_max + 1, 'a'), Role::clerk)) == Fault::invalid);
  CHECK(refused(account(vyda, "lan", Role::administrator)) == Fault::invalid);
  CHECK(fault_of(city.centre->change_account(account(vyda, "lan", Role::clerk), city.now.wall)) == Fault::not_found);
  CHECK(city.policy().size() == entries);
  auto lan = account(vyda, "lan", Role::clerk);
  lan.key = made<SignKey>(7);
  add(city, lan);
  CHECK(refused(lan) == Fault::invalid);
  auto thief = account(thuan_hoa, "hoa", Role::clerk);
  thief.key = lan.key;
  CHECK(refused(thief) == Fault::invalid);
  add(city, account(thuan_hoa, "lan", Role::clerk));  // another unit's Lan
  add(city, account("C-TTHCC", "quan", Role::administrator));
  CHECK(city.policy().size() == entries + 3);
  city.reopen_centre();
  CHECK(city.centre->store().policy.account(vyda, "lan")->key == lan.key);
}

TEST_CASE("accounts: until a unit has one everybody counts as its leader; then a clerk's decision is a proposal, a leader's a decision") {
  Two two;
  auto& city = two.city;
  quarrel(city, two.a, "an", two.did);
  const auto other = save(city, two.a, sample_dossier("H57-other", "B")).did;
  quarrel(city, two.a, "an", other);
  const auto before = write_as(city, two.a, "an", other, {set("ChuHoSo", "An")});
  sync_all(city, {&two.a, &two.a2});
  add(city, account(vyda, "an", Role::clerk));
  add(city, account(vyda, "lan", Role::leader));
  sync_all(city, {&two.a, &two.a2});
  CHECK(fate(city.centre->store(), before).standing == Standing::shown);  // what was before stands
  const auto by_clerk = write_as(city, two.a, "an", two.did, {set("ChuHoSo", "An")});
  const auto by_stranger = write_as(city, two.a2, "ai do", two.did, {set("ChuHoSo", "An")});
  sync_all(city, {&two.a, &two.a2});
  for (auto* store : {&city.centre->store(), &two.a->store(), &two.a2->store()})
    for (const auto& one : {by_clerk, by_stranger}) {
      CHECK(fate(*store, one).standing == Standing::proposed);
      CHECK(fate(*store, one).why == merge::Refusal::not_the_decider);
    }
  const auto by_leader = write_as(city, two.a2, "lan", two.did, {set("ChuHoSo", "Ân")});
  sync_all(city, {&two.a2, &two.a});
  for (auto* store : {&city.centre->store(), &two.a->store()}) {
    CHECK(fate(*store, by_leader).standing == Standing::shown);
    CHECK(shown(*store, two.did, "ChuHoSo") == "Ân");
  }
  check_same(city, two.did, {&two.a, &two.a2});
  check_sound(city, {&two.a, &two.a2});
}

TEST_CASE("accounts: what a user wrote before his account ended applies, later edits wait for an approval, later acts for a leader") {
  Two two;
  auto& city = two.city;
  add(city, account(vyda, "an", Role::clerk));
  add(city, account(vyda, "lan", Role::leader));
  sync_all(city, {&two.a, &two.a2});
  const auto in_time = write_as(city, two.a, "an", two.did, {set("SoDienThoai", "0905000111")});
  sync(city, two.a);
  disable(city, vyda, "an");
  // This PC has not heard of it.
  const auto late = write_as(city, two.a, "an", two.did, {set("SoDienThoai", "0905000222")});
  const auto act = write_as(city, two.a, "an", two.did, {merge::status("8")});
  const auto of_another = write_as(city, two.a, "lan", two.did, {set("DiaChiChuHoSo", "1 Lê Lợi")});
  CHECK(fate(two.a->store(), late).standing == Standing::shown);
  sync_all(city, {&two.a, &two.a2});
  for (auto* store : {&city.centre->store(), &two.a->store(), &two.a2->store()}) {
    CHECK(fate(*store, in_time).standing == Standing::shown);
    CHECK(shown(*store, two.did, "SoDienThoai") == "0905000111");
    CHECK(fate(*store, late).standing == Standing::proposed);
    CHECK(fate(*store, late).why == merge::Refusal::disabled_user);
    CHECK(fate(*store, act).standing == Standing::not_applied);
    CHECK(fate(*store, act).why == merge::Refusal::disabled_user);
    CHECK(fate(*store, of_another).standing == Standing::shown);
    const auto state = state_at(*store, two.did);
    REQUIRE(state.conflicts.size() == 1);
    CHECK(state.conflicts.front().kind == merge::ConflictKind::act_by_revoked_user);
    CHECK(state.conflicts.front().decider.role == merge::Decider::Role::leader);
    CHECK(state.waiting == 0);
  }
  auto approval = edit(two.did, {merge::approve(state_at(two.a2, two.did).proposals.front())});
  approval.change.user = "lan";
  (void)save(city, two.a2, approval);
  sync_all(city, {&two.a2, &two.a});
  CHECK(shown(city.centre->store(), two.did, "SoDienThoai") == "0905000222");
  check_same(city, two.did, {&two.a, &two.a2});
  SECTION("one whose account stands again goes on") {
    auto again = *city.centre->store().policy.account(vyda, "an");
    again.enabled = true;
    must(city.centre->change_account(again, city.now.wall));
    const auto back = write_as(city, two.a, "an", two.did, {set("SoDienThoai", "0905000333")});
    sync_all(city, {&two.a, &two.a2});
    CHECK(fate(city.centre->store(), back).standing == Standing::shown);
    CHECK(fate(city.centre->store(), late).standing != Standing::proposed);  // it was approved
    CHECK(fate(city.centre->store(), act).why == merge::Refusal::disabled_user);
    check_same(city, two.did, {&two.a, &two.a2});
  }
  check_sound(city, {&two.a, &two.a2});
}

TEST_CASE("accounts: a technician and an auditor change no dossier, whatever program they use") {
  Two two;
  auto& city = two.city;
  const auto role = GENERATE(Role::technician, Role::auditor);
  add(city, account(vyda, "an", role));
  const auto written = write_as(city, two.a, "an", two.did, {set("SoDienThoai", "0905000222")});
  sync_all(city, {&two.a, &two.a2});
  CHECK(fate(city.centre->store(), written).why == merge::Refusal::disabled_user);
  check_same(city, two.did, {&two.a, &two.a2});
}

TEST_CASE("accounts: competing units have deciders of their own; another unit's leader leads nothing here") {
  Two two;
  auto& city = two.city;
  add(city, account(vyda, "an", Role::clerk));
  add(city, account(thuan_hoa, "lan", Role::leader));
  quarrel(city, two.a, "an", two.did);
  sync_all(city, {&two.a, &two.a2});
  const auto by_stranger = write_as(city, two.a, "lan", two.did, {set("ChuHoSo", "An")});
  sync_all(city, {&two.a, &two.a2});
  CHECK(fate(city.centre->store(), by_stranger).why == merge::Refusal::not_the_decider);
  check_same(city, two.did, {&two.a, &two.a2});
}

}  // namespace ward::test
