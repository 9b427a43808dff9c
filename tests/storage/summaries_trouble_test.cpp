#include "protocol/run/run.hpp"
#include "storage/evidence.hpp"
#include "tests/storage/numbers.hpp"
#include "tests/storage/rested.hpp"

/// What may go wrong around summaries: other keys, older copies, older links, units that become one elsewhere, who asks too much.
namespace ward::test {
namespace {

/// A dossier of several keys: a PC of the ward is revoked half way, and what is written then lies under a new one.
struct TwoKeys : Rested {
  Did did = ended[0];

  void rotate() {
    auto stolen = city.enrol(vyda, 90);
    must(city.centre->revoke(stolen->membership().device, "mất máy", city.now.wall));
    sync(city, a);
    (void)save(city, a, edit(did, {note("dưới khóa mới")}));
    sync(city, a);
    city.pass(std::chrono::days(31));
  }
};

/// The same number, in another dossier, by the same device: what a running machine's snapshot would write.
segment::Rows twin_in(Pc& pc, segment::Rows rows, const Did& did, const std::string& text) {
  auto& store = pc->store();
  must(store.db.read("twin", [&]() -> Result<void> {
    auto& last = std::get<segment::SealedRow>(rows.rows.back()).record;
    auto header = last.header;
    header.did = did;
    const auto dossier = storage::find_dossier_row(store, did);
    header.key_id = *storage::key_of_dossier(store, dossier);
    const auto seen = storage::records_of_dossier(store, dossier).front().record.header.position;
    const record::Change change{"an.nguyen", {seen}, {set("Email", text)}, {}, {}};
    last = record::seal(header, record::encode_change(change, header.position), *storage::find_key(store, header.key_id), store.org);
    return {};
  }));
  std::vector<Rid> rids;
  for (const auto& row : rows.rows) rids.push_back(record::rid_of(std::get<segment::SealedRow>(row).record));
  rows.statement.statement.root = segment::root_of(rids);
  rows.statement = segment::sign(rows.statement.statement, store.org, pc.keys.device.sign);
  return rows;
}

}  // namespace

TEST_CASE("summary: a dossier that lost a record to a fork of another is shown nowhere by what was written before") {
  Rested town;
  auto& city = town.city;
  const auto did = town.ended[0];
  const auto ended = must(town.a->store().db.read("the last", [&]() -> Result<Position> {
    return storage::records_of_dossier(town.a->store(), storage::find_dossier_row(town.a->store(), did)).back().record.header.position;
  }));
  segment::Rows honest;
  for (auto& rows : must(town.a->hand_in(0)))
    if (segment::header_of(rows.rows.back()).position == ended) honest = rows;
  REQUIRE_FALSE(honest.rows.empty());
  CHECK(town.summarise() == 4);
  auto b = city.enrol(vyda, 2);
  sync(city, b);
  REQUIRE_FALSE(records_here(b, did));
  for (const auto* text : {"một@a.vn", "hai@a.vn"})
    (void)must(city.centre->admit({ended.device, {twin_in(town.a, honest, town.open, text)}, city.now.wall}));
  const auto sides = must(city.centre->forks());
  REQUIRE(sides.size() == 2);
  must(city.centre->admit_side(sides.front().segment, {}, "hỏi người ghi", city.now.wall));
  while (must(city.centre->apply_pending(10))) {
  }
  REQUIRE(shown(city.centre->store(), did, "TrangThaiHoSo") == "9");
  auto c = city.enrol(vyda, 3);
  for (int i = 0; i < 2; ++i) sync_all(city, {&b, &c});
  for (auto* pc : {&b, &c}) {
    CHECK(state_at(*pc, did) == state_at(city.centre->store(), did));
    CHECK(all_states((*pc)->store()) == all_states(city.centre->store()));
    CHECK(alarm_at(city, *pc).empty());
    CHECK_FALSE(records_here(*pc, town.ended[1]));
  }
  check_sound(city, {&b, &c});
}

TEST_CASE("summary: what a silent PC wrote under an older key than the summary's can be read by a new PC") {
  TwoKeys town;
  auto& city = town.city;
  auto silent = city.enrol(vyda, 3);
  sync(city, silent);
  (void)save(city, silent, edit(town.did, {set("SoDienThoai", "0909000111")}));
  town.rotate();
  CHECK(town.summarise() == 4);
  auto b = city.enrol(vyda, 2);
  sync(city, b);
  CHECK_FALSE(records_here(b, town.did));
  sync(city, silent);
  sync_all(city, {&b, &silent, &town.a});
  check_same(city, town.did, {&b, &silent, &town.a});
  CHECK(shown(b->store(), town.did, "SoDienThoai") == "0909000111");
}

TEST_CASE("summary: a PC whose disk is as it was on the first day gets what it wrote itself, and summaries of the rest") {
  Rested town;
  auto& city = town.city;
  auto b = city.enrol(vyda, 2);
  const auto copy = city.dir.file("first-day.db");
  must(b->store().db.copy_to(copy));
  sync(city, b);
  (void)save(city, b, edit(town.ended[0], {note("của máy hai")}));
  sync_all(city, {&b, &town.a});
  city.pass(std::chrono::days(31));
  CHECK(town.summarise() == 4);
  put_back(b, copy);
  sync_all(city, {&b, &town.a});
  CHECK(all_states(b->store()) == all_states(town.a->store()));
  CHECK_FALSE(must(b->progress(city.now)).restored);
  CHECK(storage::dossier_history(b->store(), town.ended[0]).error().fault == Fault::at_centre);
  sync(city, b);
  check_same(city, town.ended[0], {&b, &town.a});
  CHECK(alarm_at(city, b).empty());
}

TEST_CASE("summary: a PC that is an older copy of itself gets its own work back before it fetches") {
  TwoKeys town;
  auto& city = town.city;
  town.summarise();
  auto b = city.enrol(vyda, 2);
  sync(city, b);
  (void)save(city, town.a, edit(town.did, {note("về sau")}));
  sync(city, town.a);
  {
    Link link(city, b);
    link.greet();
    while (link.pull()) {
    }
  }
  const auto copy = city.dir.file("older.db");
  must(b->store().db.copy_to(copy));
  auto stolen = city.enrol(vyda, 90);
  must(city.centre->revoke(stolen->membership().device, "mất máy", city.now.wall));
  sync(city, b);
  (void)save(city, b, edit(town.did, {note("khóa mới, của máy hai")}));
  sync_all(city, {&b, &town.a});
  (void)save(city, town.a, edit(town.did, {note("dưới khóa ấy")}));
  sync(city, town.a);
  put_back(b, copy);
  for (int i = 0; i < 3; ++i) {
    Link link(city, b);
    if (!link.greet()) continue;
    link.fetch_policy();
    (void)link.fetch();  // as the centre answers: before it delivers
    while (link.pull()) {
    }
    CHECK(alarm_at(city, b).empty());
  }
  sync_all(city, {&b, &town.a});
  check_same(city, town.did, {&b, &town.a});
  CHECK(alarm_at(city, b).empty());
}

TEST_CASE("summary: a PC that goes on in the version before lacks nothing") {
  Rested town;
  auto& city = town.city;
  town.summarise();
  auto b = city.enrol(vyda, 2);
  const std::size_t parts = GENERATE(1U, 4U, 12U, 100U);
  {
    Link link(city, b);
    link.greet();
    link.fetch_policy();
    for (std::size_t i = 0; i < parts; ++i) (void)link.pull(1);
  }
  for (auto spoken = sync::protocol_version; spoken > sync::version_with_keys; --spoken) b->speak_other_version();
  for (int i = 0; i < 2; ++i) {
    Link link(city, b);
    link.old_version = true;
    link.run();
  }
  CHECK(all_states(b->store()) == all_states(town.a->store()));
  b->speak_other_version();
  sync(city, b);
  CHECK(all_states(b->store()) == all_states(town.a->store()));
  CHECK(alarm_at(city, b).empty());
}

TEST_CASE("summary: a dossier that waits for an official code and for its records keeps no other from its code") {
  Numbers n;
  auto& city = n.city;
  auto& pc = *n.pc;
  const auto copy = city.dir.file("first-day.db");
  must(pc->store().db.copy_to(copy));
  auto other = city.enrol(vyda, 2);
  for (int i = 0; i < 4; ++i) n.serial();
  const auto first = n.lodge(), second = n.lodge();
  sync_all(city, {&pc, &other});
  const auto shared = first.code < second.code ? first : second;
  (void)save(city, other, edit(shared.did, {note("của máy hai")}));
  sync_all(city, {&pc, &other});
  city.pass(std::chrono::days(31));
  city.centre->set_summary_plan({std::chrono::days(30), false, false});
  while (must(city.centre->write_summaries(city.now)).more) {
  }
  CHECK(must(city.centre->refill_codes(city.now.wall)));
  put_back(pc, copy);
  sync(city, pc);
  REQUIRE_FALSE(records_here(pc, shared.did));
  REQUIRE(n.why() == NoOfficialCode::none);
  CHECK(n.give() == 1);
  sync(city, pc);
  CHECK(records_here(pc, shared.did));
  CHECK(n.give() == 1);
}

TEST_CASE("summary: units elsewhere become one, and nobody here fetches anything for that") {
  Rested town;
  auto& city = town.city;
  town.summarise();
  must(city.centre->merge_unit(thuan_hoa, tu_phap, "sáp nhập", city.now.wall));
  while (must(city.centre->apply_pending(100))) {
  }
  auto b = city.enrol(vyda, 2);
  sync_all(city, {&town.a, &b});
  for (const auto& did : town.ended) CHECK_FALSE(records_here(b, did));
  CHECK(all_states(b->store()) == all_states(town.a->store()));
}

TEST_CASE("summary: a PC that takes none shows its own work, whatever a centre sends") {
  Rested town;
  auto& city = town.city;
  const auto did = town.ended[0];
  (void)save(city, town.a, edit(did, {set("ChuHoSo", "Người Thật")}));
  write_a_lie(city, did, [](record::SummaryBody& body) {
    rename(body);
    body.past.bytes[0] ^= 1;
  });
  auto b = city.enrol(vyda, 2);
  const auto size = city.centre->log_view(city.now.wall).size;
  Link(city, town.a).fetch_policy();
  // As it would come to a PC that asked for it.
  const auto read = must(city.centre->read_delivery({b->membership().device, 0, 1 << 20, false, true, size}));
  REQUIRE_FALSE(read.rows.empty());
  (void)must(town.a->apply_fetched({{}, must(run::decode_run(run::encode_run({read.rows.back()}))), false}, city.now));
  CHECK(shown(town.a->store(), did, "ChuHoSo") == "Người Thật");
  CHECK(town.a->save({edit(did, {note("vẫn làm việc")})}, city.now).has_value());
}

TEST_CASE("summary: who asks for dossiers of others costs the centre little, and gets nothing") {
  City city;
  auto a = city.enrol(vyda, 1);
  auto b = city.enrol(thuan_hoa, 2);
  const auto did = save(city, a, sample_dossier("H57-1", "Nguyễn Thị A")).did;
  for (int i = 0; i < 1'100; ++i) {
    (void)save(city, a, edit(did, {note(std::to_string(i))}));
    Link link(city, a);
    if (i % 100 == 0) link.greet();
    (void)link.push(1, 1);
  }
  sync(city, a);
  const auto read = must(city.centre->read_dossiers({b->membership().device, {did}, 0, 1 << 20}));
  CHECK(read.rows.empty());
  CHECK(read.next != 0);
}

TEST_CASE("summary: unit after unit, and none is left when nothing more is said to be there") {
  City city;
  auto a = city.enrol(vyda, 1);
  auto b = city.enrol(thuan_hoa, 2);
  for (int i = 0; i < 80; ++i) {
    auto& pc = i % 2 == 0 ? a : b;
    (void)save(city, pc, sample_dossier("H57-" + std::to_string(i), "Nguyễn Thị A"));
  }
  sync_all(city, {&a, &b});
  city.pass(std::chrono::days(31));
  city.centre->set_summary_plan({std::chrono::days(30), false, false});
  std::vector<std::size_t> written;
  for (bool more = true; more;) {
    const auto done = must(city.centre->write_summaries(city.now));
    written.push_back(done.written);
    more = done.more;
  }
  CHECK(written == std::vector<std::size_t>{32, 8, 32, 8, 0});
}

TEST_CASE("summary: one that only a later program can open brings the records, and is no lie") {
  Rested town;
  auto& city = town.city;
  const auto did = town.ended[0];
  write_a_lie(city, did, [](record::SummaryBody& body) { body.changes = 0; });
  auto b = city.enrol(vyda, 2);
  sync(city, b);
  CHECK(records_here(b, did));
  CHECK(state_at(b, did) == state_at(town.a, did));
  CHECK(alarm_at(city, b).empty());
}

TEST_CASE("summary: an offer reaches a PC that was filled before it, and can be answered there") {
  Rested town;
  auto& city = town.city;
  auto b0 = city.enrol(thuan_hoa, 4);
  (void)save(city, b0, sample_dossier("H57-own", "C"));
  sync(city, b0);
  town.summarise();
  auto a2 = city.enrol(vyda, 2);
  auto b = city.enrol(thuan_hoa, 3);
  sync_all(city, {&a2, &b});
  const auto did = town.ended[0];
  (void)offer(city, town.a, did, thuan_hoa);
  sync_all(city, {&town.a, &b, &a2, &b0});
  check_same(city, did, {&town.a, &a2, &b, &b0});
  SECTION("accepted") {
    (void)accept(city, b, did, thuan_hoa);
    sync_all(city, {&b, &town.a, &a2, &b0});
    CHECK(state_at(b, did).custody.unit == thuan_hoa);
    auto a3 = city.enrol(vyda, 5);
    auto b3 = city.enrol(thuan_hoa, 6);
    sync_all(city, {&a3, &b3});
    check_same(city, did, {&town.a, &a2, &b, &b0, &a3, &b3});
  }
  SECTION("recalled") {
    (void)recall(city, town.a, did, thuan_hoa);
    sync_all(city, {&town.a, &b, &a2, &b0});
    check_same(city, did, {&town.a, &a2});
  }
  for (auto* pc : {&a2, &b}) CHECK(alarm_at(city, *pc).empty());
}

TEST_CASE("summary: a centre that gives what it lost other places is no liar") {
  Rested town;
  auto& city = town.city;
  auto silent = city.enrol(vyda, 3);
  sync(city, silent);
  const auto copy = city.dir.file("copy.db");
  must(city.centre->store().db.copy_to(copy));
  const auto did = town.ended[0];
  (void)save(city, town.a, edit(did, {note("sau bản sao")}));
  sync(city, town.a);
  city.pass(std::chrono::days(31));
  CHECK(town.summarise() == 4);
  auto b = city.enrol(vyda, 2);
  sync(city, b);
  CHECK_FALSE(records_here(b, did));
  sync(city, silent);
  city.centre.reset();
  for (const auto* tail : {"-wal", "-shm"}) std::filesystem::remove(city.dir.file("centre.db") + tail);
  std::filesystem::copy_file(copy, city.dir.file("centre.db"), std::filesystem::copy_options::overwrite_existing);
  city.reopen_centre();
  must(city.centre->become_restored(city.now.wall, false));
  city.reopen_centre();
  for (int i = 0; i < 6; ++i) {
    (void)save(city, silent, sample_dossier("H57-m" + std::to_string(i), "Mới"));
    sync(city, silent);
  }
  for (int i = 0; i < 3; ++i) sync_all(city, {&town.a, &b, &silent});
  CHECK(all_states(b->store()) == all_states(town.a->store()));
  check_same(city, did, {&b, &town.a});
  CHECK(records_here(b, did));
  CHECK(alarm_at(city, b).empty());
}

TEST_CASE("summary: one that shows what is right and names other changes lies, too") {
  Rested town;
  auto& city = town.city;
  const auto did = town.ended[0];
  write_a_lie(city, did, [](record::SummaryBody& body) { body.past.bytes[0] ^= 1; });
  auto b = city.enrol(vyda, 2);
  sync(city, b);
  CHECK(storage::dossier_history(b->store(), did).error().fault == Fault::at_centre);
  sync(city, b);
  CHECK(alarm_at(city, b) == "summary");
  CHECK(state_at(b, did) == state_at(town.a, did));
}

TEST_CASE("summary: two dossiers of one segment come at different times, and the segment stays sound") {
  City city;
  auto a = city.enrol(vyda, 1);
  const auto one = save(city, a, sample_dossier("H57-1", "Một")).did;
  const auto two = save(city, a, sample_dossier("H57-2", "Hai")).did;
  const auto three = save(city, a, sample_dossier("H57-3", "Ba")).did;
  sync(city, a);
  for (const auto& did : {one, two, three}) (void)save(city, a, edit(did, {note("cùng một lần")}));
  sync(city, a);
  city.pass(std::chrono::days(31));
  (void)save(city, a, edit(three, {note("còn mở")}));
  sync(city, a);
  city.centre->set_summary_plan({std::chrono::days(30), false, false});
  CHECK(must(city.centre->write_summaries(city.now)).written == 2);
  auto b = city.enrol(vyda, 2);
  sync(city, b);
  CHECK(changes_at(b, three) == 3);
  for (const auto& did : {two, one}) {
    CHECK(changes_at(b, did) == 0);
    CHECK(storage::evidence_of(*b, did).error().fault == Fault::at_centre);
    sync(city, b);
    CHECK(changes_at(b, did) == 2);
    CHECK(storage::evidence_of(*b, did).has_value());
    check_sound(city, {&b});
    b.reopen();
  }
  for (const auto& did : {one, two, three}) check_same(city, did, {&a, &b});
}

TEST_CASE("summary: a dossier that the centre's disk damaged keeps no other from its summary") {
  Rested town;
  auto& store = town.city.centre->store();
  const auto damage = GENERATE("UPDATE state SET sealed = zeroblob(length(sealed)) WHERE dossier = ?",
                               "UPDATE record SET header = zeroblob(length(header)) WHERE dossier = ?");
  must(store.db.transact("damage", [&]() -> Result<void> {
    store.db.query(damage).bind(storage::find_dossier_row(store, town.ended[0])).run();
    return {};
  }));
  CHECK(town.summarise() == 3);
}

}  // namespace ward::test
