#include "storage/evidence.hpp"
#include "tests/storage/rested.hpp"

/// A new PC begins from summaries, and nothing is lost by it (docs/adr/0010).
namespace ward::test {
namespace {

std::vector<std::string> lines(Pc& pc, const std::string& search) {
  storage::DossierQuery query;
  query.search = search;
  std::vector<std::string> out;
  for (const auto& line : must(storage::list_dossiers(pc->store(), query)).lines)
    out.push_back(line.code + '|' + line.unit + '|' + line.owner + '|' + line.course.status + '|' + line.course.received + '|' +
                  std::to_string(line.changed_at.ms) + '|' + storage::name_of(line.standing.phase));
  std::sort(out.begin(), out.end());
  return out;
}

}  // namespace

TEST_CASE("summary: the centre writes one for each dossier that rests, once, and for no other") {
  Rested town;
  CHECK(town.summarise() == 4);
  CHECK(town.summarise() == 0);
  (void)save(town.city, town.a, edit(town.ended[1], {note("về sau")}));
  sync(town.city, town.a);
  CHECK(town.summarise() == 0);
  town.city.pass(std::chrono::days(31));
  CHECK(town.summarise() == 1);
  CHECK(must(storage::verify_store(town.city.centre->store())).damage == std::vector<std::string>{});
}

TEST_CASE("summary: none of a dossier that waits for somebody") {
  Rested town;
  auto& city = town.city;
  auto b = city.enrol(thuan_hoa, 2);
  sync(city, b);
  SECTION("an open offer") { (void)offer(city, town.a, town.ended[0], thuan_hoa); }
  SECTION("a question") {
    auto a2 = city.enrol(vyda, 3);
    sync(city, a2);
    (void)save(city, town.a, edit(town.ended[0], {set("ChuHoSo", "Một")}));
    (void)save(city, a2, edit(town.ended[0], {set("ChuHoSo", "Hai")}));
    sync_all(city, {&town.a, &a2});
  }
  sync(city, town.a);
  city.pass(std::chrono::days(31));
  CHECK(town.summarise() == 3);
}

TEST_CASE("summary: a new PC gets it in place of the records, and shows, lists and finds the same") {
  Rested town;
  auto& city = town.city;
  auto all = city.enrol(vyda, 8);
  Link everything(city, all);
  everything.old_version = true;
  everything.run();
  town.summarise();
  auto b = city.enrol(vyda, 2);
  Link link(city, b);
  link.run();
  INFO(link.bytes << " bytes, not " << everything.bytes);
  CHECK(link.bytes < everything.bytes);
  for (const auto& did : town.ended) {
    CHECK(changes_at(b, did) == 0);
    CHECK_FALSE(records_here(b, did));
  }
  CHECK(changes_at(b, town.open) == 1);
  CHECK(records_here(b, town.open));
  CHECK(all_states(b->store()) == all_states(all->store()));
  for (const auto* search : {"", "nguyen thi b", "0777", "6710"}) CHECK(lines(b, search) == lines(all, search));
  CHECK(lines(b, "").size() == 5);
  CHECK(must(storage::find_dossier(b->store(), "H57-2")) == town.ended[2]);
  CHECK(must(b->report(city.now)).waiting == 0);
  check_sound(city, {&b, &all});
  b.reopen();
  CHECK(all_states(b->store()) == all_states(all->store()));
  CHECK(must(storage::rebuild(b->store())) == 5);
  CHECK(all_states(b->store()) == all_states(all->store()));
}

TEST_CASE("summary: no PC gets one that holds records already, or that speaks an older version") {
  Rested town;
  auto& city = town.city;
  auto b = city.enrol(vyda, 2);
  SECTION("it pulled before") { sync(city, b); }
  town.summarise();
  Link link(city, b);
  link.old_version = true;
  link.run();
  sync_all(city, {&town.a, &b});
  for (auto* pc : {&town.a, &b}) {
    for (const auto& did : town.ended) {
      CHECK(records_here(*pc, did));
      CHECK(changes_at(*pc, did) == 4);
    }
    const auto summaries = must((*pc)->store().db.read("summaries", [&]() -> Result<std::int64_t> {
      auto found = (*pc)->store().db.query("SELECT count(*) FROM record WHERE type = 5");
      return found.step() ? found.number(0) : 0;
    }));
    CHECK(summaries == 0);
  }
  CHECK(all_states(b->store()) == all_states(town.a->store()));
}

TEST_CASE("summary: what needs the records asks for them, and goes on when they have come") {
  Rested town;
  auto& city = town.city;
  town.summarise();
  auto b = city.enrol(vyda, 2);
  sync(city, b);
  const auto did = town.ended[0];
  SECTION("an edit") { CHECK(b->save({edit(did, {note("thêm")})}, city.now).error().fault == Fault::at_centre); }
  SECTION("the history") { CHECK(storage::dossier_history(b->store(), did).error().fault == Fault::at_centre); }
  SECTION("evidence") { CHECK(storage::evidence_of(*b, did).error().fault == Fault::at_centre); }
  CHECK_FALSE(records_here(b, did));
  CHECK(b->store().missed_now);
  sync(city, b);
  CHECK(records_here(b, did));
  CHECK_FALSE(records_here(b, town.ended[1]));
  CHECK(must(storage::dossier_history(b->store(), did)).size() == must(storage::dossier_history(town.a->store(), did)).size());
  CHECK(storage::evidence_of(*b, did).has_value());
  (void)save(city, b, edit(did, {note("thêm")}));
  sync_all(city, {&b, &town.a});
  check_same(city, did, {&b, &town.a});
  CHECK(alarm_at(city, b).empty());
  check_sound(city, {&b, &town.a});
}

TEST_CASE("summary: what a silent PC wrote long ago brings the records, and merges as everywhere") {
  Rested town;
  auto& city = town.city;
  auto silent = city.enrol(vyda, 3);
  sync(city, silent);
  const auto did = town.ended[0];
  (void)save(city, silent, edit(did, {set("SoDienThoai", "0909000111"), note("viết khi mất mạng")}));
  city.pass(std::chrono::days(40));
  town.summarise();
  auto b = city.enrol(vyda, 2);
  SECTION("it comes after the new PC was filled") { sync(city, b); }
  SECTION("it comes while the new PC is being filled") {
    Link link(city, b);
    link.greet();
    CHECK(link.pull(1));
  }
  SECTION("it comes before the new PC first calls") {}
  sync(city, silent);
  sync_all(city, {&b, &silent, &town.a});
  CHECK(records_here(b, did));
  CHECK(changes_at(b, did) == 5);
  check_same(city, did, {&b, &silent, &town.a});
  CHECK(shown(b->store(), did, "SoDienThoai") == "0909000111");
  CHECK(all_states(b->store()) == all_states(town.a->store()));
  CHECK(alarm_at(city, b).empty());
  check_sound(city, {&b, &silent, &town.a});
}

TEST_CASE("summary: filled in any parts, with anything written meanwhile, a new PC lacks nothing") {
  for (std::size_t cut = 0; cut < 12; ++cut) {
    INFO("after " << cut << " deliveries");
    Rested town;
    auto& city = town.city;
    town.summarise();
    auto b = city.enrol(vyda, 2);
    {
      Link link(city, b);
      link.greet();
      for (std::size_t i = 0; i < cut; ++i) (void)link.pull(1);
    }
    for (const auto& did : {town.ended[0], town.ended[3]}) (void)save(city, town.a, edit(did, {note("giữa chừng")}));
    sync(city, town.a);
    city.pass(std::chrono::days(31));
    CHECK(town.summarise() >= 2);
    b.reopen();
    sync(city, b);
    CHECK(all_states(b->store()) == all_states(town.a->store()));
    CHECK(must(b->report(city.now)).waiting == 0);
  }
}

TEST_CASE("summary: killed between the parts of what was fetched, a PC shows what it showed, and goes on") {
  Rested town;
  auto& city = town.city;
  town.summarise();
  auto b = city.enrol(vyda, 2);
  sync(city, b);
  const auto before = all_states(b->store());
  for (std::size_t parts = 1; parts < 5; ++parts) {
    const auto did = town.ended[parts - 1];
    CHECK(storage::dossier_history(b->store(), did).error().fault == Fault::at_centre);
    {
      Link link(city, b);
      link.greet();
      for (std::size_t i = 0; i < parts; ++i) CHECK(link.fetch(1));
    }
    CHECK(changes_at(b, did) == parts);
    b.reopen();
    CHECK(all_states(b->store()) == before);
    check_sound(city, {&b});
    if (parts == 4) {
      CHECK(records_here(b, did));  // all had come
      continue;
    }
    CHECK(storage::dossier_history(b->store(), did).error().fault == Fault::at_centre);
    sync(city, b);
    CHECK(records_here(b, did));
    CHECK(all_states(b->store()) == before);
  }
  CHECK(alarm_at(city, b).empty());
}

TEST_CASE("summary: one that lies is noticed when the records come") {
  Rested town;
  auto& city = town.city;
  const auto did = town.ended[0];
  SECTION("about what the dossier says") { write_a_lie(city, did, rename); }
  SECTION("about which changes there are") {
    write_a_lie(city, did, [](record::SummaryBody& body) {
      rename(body);
      body.past.bytes[0] ^= 1;
    });
  }
  SECTION("about how many") {
    write_a_lie(city, did, [](record::SummaryBody& body) {
      rename(body);
      ++body.changes;
    });
  }
  auto b = city.enrol(vyda, 2);
  sync(city, b);
  CHECK(shown(b->store(), did, "ChuHoSo") == "Kẻ Khác");
  CHECK(storage::dossier_history(b->store(), did).error().fault == Fault::at_centre);
  sync(city, b);
  CHECK(alarm_at(city, b) == "summary");
  CHECK(must(b->report(city.now)).quarantined == 1);
  CHECK(state_at(b, did) == state_at(town.a, did));
  CHECK(storage::dossier_history(b->store(), did).has_value());
}

TEST_CASE("summary: one of another dossier, or that this build cannot read, shows nothing, and brings the records") {
  Rested town;
  auto& city = town.city;
  const auto did = town.ended[0];
  SECTION("of another dossier") {
    write_a_lie(city, did, [&](record::SummaryBody& body) { body.state = merge::encode_state(state_at(town.a, town.ended[1])); });
  }
  SECTION("of another layout") {
    write_a_lie(city, did, [](record::SummaryBody& body) { body.state.front() = 250; });
  }
  auto b = city.enrol(vyda, 2);
  sync(city, b);
  CHECK(records_here(b, did));
  CHECK(state_at(b, did) == state_at(town.a, did));
}

TEST_CASE("summary: who gave a dossier away gets none of what came later; who has it now gets it") {
  Two two;
  auto& city = two.city;
  (void)offer(city, two.a, two.did, thuan_hoa);
  sync_all(city, {&two.a, &two.b});
  (void)accept(city, two.b, two.did, thuan_hoa);
  sync_all(city, {&two.b, &two.a});
  for (const auto* status : {"4", "9", "10"}) {
    (void)save(city, two.b, edit(two.did, {set("TrangThaiHoSo", status)}));
    sync(city, two.b);
  }
  sync_all(city, {&two.a, &two.a2, &two.b});
  city.pass(std::chrono::days(31));
  CHECK(must(city.centre->write_summaries(city.now)).written >= 1);
  auto a3 = city.enrol(vyda, 7);
  auto b2 = city.enrol(thuan_hoa, 8);
  sync_all(city, {&a3, &b2});
  CHECK(state_at(a3, two.did) == state_at(two.a, two.did));
  CHECK(records_here(a3, two.did));
  CHECK(state_at(b2, two.did) == state_at(two.b, two.did));
  CHECK_FALSE(records_here(b2, two.did));
  CHECK(storage::dossier_history(b2->store(), two.did).error().fault == Fault::at_centre);
  sync(city, b2);
  CHECK(records_here(b2, two.did));
  CHECK(alarm_at(city, b2).empty());
  (void)write(city, b2, two.did, "0911");
  sync_all(city, {&b2, &two.b});
  check_same(city, two.did, {&two.b, &b2});
  check_sound(city, {&a3, &b2});
}

TEST_CASE("summary: when a unit gets an heir, new PCs name the heir, whatever the summary says") {
  Rested town;
  auto& city = town.city;
  town.summarise();
  auto b = city.enrol(vyda, 2);
  const bool filled_before = GENERATE(true, false);
  if (filled_before) sync(city, b);
  must(city.centre->merge_unit(vyda, thuan_hoa, "sáp nhập", city.now.wall));
  while (must(city.centre->apply_pending(100))) {
  }
  sync_all(city, {&town.a, &b});
  CHECK(state_at(b, town.ended[0]).custody.unit == thuan_hoa);
  CHECK(all_states(b->store()) == all_states(town.a->store()));
  CHECK(alarm_at(city, b).empty());
}

TEST_CASE("summary: a centre that was restored from before the filling of a PC loses nothing there") {
  Rested town;
  auto& city = town.city;
  const auto copy = city.dir.file("copy.db");
  must(city.centre->store().db.copy_to(copy));
  town.summarise();
  auto b = city.enrol(vyda, 2);
  const std::size_t parts = GENERATE(1U, 6U, 100U);
  {
    Link link(city, b);
    link.greet();
    link.fetch_policy();
    for (std::size_t i = 0; i < parts; ++i) (void)link.pull(1);
  }
  sync(city, town.a);
  city.centre.reset();
  for (const auto* tail : {"-wal", "-shm"}) std::filesystem::remove(city.dir.file("centre.db") + tail);
  std::filesystem::copy_file(copy, city.dir.file("centre.db"), std::filesystem::copy_options::overwrite_existing);
  city.reopen_centre();
  must(city.centre->become_restored(city.now.wall, false));
  city.reopen_centre();
  for (int i = 0; i < 3; ++i) sync_all(city, {&town.a, &b});
  CHECK(all_states(b->store()) == all_states(town.a->store()));
  CHECK(alarm_at(city, b).empty());
  CHECK(must(b->report(city.now)).waiting == 0);
}

TEST_CASE("summary: the centre takes none from anybody else") {
  Rested town;
  auto& city = town.city;
  const auto& store = city.centre->store();
  record::Header header;
  header.type = record::Type::summary;
  header.position = {town.a->membership().device, made<Incarnation>(0x61), 0};
  header.policy_epoch = static_cast<Epoch>(city.policy().size() - 1);
  header.did = town.ended[0];
  header.hlc = Hlc::at(city.now.wall);
  const auto sealed = record::seal(header, record::encode_summary({4, {}, {}, Bytes(40, 1)}), record::open_key(store.org), store.org);
  segment::Rows rows;
  rows.rows.emplace_back(segment::SealedRow{sealed});
  segment::Statement statement;
  statement.device = header.position.device;
  statement.incarnation = header.position.incarnation;
  statement.count = 1;
  statement.policy_epoch = header.policy_epoch;
  statement.root = segment::root_of({record::rid_of(sealed)});
  rows.statement = segment::sign(statement, store.org, town.a.keys.device.sign);
  const auto answer = must(city.centre->admit({statement.device, {rows}, city.now.wall}));
  REQUIRE(answer.refused.size() == 1);
  CHECK(answer.refused.front().fault == Fault::not_member);
}

}  // namespace ward::test
