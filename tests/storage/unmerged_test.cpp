#include "storage/dossiers.hpp"
#include "storage/inbox.hpp"
#include "tests/storage/city.hpp"

#include <catch2/catch.hpp>

/// Between a save and the merge of its dossier (docs/adr/0006).
namespace ward::test {
namespace {

std::int64_t unmerged(storage::Store& store) {
  return must(store.db.read("unmerged", [&]() -> Result<std::int64_t> {
    auto found = store.db.query("SELECT count(*) FROM dossier WHERE dirty > 0");
    return found.step() ? found.number(0) : 0;
  }));
}

void change(storage::Store& store, std::string_view sql) {
  must(store.db.transact("change", [&]() -> Result<void> {
    store.db.run(sql);
    return {};
  }));
}

void reopen_for_reading(Pc& pc) {
  pc.store.reset();
  pc.store.emplace(
      must(storage::WardStore::open(pc.path, must(storage::WardKeys::decode(pc.keys.encode())), seeded(9), storage::OpenMode::read_only)));
}

}  // namespace

TEST_CASE("a save is answered before its dossier is merged, and its code is known at once") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  const auto did = save(city, pc, sample_dossier("H57-1", "Nguyễn Ngọc Linh")).did;
  (void)save(city, pc, edit(did, {set("MaHoSo", "H57-9")}));
  CHECK(unmerged(pc->store()) == 1);
  CHECK(must(storage::find_dossier(pc->store(), "H57-1")) == did);
  CHECK(must(storage::find_dossier(pc->store(), "H57-9")) == did);
  CHECK(unmerged(pc->store()) == 1);
  CHECK(all_states(pc->store()).at(did).changes == 2);
  CHECK(unmerged(pc->store()) == 1);
  must(storage::settle(pc->store()));
  CHECK(unmerged(pc->store()) == 0);
  CHECK(must(storage::find_dossier(pc->store(), "H57-9")) == did);
}

TEST_CASE("whoever looks first sees what was saved") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  const auto did = save(city, pc, sample_dossier("H57-1", "Nguyễn Ngọc Linh")).did;
  (void)save(city, pc, edit(did, {set("TrangThaiHoSo", "4"), set("ChuHoSo", "Lê Văn Tám")}));
  auto& store = pc->store();
  REQUIRE(unmerged(store) == 1);

  SECTION("in the dossier") { CHECK(shown(store, did, "ChuHoSo") == "Lê Văn Tám"); }
  SECTION("in its history") { CHECK(must(storage::dossier_history(store, did)).size() == 8); }
  SECTION("in a list") {
    storage::DossierQuery query;
    query.status = "4";
    CHECK(must(storage::list_dossiers(store, query)).lines.front().owner == "Lê Văn Tám");
  }
  SECTION("in a search") {
    storage::DossierQuery query;
    query.search = "tam le";
    CHECK(must(storage::list_dossiers(store, query)).lines.size() == 1);
    query.search = "linh";
    CHECK(must(storage::list_dossiers(store, query)).lines.empty());
  }
  SECTION("before it is entered again") { CHECK(must(storage::similar_dossiers(store, {"le van tam", {}, {}, {}})).size() == 1); }
  SECTION("in what waits to be sent") { CHECK(must(pc->list_waiting("", 10)).dossiers.front().code == "H57-1"); }
  SECTION("in the verification") { CHECK(must(storage::verify_store(store)).damage == std::vector<std::string>{}); }
  if (unmerged(store) == 0) CHECK(must(storage::verify_store(store)).damage == std::vector<std::string>{});
}

TEST_CASE("a conflict counts before it is merged, and is in the inbox when somebody looks") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  const auto first = save(city, pc, sample_dossier("H57-1", "A"));
  const auto blind = [&](const std::string& name) {
    auto out = edit(first.did, {set("ChuHoSo", name)});
    out.change.seen = {first.position};
    return out;
  };
  (void)save(city, pc, blind("B"));
  (void)save(city, pc, blind("C"));
  const auto link = must(pc->prepare_link({0}, city.now));
  CHECK(link.report.conflicts == 1);
  CHECK(unmerged(pc->store()) == 1);
  CHECK(must(storage::list_inbox(pc->store())).dossiers.size() == 1);
  CHECK(must(pc->report(city.now)).conflicts == 1);

  // Both heads are named by the next edit, though it was never merged in between.
  (void)save(city, pc, blind("D"));
  (void)save(city, pc, edit(first.did, {set("ChuHoSo", "E")}));
  CHECK(shown(pc->store(), first.did, "ChuHoSo") == "E");
  CHECK(must(pc->report(city.now)).conflicts == 0);
}

TEST_CASE("what was not merged when the program went is read without it and merged at the next start") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  const auto first = save(city, pc, sample_dossier("H57-1", "A"));
  for (const auto* name : {"B", "C"}) {
    auto blind = edit(first.did, {set("ChuHoSo", name)});
    blind.change.seen = {first.position};
    (void)save(city, pc, blind);
  }
  reopen_for_reading(pc);
  CHECK(must(pc->report(city.now)).conflicts == 1);
  CHECK(must(storage::verify_store(pc->store())).damage == std::vector<std::string>{});
  CHECK(must(storage::list_dossiers(pc->store(), {})).lines.size() == 1);
  CHECK(unmerged(pc->store()) == 1);
  pc.reopen();
  CHECK(unmerged(pc->store()) == 0);
  CHECK(must(pc->report(city.now)).conflicts == 1);
  CHECK(must(storage::verify_store(pc->store())).damage == std::vector<std::string>{});
}

TEST_CASE("a receipt that comes before the merge leaves nothing behind") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  auto other = city.enrol("W-VYDA", 2);
  const auto did = save(city, pc, sample_dossier("H57-1", "A")).did;
  sync(city, pc);
  sync(city, other);
  (void)save(city, pc, edit(did, {set("ChuHoSo", "B")}));
  (void)save(city, other, edit(did, {set("ChuHoSo", "C")}));
  sync(city, pc);
  sync(city, other);
  sync(city, pc);
  CHECK(all_states(pc->store()) == all_states(other->store()));
  CHECK(must(pc->report(city.now)).conflicts == 1);
  CHECK(must(storage::verify_store(pc->store())).damage == std::vector<std::string>{});
}

TEST_CASE("a reader never waits for more than some dossiers") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  std::vector<storage::NewChange> many;
  for (int i = 0; i < 90; ++i) many.push_back(sample_dossier("H57-" + std::to_string(i), "A"));
  must(pc->save(many, city.now));
  CHECK(unmerged(pc->store()) == 90);
  for (int i = 90; i < 130; ++i) (void)save(city, pc, sample_dossier("H57-" + std::to_string(i), "A"));
  CHECK(unmerged(pc->store()) <= 100);
  storage::DossierQuery all;
  all.limit = 500;
  CHECK(must(storage::list_dossiers(pc->store(), all)).lines.size() == 130);
  CHECK(unmerged(pc->store()) == 0);
}

TEST_CASE("a record that the disk changed before it was merged blocks its own dossier only") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  const auto bad = save(city, pc, sample_dossier("H57-1", "A")).did;
  const auto good = save(city, pc, sample_dossier("H57-2", "B")).did;
  change(pc->store(), "UPDATE record SET body = zeroblob(length(body)) WHERE seq = 1");
  CHECK(shown(pc->store(), good, "ChuHoSo") == "B");
  CHECK(storage::show_dossier(pc->store(), bad).error().fault == Fault::storage_damaged);
  CHECK(must(pc->report(city.now)).conflicts == 0);
  CHECK_FALSE(must(storage::verify_store(pc->store())).damage.empty());
  pc.reopen();
  CHECK(shown(pc->store(), good, "ChuHoSo") == "B");
}

TEST_CASE("what was saved on the last room of a disk is shown though it cannot be merged") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  const auto did = save(city, pc, sample_dossier("H57-1", "A")).did;
  auto other = must(storage::Database::open(pc.path, storage::OpenMode::read_write));
  other.run("PRAGMA busy_timeout=0");
  pc->store().db.run("PRAGMA busy_timeout=0");
  other.run("BEGIN IMMEDIATE");
  CHECK(shown(pc->store(), did, "ChuHoSo") == "A");
  CHECK(unmerged(pc->store()) == 1);
  other.run("ROLLBACK");
  CHECK(shown(pc->store(), did, "ChuHoSo") == "A");
  CHECK(unmerged(pc->store()) == 0);
}

TEST_CASE("data of before heads were stored are read as they are, and brought up to date by who may write") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  const auto did = save(city, pc, sample_dossier("H57-1", "A")).did;
  must(storage::settle(pc->store()));
  take_back_to(pc->store(), 3);
  reopen_for_reading(pc);
  CHECK(shown(pc->store(), did, "ChuHoSo") == "A");
  CHECK(must(storage::verify_store(pc->store())).damage == std::vector<std::string>{});
  pc.reopen();
  (void)save(city, pc, edit(did, {set("ChuHoSo", "B")}));
  (void)save(city, pc, edit(did, {set("ChuHoSo", "C")}));
  CHECK(shown(pc->store(), did, "ChuHoSo") == "C");
  CHECK(must(pc->report(city.now)).conflicts == 0);
}

}  // namespace ward::test
