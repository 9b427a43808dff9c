#include "protocol/audit/audit.hpp"
#include "storage/dossiers.hpp"
#include "storage/segments.hpp"
#include "tests/storage/city.hpp"

#include <catch2/catch.hpp>

/// Data files that are not what they were: restored from a copy, copied to another machine, or gone at the centre.
namespace ward::test {
namespace {

void copy_file(const std::string& from, const std::string& to) {
  for (const auto* end : {"", "-wal"}) {
    std::filesystem::remove(to + end);
    if (std::filesystem::exists(from + end)) std::filesystem::copy_file(from + end, to + end);
  }
}

/// The file as it is now, to be put back later.
struct Copy {
  explicit Copy(Pc& pc) : path(pc.path + ".copy") {
    pc->store().db.checkpoint();
    copy_file(pc.path, path);
  }
  void put_back(Pc& pc) const {
    pc.store.reset();
    copy_file(path, pc.path);
    pc.reopen();
  }
  std::string path;
};

std::size_t forks(storage::Store& store) {
  return must(store.db.read("forks", [&]() -> Result<std::size_t> {
    auto found = store.db.query("SELECT count(*) FROM (SELECT 1 FROM record GROUP BY writer, seq HAVING count(*) > 1)");
    return found.step() ? static_cast<std::size_t>(found.number(0)) : 0;
  }));
}

void check_all_agree(City& city, const std::vector<Pc*>& pcs) {
  const auto wanted = all_states(city.centre->store());
  CHECK(must(storage::verify_store(city.centre->store())).damage == std::vector<std::string>{});
  for (auto* pc : pcs) {
    CHECK(all_states((*pc)->store()) == wanted);
    CHECK(must((*pc)->report(city.now)).queue_records == 0);
    CHECK_FALSE(must((*pc)->report(city.now)).restored);
    CHECK(must(storage::verify_store((*pc)->store())).damage == std::vector<std::string>{});
  }
}

WallTime copied(City& city) { return must(city.centre->devices()).front().copied; }

std::int64_t notes_of(storage::Store& store, audit::Kind kind) {
  auto found = store.db.query("SELECT count(*) FROM audit WHERE kind = ?");
  found.bind(static_cast<std::int64_t>(kind));
  return found.step() ? found.number(0) : 0;
}

/// Another machine with a copy of this one's disk, both started.
Pc twin_of(Pc& pc) {
  pc->store().db.checkpoint();
  Pc twin{pc.path + ".twin", must(storage::WardKeys::decode(pc.keys.encode())), 77, std::nullopt, nullptr};
  copy_file(pc.path, twin.path);
  pc.reopen();
  twin.reopen();
  return twin;
}

}  // namespace

TEST_CASE("a PC that was restored from an older copy becomes a branch and gets back what the copy lacks") {
  City city;
  auto first = city.enrol("W-VYDA", 1);
  auto second = city.enrol("W-VYDA", 2);
  const auto did = save(city, first, sample_dossier("H57-1", "Nguyễn Ngọc Linh")).did;
  sync(city, first);

  SECTION("copied when everything was sent") {
    const Copy copy(first);
    (void)save(city, first, edit(did, {set("SoDienThoai", "1")}));
    sync(city, first);
    copy.put_back(first);
  }
  SECTION("copied while the daemon was down, lost after its next start") {
    const Copy copy(first);
    first.reopen();
    (void)save(city, first, edit(did, {set("SoDienThoai", "1")}));
    (void)save(city, first, sample_dossier("H57-2", "B"));
    sync(city, first);
    copy.put_back(first);
  }
  SECTION("copied while changes waited that were sent later, cut otherwise") {
    for (int i = 0; i < 7; ++i) (void)save(city, first, edit(did, {set("SoDienThoai", std::to_string(i))}));
    const Copy copy(first);
    (void)save(city, first, edit(did, {set("GhiChu", "after the copy")}));
    sync(city, first);
    copy.put_back(first);
    // The copy cuts what waits in its own way before it hears of the other.
    REQUIRE(must(first->read_outbox({4, 4, false}, city.now)).rows.size() == 2);
  }
  SECTION("copied while changes waited of which some were sent later") {
    for (int i = 0; i < 7; ++i) (void)save(city, first, edit(did, {set("SoDienThoai", std::to_string(i))}));
    const Copy copy(first);
    Link link(city, first);
    REQUIRE(link.greet());
    REQUIRE(link.push(1, 4));
    copy.put_back(first);
    REQUIRE(must(first->read_outbox({4, 16, false}, city.now)).rows.size() == 1);
  }
  (void)save(city, first, edit(did, {set("Email", "a@b.vn")}));
  sync(city, first);
  sync(city, second);
  sync(city, first);
  CHECK(shown(first->store(), did, "Email") == "a@b.vn");
  CHECK(forks(first->store()) == 0);
  CHECK(forks(city.centre->store()) == 0);
  check_all_agree(city, {&first, &second});
  CHECK(must(first->progress(city.now)).alarm.empty());
  CHECK(copied(city).ms == 0);
}

TEST_CASE("a restored PC that only reads gets back what the copy lacks too") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  const auto did = save(city, pc, sample_dossier("H57-1", "A")).did;
  sync(city, pc);
  const Copy copy(pc);
  pc.reopen();
  (void)save(city, pc, edit(did, {set("SoDienThoai", "1")}));
  sync(city, pc);
  copy.put_back(pc);
  sync(city, pc);
  CHECK(shown(pc->store(), did, "SoDienThoai") == "1");
  check_all_agree(city, {&pc});
}

TEST_CASE("two machines that run copies of one file are branches that converge") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  const auto did = save(city, pc, sample_dossier("H57-1", "A")).did;
  sync(city, pc);
  auto twin = twin_of(pc);
  (void)save(city, pc, edit(did, {set("SoDienThoai", "1")}));
  (void)save(city, twin, edit(did, {set("Email", "2")}));
  for (int round = 0; round < 3; ++round) {
    sync(city, pc);
    sync(city, twin);
  }
  CHECK(shown(pc->store(), did, "Email") == "2");
  CHECK(shown(twin->store(), did, "SoDienThoai") == "1");
  check_all_agree(city, {&pc, &twin});
  SECTION("one that is stopped then is a disk that was exchanged") {
    CHECK(copied(city).ms == 0);
    pc.reopen();
    (void)save(city, pc, edit(did, {set("Email", "3")}));
    sync(city, pc);
    CHECK(copied(city).ms == 0);
  }
  SECTION("both that go on are noted, with one entry in the audit log") {
    for (int round = 0; round < 3; ++round) {
      for (auto* one : {&pc, &twin}) {
        city.pass(std::chrono::seconds(1));
        (void)save(city, *one, edit(did, {set("Email", std::to_string(round))}));
        sync(city, *one);
      }
    }
    CHECK(copied(city).ms != 0);
    CHECK(notes_of(city.centre->store(), audit::Kind::copy_found) == 1);
  }
}

TEST_CASE("what a copy wrote between a call of this PC and its next push is fetched all the same") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  const auto did = save(city, pc, sample_dossier("H57-1", "A")).did;
  sync(city, pc);
  auto twin = twin_of(pc);
  Link link(city, pc);
  REQUIRE(link.greet());
  (void)save(city, twin, edit(did, {set("Email", "2")}));
  sync(city, twin);
  (void)save(city, pc, edit(did, {set("SoDienThoai", "1")}));
  while (link.push()) {
  }
  pc.reopen();
  (void)save(city, pc, edit(did, {set("SoDienThoai", "3")}));
  for (int round = 0; round < 3; ++round) {
    sync(city, pc);
    sync(city, twin);
  }
  CHECK(shown(pc->store(), did, "Email") == "2");
  check_all_agree(city, {&pc, &twin});
}

TEST_CASE("what a copy wrote before this PC's first segment is fetched though the answer to that was lost") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  auto twin = twin_of(pc);
  const auto did = save(city, twin, sample_dossier("H57-1", "A")).did;
  sync(city, twin);
  (void)save(city, pc, sample_dossier("H57-2", "B"));
  {
    Link link(city, pc);
    link.lose_receipts = true;
    link.greet();
    link.push();
  }
  SECTION("and it is sent again with the greeting") {}
  SECTION("and it wrote more meanwhile") {
    pc.reopen();
    for (int i = 0; i < 8; ++i) (void)save(city, pc, sample_dossier("H57-more-" + std::to_string(i), "C"));
  }
  for (int round = 0; round < 3; ++round) {
    sync(city, pc);
    sync(city, twin);
  }
  CHECK(shown(pc->store(), did, "ChuHoSo") == "A");
  check_all_agree(city, {&pc, &twin});
}

TEST_CASE("a machine that was copied while it ran gives one number to two records: both are kept, neither merges, and the rest goes on") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  const auto did = save(city, pc, sample_dossier("H57-1", "A")).did;
  sync(city, pc);
  // The copy wakes up with the incarnation in its memory: what only a snapshot of a running machine can do. Of three records two are the
  // same.
  for (int i = 0; i < 3; ++i) (void)save(city, pc, edit(did, {set("SoDienThoai", std::to_string(i))}));
  const auto before = must(pc->read_outbox({1, 256, true}, city.now)).rows.front();
  REQUIRE(before.rows.size() == 3);
  sync(city, pc);
  auto forged = before;
  std::get<segment::SealedRow>(forged.rows.back()).record.body.front() ^= 1;
  std::vector<Rid> rids;
  for (const auto& row : forged.rows) rids.push_back(record::rid_of(std::get<segment::SealedRow>(row).record));
  forged.statement.statement.root = segment::root_of(rids);
  forged.statement = segment::sign(forged.statement.statement, city.centre->store().org, pc.keys.device.sign);
  const auto answer = must(city.centre->admit({pc->membership().device, {forged}, city.now.wall}));
  REQUIRE(answer.refused.size() == 1);
  CHECK(answer.refused.front().fault == Fault::fork);
  CHECK(forks(city.centre->store()) == 1);
  while (must(city.centre->apply_pending(10))) {
  }
  CHECK(must(storage::show_dossier(city.centre->store(), did)).standing.phase == storage::DossierPhase::needs_you);
  CHECK(shown(city.centre->store(), did, "SoDienThoai") == "1");
  CHECK(city.centre->log_view(city.now.wall).applied_exceptions == std::vector{did});
  // Told again it is refused again, and takes no new place in the log.
  const auto size = answer.log.size;
  CHECK(must(city.centre->admit({pc->membership().device, {forged}, city.now.wall})).log.size == size);

  auto second = city.enrol("W-VYDA", 2);
  sync(city, second);
  CHECK(forks(second->store()) == 1);
  CHECK(all_states(second->store()) == all_states(city.centre->store()));
  CHECK(must(storage::verify_store(second->store())).damage == std::vector<std::string>{});
  CHECK(must(storage::verify_store(city.centre->store())).damage == std::vector<std::string>{});
  // The PC goes on, and what it writes elsewhere merges.
  const auto other = save(city, pc, sample_dossier("H57-2", "B")).did;
  sync(city, pc);
  sync(city, second);
  CHECK(shown(second->store(), other, "ChuHoSo") == "B");
}

TEST_CASE("a centre that was restored from a copy is filled again by the wards") {
  City city;
  auto first = city.enrol("W-VYDA", 1);
  auto second = city.enrol("W-VYDA", 2);
  const auto did = save(city, first, sample_dossier("H57-1", "A")).did;
  sync(city, first);
  sync(city, second);
  city.centre->store().db.checkpoint();
  copy_file(city.dir.file("centre.db"), city.dir.file("centre.copy"));

  const auto later = save(city, second, sample_dossier("H57-2", "B")).did;
  sync(city, second);
  sync(city, first);
  // Of a dossier whose beginning the copy does not have.
  (void)save(city, first, edit(later, {set("SoDienThoai", "1")}));
  sync(city, first);
  sync(city, second);
  REQUIRE(shown(second->store(), later, "SoDienThoai") == "1");

  city.centre.reset();
  copy_file(city.dir.file("centre.copy"), city.dir.file("centre.db"));
  {
    // A restore draws a new incarnation of the centre.
    auto db = must(storage::Database::open(city.dir.file("centre.db"), storage::OpenMode::read_write));
    must(db.transact("restore", [&]() -> Result<void> {
      db.run("DELETE FROM meta WHERE name = 'centre'");
      return {};
    }));
  }
  city.reopen_centre();
  REQUIRE(storage::show_dossier(city.centre->store(), later).has_error());

  Link link(city, first);
  link.run();
  CHECK(must(storage::show_dossier(first->store(), later)).standing.phase == storage::DossierPhase::on_this_pc);
  sync(city, second);
  sync(city, first);
  sync(city, second);
  (void)save(city, second, edit(did, {set("Email", "e")}));
  sync(city, second);
  sync(city, first);
  CHECK(shown(first->store(), did, "Email") == "e");
  check_all_agree(city, {&first, &second});
  CHECK(must(first->progress(city.now)).alarm.empty());
  CHECK(must(storage::show_dossier(first->store(), later)).standing.phase == storage::DossierPhase::applied);
}

TEST_CASE("a centre that goes back without a new incarnation raises an alarm, and nothing is taken back for it") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  const auto did = save(city, pc, sample_dossier("H57-1", "A")).did;
  sync(city, pc);
  city.centre->store().db.checkpoint();
  copy_file(city.dir.file("centre.db"), city.dir.file("centre.copy"));
  (void)save(city, pc, edit(did, {set("SoDienThoai", "1")}));
  sync(city, pc);
  const auto through = must(pc->progress(city.now)).receipted_through;
  city.centre.reset();
  copy_file(city.dir.file("centre.copy"), city.dir.file("centre.db"));
  city.reopen_centre();
  sync(city, pc);
  CHECK(must(pc->progress(city.now)).alarm == "rollback");
  CHECK(must(pc->progress(city.now)).receipted_through == through);
  CHECK(must(pc->report(city.now)).quarantined == 1);
}

TEST_CASE("a centre that signs two histories, or takes back what it signed, is an alarm that stays") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  (void)save(city, pc, sample_dossier("H57-1", "A"));
  sync(city, pc);
  const auto read = must(city.centre->read_peer({crypto::public_of(pc.keys.device.noise), {}}, city.now.wall));
  const auto& known = std::get<engine::centre::PeerRead::Known>(read.peer);
  const auto signs = [&](std::uint64_t size, const Hash& root) {
    city.pass(std::chrono::seconds(1));
    const log::Receipt receipt{
        city.centre->store().org, log::Role::registry, known.log.centre, size, root, city.now.wall, 0, known.device, known.heads};
    const engine::agent::StoreReceipt stored{{receipt, {}, {}, known.log.policy_count}, city.now};
    (void)must(pc->store_receipt(stored, city.now));
    return must(pc->progress(city.now)).alarm;
  };
  CHECK(signs(known.log.size, known.log.root).empty());
  CHECK(signs(known.log.size + 1, made<Hash>(7)).empty());
  SECTION("two roots for one size") {
    CHECK(signs(known.log.size + 1, made<Hash>(8)) == "two_faces");
    CHECK(signs(known.log.size + 2, made<Hash>(9)) == "two_faces");
  }
  SECTION("a log that became shorter") {
    CHECK(signs(known.log.size, known.log.root) == "rollback");
    CHECK(signs(known.log.size + 2, made<Hash>(9)) == "rollback");
  }
}

TEST_CASE("a second policy entry with one epoch is an alarm at the ward, and is not taken") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  const auto& log = pc->store().policy;
  const auto says = [&](const char* address) {
    auto entry = log.next(policy::Addresses{{address}}, log.entries().back().from_index, city.now.wall);
    policy::sign(entry, log.org(), *city.keys.operations);
    return entry;
  };
  const auto one = says("a.example:7400"), other = says("b.example:7400");
  (void)must(pc->store_policy({{one}}, city.now));
  CHECK(must(pc->progress(city.now)).alarm.empty());
  auto forged = other;
  forged.signature = one.signature;
  CHECK(pc->store_policy({{forged}}, city.now).error().fault == Fault::bad_signature);
  CHECK(must(pc->progress(city.now)).alarm.empty());
  CHECK(pc->store_policy({{other}}, city.now).error().fault == Fault::fork);
  CHECK(must(pc->progress(city.now)).alarm == "two_faces");
  CHECK(log.entries().back() == one);
  CHECK(must(storage::verify_store(pc->store())).damage.empty());
}

}  // namespace ward::test
