#include "storage/audit.hpp"

#include "storage/dossiers.hpp"
#include "tests/storage/city.hpp"

#include <catch2/catch.hpp>

using namespace ward;
using namespace ward::test;
using audit::Kind;
using storage::Act;

namespace {

/// In place of the file beside the database.
storage::Beside held_in(std::shared_ptr<std::optional<Bytes>> held) {
  return {[held] { return Result<std::optional<Bytes>>(*held); },
          [held](BytesView bytes) {
            *held = copy(bytes);
            return Result<void>{};
          }};
}

struct Site {
  City city;
  Pc pc = city.enrol("W-VYDA", 11);
  std::shared_ptr<std::optional<Bytes>> beside = std::make_shared<std::optional<Bytes>>();

  storage::Store& store() { return pc->store(); }
  Act act(Kind kind, std::string detail = {}) { return {kind, city.now.wall, true, "lan", "W-VYDA", std::move(detail)}; }
  void keep() { must(storage::keep_audit_by(store(), held_in(beside), act(Kind::begun))); }
  void note(Kind kind, std::string detail = {}) { must(storage::note_alone(store(), act(kind, std::move(detail)))); }
  std::vector<audit::Entry> entries(std::optional<Kind> kind = {}) {
    return must(storage::read_audit(store(), {kind, {}, {}, 500})).entries;
  }
  std::vector<std::string> damage() { return must(storage::verify_store(store())).damage; }
};

}  // namespace

TEST_CASE("audit log: what was noted is read back, the newest first, by kind, day and page, and an export of it verifies") {
  Site site;
  site.keep();
  for (int i = 0; i < 5; ++i) {
    site.city.pass(std::chrono::hours(1));
    site.note(i % 2 == 0 ? Kind::sync_paused : Kind::sync_resumed, std::to_string(i));
  }
  const auto all = site.entries();
  REQUIRE(all.size() == 6);
  CHECK(all.back().kind == static_cast<std::uint64_t>(Kind::begun));
  CHECK(all.front().detail == "4");
  CHECK(site.entries(Kind::sync_paused).size() == 3);
  CHECK(must(storage::read_audit(site.store(), {{}, site.city.now.wall, {}, 500})).entries.size() == 1);
  auto page = must(storage::read_audit(site.store(), {{}, {}, {}, 4}));
  CHECK(page.entries.size() == 4);
  page = must(storage::read_audit(site.store(), {{}, {}, page.next, 4}));
  CHECK(page.entries.size() == 2);
  CHECK(page.next.empty());
  for (const auto from : {0U, 3U}) {
    const auto exported =
        must(storage::export_audit(site.store(), from, site.pc->membership().device, site.pc.keys.device.sign, site.city.now.wall));
    const auto verdict = audit::check(exported, crypto::public_of(site.city.root));
    REQUIRE(verdict.has_value());
    CHECK(verdict->entries.size() == 6 - from);
  }
  CHECK(storage::export_audit(site.store(), 6, {}, site.pc.keys.device.sign, site.city.now.wall).has_error());
  CHECK(site.damage().empty());
}

TEST_CASE("audit log: text that is too long or no line is cut to what an entry holds") {
  Site site;
  std::string longest;
  while (longest.size() < 400) longest += "ệ";
  site.note(Kind::alarm, longest);
  site.note(Kind::alarm, "một\nhai\tba");
  const auto entries = site.entries();
  CHECK(entries[1].detail.size() <= audit::text_bytes_max);
  CHECK(entries[1].detail.size() % 3 == 0);
  CHECK(entries[0].detail == "một hai ba");
  auto early = site.act(Kind::alarm);
  early.at = {-5};
  must(storage::note_alone(site.store(), early));
  CHECK(site.entries().front().at.ms == 0);
}

TEST_CASE("audit log: an act and its entry are stored together, or neither is") {
  Site site;
  const auto failed = site.store().db.transact("fails", [&]() -> Result<void> {
    storage::note_act(site.store(), site.act(Kind::alarm));
    return fail(Fault::invalid, "for a test");
  });
  CHECK(failed.has_error());
  CHECK(site.entries().empty());
}

TEST_CASE("audit log: any change of a stored entry is found by verifying") {
  Site site;
  site.keep();
  for (int i = 0; i < 4; ++i) site.note(Kind::sync_paused, std::to_string(i));
  REQUIRE(site.damage().empty());
  const char* sql = nullptr;
  SECTION("changed") { sql = "UPDATE audit SET entry = x'0100' WHERE number = 2"; }
  SECTION("left out") { sql = "DELETE FROM audit WHERE number = 2"; }
  SECTION("moved") { sql = "UPDATE audit SET entry = (SELECT entry FROM audit WHERE number = 1) WHERE number = 2"; }
  SECTION("put in") { sql = "INSERT INTO audit SELECT 9, kind, at_ms, entry, hash FROM audit WHERE number = 2"; }
  SECTION("its time in the row") { sql = "UPDATE audit SET at_ms = 1 WHERE number = 2"; }
  SECTION("its hash") { sql = "UPDATE audit SET hash = zeroblob(32) WHERE number = 2"; }
  must(site.store().db.transact("tamper", [&]() -> Result<void> {
    site.store().db.run(sql);
    return {};
  }));
  CHECK(!site.damage().empty());
}

TEST_CASE("audit log: an older database that is put back is noticed by what lies beside it") {
  Site site;
  site.keep();
  site.note(Kind::sync_paused);
  must(storage::keep_audit_end(site.store()));
  must(site.store().db.copy_to(site.pc.path + ".copy"));
  site.note(Kind::sync_resumed);
  site.note(Kind::sync_paused);
  must(storage::keep_audit_end(site.store()));
  site.pc.store.reset();
  for (const auto* end : {"", "-wal", "-shm"}) std::filesystem::remove(site.pc.path + end);
  std::filesystem::copy_file(site.pc.path + ".copy", site.pc.path);
  site.pc.reopen();
  site.keep();
  REQUIRE(site.entries(Kind::log_broken).size() == 1);
  CHECK(site.entries(Kind::log_broken).front().detail.find("shorter") != std::string::npos);
  // Said once: from here on the log goes on.
  site.note(Kind::sync_paused);
  must(storage::keep_audit_end(site.store()));
  site.pc.reopen();
  site.keep();
  CHECK(site.entries(Kind::log_broken).size() == 1);
  CHECK(site.damage().empty());
}

TEST_CASE("audit log: another log, or nothing beside the database, is noticed; a crash before the end was kept is not mistaken for it") {
  Site site;
  site.keep();
  site.note(Kind::sync_paused);  // and then the power goes: the end was not kept
  site.pc.reopen();
  site.keep();
  CHECK(site.entries(Kind::log_broken).empty());
  SECTION("gone") { site.beside->reset(); }
  SECTION("torn") { *site.beside = Bytes(7, 1); }
  SECTION("another") {
    must(site.store().db.transact("tamper", [&]() -> Result<void> {
      site.store().db.run("UPDATE audit SET hash = zeroblob(32) WHERE number = 1");
      return {};
    }));
  }
  site.pc.reopen();
  site.keep();
  CHECK(site.entries(Kind::log_broken).size() == 1);
}

TEST_CASE("audit log: a finding that could not be written down yet is found again at the next start") {
  Site site;
  site.keep();
  site.note(Kind::sync_paused);
  must(storage::keep_audit_end(site.store()));
  const auto before = *site.beside;
  must(site.store().db.transact("tamper", [&]() -> Result<void> {
    site.store().db.run("DELETE FROM audit WHERE number = 1");
    site.store().db.run("CREATE TRIGGER full BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'full'); END");
    return {};
  }));
  (void)storage::keep_audit_by(site.store(), held_in(site.beside), site.act(Kind::begun));
  must(storage::keep_audit_end(site.store()));
  CHECK(*site.beside == before);
  must(site.store().db.transact("mend", [&]() -> Result<void> {
    site.store().db.run("DROP TRIGGER full");
    return {};
  }));
  site.keep();
  CHECK(site.entries(Kind::log_broken).size() == 1);
}

TEST_CASE("audit log: a restored centre goes on with its log and is not taken for an old copy") {
  City city;
  auto beside = std::make_shared<std::optional<Bytes>>();
  auto& store = city.centre->store();
  must(storage::keep_audit_by(store, held_in(beside), {Kind::begun, city.now.wall, true, {}, {}, {}}));
  must(city.centre->become_restored(city.now.wall, true));
  must(storage::keep_audit_by(store, held_in(std::make_shared<std::optional<Bytes>>()), {Kind::begun, city.now.wall, true, {}, {}, {}}));
  const auto entries = must(storage::read_audit(store, {{}, {}, {}, 10})).entries;
  REQUIRE(entries.size() == 2);
  CHECK(entries[0].kind == static_cast<std::uint64_t>(Kind::restored));
}

TEST_CASE("audit log: the first write of a start, an approval by a ticket, and an alarm stand in it by themselves") {
  Site site;
  (void)save(site.city, site.pc, sample_dossier("1", "Nguyễn Văn A"));
  REQUIRE(site.entries(Kind::incarnation).size() == 1);
  CHECK(site.entries(Kind::incarnation).front().subject.size() == 32);
  const auto centre = must(storage::read_audit(site.city.centre->store(), {Kind::device_approved, {}, {}, 10})).entries;
  REQUIRE(centre.size() == 1);
  CHECK(centre.front().subject == hex(site.pc->membership().device.view()));
}
