#include "protocol/base/limits.hpp"
#include "storage/dossiers.hpp"
#include "storage/inbox.hpp"
#include "tests/storage/city.hpp"

#include <catch2/catch.hpp>

namespace ward::test {
namespace {

using storage::DossierPhase;

DossierPhase phase(Pc& pc, const Did& did) { return must(storage::show_dossier(pc->store(), did)).standing.phase; }

}  // namespace

TEST_CASE("a saved dossier reaches the centre, and the other PC of its ward, and no other ward") {
  City city;
  auto first = city.enrol("W-VYDA", 1);
  auto second = city.enrol("W-VYDA", 2);
  auto other = city.enrol("W-THUANHOA", 3);
  const auto saved = save(city, first, sample_dossier("H57-1", "Nguyễn Ngọc Linh"));
  CHECK(saved.clock_believed);
  CHECK(phase(first, saved.did) == DossierPhase::on_this_pc);
  for (auto* pc : {&first, &second, &other}) sync(city, *pc);

  CHECK(shown(city.centre->store(), saved.did, "ChuHoSo") == "Nguyễn Ngọc Linh");
  CHECK(shown(second->store(), saved.did, "ChuHoSo") == "Nguyễn Ngọc Linh");
  CHECK(phase(first, saved.did) == DossierPhase::applied);
  CHECK(storage::show_dossier(other->store(), saved.did).error().fault == Fault::not_found);
  CHECK(all_states(first->store()) == all_states(second->store()));
  CHECK(all_states(first->store()) == all_states(city.centre->store()));
  for (auto* store : {&first->store(), &second->store(), &other->store(), &city.centre->store()})
    CHECK(must(storage::verify_store(*store)).damage == std::vector<std::string>{});
}

TEST_CASE("edits on both PCs of a ward merge to one state everywhere, and a field that a person must choose waits for him") {
  City city;
  auto first = city.enrol("W-VYDA", 1);
  auto second = city.enrol("W-VYDA", 2);
  const auto did = save(city, first, sample_dossier("H57-1", "Nguyễn Ngọc Linh")).did;
  sync(city, first);
  sync(city, second);
  (void)save(city, first, edit(did, {set("SoDienThoai", "0911"), set("ChuHoSo", "Nguyễn Ngọc Lĩnh")}));
  (void)save(city, second, edit(did, {set("SoDienThoai", "0922"), set("ChuHoSo", "Nguyễn Ngọc Lịnh")}));
  sync(city, first);
  sync(city, second);
  sync(city, first);

  CHECK(all_states(first->store()) == all_states(second->store()));
  CHECK(all_states(first->store()) == all_states(city.centre->store()));
  CHECK(shown(first->store(), did, "SoDienThoai") == "0922");
  const auto inbox = must(storage::list_inbox(first->store())).dossiers;
  REQUIRE(inbox.size() == 1);
  REQUIRE(inbox.front().state.conflicts.size() == 1);
  const auto& conflict = inbox.front().state.conflicts.front();
  CHECK(conflict.values.size() == 2);
  CHECK(phase(first, did) == DossierPhase::needs_you);
  CHECK(must(storage::find_conflict(second->store(), hex(conflict.id.view()))).did == did);

  (void)save(city, second, edit(did, {set("ChuHoSo", "Nguyễn Ngọc Lĩnh")}));
  sync(city, second);
  sync(city, first);
  CHECK(must(storage::list_inbox(first->store())).dossiers.empty());
  CHECK(storage::find_conflict(first->store(), hex(conflict.id.view())).error().fault == Fault::not_found);
  CHECK(shown(first->store(), did, "ChuHoSo") == "Nguyễn Ngọc Lĩnh");
  CHECK(phase(first, did) == DossierPhase::applied);
}

TEST_CASE("a lost receipt costs nothing but the same segment again, which keeps its first stamp") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  const auto did = save(city, pc, sample_dossier("H57-1", "A")).did;
  {
    Link link(city, pc);
    link.lose_receipts = true;
    link.greet();
    link.push();
  }
  const auto size = city.centre->log_view(city.now.wall).size;
  REQUIRE(size == 1);
  CHECK(phase(pc, did) == DossierPhase::on_this_pc);
  CHECK(must(pc->progress(city.now)).receipted_through == 0);
  SECTION("on the next link") { sync(city, pc); }
  SECTION("after the PC was killed") {
    pc.reopen();
    sync(city, pc);
  }
  SECTION("after the centre was killed") {
    city.reopen_centre();
    sync(city, pc);
  }
  CHECK(city.centre->log_view(city.now.wall).size == size);
  CHECK(phase(pc, did) == DossierPhase::applied);
  CHECK(must(pc->progress(city.now)).receipted_through == 3);
  CHECK(must(pc->report(city.now)).queue_records == 0);
  CHECK(must(pc->report(city.now)).queue_bytes == 0);
}

TEST_CASE("long queues go in segments of the size that the link carries, cut once") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  std::vector<storage::NewChange> changes;
  for (int i = 0; i < 40; ++i) changes.push_back(sample_dossier("H57-" + std::to_string(i), "Người " + std::to_string(i)));
  must(pc->save(changes, city.now));
  Link link(city, pc);
  REQUIRE(link.greet());
  CHECK(link.prepared.hello.segment.empty());
  const auto twice = [&] { return must(pc->read_outbox({3, 16, false}, city.now)).rows; };
  const auto cut = twice();
  REQUIRE(cut.size() == 3);
  CHECK(cut == twice());
  for (const auto& rows : cut) CHECK(rows.statement.statement.count <= 16);
  while (link.push(3, 16)) {
  }
  CHECK(must(pc->report(city.now)).queue_records == 0);
  link.hear_applied();
  CHECK(all_states(pc->store()) == all_states(city.centre->store()));
  CHECK(must(storage::verify_store(city.centre->store())).damage == std::vector<std::string>{});
}

TEST_CASE("a new dossier's first record and its grant are never parted by a cut") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  for (int i = 0; i < 6; ++i) (void)save(city, pc, sample_dossier("H57-" + std::to_string(i), "A"));
  for (std::size_t size : {2U, 3U, 4U, 5U}) {
    for (const auto& rows : must(pc->read_outbox({1, size, false}, city.now)).rows) {
      std::set<Did> created, granted;
      for (const auto& row : rows.rows) {
        const auto& header = segment::header_of(row);
        if (header.type == record::Type::change) created.insert(record::dossier_of(header));
        if (header.type == record::Type::grant) granted.insert(header.did);
      }
      CHECK(created == granted);
    }
  }
  sync(city, pc);
  CHECK(all_states(pc->store()) == all_states(city.centre->store()));
}

TEST_CASE("a dossier that does not fit one record is saved as several changes, all of them or none") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  auto wanted = sample_dossier("H57-1", "Nguyễn Ngọc Linh");
  for (int i = 0; i < 12; ++i) wanted.change.ops.push_back(set("Lạ" + std::to_string(i), std::string(2000, static_cast<char>('a' + i))));
  const auto saved = save(city, pc, wanted);
  auto state = must(storage::show_dossier(pc->store(), saved.did)).state;
  CHECK(state.changes > 2);
  CHECK(state.version == std::vector<Position>{saved.position});
  CHECK(state.fields.size() >= 16);
  sync(city, pc);
  CHECK(all_states(pc->store()) == all_states(city.centre->store()));

  auto too_large = sample_dossier("H57-2", "B");
  record::List list;
  for (int i = 0; i < 5; ++i) list.emplace_back(std::string(2000, 'x'));
  too_large.change.ops.push_back(set("Lạ", list));
  const auto before = must(pc->progress(city.now)).dossiers;
  const auto refused = pc->save({sample_dossier("H57-3", "C"), too_large}, city.now);
  REQUIRE(refused.has_error());
  CHECK(refused.error().fault == Fault::too_large);
  CHECK(refused.error().detail.starts_with("change 2: "));
  CHECK(must(pc->progress(city.now)).dossiers == before);
  CHECK(storage::find_dossier(pc->store(), "H57-3").error().fault == Fault::not_found);
}

TEST_CASE("every start of the daemon writes under an incarnation of its own that names the one before") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  const auto first = save(city, pc, sample_dossier("H57-1", "A"));
  pc.reopen();
  CHECK(must(pc->progress(city.now)).incarnation.is_zero());
  const auto second = save(city, pc, edit(first.did, {set("SoDienThoai", "1")}));
  CHECK(second.position.incarnation != first.position.incarnation);
  CHECK(second.position.seq == 1);
  CHECK(must(pc->progress(city.now)).incarnation == second.position.incarnation);
  sync(city, pc);
  CHECK(must(pc->report(city.now)).queue_records == 0);
  CHECK(shown(city.centre->store(), first.did, "SoDienThoai") == "1");
}

TEST_CASE("deliveries are cut to what a link carries and go on from the cursor") {
  City city;
  auto first = city.enrol("W-VYDA", 1);
  auto second = city.enrol("W-VYDA", 2);
  for (int i = 0; i < 30; ++i) {
    (void)save(city, first, sample_dossier("H57-" + std::to_string(i), "A"));
    Link link(city, first);
    REQUIRE(link.greet());
    link.push();
  }
  Link link(city, second);
  REQUIRE(link.greet());
  link.fetch_policy();
  int pulls = 0;
  while (link.pull(600)) {
    ++pulls;
    if (pulls == 3) second.reopen();
  }
  CHECK(pulls > 8);
  while (must(city.centre->apply_pending(7))) {
  }
  CHECK(all_states(second->store()) == all_states(city.centre->store()));
}

}  // namespace ward::test
