#include "storage/repair.hpp"
#include "storage/dossiers.hpp"
#include "tests/storage/city.hpp"

#include <catch2/catch.hpp>

#include <fstream>
#include <set>

/// What becomes of a ward's file that its disk damaged.
namespace ward::test {
namespace {

void change(storage::Store& store, std::string_view sql) {
  must(store.db.transact("damage", [&]() -> Result<void> {
    store.db.run(sql);
    return {};
  }));
}

Result<storage::Repair> repair(City& city, Pc& pc) {
  pc.store.reset();
  const auto fresh = pc.path + ".new";
  for (const auto* end : {"", "-wal", "-shm"}) std::filesystem::remove(fresh + end);
  auto done = storage::repair_ward(pc.path, fresh, pc.keys, seeded(1234 + ++city.openings), city.now);
  if (done.has_error()) return done;
  for (const auto* end : {"-wal", "-shm"}) std::filesystem::remove(pc.path + end);
  std::filesystem::rename(fresh, pc.path);
  pc.reopen();
  return done;
}

std::vector<std::string> damage_of(Pc& pc) { return must(storage::verify_store(pc->store())).damage; }

/// The PC holds again what the centre does, and nothing waits.
void check_healed(City& city, Pc& pc, Pc& other) {
  sync(city, pc);
  sync(city, other);
  sync(city, pc);
  auto damage = damage_of(pc);
  std::erase_if(damage, [](const auto& line) { return line.starts_with("audit log:"); });
  CHECK(damage == std::vector<std::string>{});
  CHECK(all_states(pc->store()) == all_states(city.centre->store()));
  CHECK(must(pc->report(city.now)).queue_records == 0);
  CHECK_FALSE(must(pc->report(city.now)).restored);
  CHECK(must(pc->progress(city.now)).alarm.empty());
}

/// Two PCs of a ward that have written, and one of them has changes that it has not sent.
struct Office {
  City city;
  Pc pc = city.enrol("W-VYDA", 1);
  Pc other = city.enrol("W-VYDA", 2);
  Did first, second, unsent;

  Office() {
    first = save(city, pc, sample_dossier("H57-1", "Nguyễn Ngọc Linh")).did;
    sync(city, pc);
    (void)save(city, pc, edit(first, {set("SoDienThoai", "1")}));
    sync(city, pc);
    sync(city, other);
    second = save(city, other, sample_dossier("H57-2", "Trần Thị Đào")).did;
    (void)save(city, other, edit(first, {set("Email", "a@b.vn")}));
    sync(city, other);
    sync(city, pc);
    unsent = save(city, pc, sample_dossier("H57-3", "Lê Văn An")).did;
    (void)save(city, pc, edit(unsent, {set("SoDienThoai", "2")}));
    (void)save(city, pc, edit(unsent, {set("SoDienThoai", "3")}));
  }
};

}  // namespace

TEST_CASE("repair: what is damaged comes again from the centre, what was not sent yet is carried over") {
  Office office;
  auto& [city, pc, other, first, second, unsent] = office;
  const auto before = all_states(pc->store());
  const auto waiting = must(pc->report(city.now)).queue_records;
  SECTION("a body that the centre sent") { change(pc->store(), "UPDATE record SET body = zeroblob(length(body)) WHERE id = 2"); }
  SECTION("all bodies of what was stamped") {
    change(pc->store(), "UPDATE record SET body = zeroblob(64) WHERE segment IN (SELECT id FROM segment WHERE stamp_index IS NOT NULL)");
  }
  SECTION("a record that is gone") { change(pc->store(), "DELETE FROM record WHERE id = 3"); }
  SECTION("a signature") { change(pc->store(), "UPDATE segment SET signature = zeroblob(64) WHERE id = 1"); }
  SECTION("every stamped signature") { change(pc->store(), "UPDATE segment SET signature = zeroblob(64) WHERE stamp_index IS NOT NULL"); }
  SECTION("a statement's hash") { change(pc->store(), "UPDATE segment SET hash = zeroblob(32) WHERE id = 2"); }
  SECTION("a state") { change(pc->store(), "UPDATE state SET sealed = zeroblob(100)"); }
  SECTION("the keys of dossiers that the centre knows") {
    change(pc->store(), "UPDATE dossier_key SET sealed = zeroblob(64) WHERE dossier IN (SELECT id FROM dossier WHERE code <> 'H57-3')");
  }
  SECTION("the receipt") { change(pc->store(), "UPDATE meta SET value = x'01' WHERE name = 'receipt'"); }
  SECTION("who wrote, in its own table") { change(pc->store(), "UPDATE writer SET device = zeroblob(16)"); }
  SECTION("how much was written and sent") {
    change(pc->store(), "UPDATE writer SET written = 1 << 50, chained = 1 << 50");
    change(pc->store(), "UPDATE segment SET count = 1 << 60 WHERE stamp_index IS NOT NULL");
  }
  SECTION("where it is in the log, and the seed of new keys") {
    change(pc->store(), "UPDATE meta SET value = x'ffff' WHERE name IN ('cursor', 'own known', 'applied', 'codes given')");
  }
  SECTION("a place in the log that is far too large") {
    change(pc->store(), "UPDATE meta SET value = x'feffffffffffffff7f' WHERE name = 'cursor'");
  }
  SECTION("kept receipts, and the audit log") {
    change(pc->store(), "UPDATE receipt SET signature = zeroblob(64)");
    change(pc->store(), "UPDATE audit SET entry = x'00' WHERE number = 0");
  }
  SECTION("the later policy entries") { change(pc->store(), "UPDATE policy SET entry = x'00' WHERE epoch > 3"); }
  const auto done = must(repair(city, pc));
  CHECK(done.lost == 0);
  CHECK(done.saved_again == 0);
  CHECK(must(pc->report(city.now)).queue_records == waiting);
  check_healed(city, pc, other);
  CHECK(all_states(pc->store()).size() == before.size());
  CHECK(shown(city.centre->store(), unsent, "SoDienThoai") == "3");
  CHECK(shown(pc->store(), second, "ChuHoSo") == "Trần Thị Đào");
  CHECK(shown(pc->store(), first, "Email") == "a@b.vn");
}

TEST_CASE("repair: of what only this PC had, what stands behind something unreadable is saved anew, and what is lost is named") {
  Office office;
  auto& [city, pc, other, first, second, unsent] = office;
  const auto records = [&](std::string_view sql) { change(pc->store(), sql); };
  SECTION("a change in the middle") {
    records("UPDATE record SET body = zeroblob(length(body)) WHERE id = (SELECT max(id) - 1 FROM record)");
    const auto done = must(repair(city, pc));
    CHECK(done.lost == 1);
    CHECK(done.lost_of == std::vector{unsent});
    CHECK(done.saved_again == 1);
    check_healed(city, pc, other);
    CHECK(shown(city.centre->store(), unsent, "SoDienThoai") == "3");
  }
  SECTION("the last one, and it was cut into a segment already") {
    REQUIRE(must(pc->read_outbox({4, 16, false}, city.now)).rows.size() == 1);
    records("UPDATE record SET body = zeroblob(length(body)) WHERE id = (SELECT max(id) FROM record)");
    const auto done = must(repair(city, pc));
    CHECK(done.lost == 1);
    CHECK(done.saved_again == 0);
    check_healed(city, pc, other);
    CHECK(shown(city.centre->store(), unsent, "SoDienThoai") == "2");
  }
  SECTION("the change that made the dossier") {
    records("DELETE FROM record WHERE id = (SELECT max(id) - 3 FROM record)");
    const auto done = must(repair(city, pc));
    CHECK(done.lost >= 1);
    check_healed(city, pc, other);
    CHECK(shown(city.centre->store(), second, "ChuHoSo") == "Trần Thị Đào");
  }
  SECTION("an edit of what others edited meanwhile does not overwrite what its writer had not seen") {
    (void)save(city, pc, edit(first, {set("GhiChu", "một")}));
    (void)save(city, pc, edit(first, {set("GhiChu", "hai")}));
    records("UPDATE record SET body = zeroblob(length(body)) WHERE id = (SELECT max(id) - 1 FROM record)");
    (void)save(city, other, edit(first, {set("GhiChu", "ba")}));
    const auto done = must(repair(city, pc));
    CHECK(done.lost == 1);
    CHECK(done.saved_again == 1);
    check_healed(city, pc, other);
  }
  CHECK(must(storage::verify_store(city.centre->store())).damage.empty());
}

TEST_CASE("repair: what was erased stays so when the order itself is damaged, and comes again") {
  Office office;
  auto& [city, pc, other, first, second, unsent] = office;
  sync(city, pc);
  must(city.centre->order_erasure({first, "minh", "hồ sơ nhập trùng"}, city.now.wall));
  sync(city, pc);
  change(pc->store(), "UPDATE policy SET entry = x'00' WHERE epoch = (SELECT max(epoch) FROM policy)");
  const auto done = must(repair(city, pc));
  CHECK(done.lost == 0);
  check_healed(city, pc, other);
}

TEST_CASE("repair: a file that does not say whose it is cannot be repaired, and says so") {
  Office office;
  auto& pc = office.pc;
  SECTION("no membership") { change(pc->store(), "DELETE FROM meta WHERE name = 'membership'"); }
  SECTION("no beginning of the policy") { change(pc->store(), "UPDATE policy SET entry = x'00' WHERE epoch = 0"); }
  const auto done = repair(office.city, pc);
  REQUIRE(done.has_error());
  CHECK(done.error().fault == Fault::storage_damaged);
}

TEST_CASE("repair: pages with flipped bytes; what it says is carried over or lost is all that was saved") {
  std::mt19937_64 random(7);
  int repaired = 0, whole = 0;
  for (int round = 0; round < 12; ++round) {
    Office office;
    auto& [city, pc, other, first, second, unsent] = office;
    std::vector<storage::NewChange> many;
    for (int i = 0; i < 12; ++i) many.push_back(sample_dossier("H57-1" + std::to_string(i), "Người số " + std::to_string(i)));
    std::set<Did> saved_here{unsent};
    for (const auto& one : must(pc->save(many, city.now))) saved_here.insert(one.did);
    pc->store().db.checkpoint();
    pc.store.reset();
    {
      std::fstream file(pc.path, std::ios::binary | std::ios::in | std::ios::out);
      const auto size = static_cast<std::int64_t>(std::filesystem::file_size(pc.path));
      for (int i = 0; i < 3; ++i) {
        const auto place = static_cast<std::int64_t>(4096 + random() % static_cast<std::uint64_t>(size - 4096));
        const bool whole_page = round % 3 == 2;
        file.seekp(whole_page ? place / 4096 * 4096 : place);
        for (int left = whole_page ? 4096 : 1; left > 0; --left) file.put(whole_page ? '\0' : static_cast<char>(random()));
      }
    }
    const auto done = repair(city, pc);
    if (done.has_error()) continue;
    ++repaired;
    INFO("round " << round << ": lost " << done->lost << ", again " << done->saved_again << ", fetched " << done->fetched_again << ", all "
                  << done->from_beginning);
    sync(city, pc);
    sync(city, other);
    sync(city, pc);
    CHECK(all_states(pc->store()) == all_states(city.centre->store()));
    std::set<std::string> names;
    for (const auto& [did, state] : all_states(city.centre->store())) names.insert(shown(city.centre->store(), did, "ChuHoSo"));
    std::uint64_t missing = names.contains("Lê Văn An") ? 0 : 1;
    for (int i = 0; i < 12; ++i) missing += names.contains("Người số " + std::to_string(i)) ? 0 : 1;
    CHECK(missing <= done->lost);
    whole += done->lost == 0 ? 1 : 0;
  }
  CHECK(repaired > 5);
  CHECK(whole > 1);
}

}  // namespace ward::test
