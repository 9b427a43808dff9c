#include "storage/erasures.hpp"
#include "storage/evidence.hpp"
#include "storage/repair.hpp"
#include "tests/storage/rested.hpp"

/// A PC lets go of the records of dossiers that ended long ago, and nothing is lost by it (docs/adr/0018).
namespace ward::test {
namespace {

using namespace std::chrono_literals;

constexpr storage::KeepPlan at_once{std::chrono::days(90), 0ms};

/// Bodies of a dossier that are here, its summaries aside.
std::int64_t bodies(storage::Store& store, const Did& did) {
  return must(store.db.read("bodies", [&]() -> Result<std::int64_t> {
    auto found = store.db.query("SELECT count(body) FROM record WHERE dossier = ? AND type <> ?");
    found.bind(storage::find_dossier_row(store, did)).bind(static_cast<std::int64_t>(record::Type::summary));
    return found.step() ? found.number(0) : 0;
  }));
}
std::int64_t bodies(Pc& pc, const Did& did) { return bodies(pc->store(), did); }

void change(Pc& pc, std::string_view sql) {
  must(pc->store().db.transact("change", [&]() -> Result<void> {
    pc->store().db.run(sql);
    return {};
  }));
}

/// Four dossiers that ended long ago, of which the centre wrote summaries and a copy elsewhere holds everything. `a` wrote half of it, `b`
/// too.
struct LongAgo : Rested {
  Pc b = city.enrol(vyda, 2);

  LongAgo() {
    sync(city, b);
    for (const auto& did : ended) (void)save(city, b, edit(did, {note("của máy hai")}));
    sync_all(city, {&b, &a});
    rest();
    for (auto* pc : {&a, &b}) (*pc)->set_keep_plan(at_once);
  }
  void archive() { must(city.centre->note_backup(city.centre->backup_facts(), city.now.wall, true)); }
  /// Nobody writes for a hundred days, the centre does what it does.
  void rest() {
    archive();
    city.pass(std::chrono::days(100));
    (void)summarise();
    sync_all(city, {&a, &b});
  }
  /// What a quiet line would ask about.
  std::vector<Did> asked(Pc& pc) { return must(pc->read_doubts(city.now)).resting; }
  bool asks(Pc& pc, const Did& did) {
    const auto all = asked(pc);
    return std::find(all.begin(), all.end(), did) != all.end();
  }
  /// A pass; how many went.
  std::size_t let_go(Pc& pc, std::size_t bytes_max = 256 * 1024) {
    const auto before = must(pc->progress(city.now)).at_centre;
    Link link(city, pc);
    if (!link.greet()) return 0;
    link.fetch_policy();
    for (auto resting = asked(pc); !resting.empty();) resting = link.let_go(resting, bytes_max);
    return must(pc->progress(city.now)).at_centre - before;
  }
};

void restore(City& city, const std::string& copy) {
  city.centre.reset();
  for (const auto* tail : {"-wal", "-shm"}) std::filesystem::remove(city.dir.file("centre.db") + tail);
  std::filesystem::copy_file(copy, city.dir.file("centre.db"), std::filesystem::copy_options::overwrite_existing);
  city.reopen_centre();
  city.pass(1s);
  must(city.centre->become_restored(city.now.wall, false));
  city.reopen_centre();
}

}  // namespace

TEST_CASE("letting go: what ended long ago is known by its summary, its own work included, and shows the same") {
  LongAgo town;
  auto& city = town.city;
  const auto before = all_states(town.a->store());
  const std::size_t bytes_max = GENERATE(256U * 1024U, 1U);
  CHECK(town.let_go(town.a, bytes_max) == 4);
  for (const auto& did : town.ended) {
    CHECK(bodies(town.a, did) == 0);
    CHECK(changes_at(town.a, did) == 5);
    CHECK_FALSE(records_here(town.a, did));
  }
  CHECK(records_here(town.a, town.open));
  const auto same = [&] {
    CHECK(all_states(town.a->store()) == before);
    CHECK(must(storage::find_dossier(town.a->store(), "H57-2")) == town.ended[2]);
    storage::DossierQuery query;
    query.search = "nguyen thi b";
    CHECK(must(storage::list_dossiers(town.a->store(), query)).lines.size() == 1);
    CHECK(storage::name_of(must(storage::show_dossier(town.a->store(), town.ended[0])).standing.phase) == std::string("applied"));
    CHECK(must(town.a->report(city.now)).waiting == 0);
    check_sound(city, {&town.a});
  };
  same();
  town.a.reopen();
  same();
  CHECK(must(storage::rebuild(town.a->store())) == 5);
  same();
  sync_all(city, {&town.a, &town.b});
  same();
  CHECK(town.let_go(town.a) == 0);
}

TEST_CASE("letting go: what needs the records asks for them, own work too, and goes on when they have come") {
  LongAgo town;
  auto& city = town.city;
  const auto did = town.ended[0];
  const auto history = must(storage::dossier_history(town.a->store(), did)).size();
  REQUIRE(town.let_go(town.a) == 4);
  SECTION("an edit") { CHECK(town.a->save({edit(did, {note("thêm")})}, city.now).error().fault == Fault::at_centre); }
  SECTION("the history") { CHECK(storage::dossier_history(town.a->store(), did).error().fault == Fault::at_centre); }
  SECTION("evidence") { CHECK(storage::evidence_of(*town.a, did).error().fault == Fault::at_centre); }
  sync(city, town.a);
  CHECK(records_here(town.a, did));
  CHECK(bodies(town.a, did) > 5);
  CHECK_FALSE(records_here(town.a, town.ended[1]));
  CHECK(must(storage::dossier_history(town.a->store(), did)).size() == history);
  CHECK(storage::evidence_of(*town.a, did).has_value());
  (void)save(city, town.a, edit(did, {note("thêm")}));
  sync_all(city, {&town.a, &town.b});
  check_same(city, did, {&town.a, &town.b});
  CHECK(alarm_at(city, town.a).empty());
  check_sound(city, {&town.a, &town.b});
  // It rests again, and goes again.
  town.rest();
  CHECK(town.let_go(town.a) == 1);
  CHECK(bodies(town.a, did) == 0);
}

TEST_CASE("letting go: killed between the parts of what was fetched, a PC shows what it showed, and goes on") {
  LongAgo town;
  auto& city = town.city;
  const auto before = all_states(town.a->store());
  REQUIRE(town.let_go(town.a) == 4);
  const auto did = town.ended[1];
  for (std::size_t parts = 1; parts < 5; ++parts) {
    CHECK(storage::dossier_history(town.a->store(), did).error().fault == Fault::at_centre);
    {
      Link link(city, town.a);
      link.greet();
      for (std::size_t i = 0; i < parts; ++i) CHECK(link.fetch(1));
    }
    town.a.reopen();
    CHECK(all_states(town.a->store()) == before);
    check_sound(city, {&town.a});
  }
  CHECK(storage::dossier_history(town.a->store(), did).error().fault == Fault::at_centre);
  sync(city, town.a);
  CHECK(records_here(town.a, did));
  CHECK(all_states(town.a->store()) == before);
}

TEST_CASE("letting go: only what no copy elsewhere lacks goes") {
  LongAgo town;
  auto& city = town.city;
  SECTION("what was written since the copy stays") {
    (void)save(city, town.a, edit(town.ended[0], {note("sau bản sao")}));
    sync_all(city, {&town.a, &town.b});
    city.pass(std::chrono::days(100));
    (void)town.summarise();
    sync_all(city, {&town.a, &town.b});
    CHECK(town.let_go(town.a) == 3);
    CHECK(bodies(town.a, town.ended[0]) > 0);
    town.archive();
    sync(city, town.a);
    CHECK(town.let_go(town.a) == 1);
  }
  SECTION("a receipt that the disk changed says nothing") {
    auto& store = town.a->store();
    auto last = must(store.db.read("receipt", [&]() -> Result<Bytes> { return *storage::meta(store, "receipt"); }));
    last.back() ^= 1;  // of what stands behind its signature
    last[last.size() - 20] ^= 1;
    must(store.db.transact("damage", [&]() -> Result<void> {
      storage::set_meta(store, "receipt", last);
      return {};
    }));
    CHECK(town.asked(town.a).empty());
  }
}

TEST_CASE("letting go: no copy elsewhere, nothing goes") {
  Rested town;
  auto& city = town.city;
  city.pass(std::chrono::days(100));
  CHECK(town.summarise() == 4);
  sync(city, town.a);
  town.a->set_keep_plan(at_once);
  CHECK(must(town.a->read_doubts(city.now)).resting.empty());
}

TEST_CASE("letting go: what is young stays") {
  LongAgo town;
  auto& city = town.city;
  const auto did = town.ended[0];
  (void)save(city, town.a, edit(did, {note("mới")}));
  sync(city, town.a);
  town.archive();
  city.pass(std::chrono::days(89));
  (void)town.summarise();
  sync(city, town.a);
  CHECK_FALSE(town.asks(town.a, did));
  city.pass(std::chrono::days(2));
  sync(city, town.a);
  CHECK(town.asks(town.a, did));
}

TEST_CASE("letting go: what is open, asked, offered, not receipted or of a fork is not asked about") {
  LongAgo town;
  auto& city = town.city;
  const auto did = town.ended[0];
  CHECK(town.asked(town.a).size() == 4);
  CHECK_FALSE(town.asks(town.a, town.open));
  const auto copy = city.dir.file("before.db");
  must(town.a->store().db.copy_to(copy));
  constexpr std::array ways{
      "INSERT INTO hand_over (dossier, from_unit, to_unit, offered_ms) SELECT id, 'W-VYDA', 'W-THUANHOA', 1 FROM dossier WHERE code = "
      "'H57-0'",
      "UPDATE dossier SET conflicts = 1 WHERE code = 'H57-0'", "UPDATE dossier SET attention = 1 WHERE code = 'H57-0'",
      "UPDATE dossier SET waiting = 1 WHERE code = 'H57-0'",
      "UPDATE segment SET forked = 1 WHERE id = (SELECT min(segment) FROM record WHERE dossier = (SELECT dossier FROM code WHERE code = "
      "'H57-0') AND type = 1)",
      "UPDATE segment SET receipted = 0 WHERE id = (SELECT min(segment) FROM record WHERE dossier = (SELECT dossier FROM code WHERE code "
      "= 'H57-0') AND type = 1)",
      // Of a number that was used twice.
      "INSERT INTO record (writer, seq, rid, segment, leaf, dossier, type, saved_ms, header, body, body_hash) SELECT writer, seq, "
      "zeroblob(32), segment, leaf, (SELECT dossier FROM code WHERE code = 'H57-open'), type, saved_ms, header, body, body_hash FROM "
      "record WHERE dossier = (SELECT dossier FROM code WHERE code = 'H57-0') AND type = 1 LIMIT 1"};
  for (const auto* way : ways) {
    INFO(way);
    put_back(town.a, copy);
    town.a->set_keep_plan(at_once);
    change(town.a, way);
    CHECK(town.asked(town.a).size() == 3);
    CHECK_FALSE(town.asks(town.a, did));
  }
}

TEST_CASE("letting go: what is not sent, or ordered to be erased, is not asked about") {
  LongAgo town;
  auto& city = town.city;
  const auto did = town.ended[0];
  SECTION("not sent") { (void)save(city, town.a, edit(did, {note("chưa gửi")})); }
  SECTION("ordered to be erased") {
    must(city.centre->order_erasure({did, "minh", "nhập trùng", {}}, city.now.wall));
    Link link(city, town.a);
    link.greet();
    link.fetch_policy();
  }
  const auto asked = town.asked(town.a);
  CHECK(asked.size() == 3);
  CHECK(std::find(asked.begin(), asked.end(), did) == asked.end());
}

TEST_CASE("letting go: nothing goes while the centre's word is in doubt, or this file is not whole") {
  LongAgo town;
  auto& store = town.a->store();
  const auto note = [&](std::string_view name, BytesView value) {
    must(store.db.transact("note", [&]() -> Result<void> {
      storage::set_meta(store, name, value);
      return {};
    }));
  };
  SECTION("an alarm") { note("alarm", view("rollback")); }
  SECTION("another centre, whose heads are not compared") { note("heads wanted", made<Incarnation>(7).view()); }
  SECTION("an older copy of itself") {
    Bytes heads{1};
    append(heads, made<Incarnation>(8).view());
    heads.push_back(4);
    append(heads, made<Hash>(9).view());
    note("lost heads", heads);
  }
  SECTION("it keeps everything") { town.a->set_keep_plan({0ms, 0ms}); }
  CHECK(town.asked(town.a).empty());
  CHECK(town.let_go(town.a) == 0);
}

TEST_CASE("letting go: a summary that stands for anything else than what is here lets nothing go") {
  LongAgo town;
  auto& city = town.city;
  const auto did = town.ended[0];
  const auto before = all_states(town.a->store());
  SECTION("it says something else") { write_a_lie(city, did, rename); }
  SECTION("of other changes") {
    write_a_lie(city, did, [](record::SummaryBody& body) { body.past.bytes[0] ^= 1; });
  }
  SECTION("of more") {
    write_a_lie(city, did, [](record::SummaryBody& body) { ++body.changes; });
  }
  SECTION("it cannot be read here") {
    write_a_lie(city, did, [](record::SummaryBody& body) { body.state.front() = 250; });
  }
  SECTION("more was written here since it was asked for") {
    Link link(city, town.a);
    link.greet();
    const auto asked = town.asked(town.a);
    (void)save(city, town.a, edit(did, {note("trong khi hỏi")}));
    (void)link.let_go(asked);
    CHECK(bodies(town.a, did) > 5);
    CHECK(records_here(town.a, did));
    CHECK(must(town.a->progress(city.now)).at_centre == 3);
    return;
  }
  CHECK(town.let_go(town.a) == 3);
  CHECK(bodies(town.a, did) > 5);
  CHECK(records_here(town.a, did));
  CHECK(all_states(town.a->store()) == before);
  CHECK(alarm_at(city, town.a).empty());
}

TEST_CASE("letting go: a pass goes through all dossiers once, and the next begins when its time has come") {
  LongAgo town;
  auto& city = town.city;
  town.a->set_keep_plan({std::chrono::days(90), std::chrono::days(7)});
  write_a_lie(city, town.ended[3], rename);
  CHECK(town.let_go(town.a) == 3);
  CHECK(town.asked(town.a).empty());
  city.pass(std::chrono::days(6));
  sync(city, town.a);
  CHECK(town.asked(town.a).empty());
  city.pass(std::chrono::days(2));
  sync(city, town.a);
  CHECK(town.asked(town.a) == std::vector<Did>{town.ended[3]});
}

TEST_CASE("letting go: whatever arrives later brings the records, and merges as everywhere") {
  LongAgo town;
  auto& city = town.city;
  const auto did = town.ended[0];
  REQUIRE(town.let_go(town.a) == 4);
  SECTION("what another PC wrote") { (void)save(city, town.b, edit(did, {set("SoDienThoai", "0909000111")})); }
  SECTION("a PC is revoked that wrote some of it") { must(city.centre->revoke(town.b->membership().device, "mất máy", city.now.wall)); }
  SECTION("the unit gets an heir") { must(city.centre->merge_unit(vyda, thuan_hoa, "sáp nhập", city.now.wall)); }
  if (city.centre->store().policy.device(town.b->membership().device)->revoked)
    sync(city, town.a);
  else
    sync_all(city, {&town.b, &town.a});
  while (must(city.centre->apply_pending(10))) {
  }
  sync(city, town.a);
  CHECK(all_states(town.a->store()) == all_states(city.centre->store()));
  CHECK(must(town.a->report(city.now)).waiting == 0);
  CHECK(alarm_at(city, town.a).empty());
  check_sound(city, {&town.a});
}

TEST_CASE("letting go: on a link whose fetches lack the device's own work nothing is asked and nothing is fetched") {
  LongAgo town;
  auto& city = town.city;
  const auto did = town.ended[0];
  REQUIRE(town.let_go(town.a) == 4);
  const auto before = all_states(town.a->store());
  town.a->speak_other_version();
  CHECK(town.asked(town.b).size() == 4);
  CHECK(storage::dossier_history(town.a->store(), did).error().fault == Fault::at_centre);
  Link link(city, town.a);
  link.without_own_work = true;
  link.run();
  CHECK_FALSE(records_here(town.a, did));
  CHECK(all_states(town.a->store()) == before);
  CHECK(alarm_at(city, town.a).empty());
  town.b->speak_other_version();
  CHECK(town.asked(town.b).empty());
  for (auto spoken = sync::version_with_own_work; spoken > sync::version_with_keys; --spoken) town.a->speak_other_version();
  CHECK(storage::dossier_history(town.a->store(), did).error().fault == Fault::at_centre);
  sync(city, town.a);
  CHECK(records_here(town.a, did));
}

TEST_CASE("letting go: a centre that was restored has what was let go, as long as its copy is no older than it said") {
  LongAgo town;
  auto& city = town.city;
  const auto copy = city.dir.file("copy.db");
  must(city.centre->store().db.copy_to(copy));
  REQUIRE(town.let_go(town.a) == 4);
  (void)save(city, town.a, edit(town.open, {note("sau bản sao")}));
  sync_all(city, {&town.a, &town.b});
  restore(city, copy);
  for (int i = 0; i < 3; ++i) sync_all(city, {&town.a, &town.b});
  CHECK(all_states(town.a->store()) == all_states(city.centre->store()));
  CHECK(all_states(town.b->store()) == all_states(town.a->store()));
  CHECK_FALSE(records_here(town.a, town.ended[0]));
  CHECK(must(town.a->report(city.now)).queue_records == 0);
  CHECK(alarm_at(city, town.a).empty());
  CHECK(storage::dossier_history(town.a->store(), town.ended[0]).error().fault == Fault::at_centre);
  sync(city, town.a);
  CHECK(records_here(town.a, town.ended[0]));
  check_sound(city, {&town.a});
}

TEST_CASE("letting go: a centre that was restored from an older copy than it said is told on, and what is shown stays") {
  City city;
  auto a = city.enrol(vyda, 1);
  sync(city, a);
  const auto older = city.dir.file("older.db"), newest = city.dir.file("newest.db");
  must(city.centre->store().db.copy_to(older));
  std::vector<Did> dids;
  for (int i = 0; i < 3; ++i) {
    dids.push_back(save(city, a, sample_dossier("H57-" + std::to_string(i), "Nguyễn Thị A")).did);
    for (const auto* status : {"4", "9", "10"}) (void)save(city, a, edit(dids.back(), {set("TrangThaiHoSo", status)}));
    sync(city, a);
  }
  city.pass(std::chrono::days(31));
  city.centre->set_summary_plan({std::chrono::days(30), true, false});
  while (must(city.centre->write_summaries(city.now)).more) {
  }
  must(city.centre->store().db.copy_to(newest));
  must(city.centre->note_backup(city.centre->backup_facts(), city.now.wall, true));
  city.pass(std::chrono::days(100));
  sync(city, a);
  a->set_keep_plan(at_once);
  {
    Link link(city, a);
    link.greet();
    for (auto resting = must(a->read_doubts(city.now)).resting; !resting.empty();) resting = link.let_go(resting);
  }
  REQUIRE(must(a->progress(city.now)).at_centre == 3);
  const auto before = all_states(a->store());
  a.reopen();  // as a daemon does in a hundred days
  restore(city, older);
  for (int i = 0; i < 3; ++i) sync(city, a);
  CHECK(alarm_at(city, a) == "archive");
  CHECK(all_states(a->store()) == before);
  CHECK(must(a->hand_in(0)).empty());
  {
    Link link(city, a);
    link.greet();
    CHECK(link.prepared.hello.segment.empty());
    CHECK(must(a->read_outbox({4, 256, true}, city.now)).rows.empty());
  }
  // What is new goes on.
  const auto fresh = save(city, a, sample_dossier("H57-new", "Lê Văn Mới")).did;
  sync(city, a);
  CHECK(all_states(city.centre->store()).contains(fresh));
  // And the right copy brings everything back.
  restore(city, newest);
  for (int i = 0; i < 3; ++i) sync(city, a);
  CHECK(alarm_at(city, a).empty());
  CHECK(all_states(a->store()) == all_states(city.centre->store()));
  CHECK(all_states(a->store()).size() == 4);
  CHECK(storage::dossier_history(a->store(), dids[0]).error().fault == Fault::at_centre);
  sync(city, a);
  CHECK(must(storage::dossier_history(a->store(), dids[0])).size() > 3);
  check_sound(city, {&a});
}

TEST_CASE("letting go: when the centre lost some of it, its summary goes on being shown, and an alarm says so") {
  LongAgo town;
  auto& city = town.city;
  const auto did = town.ended[0];
  const auto before = state_at(town.a, did);
  REQUIRE(town.let_go(town.a) == 4);
  must(city.centre->store().db.transact("damage", [&]() -> Result<void> {
    city.centre->store().db.run(
        "INSERT INTO damaged (stamp_index, segment, found_ms, why) SELECT s.stamp_index, s.id, 0, 'test' FROM record r JOIN segment s ON "
        "s.id "
        "= r.segment WHERE r.dossier = (SELECT dossier FROM code WHERE code = 'H57-0') ORDER BY s.stamp_index LIMIT 1");
    return {};
  }));
  CHECK(storage::dossier_history(town.a->store(), did).error().fault == Fault::at_centre);
  sync(city, town.a);
  CHECK(alarm_at(city, town.a) == "archive");
  CHECK(state_at(town.a, did) == before);
  CHECK(storage::dossier_history(town.a->store(), did).error().fault == Fault::at_centre);
  CHECK(must(storage::verify_store(town.a->store())).damage.empty());
  must(city.centre->store().db.transact("whole", [&]() -> Result<void> {
    city.centre->store().db.run("DELETE FROM damaged");
    return {};
  }));
  sync(city, town.a);
  CHECK(records_here(town.a, did));
  CHECK(alarm_at(city, town.a).empty());
  CHECK(state_at(town.a, did) == before);
}

TEST_CASE("letting go: an order to erase reaches what was let go, and what is on its way") {
  LongAgo town;
  auto& city = town.city;
  const auto did = town.ended[0];
  REQUIRE(town.let_go(town.a) == 4);
  CHECK(storage::dossier_history(town.a->store(), did).error().fault == Fault::at_centre);
  must(city.centre->order_erasure({did, "minh", "nhập trùng", {}}, city.now.wall));
  sync(city, town.a);
  CHECK(bodies(town.a, did) == 0);
  CHECK(must(storage::show_dossier(town.a->store(), did)).state.erased);
  CHECK(must(town.a->progress(city.now)).at_centre == 3);
  CHECK(all_states(town.a->store()) == all_states(city.centre->store()));
  check_sound(city, {&town.a});
}

TEST_CASE("letting go: a damaged file is repaired, and what was let go comes from the centre again") {
  LongAgo town;
  auto& city = town.city;
  REQUIRE(town.let_go(town.a) == 4);
  const auto unsent = save(city, town.a, sample_dossier("H57-new", "Lê Văn Mới")).did;
  change(town.a, "UPDATE record SET body = zeroblob(length(body)) WHERE dossier = (SELECT dossier FROM code WHERE code = 'H57-open')");
  town.a.store.reset();
  const auto fresh = town.a.path + ".new";
  const auto repaired = must(storage::repair_ward(town.a.path, fresh, town.a.keys, seeded(99), city.now));
  CHECK(repaired.lost == 0);
  for (const auto* end : {"-wal", "-shm"}) std::filesystem::remove(town.a.path + end);
  std::filesystem::rename(fresh, town.a.path);
  town.a.reopen();
  for (int i = 0; i < 3; ++i) sync(city, town.a);
  CHECK(all_states(town.a->store()).contains(unsent));
  CHECK(all_states(town.a->store()) == all_states(city.centre->store()));
  CHECK(alarm_at(city, town.a).empty());
  CHECK_FALSE(must(town.a->report(city.now)).restored);
  check_sound(city, {&town.a});
}

}  // namespace ward::test
