#include "protocol/record/act.hpp"
#include "tests/storage/journey.hpp"

/// Officials' own signatures: whoever has a key signs his acts, and every site sees whether he did.
namespace ward::test {
namespace {

using Standing = merge::HistoryEntry::Standing;

crypto::SignSeed lans_key() { return made_secret<crypto::SignSeed>(0x31); }
crypto::SignSeed other_key() { return made_secret<crypto::SignSeed>(0x32); }

void give_key(City& city, const UnitCode& unit, const std::string& user, const crypto::SignSeed& key) {
  policy::Account account{unit, user, "", policy::Role::leader, true, crypto::public_of(key), ""};
  const bool there = city.centre->store().policy.account(unit, user) != nullptr;
  must(there ? city.centre->change_account(account, city.now.wall) : city.centre->add_account(account, city.now.wall));
}

storage::NewChange signed_with(crypto::SignSeed seed, const OrgId& org, storage::NewChange change) {
  const auto key = std::make_shared<crypto::SignSeed>(std::move(seed));
  change.sign = [key, org](const record::Change& stored, const storage::ActPlace& at) {
    return record::sign_act(stored, at.position, at.did, at.policy_epoch, at.past, org, *key);
  };
  return change;
}

merge::HistoryEntry fate(storage::Store& store, const storage::Saved& saved) {
  for (auto& entry : must(storage::dossier_history(store, saved.did)))
    if (entry.said.op == OpId{saved.position, 0}) return entry;
  throw std::runtime_error("no such change is here");
}

}  // namespace

TEST_CASE("signatures: a hand-over that both officials signed shows so in the slip, at every site") {
  Two two;
  auto& city = two.city;
  const auto org = city.centre->store().org;
  give_key(city, vyda, "lan", lans_key());
  give_key(city, thuan_hoa, "lan", other_key());
  sync_all(city, {&two.a, &two.a2, &two.b});
  const auto offered = save(city, two.a, signed_with(lans_key(), org, edit(two.did, {merge::offer(thuan_hoa)})));
  sync_all(city, {&two.a, &two.b});
  (void)save(city, two.b, signed_with(other_key(), org, edit(two.did, {merge::accept(pending(two.b, two.did, thuan_hoa))})));
  sync_all(city, {&two.b, &two.a, &two.a2});
  for (auto* store : {&city.centre->store(), &two.a->store(), &two.b->store()}) {
    const auto slip = state_at(*store, two.did).slip;
    REQUIRE(slip.size() == 2);
    CHECK(slip.back().given_signed);
    CHECK(slip.back().taken_signed);
    CHECK_FALSE(slip.front().taken_signed);
    CHECK(fate(*store, offered).said.is_signed);
  }
  check_same(city, two.did, {&two.b});
  check_sound(city, {&two.a, &two.a2, &two.b});
}

TEST_CASE("signatures: an act without one, with somebody else's key, or over other words does not apply, and is kept and shown") {
  Two two;
  auto& city = two.city;
  const auto org = city.centre->store().org;
  give_key(city, vyda, "lan", lans_key());
  give_key(city, thuan_hoa, "lan", other_key());
  sync_all(city, {&two.a, &two.a2});
  auto wanted = edit(two.did, {merge::offer(thuan_hoa)});
  SECTION("none") {}
  SECTION("somebody else's key") { wanted = signed_with(other_key(), org, std::move(wanted)); }
  SECTION("of another city") { wanted = signed_with(lans_key(), made<OrgId>(9), std::move(wanted)); }
  SECTION("bytes that are no signature") { wanted.change.act = {1, 2, 3}; }
  SECTION("over other words") {
    wanted.sign = [org](const record::Change& stored, const storage::ActPlace& at) {
      auto other = stored;
      other.reason = "khác";
      return record::sign_act(other, at.position, at.did, at.policy_epoch, at.past, org, lans_key());
    };
  }
  SECTION("of another moment") {
    wanted.sign = [org](const record::Change& stored, const storage::ActPlace& at) {
      auto before = at.position;
      --before.seq;
      return record::sign_act(stored, before, at.did, at.policy_epoch, at.past, org, lans_key());
    };
  }
  const auto forged = save(city, two.a, wanted);
  const auto beside = save(city, two.a, edit(two.did, {set("SoDienThoai", "0905000999")}));
  sync_all(city, {&two.a, &two.a2, &two.b});
  for (auto* store : {&city.centre->store(), &two.a->store(), &two.a2->store()}) {
    CHECK(fate(*store, forged).standing == Standing::not_applied);
    CHECK(fate(*store, forged).why == merge::Refusal::unsigned_act);
    CHECK_FALSE(fate(*store, forged).said.is_signed);
    CHECK(fate(*store, beside).standing == Standing::shown);  // it blocks nothing, and an edit needs no signature
    const auto state = state_at(*store, two.did);
    CHECK(state.custody.pending.empty());
    REQUIRE(state.conflicts.size() == 1);
    CHECK(state.conflicts.front().kind == merge::ConflictKind::refused_act);
    CHECK(state.waiting == 0);
  }
  CHECK_FALSE(has(two.b, two.did));
  check_same(city, two.did, {&two.a, &two.a2});
  check_sound(city, {&two.a, &two.a2});
}

TEST_CASE("signatures: a key that was replaced meanwhile is judged at the stamp") {
  Two two;
  auto& city = two.city;
  const auto org = city.centre->store().org;
  const auto before_any = save(city, two.a, edit(two.did, {merge::status("4")}));
  give_key(city, vyda, "lan", lans_key());
  sync_all(city, {&two.a, &two.a2});
  CHECK(fate(city.centre->store(), before_any).standing != Standing::not_applied);
  const auto in_time = save(city, two.a, signed_with(lans_key(), org, edit(two.did, {merge::status("8")})));
  sync(city, two.a);
  give_key(city, vyda, "lan", other_key());
  // This PC has not heard of the new key.
  const auto other = save(city, two.a2, sample_dossier("H57-2", "B"));
  const auto late = save(city, two.a2, signed_with(lans_key(), org, edit(other.did, {merge::status("8")})));
  CHECK(fate(two.a2->store(), late).standing == Standing::shown);
  sync_all(city, {&two.a2, &two.a});
  const auto with_new = save(city, two.a, signed_with(other_key(), org, edit(other.did, {merge::offer(thuan_hoa)})));
  sync_all(city, {&two.a, &two.a2});
  for (auto* store : {&city.centre->store(), &two.a->store(), &two.a2->store()}) {
    CHECK(fate(*store, in_time).standing == Standing::shown);
    CHECK(fate(*store, late).why == merge::Refusal::unsigned_act);
    CHECK(fate(*store, with_new).standing == Standing::shown);
    CHECK(shown(*store, two.did, "TrangThaiHoSo") == "8");
  }
  check_same(city, two.did, {&two.a, &two.a2});
  two.a.reopen();
  check_same(city, other.did, {&two.a, &two.a2});
}

TEST_CASE("signatures: the centre's own officials sign, too") {
  City city;
  const auto org = city.centre->store().org;
  give_key(city, "C-TTHCC", "quan", lans_key());
  auto made = sample_dossier("H57-C1", "A");
  made.change.user = "quan";
  const auto did = must(city.centre->save({made}, city.now)).front().did;
  const auto act = [&](const crypto::SignSeed* key) {
    auto change = edit(did, {merge::status("8")});
    change.change.user = "quan";
    if (key != nullptr) change = signed_with(key->clone(), org, std::move(change));
    city.pass(std::chrono::seconds(1));
    return must(city.centre->save({change}, city.now)).front();
  };
  CHECK(fate(city.centre->store(), act(nullptr)).why == merge::Refusal::unsigned_act);
  const auto own = lans_key();
  CHECK(fate(city.centre->store(), act(&own)).standing == Standing::shown);
}

}  // namespace ward::test
