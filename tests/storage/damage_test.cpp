#include "storage/dossiers.hpp"
#include "tests/storage/city.hpp"

#include <catch2/catch.hpp>

#include <fstream>

/// Bytes that the disk changed.
namespace ward::test {
namespace {

void change(storage::Store& store, std::string_view sql) {
  must(store.db.transact("damage", [&]() -> Result<void> {
    store.db.run(sql);
    return {};
  }));
}

bool found(storage::Store& store, std::string_view what) {
  const auto verified = must(storage::verify_store(store));
  return std::any_of(verified.damage.begin(), verified.damage.end(),
                     [&](const auto& line) { return line.find(what) != std::string::npos; });
}

}  // namespace

TEST_CASE("verify finds what was changed behind our back, and says where") {
  City city;
  auto first = city.enrol("W-VYDA", 1);
  auto second = city.enrol("W-VYDA", 2);
  const auto did = save(city, first, sample_dossier("H57-1", "Nguyễn Ngọc Linh")).did;
  (void)save(city, first, sample_dossier("H57-2", "B"));
  sync(city, first);
  sync(city, second);
  auto& store = second->store();
  const auto sound = must(storage::verify_store(store));
  CHECK(sound.damage.empty());
  CHECK(sound.records == 4);
  CHECK(sound.segments == 1);
  CHECK(sound.dossiers == 2);

  SECTION("a body") {
    change(store, "UPDATE record SET body = zeroblob(length(body)) WHERE id = 1");
    CHECK(found(store, "record 1: it is not the record that its id names"));
    CHECK(found(store, "dossier 1: "));
  }
  SECTION("a header") {
    change(store, "UPDATE record SET header = zeroblob(86) WHERE id = 1");
    CHECK(found(store, "record 1: the header does not decode"));
  }
  SECTION("a record's place") {
    change(store, "UPDATE record SET dossier = 2 WHERE id = 1");
    CHECK(found(store, "record 1: its row and its header differ"));
  }
  SECTION("a record that is gone") {
    change(store, "DELETE FROM record WHERE id = 1");
    CHECK(found(store, "segment 1: "));
  }
  SECTION("a signature") {
    change(store, "UPDATE segment SET signature = zeroblob(64)");
    CHECK(found(store, "segment 1: the signature does not verify"));
  }
  SECTION("a statement") {
    change(store, "UPDATE segment SET hash = zeroblob(32)");
    CHECK(found(store, "segment 1: the statement and its hash differ"));
  }
  SECTION("a state, which a rebuild repairs") {
    change(store, "UPDATE state SET sealed = zeroblob(100) WHERE dossier = 1");
    CHECK(found(store, "dossier 1: what is shown differs from its records"));
    CHECK(storage::show_dossier(store, did).error().fault == Fault::storage_damaged);
    CHECK(must(storage::rebuild(store)) == 2);
    CHECK(must(storage::verify_store(store)).damage.empty());
    CHECK(shown(store, did, "ChuHoSo") == "Nguyễn Ngọc Linh");
  }
  SECTION("search words, which a rebuild repairs") {
    change(store, "UPDATE words SET hashes = zeroblob(8)");
    CHECK(found(store, "dossier 2: what is shown differs from its records"));
    CHECK(must(storage::rebuild(store)) == 2);
    CHECK(must(storage::verify_store(store)).damage.empty());
  }
  SECTION("a key") {
    change(store, "UPDATE dossier_key SET sealed = zeroblob(64)");
    second.reopen();
    CHECK(found(second->store(), "key: a sealed value does not open"));
  }
  for (const auto& line : must(storage::verify_store(second->store())).damage) CHECK(line.find("Linh") == std::string::npos);
}

TEST_CASE("verify finds a receipt that the centre did not sign") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  (void)save(city, pc, sample_dossier("H57-1", "A"));
  sync(city, pc);
  auto& store = pc->store();
  REQUIRE(must(storage::verify_store(store)).damage.empty());
  change(store, "UPDATE receipt SET signature = zeroblob(64)");
  must(store.db.transact("damage", [&]() -> Result<void> {
    auto last = *storage::meta(store, "receipt");
    last[60] ^= 1U;
    storage::set_meta(store, "receipt", last);
    return {};
  }));
  CHECK(found(store, "receipt for writer 1: the centre did not sign it"));
  CHECK(found(store, "last receipt 0: the centre did not sign it"));
}

TEST_CASE("verify finds a log whose stamps do not give the signed root") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  (void)save(city, pc, sample_dossier("H57-1", "A"));
  sync(city, pc);
  change(city.centre->store(), "UPDATE segment SET stamp_ms = stamp_ms + 1");
  CHECK(found(city.centre->store(), "log: the stamps do not give the root that was signed"));
}

TEST_CASE("what an older program could not merge is merged when another version opens the data") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  const auto did = save(city, pc, sample_dossier("H57-1", "A")).did;
  sync(city, pc);
  const auto wanted = all_states(pc->store());
  const auto as_an_older_one = [&](storage::Store& store) {
    must(store.db.transact("older", [&]() -> Result<void> {
      storage::set_meta(store, "program", view("0.0.1"));
      store.db.run("UPDATE dossier SET waiting = 1");
      store.db.run("UPDATE state SET sealed = x'00'");
      return {};
    }));
  };
  as_an_older_one(pc->store());
  as_an_older_one(city.centre->store());
  pc.reopen();
  CHECK(all_states(pc->store()) == wanted);
  CHECK(must(pc->report(city.now)).waiting == 0);
  city.reopen_centre();
  while (must(city.centre->apply_pending(8))) {
  }
  CHECK(all_states(city.centre->store()) == wanted);
  CHECK(shown(pc->store(), did, "ChuHoSo") == "A");
}

TEST_CASE("a policy entry that was changed is noticed when the file is opened") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  change(pc->store(), "UPDATE policy SET entry = (SELECT entry FROM policy WHERE epoch = 1) WHERE epoch = 2");
  pc.store.reset();
  const auto opened = storage::WardStore::open(pc.path, must(storage::WardKeys::decode(pc.keys.encode())), seeded(1));
  CHECK(opened.has_error());
}

TEST_CASE("pages with flipped bytes give clear errors or damage lines, never a wrong dossier") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  std::vector<storage::NewChange> many;
  for (int i = 0; i < 30; ++i) many.push_back(sample_dossier("H57-" + std::to_string(i), "Người số " + std::to_string(i)));
  must(pc->save(many, city.now));
  must(storage::settle(pc->store()));  // while the records are all that there is, nothing else can contradict them
  pc->store().db.checkpoint();
  const auto sound = all_states(pc->store());
  pc.store.reset();
  std::string bytes;
  {
    std::ifstream in(pc.path, std::ios::binary);
    bytes.assign(std::istreambuf_iterator<char>(in), {});
  }
  std::mt19937_64 random(4);
  int noticed = 0;
  for (int round = 0; round < 40; ++round) {
    auto damaged = bytes;
    for (int i = 0; i < 12; ++i) damaged[random() % damaged.size()] ^= static_cast<char>(1 + random() % 255);
    std::ofstream(pc.path, std::ios::binary | std::ios::trunc) << damaged;
    auto opened = storage::WardStore::open(pc.path, must(storage::WardKeys::decode(pc.keys.encode())), seeded(1));
    if (opened.has_error()) {
      ++noticed;
      continue;
    }
    const auto verified = storage::verify_store(opened->store());
    if (verified.has_error() || !verified->damage.empty()) ++noticed;
    for (const auto& [did, state] : sound) {
      const auto view = storage::show_dossier(opened->store(), did);
      if (view.has_value())
        CHECK(view->state == state);
      else
        CHECK((view.error().fault == Fault::storage_damaged || view.error().fault == Fault::not_found ||
               view.error().fault == Fault::storage_failed));
    }
  }
  CHECK(noticed > 30);
}

}  // namespace ward::test
