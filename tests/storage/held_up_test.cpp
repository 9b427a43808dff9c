#include "storage/held_up.hpp"

#include "storage/dossiers.hpp"
#include "tests/storage/city.hpp"

#include <catch2/catch.hpp>

/// Why a change that came does not merge yet, for people.
namespace ward::test {
namespace {

using storage::HeldUpBy;

/// One dossier at a centre, and records of a PC beside those that it sent.
struct Stuck {
  Stuck() {
    saved = save(city, pc, sample_dossier("H57-1", "Nguyễn Ngọc Linh"));
    sync(city, pc);
  }

  storage::Store& store() { return city.centre->store(); }

  /// A record as its PC could have written it.
  record::Sealed made_by(Seq seq, const std::vector<Position>& seen) {
    record::Header header;
    header.position = {pc->membership().device, made<Incarnation>(7), seq};
    header.type = record::Type::change;
    header.did = saved.did;
    header.hlc = Hlc::at(city.now.wall);
    const record::Change change{"lan", seen, {set("GhiChu", std::to_string(seq))}, {}, {}};
    return in_store([&] {
      const auto key = storage::key_of_dossier(store(), storage::find_dossier_row(store(), saved.did));
      return record::seal(header, record::encode_change(change, header.position), *storage::find_key(store(), *key), store().org);
    });
  }
  void put(const record::Sealed& sealed) {
    in_store([&] {
      const auto& at = sealed.header.position;
      const segment::Verified verified{sealed, record::body_hash_of(sealed.body), record::rid_of(sealed), 0};
      (void)storage::put_record(store(), verified, storage::writer_row(store(), at.device, at.incarnation), 0, city.now.wall);
      storage::mark_dirty(store(), storage::find_dossier_row(store(), saved.did), 0);
      return 0;
    });
  }
  void put(Seq seq, const std::vector<Position>& seen) { put(made_by(seq, seen)); }
  Position at(Seq seq) { return {pc->membership().device, made<Incarnation>(7), seq}; }

  storage::HeldUpPage listed(const std::string& after = {}, std::size_t limit = 10) {
    while (must(city.centre->apply_pending(100))) {
    }
    return must(storage::list_held_up(store(), after, limit));
  }
  /// Of the first change that waits.
  storage::HeldUp first() {
    const auto page = listed();
    REQUIRE(page.dossiers.size() == 1);
    CHECK(page.dossiers[0].did == saved.did);
    CHECK(page.dossiers[0].count == page.dossiers[0].changes.size());
    return page.dossiers[0].changes.front();
  }

  template <class Work>
  auto in_store(Work&& work) -> decltype(work()) {
    return must(store().db.transact("test", [&]() -> Result<decltype(work())> { return work(); }));
  }

  City city;
  Pc pc = city.enrol("W-VYDA", 1);
  storage::Saved saved;
};

}  // namespace

TEST_CASE("held up: nothing, while all is there") {
  Stuck s;
  CHECK(s.listed().dossiers.empty());
  s.put(0, {s.saved.position});
  CHECK(s.listed().dossiers.empty());
}

TEST_CASE("held up: by what is missing, which is named, and behind one that waits") {
  Stuck s;
  s.put(1, {s.at(0)});
  auto first = s.first();
  CHECK(first.why == HeldUpBy::no_past);
  CHECK(first.missing == s.at(0));
  CHECK(first.unit == "W-VYDA");
  CHECK(first.position == s.at(1));
  s.put(2, {s.at(1)});
  const auto second = s.listed().dossiers[0].changes.at(1);
  CHECK(second.why == HeldUpBy::behind);
  CHECK(second.missing == s.at(1));
  s.put(0, {s.saved.position});
  CHECK(s.listed().dossiers.empty());
}

TEST_CASE("held up: by a beginning that is not here") {
  Stuck s;
  SECTION("of its dossier") {
    s.in_store([&] {
      s.store().db.query("DELETE FROM record WHERE dossier IS NOT NULL").run();
      return 0;
    });
    s.put(0, {s.saved.position});
    CHECK(s.first().missing == s.saved.position);
  }
  SECTION("that it claims to be") { s.put(0, {}); }
  CHECK(s.first().why == HeldUpBy::no_beginning);
}

TEST_CASE("held up: in a circle, which no honest program writes") {
  Stuck s;
  s.put(0, {s.at(1)});
  s.put(1, {s.at(0)});
  s.put(2, {s.at(1)});
  const auto page = s.listed();
  for (const auto& one : page.dossiers.at(0).changes) CHECK(one.why == HeldUpBy::cycle);
}

TEST_CASE("held up: two records under one number") {
  Stuck s;
  s.put(0, {s.saved.position});
  s.city.pass(std::chrono::seconds(1));
  s.put(0, {s.saved.position});
  CHECK(s.first().why == HeldUpBy::fork);
}

TEST_CASE("held up: by a key, a version, or an entry of the policy log that is not here") {
  Stuck s;
  auto sealed = s.made_by(0, {s.saved.position});
  HeldUpBy wanted{};
  SECTION("key") {
    auto header = sealed.header;
    sealed = record::seal(header, Bytes(40, 1), made_secret<crypto::DossierKey>(3), s.store().org);
    wanted = HeldUpBy::no_key;
  }
  SECTION("what its writer signed does not open") {
    sealed.body.back() ^= 1U;
    wanted = HeldUpBy::unreadable;
  }
  SECTION("version or policy") {
    auto header = sealed.header;
    const bool newer = GENERATE(true, false);
    wanted = newer ? HeldUpBy::newer_version : HeldUpBy::no_policy;
    if (!newer) header.policy_epoch = s.store().policy.count();
    auto plain = record::encode_change({"lan", {s.saved.position}, {set("GhiChu", "1")}, {}, {}}, header.position);
    if (newer) plain[0] = 99;
    sealed = s.in_store([&] {
      const auto key = storage::key_of_dossier(s.store(), storage::find_dossier_row(s.store(), s.saved.did));
      return record::seal(header, plain, *storage::find_key(s.store(), *key), s.store().org);
    });
  }
  s.put(sealed);
  CHECK(std::string(storage::name_of(s.first().why)) == storage::name_of(wanted));
}

TEST_CASE("held up: a list in pages, and no cursor that was not given out") {
  Stuck s;
  s.put(1, {s.at(0)});
  const auto other = save(s.city, s.pc, sample_dossier("H57-2", "B"));
  sync(s.city, s.pc);
  s.saved = other;
  s.put(3, {s.at(2)});
  const auto first = s.listed("", 1);
  REQUIRE(first.dossiers.size() == 1);
  REQUIRE_FALSE(first.next.empty());
  const auto second = s.listed(first.next, 1);
  REQUIRE(second.dossiers.size() == 1);
  CHECK(second.dossiers[0].code == "H57-2");
  CHECK(second.next.empty());
  CHECK(storage::list_held_up(s.store(), "x", 1).error().fault == Fault::invalid);
}

}  // namespace ward::test
