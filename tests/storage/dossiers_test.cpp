#include "storage/dossiers.hpp"
#include "tests/storage/city.hpp"

#include <catch2/catch.hpp>

namespace ward::test {
namespace {

std::vector<std::string> codes(storage::Store& store, const storage::DossierQuery& query) {
  std::vector<std::string> out;
  for (const auto& line : must(storage::list_dossiers(store, query)).lines) out.push_back(line.code);
  return out;
}
storage::DossierQuery asking(std::string status, std::string search = {}, std::size_t limit = 50) {
  storage::DossierQuery out;
  out.status = std::move(status);
  out.search = std::move(search);
  out.limit = limit;
  return out;
}
std::vector<std::string> search(storage::Store& store, std::string text) { return codes(store, asking("", std::move(text))); }

using Codes = std::vector<std::string>;

}  // namespace

TEST_CASE("a dossier is found by its code or its id; a shared code lists the ids") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  const auto first = save(city, pc, sample_dossier("H57-1", "A")).did;
  const auto second = save(city, pc, sample_dossier("H57-2", "B")).did;
  const auto twin = save(city, pc, sample_dossier("H57-2", "C")).did;
  auto& store = pc->store();
  CHECK(must(storage::find_dossier(store, "H57-1")) == first);
  CHECK(must(storage::find_dossier(store, "id:" + hex(twin.view()))) == twin);
  CHECK(storage::find_dossier(store, "H57-9").error().fault == Fault::not_found);
  CHECK(storage::find_dossier(store, "id:12").error().fault == Fault::invalid);
  CHECK(storage::find_dossier(store, "id:" + std::string(32, '0')).error().fault == Fault::not_found);
  const auto shared = storage::find_dossier(store, "H57-2");
  REQUIRE(shared.has_error());
  CHECK(shared.error().fault == Fault::ambiguous);
  CHECK(shared.error().detail.find("id:" + hex(second.view())) != std::string::npos);
  CHECK(shared.error().detail.find("id:" + hex(twin.view())) != std::string::npos);
}

TEST_CASE("search finds words and their beginnings without marks, and numbers by their beginning and their end") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  (void)save(city, pc,
             new_dossier({set("MaHoSo", "000.45.22.H57-1"), set("ChuHoSo", "Nguyễn Ngọc Linh"), set("SoDienThoai", "0777260626")}));
  const auto second =
      save(city, pc,
           new_dossier({set("MaHoSo", "000.45.22.H57-2"), set("ChuHoSo", "Trần Thị Đào"), set("SoGiayToChuHoSo", "046086936710"),
                        set("DiaChiChuHoSo", "215 Phạm Văn Đồng, phường Vỹ Dạ"), set("GhiChu", "bí mật")}))
          .did;
  auto& store = pc->store();
  const Codes one{"000.45.22.H57-1"}, two{"000.45.22.H57-2"}, both{"000.45.22.H57-2", "000.45.22.H57-1"};
  CHECK(search(store, "linh") == one);
  CHECK(search(store, "NGỌC nguyen") == one);
  CHECK(search(store, "ngu") == one);
  CHECK(search(store, "ng") == Codes{});
  CHECK(search(store, "0626") == one);
  CHECK(search(store, "0777") == one);
  CHECK(search(store, "04608693") == two);
  CHECK(search(store, "077") == Codes{});
  CHECK(search(store, "6710") == two);
  CHECK(search(store, "046086936710") == two);
  CHECK(search(store, "dao") == two);
  CHECK(search(store, "đào pham dong") == two);
  CHECK(search(store, "linh dao") == Codes{});
  CHECK(search(store, "h57") == both);
  CHECK(search(store, "mat") == Codes{});
  CHECK(search(store, "---") == Codes{});
  (void)save(city, pc, edit(second, {set("ChuHoSo", "Trần Thị Mai")}));
  CHECK(search(store, "dao") == Codes{});
  CHECK(search(store, "mai") == two);
}

TEST_CASE("both names of a conflict are found") {
  City city;
  auto first = city.enrol("W-VYDA", 1);
  auto second = city.enrol("W-VYDA", 2);
  const auto did = save(city, first, sample_dossier("H57-1", "Nguyễn Ngọc Linh")).did;
  sync(city, first);
  sync(city, second);
  (void)save(city, first, edit(did, {set("ChuHoSo", "Hoàng")}));
  (void)save(city, second, edit(did, {set("ChuHoSo", "Phúc")}));
  sync(city, first);
  sync(city, second);
  CHECK(search(second->store(), "hoang") == Codes{"H57-1"});
  CHECK(search(second->store(), "phuc") == Codes{"H57-1"});
  auto query = asking("");
  query.conflict_only = true;
  CHECK(codes(second->store(), query) == Codes{"H57-1"});
  query.status = "3";
  CHECK(codes(second->store(), query) == Codes{});
}

TEST_CASE("lists filter by status and go on from a cursor, newest first") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  std::vector<storage::NewChange> many;
  for (int i = 0; i < 25; ++i) {
    auto change = sample_dossier("H57-" + std::to_string(i), "A");
    change.change.ops[2] = set("TrangThaiHoSo", i % 5 == 0 ? "3" : "2");
    many.push_back(std::move(change));
  }
  must(pc->save(many, city.now));
  auto& store = pc->store();
  for (const auto* text : {"", "a"}) {
    Codes all;
    storage::DossierQuery query;
    query.search = text;
    query.limit = 7;
    int pages = 0;
    do {
      const auto page = must(storage::list_dossiers(store, query));
      for (const auto& line : page.lines) all.push_back(line.code);
      query.after = page.next;
      ++pages;
    } while (!query.after.empty());
    CHECK(pages == 4);
    REQUIRE(all.size() == 25);
    CHECK(all.front() == "H57-24");
    CHECK(all.back() == "H57-0");
  }
  CHECK(codes(store, asking("3")) == Codes{"H57-20", "H57-15", "H57-10", "H57-5", "H57-0"});
  CHECK(codes(store, asking("3", "h57")).size() == 5);
  CHECK(codes(store, asking("", "", 25)).size() == 25);
  CHECK(must(storage::list_dossiers(store, asking("", "", 25))).next.empty());
  auto wrong = asking("");
  wrong.after = "x";
  CHECK(storage::list_dossiers(store, wrong).error().fault == Fault::invalid);
  const auto line = must(storage::list_dossiers(store, asking("", "", 1))).lines.front();
  CHECK(line.owner == "A");
  CHECK(line.course.status == "2");
  CHECK(line.unit == "W-VYDA");
  CHECK(line.course.received == "20260317161049");
  CHECK(line.changed_at == city.now.wall);
}

TEST_CASE("history names every value that was ever entered") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  const auto did = save(city, pc, sample_dossier("H57-1", "A")).did;
  (void)save(city, pc, edit(did, {set("ChuHoSo", "B")}));
  const auto history = must(storage::dossier_history(pc->store(), did));
  const auto says = [&](const char* value) {
    return std::count_if(history.begin(), history.end(), [&](const auto& entry) { return entry.said.value == record::Value(value); });
  };
  CHECK(history.size() == 7);
  CHECK(says("A") == 1);
  CHECK(says("B") == 1);
  CHECK(storage::dossier_history(pc->store(), made<Did>(1)).error().fault == Fault::not_found);
}

TEST_CASE("an answer is given again to the same request, and refused to another under the same key") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  auto& store = pc->store();
  const Bytes answer{1, 2, 3};
  CHECK_FALSE(must(storage::answered_before(store, "key", made<Hash>(1))).has_value());
  must(storage::remember_answer(store, "key", made<Hash>(1), answer, city.now.wall));
  CHECK(must(storage::answered_before(store, "key", made<Hash>(1))) == answer);
  CHECK(storage::answered_before(store, "key", made<Hash>(2)).error().fault == Fault::invalid);
  must(store.db.transact("look", [&]() -> Result<void> {
    auto kept = store.db.query("SELECT request FROM answered");
    REQUIRE(kept.step());
    CHECK(kept.fixed<Hash>(0) != made<Hash>(1));  // whoever reads the file cannot try requests
    return {};
  }));
  CHECK(storage::remember_answer(store, "", made<Hash>(1), answer, city.now.wall).error().fault == Fault::invalid);
  CHECK(storage::remember_answer(store, std::string(300, 'k'), made<Hash>(1), answer, city.now.wall).error().fault == Fault::invalid);
  city.pass(std::chrono::hours(24 * 8));
  must(storage::remember_answer(store, "other", made<Hash>(1), answer, city.now.wall));
  CHECK_FALSE(must(storage::answered_before(store, "key", made<Hash>(1))).has_value());
}

TEST_CASE("a change that cannot be accepted names what is wrong, and nothing is saved") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  const auto saved = save(city, pc, sample_dossier("H57-1", "A"));
  const auto fault = [&](const storage::NewChange& change) { return pc->save({change}, city.now).error().fault; };
  const auto before = must(pc->report(city.now)).queue_records;
  CHECK(fault(edit(made<Did>(9), {set("GhiChu", "x")})) == Fault::not_found);
  CHECK(fault(edit(saved.did, {})) == Fault::invalid);
  CHECK(fault(edit(saved.did, {set("GhiChu", "e\xcc\x81")})) == Fault::invalid);
  CHECK(fault(edit(saved.did, {set("GhiChu", std::string(5000, 'x'))})) == Fault::too_large);
  auto unseen = edit(saved.did, {set("GhiChu", "x")});
  unseen.change.seen = {{pc->membership().device, made<Incarnation>(1), 5}};
  CHECK(fault(unseen) == Fault::invalid);
  unseen.change.seen = {saved.position, saved.position};
  CHECK(fault(unseen) == Fault::invalid);
  auto late = sample_dossier("H57-2", "B");
  late.change.seen = {saved.position};
  CHECK(fault(late) == Fault::invalid);
  CHECK(must(pc->report(city.now)).queue_records == before);
  CHECK(must(storage::verify_store(pc->store())).damage == std::vector<std::string>{});
}

TEST_CASE("several changes of one save see each other; one that names an older version is concurrent") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  const auto saved = save(city, pc, sample_dossier("H57-1", "A"));
  auto stale = edit(saved.did, {set("ChuHoSo", "C")});
  stale.change.seen = {saved.position};
  const auto both = must(pc->save({edit(saved.did, {set("ChuHoSo", "B")}), edit(saved.did, {set("Email", "e")}), stale}, city.now));
  auto state = must(storage::show_dossier(pc->store(), saved.did)).state;
  CHECK(state.conflicts.size() == 1);
  CHECK(state.version == std::vector{both[1].position, both[2].position});
  (void)save(city, pc, edit(saved.did, {set("ChuHoSo", "B")}));
  state = must(storage::show_dossier(pc->store(), saved.did)).state;
  CHECK(state.conflicts.empty());
  CHECK(state.version.size() == 1);
}

TEST_CASE("an answer is remembered exactly when what it tells of is saved") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  const Bytes answer{1, 2, 3};
  const auto keep = [&](const std::vector<storage::Saved>&) {
    storage::put_answer(pc->store(), "key", made<Hash>(1), answer, city.now.wall);
  };
  const auto broken = [&](const std::vector<storage::Saved>& saved) {
    keep(saved);
    throw storage::Failure{{Fault::storage_full, "no room"}};
  };
  CHECK(pc->save({sample_dossier("H57-1", "A")}, city.now, broken).error().fault == Fault::storage_full);
  CHECK_FALSE(must(storage::answered_before(pc->store(), "key", made<Hash>(1))).has_value());
  CHECK(codes(pc->store(), {}).empty());
  REQUIRE(pc->save({sample_dossier("H57-1", "A")}, city.now, keep).has_value());
  pc.reopen();
  CHECK(must(storage::answered_before(pc->store(), "key", made<Hash>(1))) == answer);
  CHECK(codes(pc->store(), {}) == Codes{"H57-1"});
}

}  // namespace ward::test
