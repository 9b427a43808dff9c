#include "storage/deadlines.hpp"
#include "storage/calendar.hpp"
#include "storage/dossiers.hpp"
#include "tests/storage/city.hpp"

#include <catch2/catch.hpp>

#include <set>

namespace ward::test {
namespace {

using deadline::Class;

constexpr const char* now_text = "20200812100000";  // a Wednesday
deadline::Moment now() { return *deadline::moment_of(now_text); }

storage::DossierQuery of(storage::Store& store, Class one, std::size_t limit = 50) {
  storage::DossierQuery out;
  out.due = deadline::range_of(storage::calendar_of(store), one, now());
  out.limit = limit;
  return out;
}

std::vector<std::string> codes(storage::Store& store, storage::DossierQuery query) {
  std::vector<std::string> out;
  do {
    const auto page = must(storage::list_dossiers(store, query));
    for (const auto& line : page.lines) out.push_back(line.code);
    CHECK(page.lines.size() <= query.limit);
    query.after = page.next;
  } while (!query.after.empty());
  return out;
}
using Codes = std::vector<std::string>;

storage::NewChange dossier(const std::string& code, const std::string& status, const std::string& due) {
  return new_dossier({set("MaHoSo", code), set("ChuHoSo", "Nguyễn An"), set("TrangThaiHoSo", status), set("MaTTHC", "1.003583"),
                      set("NgayTiepNhan", "20200803090000"), set("NgayHenTra", due)});
}

/// One dossier of each kind.
void fill(City& city, Pc& pc) {
  for (const auto& [code, status, due] : {std::tuple{"late", "4", "20200810090000"},
                                          {"late-today", "2", "20200812095959"},
                                          {"today", "4", "20200812100000"},
                                          {"evening", "4", "20200812170000"},
                                          {"tomorrow", "4", "20200813080000"},
                                          {"friday", "2", "20200814235959"},
                                          {"monday", "4", "20200817080000"},
                                          {"waiting", "5", "20200810090000"},
                                          {"paying", "6", "20200811090000"},
                                          {"done", "9", "20200810090000"},
                                          {"new", "1", ""}})
    (void)save(city, pc, dossier(code, status, due));
}

}  // namespace

TEST_CASE("deadlines: each dossier is in the list of its class, by appointment, and counts are the lists' lengths") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  fill(city, pc);
  sync(city, pc);
  while (must(city.centre->apply_pending(8))) {
  }
  for (auto* store : {&pc->store(), &city.centre->store()}) {
    CHECK(codes(*store, of(*store, Class::overdue)) == Codes{"late", "paying", "late-today"});
    CHECK(codes(*store, of(*store, Class::today)) == Codes{"today", "evening"});
    CHECK(codes(*store, of(*store, Class::soon)) == Codes{"tomorrow", "friday"});
    CHECK(codes(*store, of(*store, Class::later)) == Codes{"monday"});
    CHECK(codes(*store, of(*store, Class::waiting)) == Codes{"waiting"});
    const auto counts = must(storage::count_deadlines(*store, storage::calendar_of(*store), now()));
    CHECK(counts.overdue == 3);
    CHECK(counts.today == 2);
    CHECK(counts.soon == 2);
    CHECK(counts.waiting == 1);
    CHECK(counts.supplement == 1);
    CHECK(counts.payment == 1);
    CHECK(must(storage::count_deadlines(*store, storage::calendar_of(*store), now(), "W-VYDA")).overdue == 3);
    CHECK(must(storage::count_deadlines(*store, storage::calendar_of(*store), now(), "W-KIMLONG")).overdue == 0);
  }
}

TEST_CASE("deadlines: a list goes on from its cursor without a gap or a repeat, also where many are due at one time") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  std::set<std::string> wanted;
  for (int i = 0; i < 23; ++i) {
    const auto code = "H57-" + std::to_string(i);
    wanted.insert(code);
    (void)save(city, pc, dossier(code, "4", i % 3 == 0 ? "20200810090000" : "20200811090000"));
  }
  auto& store = pc->store();
  for (const std::size_t limit : {1, 2, 7, 23, 50}) {
    const auto found = codes(store, of(store, Class::overdue, limit));
    CHECK(found.size() == wanted.size());
    CHECK(std::set<std::string>(found.begin(), found.end()) == wanted);
  }
  for (const auto* wrong : {"x", "12", ".", "1.", ".1", "1.2.3", "1.x", "99999999999999999999.1"}) {
    auto query = of(store, Class::overdue);
    query.after = wrong;
    CHECK(storage::list_dossiers(store, query).error().fault == Fault::invalid);
  }
}

TEST_CASE("deadlines: lists are narrowed by words, status, unit and conflicts, and go by what the dossier says now") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  const auto did = save(city, pc, dossier("H57-1", "4", "20200810090000")).did;
  (void)save(city, pc, dossier("H57-2", "2", "20200811090000"));
  auto& store = pc->store();
  auto query = of(store, Class::overdue);
  query.search = "nguyen";
  CHECK(codes(store, query) == Codes{"H57-1", "H57-2"});
  query.search = "tran";
  CHECK(codes(store, query).empty());
  query.search.clear();
  query.status = "2";
  CHECK(codes(store, query) == Codes{"H57-2"});
  query.status.clear();
  query.unit = "W-KIMLONG";
  CHECK(codes(store, query).empty());
  query.unit = "W-VYDA";
  query.conflict_only = true;
  CHECK(codes(store, query).empty());
  (void)save(city, pc, edit(did, {set("NgayHenTra", "20200820090000")}));
  CHECK(codes(store, of(store, Class::overdue)) == Codes{"H57-2"});
  CHECK(codes(store, of(store, Class::later)) == Codes{"H57-1"});
  (void)save(city, pc, edit(did, {set("TrangThaiHoSo", "9")}));
  CHECK(codes(store, of(store, Class::later)).empty());
}

TEST_CASE("deadlines: what was made by mistake is in no list and no count, and comes back when that is taken back") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  const auto late = save(city, pc, dossier("H57-1", "4", "20200810090000")).did;
  const auto paying = save(city, pc, dossier("H57-2", "6", "20200810090000")).did;
  auto& store = pc->store();
  const auto counts = [&] { return must(storage::count_deadlines(store, storage::calendar_of(store), now())); };
  for (const auto& did : {late, paying}) (void)save(city, pc, edit(did, {set("LyDoHuy", "nhập trùng")}));
  CHECK(codes(store, of(store, Class::overdue)).empty());
  CHECK(counts().overdue == 0);
  CHECK(counts().payment == 0);
  for (const auto& did : {late, paying}) (void)save(city, pc, edit(did, {set("LyDoHuy", "")}));
  CHECK(counts().overdue == 2);
  CHECK(counts().payment == 1);
}

TEST_CASE("deadlines: data of the version before gets its columns when it is opened, at a ward and at a centre") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  fill(city, pc);
  sync(city, pc);
  while (must(city.centre->apply_pending(8))) {
  }
  const auto wanted = codes(pc->store(), of(pc->store(), Class::overdue));
  take_back_to(pc->store(), 1);
  take_back_to(city.centre->store(), 1);
  pc.reopen();
  city.reopen_centre();
  for (auto* store : {&pc->store(), &city.centre->store()}) {
    CHECK(codes(*store, of(*store, Class::overdue)) == wanted);
    const auto counts = must(storage::count_deadlines(*store, storage::calendar_of(*store), now()));
    CHECK(counts.waiting == 1);
    CHECK(counts.payment == 1);
  }
}

}  // namespace ward::test
