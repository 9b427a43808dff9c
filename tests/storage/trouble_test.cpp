#include "storage/dossiers.hpp"
#include "tests/storage/city.hpp"

#include <catch2/catch.hpp>

#include <fstream>

/// Disks that are full, locked, read-only or wrong, and data files that are not ours to open.
namespace ward::test {
namespace {

Fault fault_of(const Result<storage::WardStore>& opened) { return opened.error().fault; }

Result<storage::WardStore> open(const Pc& pc, const std::string& path, storage::OpenMode mode = storage::OpenMode::read_write) {
  return storage::WardStore::open(path, must(storage::WardKeys::decode(pc.keys.encode())), seeded(1), mode);
}

void raw_sql(const std::string& path, std::string_view sql) {
  auto db = must(storage::Database::open(path, storage::OpenMode::read_write));
  must(db.transact("test", [&]() -> Result<void> {
    db.run(sql);
    return {};
  }));
}

}  // namespace

TEST_CASE("a full disk refuses the save, loses nothing, and is over when there is room") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  const auto did = save(city, pc, sample_dossier("H57-1", "A")).did;
  auto& db = pc->store().db;
  auto pages = db.query("PRAGMA page_count");
  REQUIRE(pages.step());
  const auto count = pages.number(0);
  (void)count;
  {
    auto reset = std::move(pages);
  }
  db.run("PRAGMA max_page_count=1");  // SQLite takes the present size instead
  std::optional<Error> failed;
  for (int i = 0; i < 200 && !failed; ++i) {
    const auto saved = pc->save({sample_dossier("H57-full", std::string(3000, 'x'))}, city.now);
    if (saved.has_error()) failed = saved.error();
  }
  REQUIRE(failed.has_value());
  CHECK(failed->fault == Fault::storage_full);
  CHECK(failed->detail.find("save") == 0);
  CHECK(shown(pc->store(), did, "ChuHoSo") == "A");
  const auto report = must(pc->report(city.now));
  db.run("PRAGMA max_page_count=1000000");
  CHECK(must(pc->report(city.now)) == report);
  CHECK(must(storage::verify_store(pc->store())).damage == std::vector<std::string>{});
  (void)save(city, pc, edit(did, {set("SoDienThoai", "1")}));
  sync(city, pc);
  CHECK(all_states(pc->store()) == all_states(city.centre->store()));
}

TEST_CASE("a centre whose disk is full admits nothing and acknowledges nothing") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  std::vector<storage::NewChange> many;
  for (int i = 0; i < 60; ++i) many.push_back(sample_dossier("H57-" + std::to_string(i), std::string(3000, 'x')));
  must(pc->save(many, city.now));
  city.centre->store().db.run("PRAGMA max_page_count=1");
  auto rows = must(pc->read_outbox({1, 256, false}, city.now)).rows;
  const auto before = city.centre->log_view(city.now.wall);
  const auto admitted = city.centre->admit({pc->membership().device, rows, city.now.wall});
  REQUIRE(admitted.has_error());
  CHECK(admitted.error().fault == Fault::storage_full);
  CHECK(city.centre->log_view(city.now.wall).size == before.size);
  city.centre->store().db.run("PRAGMA max_page_count=1000000");
  sync(city, pc);
  CHECK(city.centre->log_view(city.now.wall).size == 1);
  CHECK(all_states(pc->store()) == all_states(city.centre->store()));
}

TEST_CASE("a data file that another program writes to is locked for a while") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  const auto did = save(city, pc, sample_dossier("H57-1", "A")).did;
  auto other = must(storage::Database::open(pc.path, storage::OpenMode::read_write));
  other.run("BEGIN IMMEDIATE");
  const auto saved = pc->save({edit(did, {set("SoDienThoai", "1")})}, city.now);
  REQUIRE(saved.has_error());
  CHECK(saved.error().fault == Fault::storage_locked);
  CHECK(shown(pc->store(), did, "ChuHoSo") == "A");
  other.run("ROLLBACK");
  (void)save(city, pc, edit(did, {set("SoDienThoai", "1")}));
  CHECK(shown(pc->store(), did, "SoDienThoai") == "1");
}

TEST_CASE("a data file that is opened for reading can be read and verified, not written") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  const auto did = save(city, pc, sample_dossier("H57-1", "A")).did;
  auto reader = must(open(pc, pc.path, storage::OpenMode::read_only));
  CHECK(shown(reader.store(), did, "ChuHoSo") == "A");
  CHECK(must(storage::verify_store(reader.store())).damage == std::vector<std::string>{});
  const auto saved = reader.save({edit(did, {set("SoDienThoai", "1")})}, city.now);
  REQUIRE(saved.has_error());
  CHECK(saved.error().fault == Fault::storage_read_only);
  CHECK(pc->save({edit(did, {set("SoDienThoai", "2")})}, city.now).has_value());
}

TEST_CASE("a file that is not ours, newer, empty, missing, or of another site is told apart and left alone") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  pc.store.reset();
  const auto path = city.dir.file("strange.db");

  CHECK(fault_of(open(pc, path)) == Fault::not_found);
  CHECK_FALSE(std::filesystem::exists(path));
  SECTION("not a database") {
    std::ofstream(path) << std::string(5000, 'x');
    CHECK(fault_of(open(pc, path)) == Fault::storage_damaged);
    std::string text;
    std::ifstream(path) >> text;
    CHECK(text == std::string(5000, 'x'));
  }
  SECTION("a database of another program") {
    std::filesystem::copy_file(pc.path, path);
    raw_sql(path, "PRAGMA application_id=1");
    CHECK(fault_of(open(pc, path)) == Fault::storage_damaged);
  }
  SECTION("written by a newer version") {
    std::filesystem::copy_file(pc.path, path);
    raw_sql(path, "PRAGMA user_version=999");
    CHECK(fault_of(open(pc, path)) == Fault::storage_newer);
  }
  SECTION("never set up") {
    {
      auto made = must(storage::Database::open(path, storage::OpenMode::read_write));
    }
    CHECK(fault_of(open(pc, path)) == Fault::invalid);
  }
  SECTION("the centre's") { CHECK(fault_of(open(pc, city.dir.file("centre.db"))) == Fault::invalid); }
  SECTION("another PC's") {
    auto other = city.enrol("W-VYDA", 2);
    other.store.reset();
    CHECK(fault_of(open(pc, other.path)) == Fault::wrong_key);
  }
  pc.reopen();
  CHECK(save(city, pc, sample_dossier("H57-1", "A")).clock_believed);
}

TEST_CASE("a data file is never made twice, nor from another city's policy log") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  const auto membership = pc->membership();
  pc.store.reset();
  CHECK(storage::WardStore::create(pc.path, pc.keys, membership, city.policy()).error().fault == Fault::invalid);
  CHECK(storage::CentreStore::create(city.dir.file("centre.db"), city.keys, city.policy()).error().fault == Fault::invalid);
  auto elsewhere = membership;
  elsewhere.org = made<OrgId>(1);
  CHECK(storage::WardStore::create(city.dir.file("x.db"), pc.keys, elsewhere, city.policy()).error().fault == Fault::wrong_organisation);
  CHECK(storage::WardStore::create(city.dir.file("x.db"), pc.keys, membership, {}).has_error());
}

TEST_CASE("the centre's data with another centre's keys is refused") {
  City city;
  city.centre.reset();
  auto keys = storage::CentreKeys::make(seeded(55));
  CHECK(storage::CentreStore::open(city.dir.file("centre.db"), std::move(keys), seeded(1)).error().fault == Fault::wrong_key);
  auto mixed = storage::CentreKeys::make(seeded(55));
  mixed.local = city.keys.local.clone();
  CHECK(storage::CentreStore::open(city.dir.file("centre.db"), std::move(mixed), seeded(1)).error().fault == Fault::wrong_organisation);
}

TEST_CASE("key files come back as they were written, and every cut or flipped mark is noticed") {
  const auto ward = storage::WardKeys::make(seeded(1)).encode();
  CHECK(must(storage::WardKeys::decode(ward)).encode() == ward);
  const auto centre = storage::CentreKeys::make(seeded(2)).encode();
  CHECK(must(storage::CentreKeys::decode(centre)).encode() == centre);
  for (std::size_t size = 0; size < ward.size(); ++size) CHECK(storage::WardKeys::decode(BytesView(ward).first(size)).has_error());
  for (std::size_t size = 0; size < centre.size(); ++size) CHECK(storage::CentreKeys::decode(BytesView(centre).first(size)).has_error());
  CHECK(storage::WardKeys::decode(centre).has_error());
  CHECK(storage::CentreKeys::decode(ward).has_error());
}

}  // namespace ward::test
