#include "storage/audit.hpp"
#include "storage/dossiers.hpp"
#include "tests/storage/journey.hpp"

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

TEST_CASE("a segment that the centre's disk changed goes to nobody, is named, and stops nothing else") {
  City city;
  auto a = city.enrol("W-VYDA", 1);
  const auto one = save(city, a, sample_dossier("H57-1", "A")).did;
  sync(city, a);
  const auto two = save(city, a, sample_dossier("H57-2", "B")).did;
  sync(city, a);
  const auto three = save(city, a, sample_dossier("H57-3", "C")).did;
  sync(city, a);
  auto& store = city.centre->store();
  SECTION("a bit of a body") { change(store, "UPDATE record SET body = zeroblob(length(body)) WHERE segment = 2"); }
  SECTION("a header") { change(store, "UPDATE record SET header = zeroblob(86) WHERE segment = 2"); }
  SECTION("a statement") { change(store, "UPDATE segment SET statement = zeroblob(length(statement)) WHERE id = 2"); }
  SECTION("a signature") { change(store, "UPDATE segment SET signature = zeroblob(64) WHERE id = 2"); }
  SECTION("a hash") { change(store, "UPDATE segment SET hash = zeroblob(32) WHERE id = 2"); }
  SECTION("a record that is gone") { change(store, "DELETE FROM record WHERE segment = 2 AND leaf = 0"); }
  SECTION("a row that is gone") {
    change(store, "PRAGMA defer_foreign_keys = 1");
    change(store, "UPDATE segment SET stamp_index = 77 WHERE id = 2");
  }
  auto b = city.enrol("W-VYDA", 2);
  sync(city, b);
  CHECK(shown(b->store(), one, "ChuHoSo") == "A");
  CHECK(shown(b->store(), three, "ChuHoSo") == "C");
  CHECK(storage::show_dossier(b->store(), two).has_error());
  CHECK(must(b->progress(city.now)).alarm.empty());
  CHECK(must(city.centre->damaged_segments()) == 1);
  CHECK(found(city.centre->store(), "set aside: place 1 of the log"));
  city.reopen_centre();
  CHECK(must(city.centre->damaged_segments()) == 1);
  const auto four = save(city, b, sample_dossier("H57-4", "D")).did;
  sync(city, b);
  sync(city, a);
  CHECK(shown(a->store(), four, "ChuHoSo") == "D");
  const auto acts = must(storage::read_audit(city.centre->store(), {audit::Kind::damage_found, {}, {}, 10})).entries;
  CHECK(acts.size() == 1);
}

TEST_CASE("a dossier whose records the centre's disk changed is set aside when it is to be merged, and holds up no other") {
  City city;
  auto a = city.enrol("W-VYDA", 1);
  const auto did = save(city, a, sample_dossier("H57-1", "A")).did;
  sync(city, a);
  change(city.centre->store(), "UPDATE record SET header = zeroblob(86) WHERE segment = 1 AND dossier IS NOT NULL");
  (void)save(city, a, edit(did, {set("SoDienThoai", "1")}));
  const auto other = save(city, a, sample_dossier("H57-2", "B")).did;
  sync(city, a);
  CHECK(shown(city.centre->store(), other, "ChuHoSo") == "B");
  CHECK(must(city.centre->damaged_segments()) == 1);
  CHECK_FALSE(must(city.centre->apply_pending(10)));
}

TEST_CASE("a file that SQLite cannot read is no damaged row: nothing is set aside for it, and the failure says that it is the file") {
  City city;
  auto a = city.enrol("W-VYDA", 1);
  (void)save(city, a, sample_dossier("H57-1", "A"));
  sync(city, a);
  auto b = city.enrol("W-VYDA", 2);
  const auto number = [&](std::string_view sql) {
    return must(city.centre->store().db.read("number", [&]() -> Result<std::int64_t> {
      auto found = city.centre->store().db.query(sql);
      return found.step() ? found.number(0) : 0;
    }));
  };
  const auto page_size = number("PRAGMA page_size");
  const auto root = number("SELECT rootpage FROM sqlite_schema WHERE name = 'record'");
  REQUIRE(root > 1);
  city.centre->store().db.checkpoint();
  city.centre.reset();
  {
    std::fstream file(city.dir.file("centre.db"), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp((root - 1) * page_size);
    file << std::string(static_cast<std::size_t>(page_size), '\x7f');
  }
  city.reopen_centre();
  CHECK_FALSE(city.centre->store().db.is_corrupt());
  const auto read = city.centre->read_delivery({b->membership().device, 0, 1 << 20});
  REQUIRE(read.has_error());
  CHECK(read.error().fault == Fault::storage_damaged);
  CHECK(city.centre->store().db.is_corrupt());
  CHECK(must(city.centre->damaged_segments()) == 0);
}

TEST_CASE("a key that the centre's disk changed sets no segment aside, and one more damaged row is not one more segment") {
  City city;
  auto a = city.enrol("W-VYDA", 1);
  const auto one = save(city, a, sample_dossier("H57-1", "A")).did;
  sync(city, a);
  const auto two = save(city, a, sample_dossier("H57-2", "B")).did;
  sync(city, a);
  change(city.centre->store(), "UPDATE dossier_key SET sealed = zeroblob(length(sealed)) WHERE dossier = 1");
  city.reopen_centre();
  auto b = city.enrol("W-VYDA", 2);
  sync(city, b);
  CHECK(shown(b->store(), two, "ChuHoSo") == "B");
  CHECK(must(city.centre->damaged_segments()) == 0);
  (void)one;
}

TEST_CASE("a dossier of which the centre's disk changed something lets in what is written to it, though two units read it") {
  Two two;
  auto& city = two.city;
  (void)offer(city, two.a, two.did, thuan_hoa);
  sync_all(city, {&two.a, &two.b, &two.a2});
  auto& store = city.centre->store();
  must(store.db.transact("damage", [&]() -> Result<void> {
    store.db.query("UPDATE record SET header = zeroblob(86) WHERE id = (SELECT min(id) FROM record WHERE dossier = ?)")
        .bind(storage::find_dossier_row(store, two.did))
        .run();
    return {};
  }));
  (void)write(city, two.a, two.did, "1");
  sync(city, two.a);
  CHECK(must(city.centre->damaged_segments()) == 1);
  (void)write(city, two.a, two.did, "2");
  const auto other = save(city, two.a, sample_dossier("H57-77", "B")).did;
  sync(city, two.a);
  CHECK(shown(city.centre->store(), other, "ChuHoSo") == "B");
  CHECK(must(two.a->report(city.now)).queue_records == 0);
}

TEST_CASE("what was set aside and is whole again goes to everybody, also to whoever pulled past it") {
  City city;
  auto a = city.enrol("W-VYDA", 1);
  (void)save(city, a, sample_dossier("H57-1", "A"));
  sync(city, a);
  const auto two = save(city, a, sample_dossier("H57-2", "B")).did;
  sync(city, a);
  const auto three = save(city, a, sample_dossier("H57-3", "C")).did;
  sync(city, a);
  change(city.centre->store(), "CREATE TEMP TABLE kept AS SELECT signature FROM segment WHERE id = 2");
  const auto kept = must(city.centre->store().db.read("kept", [&]() -> Result<Bytes> {
    auto found = city.centre->store().db.query("SELECT signature FROM kept");
    return found.step() ? copy(found.bytes(0)) : Bytes{};
  }));
  change(city.centre->store(), "UPDATE segment SET signature = zeroblob(64) WHERE id = 2");
  auto b = city.enrol("W-VYDA", 2);
  sync(city, b);
  CHECK(shown(b->store(), three, "ChuHoSo") == "C");
  CHECK(must(city.centre->damaged_segments()) == 1);
  city.reopen_centre();
  CHECK(must(city.centre->damaged_segments()) == 1);
  must(city.centre->store().db.transact("mend", [&]() -> Result<void> {
    city.centre->store().db.query("UPDATE segment SET signature = ? WHERE id = 2").bind(BytesView(kept)).run();
    return {};
  }));
  city.reopen_centre();
  CHECK(must(city.centre->damaged_segments()) == 0);
  sync(city, b);
  CHECK(shown(b->store(), two, "ChuHoSo") == "B");
  auto c = city.enrol("W-VYDA", 3);
  sync(city, c);
  CHECK(all_states(c->store()) == all_states(a->store()));
  CHECK(all_states(city.centre->store()) == all_states(a->store()));
}

TEST_CASE("a disk that has no room to note what is damaged keeps nothing whole from anybody") {
  City city;
  auto a = city.enrol("W-VYDA", 1);
  auto b = city.enrol("W-VYDA", 2);
  (void)save(city, a, sample_dossier("H57-1", "A"));
  sync(city, a);
  const auto two = save(city, a, sample_dossier("H57-2", "B")).did;
  sync(city, a);
  auto& store = city.centre->store();
  change(store, "UPDATE segment SET signature = zeroblob(64) WHERE id = 1");
  must(store.db.read("full", [&]() -> Result<void> {
    store.db.run("PRAGMA query_only = 1");
    return {};
  }));
  const auto read = city.centre->read_delivery({b->membership().device, 0, 1 << 20});
  REQUIRE(read.has_value());
  CHECK(read->rows.size() == 1);
  CHECK(must(city.centre->damaged_segments()) == 0);
  store.db.run("PRAGMA query_only = 0");
  sync(city, b);
  CHECK(shown(b->store(), two, "ChuHoSo") == "B");
  CHECK(must(city.centre->damaged_segments()) == 1);
}

TEST_CASE("what was set aside is asked of its writer while the centre runs, and goes to everybody, also to whoever pulled past it") {
  City city;
  auto a = city.enrol("W-VYDA", 1);
  (void)save(city, a, sample_dossier("H57-1", "A"));
  sync(city, a);
  const auto two = save(city, a, sample_dossier("H57-2", "B")).did;
  sync(city, a);
  const auto last = GENERATE(false, true);
  if (!last) (void)save(city, a, sample_dossier("H57-3", "C"));
  sync(city, a);
  auto& store = city.centre->store();
  SECTION("a body") { change(store, "UPDATE record SET body = zeroblob(length(body)) WHERE segment = 2"); }
  SECTION("a header") { change(store, "UPDATE record SET header = zeroblob(86) WHERE segment = 2"); }
  SECTION("an id") { change(store, "UPDATE record SET rid = zeroblob(32) WHERE segment = 2 AND leaf = 0"); }
  SECTION("a statement") { change(store, "UPDATE segment SET statement = zeroblob(length(statement)) WHERE id = 2"); }
  SECTION("a signature") { change(store, "UPDATE segment SET signature = zeroblob(64) WHERE id = 2"); }
  SECTION("a hash") { change(store, "UPDATE segment SET hash = zeroblob(32) WHERE id = 2"); }
  SECTION("a record that is gone") { change(store, "DELETE FROM record WHERE segment = 2 AND leaf = 0"); }
  auto b = city.enrol("W-VYDA", 2);
  sync(city, b);
  REQUIRE(must(city.centre->damaged_segments()) == 1);
  CHECK(must(city.centre->ask_again(city.now.wall)));
  CHECK_FALSE(must(city.centre->ask_again(city.now.wall)));
  sync(city, b);  // who did not write it has nothing to send
  CHECK(must(city.centre->damaged_segments()) == 1);
  CHECK(must(b->report(city.now)).queue_records == 0);
  a.reopen();
  sync(city, a);
  CHECK(must(city.centre->damaged_segments()) == 0);
  CHECK_FALSE(must(city.centre->ask_again(city.now.wall)));
  sync(city, b);
  CHECK(shown(b->store(), two, "ChuHoSo") == "B");
  CHECK(all_states(b->store()) == all_states(a->store()));
  CHECK(all_states(city.centre->store()) == all_states(a->store()));
  CHECK(must(storage::verify_store(city.centre->store())).damage == std::vector<std::string>{});
  CHECK(must(b->progress(city.now)).alarm.empty());
  CHECK_FALSE(Link(city, a).push());  // it was sent once
  const auto log = city.centre->log_view(city.now.wall).size;
  (void)save(city, a, edit(two, {set("Email", "e@f.vn")}));
  sync(city, a);
  sync(city, b);
  CHECK(city.centre->log_view(city.now.wall).size == log + 1);
  CHECK(shown(b->store(), two, "Email") == "e@f.vn");
}

TEST_CASE("a dossier that cannot be merged though each segment is whole is named, and is tried again when the data is opened") {
  City city;
  auto a = city.enrol("W-VYDA", 1);
  const auto did = save(city, a, sample_dossier("H57-1", "A")).did;
  sync(city, a);
  const auto key = must(city.centre->store().db.read("key", [&]() -> Result<Bytes> {
    auto found = city.centre->store().db.query("SELECT sealed FROM dossier_key");
    return found.step() ? copy(found.bytes(0)) : Bytes{};
  }));
  (void)save(city, a, edit(did, {set("SoDienThoai", "1")}));
  {
    Link link(city, a);
    REQUIRE(link.greet());
    (void)link.push();
  }
  change(city.centre->store(), "UPDATE dossier_key SET sealed = zeroblob(length(sealed))");
  change(city.centre->store(), "UPDATE dossier SET dirty = 1");
  city.reopen_centre();
  while (must(city.centre->apply_pending(8))) {
  }
  CHECK(must(city.centre->damaged_segments()) == 0);
  const auto acts = must(storage::read_audit(city.centre->store(), {audit::Kind::damage_found, {}, {}, 10})).entries;
  CHECK(acts.size() == 1);
  must(city.centre->store().db.transact("mend", [&]() -> Result<void> {
    city.centre->store().db.query("UPDATE dossier_key SET sealed = ?").bind(BytesView(key)).run();
    return {};
  }));
  city.reopen_centre();
  while (must(city.centre->apply_pending(8))) {
  }
  CHECK(shown(city.centre->store(), did, "SoDienThoai") == "1");
  CHECK(all_states(city.centre->store()) == all_states(a->store()));
}

}  // namespace ward::test
