#include "tests/storage/let_in.hpp"

namespace ward::test {

TEST_CASE("fork: another segment with the numbers of one that was set aside does not take its place") {
  City city;
  auto a = city.enrol("W-VYDA", 1);
  const auto did = save(city, a, sample_dossier("H57-1", "A")).did;
  sync(city, a);
  (void)save(city, a, edit(did, {set("SoDienThoai", "1")}));
  auto sent = carried(must(a->hand_in(0)));
  sent.erase(sent.begin(), sent.end() - 1);
  sync(city, a);
  must(city.centre->store().db.transact("damage", [&]() -> Result<void> {
    city.centre->store().db.run("UPDATE segment SET hash = zeroblob(32) WHERE id = 2");
    return {};
  }));
  auto b = city.enrol("W-VYDA", 2);
  sync(city, b);
  REQUIRE(must(city.centre->damaged_segments()) == 1);
  (void)must(city.centre->admit({a->membership().device, {twin_of(sent.front(), a)}, city.now.wall}));
  CHECK(must(city.centre->damaged_segments()) == 1);
  (void)must(city.centre->admit({a->membership().device, {sent.front()}, city.now.wall}));
  CHECK(must(city.centre->damaged_segments()) == 0);
}

TEST_CASE("fork: records of two dossiers with one number are none, and admitting a side names none of them") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  const auto did = save(city, pc, sample_dossier("H57-1", "A")).did;
  const auto elsewhere = save(city, pc, sample_dossier("H57-2", "B")).did;
  sync(city, pc);
  for (int i = 0; i < 2; ++i) (void)save(city, pc, edit(did, {set("SoDienThoai", std::to_string(i))}));
  const auto honest = must(pc->read_outbox({1, 256, true}, city.now)).rows.front();
  sync(city, pc);
  const auto before = all_states(city.centre->store());
  auto other = honest;
  auto& store = pc->store();
  must(store.db.read("twin", [&]() -> Result<void> {
    auto& last = std::get<segment::SealedRow>(other.rows.back()).record;
    auto header = last.header;
    header.did = elsewhere;
    header.key_id = *storage::key_of_dossier(store, storage::find_dossier_row(store, elsewhere));
    auto created = store.db.query("SELECT header FROM record WHERE dossier = ? AND type = ? ORDER BY id LIMIT 1");
    created.bind(storage::find_dossier_row(store, elsewhere)).bind(static_cast<std::int64_t>(record::Type::change));
    if (!created.step()) return fail(Fault::not_found, "no creation");
    const auto seen = must(record::decode_header(created.bytes(0))).position;
    const record::Change change{"an.nguyen", {seen}, {set("Email", "b@other.vn")}, {}, {}};
    last = record::seal(header, record::encode_change(change, header.position), *storage::find_key(store, header.key_id), store.org);
    return {};
  }));
  std::vector<Rid> rids;
  for (const auto& row : other.rows) rids.push_back(record::rid_of(std::get<segment::SealedRow>(row).record));
  other.statement.statement.root = segment::root_of(rids);
  other.statement = segment::sign(other.statement.statement, store.org, pc.keys.device.sign);
  CHECK(must(city.centre->admit({pc->membership().device, {other}, city.now.wall})).refused.front().fault == Fault::fork);
  while (must(city.centre->apply_pending(10))) {
  }
  CHECK(must(city.centre->forks()).empty());
  CHECK(all_states(city.centre->store()).at(did) == before.at(did));
  CHECK(shown(city.centre->store(), elsewhere, "Email") == "b@other.vn");
}

TEST_CASE("fork: past some dozens of one start of a PC the centre keeps no more of them") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  const auto did = save(city, pc, sample_dossier("H57-1", "A")).did;
  sync(city, pc);
  (void)save(city, pc, edit(did, {set("SoDienThoai", "1")}));
  const auto honest = must(pc->read_outbox({1, 256, true}, city.now)).rows.front();
  sync(city, pc);
  const auto size = [&] { return city.centre->log_view(city.now.wall).size; };
  const auto begun = size();
  for (std::int64_t i = 0; i < storage::forked_segments_max + 5; ++i) {
    const auto twin = twin_of(honest, pc, "twin " + std::to_string(i));
    CHECK(must(city.centre->admit({pc->membership().device, {twin}, city.now.wall})).refused.front().fault == Fault::fork);
  }
  CHECK(size() == begun + static_cast<std::uint64_t>(storage::forked_segments_max));
  CHECK(must(city.centre->forks()).size() == static_cast<std::size_t>(storage::forked_segments_max) + 1);
}

TEST_CASE("fork: only the sides that were shown are decided about, and health tells of it until then") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  const auto did = save(city, pc, sample_dossier("H57-1", "A")).did;
  sync(city, pc);
  (void)save(city, pc, edit(did, {set("SoDienThoai", "honest")}));
  const auto honest = must(pc->read_outbox({1, 256, true}, city.now)).rows.front();
  sync(city, pc);
  const auto bring = [&](const Rows& rows) {
    return must(city.centre->admit({pc->membership().device, {rows}, city.now.wall})).refused.front().fault;
  };
  const auto line = [&] { return must(city.centre->devices()).front(); };
  CHECK(line().fork_sides == 0);
  const auto twin = twin_of(honest, pc);
  CHECK(bring(twin) == Fault::fork);
  CHECK(line().fork_sides == 2);
  CHECK(line().forked == city.now.wall);
  // Another refusal hides nothing.
  auto broken = twin_of(honest, pc, "broken");
  broken.statement.signature.bytes[3] ^= 1;
  CHECK(bring(broken) == Fault::bad_signature);
  CHECK(line().refused_why == name_of(Fault::bad_signature));
  CHECK(line().fork_sides == 2);

  const auto sides = must(city.centre->forks());
  const auto side = *std::find_if(sides.begin(), sides.end(), [](const auto& one) { return one.came_first; });
  const auto before = all_states(city.centre->store());
  const auto entries = city.centre->store().policy.count();
  const auto looked_at = must(city.centre->look_at_side(side.segment, city.now.wall));
  REQUIRE(looked_at.outcomes.size() == 1);
  CHECK(course::shown_text(looked_at.outcomes.front().before, "SoDienThoai") == "0777260626");
  CHECK(course::shown_text(looked_at.outcomes.front().after, "SoDienThoai") == "honest");
  CHECK(all_states(city.centre->store()) == before);
  CHECK(city.centre->store().policy.count() == entries);

  CHECK(bring(twin_of(honest, pc, "third")) == Fault::fork);
  CHECK(city.centre->admit_side(side.segment, looked_at.head, "asked", city.now.wall).error().fault == Fault::invalid);
  CHECK(city.centre->store().policy.count() == entries);
  must(city.centre->admit_side(side.segment, must(city.centre->look_at_side(side.segment, city.now.wall)).head, "asked", city.now.wall));
  CHECK(line().fork_sides == 0);
  CHECK(line().forked.ms == 0);
  // What is settled may come again: its answer was lost. That is no news.
  CHECK(bring(twin) == Fault::fork);
  CHECK(line().forked.ms == 0);
}

TEST_CASE("set aside: a ward tells of both sides of a fork, and once one stands for 30 days of the other") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  auto second = city.enrol("W-VYDA", 2);
  const auto did = save(city, pc, sample_dossier("H57-1", "A")).did;
  sync(city, pc);
  (void)save(city, pc, edit(did, {set("SoDienThoai", "honest")}));
  const auto honest = must(pc->read_outbox({1, 256, true}, city.now)).rows.front();
  sync(city, pc);
  (void)must(city.centre->admit({pc->membership().device, {twin_of(honest, pc)}, city.now.wall}));
  sync(city, second);
  const auto told = [&](WallTime now) {
    auto& store = second->store();
    return must(store.db.read("what is told",
                              [&]() -> Result<std::vector<storage::SetAside>> { return storage::set_aside(store, std::nullopt, now); }));
  };
  const auto open = told(city.now.wall);
  REQUIRE(open.size() == 2);
  for (const auto& one : open) {
    CHECK(one.why == storage::SetAside::Why::fork);
    CHECK(one.change.did == did);
  }
  for (const auto& side : must(city.centre->forks()))
    if (side.came_first) must(city.centre->admit_side(side.segment, {}, "asked the clerk", city.now.wall));
  while (must(city.centre->apply_pending(10))) {
  }
  sync(city, second);
  const auto settled = told(city.now.wall);
  REQUIRE(settled.size() == 1);
  CHECK(settled.front().why == storage::SetAside::Why::settled_fork);
  CHECK(settled.front().detail == "asked the clerk");
  CHECK(settled.front().change.said.front().value == record::Value("twin"));
  CHECK(told({city.now.wall.ms + std::chrono::milliseconds(storage::told_of_settled).count()}).empty());
}

TEST_CASE("fork: a person lets one side stand, at every site, and the other stays in the history") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  auto second = city.enrol("W-VYDA", 2);
  const auto did = save(city, pc, sample_dossier("H57-1", "A")).did;
  sync(city, pc);
  sync(city, second);
  for (int i = 0; i < 3; ++i) (void)save(city, pc, edit(did, {set("SoDienThoai", std::to_string(i))}));
  const auto honest = must(pc->read_outbox({1, 256, true}, city.now)).rows.front();
  sync(city, pc);
  const auto twin = twin_of(honest, pc);
  CHECK(must(city.centre->admit({pc->membership().device, {twin}, city.now.wall})).refused.front().fault == Fault::fork);
  sync(city, second);
  CHECK(shown(second->store(), did, "SoDienThoai") == "1");

  const bool first_stands = GENERATE(true, false);
  const std::string stands = first_stands ? "2" : "twin", other = first_stands ? "twin" : "2";
  const auto sides = must(city.centre->forks());
  REQUIRE(sides.size() == 2);
  const auto side = *std::find_if(sides.begin(), sides.end(), [&](const auto& one) { return one.came_first == first_stands; });
  REQUIRE(side.records.size() == 1);
  CHECK(must(city.centre->look_at_side(side.segment, city.now.wall)).shown.changes.front().said.front().value == record::Value(stands));
  CHECK(must(city.centre->look_at_side(side.segment, city.now.wall)).set_aside.changes.front().said.front().value == record::Value(other));
  CHECK(city.centre->admit_side(side.segment, {}, "", city.now.wall).error().fault == Fault::invalid);
  must(city.centre->admit_side(side.segment, {}, "asked the clerk", city.now.wall));
  while (must(city.centre->apply_pending(10))) {
  }
  CHECK(must(city.centre->forks()).empty());
  CHECK(city.centre->admit_side(side.segment, {}, "again", city.now.wall).error().fault == Fault::not_found);
  CHECK(must(city.centre->devices()).front().refused_why.empty());

  // Who wrote under the number himself, and not what stands there, fetches it with the next link.
  const auto news = pc->store_policy({must(city.centre->read_policy({pc->store().policy.count()})).entries}, city.now);
  CHECK(news.has_error() != first_stands);
  const auto check = [&](storage::Store& store) {
    CHECK(shown(store, did, "SoDienThoai") == stands);
    CHECK(must(storage::show_dossier(store, did)).state.waiting == 0);
    CHECK(all_states(store) == all_states(city.centre->store()));
    if (&store == &pc->store() && first_stands) return;  // it never had the other
    const auto history = must(storage::dossier_history(store, did));
    CHECK(std::count_if(history.begin(), history.end(), [&](const auto& entry) {
            return entry.why == merge::Refusal::set_aside && entry.said.value == record::Value(other);
          }) == 1);
    CHECK(must(storage::verify_store(store)).damage == std::vector<std::string>{});
  };
  check(city.centre->store());
  auto third = city.enrol("W-VYDA", 3);  // hears of both, and of the entry before
  for (auto* one : {&pc, &second, &third}) {
    sync(city, *one);
    check((*one)->store());
  }
  (void)save(city, pc, edit(did, {set("Email", "goes@on.vn")}));
  sync(city, pc);
  sync(city, second);
  CHECK(shown(second->store(), did, "Email") == "goes@on.vn");
  check(second->store());
}

}  // namespace ward::test
