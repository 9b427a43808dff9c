#include "protocol/run/run.hpp"
#include "storage/dossiers.hpp"
#include "tests/storage/city.hpp"

#include <catch2/catch.hpp>

/// What the centre takes, and what a ward takes from it.
namespace ward::test {
namespace {

using segment::Rows;

Rows outbox(City& city, Pc& pc, bool sealed = false) { return must(pc->read_outbox({1, 256, sealed}, city.now)).rows.at(0); }

engine::centre::Admitted admit(City& city, Pc& pc, Rows rows) {
  return must(city.centre->admit({pc->membership().device, {std::move(rows)}, city.now.wall}));
}

std::size_t stored_records(storage::Store& store) {
  return must(store.db.read("count", [&]() -> Result<std::size_t> {
    auto found = store.db.query("SELECT count(*) FROM record");
    return found.step() ? static_cast<std::size_t>(found.number(0)) : 0;
  }));
}

/// A segment as a dishonest but approved device would make it.
Rows forge(City& city, Pc& pc, std::vector<record::Header> headers, const Incarnation& incarnation, Seq first, const Hash& previous) {
  const auto org = city.centre->store().org;
  Rows out;
  std::vector<Rid> rids;
  for (auto& header : headers) {
    header.position = {pc->membership().device, incarnation, first + rids.size()};
    header.hlc = Hlc::at(city.now.wall);
    record::Change change{"x", {}, {set("GhiChu", "forged")}, {}, {}};
    if (!header.did.is_zero()) change.seen = {header.position};
    if (!header.did.is_zero()) --change.seen.front().seq;
    Bytes plain = header.type == record::Type::change ? record::encode_change(change, header.position) : Bytes(32, 1);
    auto sealed = record::seal(header, plain, made_secret<crypto::DossierKey>(5), org);
    rids.push_back(record::rid_of(sealed));
    out.rows.emplace_back(segment::SealedRow{std::move(sealed)});
  }
  segment::Statement statement;
  statement.device = pc->membership().device;
  statement.incarnation = incarnation;
  statement.first = first;
  statement.count = static_cast<std::uint16_t>(rids.size());
  statement.previous = previous;
  statement.root = segment::root_of(rids);
  out.statement = segment::sign(statement, org, pc.keys.device.sign);
  return out;
}

}  // namespace

TEST_CASE("what does not verify is asked for in sealed form, and refused only then") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  (void)save(city, pc, sample_dossier("H57-1", "A"));
  auto open = outbox(city, pc);
  auto sealed = outbox(city, pc, true);
  const auto name = std::pair(open.statement.statement.incarnation, open.statement.statement.first);
  const auto wants_sealed = [&](const Rows& rows) {
    const auto answer = admit(city, pc, rows);
    return answer.need_sealed == std::vector{name} && answer.refused.empty() && answer.stamps.empty();
  };
  const auto refuses = [&](const Rows& rows, Fault fault) {
    const auto answer = admit(city, pc, rows);
    return answer.refused.size() == 1 && answer.refused.front().fault == fault && answer.stamps.empty();
  };

  SECTION("a flipped signature") {
    open.statement.signature.bytes[3] ^= 1;
    sealed.statement.signature.bytes[3] ^= 1;
    CHECK(wants_sealed(open));
    CHECK(refuses(sealed, Fault::bad_signature));
  }
  SECTION("a changed body") {
    for (auto& row : open.rows)
      if (auto* plain = std::get_if<segment::OpenRow>(&row)) plain->plain.front() ^= 1;
    std::get<segment::SealedRow>(sealed.rows.back()).record.body.front() ^= 1;
    CHECK(wants_sealed(open));
    CHECK(refuses(sealed, Fault::bad_signature));
  }
  SECTION("the key seed of something else") {
    open.key_seed->front() ^= 1;
    CHECK(wants_sealed(open));
  }
  SECTION("no key seed") {
    open.key_seed.reset();
    CHECK(wants_sealed(open));
  }
  SECTION("a previous statement that is not here") {
    open.statement.statement.first = 5;
    const auto answer = admit(city, pc, open);
    CHECK(answer.need_sealed.size() == 1);
  }
  SECTION("a root that was never signed here") {
    open.statement.statement.receipt_seen.size = 99;
    CHECK(wants_sealed(open));
  }
  SECTION("rows that are missing") {
    sealed.rows.pop_back();
    CHECK(refuses(sealed, Fault::malformed));
  }
  CHECK(stored_records(city.centre->store()) == 0);
  CHECK(city.centre->log_view(city.now.wall).size == 0);
  CHECK(admit(city, pc, outbox(city, pc, true)).stamps.size() == 1);
}

TEST_CASE("edits travel without the names of their dossiers, which the centre finds, or asks for the sealed form") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  const auto first = save(city, pc, sample_dossier("H57-1", "A")).did;
  const auto second = save(city, pc, sample_dossier("H57-2", "B")).did;
  sync(city, pc);
  for (const auto& did : {first, second, first}) (void)save(city, pc, edit(did, {set("GhiChu", hex(did.view()))}));
  auto rows = must(run::decode_run(run::encode_run({outbox(city, pc)}))).front();
  REQUIRE(rows.elided.dossiers);
  REQUIRE(segment::header_of(rows.rows.front()).did.is_zero());
  SECTION("found") {
    CHECK(admit(city, pc, rows).stamps.size() == 1);
    while (must(city.centre->apply_pending(10))) {
    }
    CHECK(shown(city.centre->store(), second, "GhiChu") == hex(second.view()));
  }
  SECTION("not found") {
    must(city.centre->store().db.transact("forget", [&]() -> Result<void> {
      city.centre->store().db.run("DELETE FROM record");
      return {};
    }));
    const auto answer = admit(city, pc, rows);
    CHECK(answer.need_sealed.size() == 1);
    CHECK(answer.stamps.empty());
  }
}

TEST_CASE("the sealed form is enough for the centre to read a new dossier") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  const auto did = save(city, pc, sample_dossier("H57-1", "A")).did;
  CHECK(admit(city, pc, outbox(city, pc, true)).stamps.size() == 1);
  while (must(city.centre->apply_pending(10))) {
  }
  CHECK(shown(city.centre->store(), did, "ChuHoSo") == "A");
}

TEST_CASE("a change of a newer body version is verified, kept, passed on and counted as waiting, and keeps nothing else from going on") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  auto other = city.enrol("W-VYDA", 2);
  const auto did = save(city, pc, sample_dossier("H57-1", "A")).did;
  sync(city, pc);
  sync(city, other);

  auto& store = pc->store();
  const auto seal_newer = [&]() -> Result<record::Sealed> {
    const auto key_id = *storage::key_of_dossier(store, storage::find_dossier_row(store, did));
    record::Header header;
    header.position = {pc->membership().device, made<Incarnation>(77), 0};
    header.policy_epoch = store.policy.count() - 1;
    header.did = did;
    header.key_id = key_id;
    header.writer = header.reader_min = 2;
    header.hlc = Hlc::at(city.now.wall);
    Bytes plain(64, 7);
    plain[0] = 2;  // the body's version
    return record::seal(header, plain, *storage::find_key(store, key_id), store.org);
  };
  const auto newer = must(store.db.read("key", seal_newer));
  const auto rid = record::rid_of(newer);
  segment::Statement statement;
  statement.device = pc->membership().device;
  statement.incarnation = made<Incarnation>(77);
  statement.count = 1;
  statement.root = segment::root_of({rid});
  Rows rows;
  rows.statement = segment::sign(statement, store.org, pc.keys.device.sign);
  rows.rows.emplace_back(segment::SealedRow{newer});
  const auto admitted = admit(city, pc, std::move(rows));
  CHECK(admitted.refused.empty());
  CHECK(admitted.need_sealed.empty());

  const auto held = stored_records(other->store());
  sync(city, other);
  CHECK(stored_records(other->store()) == held + 1);
  CHECK(must(other->report(city.now)).waiting == 1);
  (void)save(city, other, edit(did, {set("SoDienThoai", "2")}));
  sync(city, other);
  CHECK(shown(other->store(), did, "SoDienThoai") == "2");
  CHECK(shown(city.centre->store(), did, "SoDienThoai") == "2");
  CHECK(must(storage::verify_store(other->store())).damage.empty());
  CHECK(must(storage::verify_store(city.centre->store())).damage.empty());
}

TEST_CASE("a gap is refused until what is missing came") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  for (int i = 0; i < 4; ++i) (void)save(city, pc, sample_dossier("H57-" + std::to_string(i), "A"));
  const auto cut = must(pc->read_outbox({2, 4, true}, city.now)).rows;
  REQUIRE(cut.size() == 2);
  const auto early = admit(city, pc, cut[1]);
  REQUIRE(early.refused.size() == 1);
  CHECK(early.refused.front().fault == Fault::gap);
  CHECK(stored_records(city.centre->store()) == 0);
  CHECK(admit(city, pc, cut[0]).refused.empty());
  CHECK(admit(city, pc, cut[1]).refused.empty());
}

TEST_CASE("a device writes only to dossiers that its unit holds") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  auto other = city.enrol("W-THUANHOA", 2);
  const auto did = save(city, pc, sample_dossier("H57-1", "A")).did;
  sync(city, pc);
  const auto incarnation = made<Incarnation>(0x77);
  record::Header header;
  header.did = did;
  for (const auto type : {record::Type::change, record::Type::grant, static_cast<record::Type>(200)}) {
    header.type = type;
    const auto answer = admit(city, other, forge(city, other, {header}, incarnation, 0, {}));
    REQUIRE(answer.refused.size() == 1);
    CHECK(answer.refused.front().fault == Fault::not_member);
  }
  SECTION("of a dossier that nobody knows the rest may still come") {
    header.did = made<Did>(0x55);
    CHECK(admit(city, other, forge(city, other, {header}, incarnation, 0, {})).refused.at(0).fault == Fault::gap);
  }
  SECTION("a grant of no dossier") {
    header.did = {};
    header.type = record::Type::grant;
    CHECK(admit(city, other, forge(city, other, {header}, incarnation, 0, {})).refused.at(0).fault == Fault::malformed);
  }
  SECTION("a dossier of its own is taken, and unreadable records in it block nothing") {
    record::Header creating;
    CHECK(admit(city, other, forge(city, other, {creating}, incarnation, 0, {})).refused.empty());
    while (must(city.centre->apply_pending(10))) {
    }
    CHECK(city.centre->log_view(city.now.wall).applied_exceptions.size() == 1);
    CHECK(city.centre->log_view(city.now.wall).applied == 2);
  }
  CHECK(all_states(pc->store()).at(did) == all_states(city.centre->store()).at(did));
}

TEST_CASE("segments of another device, and of one that was revoked, are refused") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  auto other = city.enrol("W-VYDA", 2);
  (void)save(city, pc, sample_dossier("H57-1", "A"));
  const auto rows = outbox(city, pc, true);
  CHECK(admit(city, other, rows).refused.at(0).fault == Fault::not_member);
  must(city.centre->revoke(pc->membership().device, "stolen", city.now.wall));
  CHECK(admit(city, pc, rows).refused.at(0).fault == Fault::revoked);
  const auto read = must(city.centre->read_peer({crypto::public_of(pc.keys.device.noise), {}}, city.now.wall));
  CHECK(std::get<Fault>(read.peer) == Fault::revoked);
  CHECK(std::get<Fault>(must(city.centre->read_peer({made<DhKey>(1), {}}, city.now.wall)).peer) == Fault::not_member);
  const auto lines = must(city.centre->devices());
  const auto line = std::find_if(lines.begin(), lines.end(), [&](const auto& one) { return one.device == pc->membership().device; });
  REQUIRE(line != lines.end());
  CHECK(line->standing == storage::DeviceLine::Standing::revoked);
  CHECK(line->refused_why == "revoked");
  CHECK(line->refused == city.now.wall);
}

TEST_CASE("after a revocation the unsent changes of a device count as proposals at every site, those before it stay") {
  City city;
  auto first = city.enrol("W-VYDA", 1);
  auto second = city.enrol("W-VYDA", 2);
  const auto did = save(city, first, sample_dossier("H57-1", "A")).did;
  sync(city, first);
  sync(city, second);
  (void)save(city, second, edit(did, {set("SoDienThoai", "unsent")}));
  must(city.centre->revoke(second->membership().device, "stolen", city.now.wall));
  must(second->store_policy({must(city.centre->read_policy({second->store().policy.count()})).entries}, city.now));
  const auto state = must(storage::show_dossier(second->store(), did)).state;
  CHECK(state.proposals.size() == 1);
  CHECK(shown(second->store(), did, "SoDienThoai") == "0777260626");
  CHECK(second->save({edit(did, {set("SoDienThoai", "x")})}, city.now).error().fault == Fault::revoked);
  sync(city, first);
  CHECK(shown(first->store(), did, "ChuHoSo") == "A");
}

TEST_CASE("a delivery with a row that does not verify changes nothing") {
  City city;
  auto first = city.enrol("W-VYDA", 1);
  auto second = city.enrol("W-VYDA", 2);
  const auto did = save(city, first, sample_dossier("H57-1", "A")).did;
  sync(city, first);
  sync(city, second);
  (void)save(city, first, edit(did, {set("SoDienThoai", "1")}));
  sync(city, first);
  (void)save(city, first, edit(did, {set("SoDienThoai", "2")}));
  sync(city, first);
  const auto before = all_states(second->store());
  const auto cursor = must(second->prepare_link({256, 512}, city.now)).cursor;
  auto read = must(city.centre->read_delivery({second->membership().device, cursor, 1'000'000}));
  REQUIRE(read.rows.size() == 2);
  Fault expected = Fault::bad_signature;
  auto& last = read.rows.back();
  SECTION("a changed body") { std::get<segment::OpenRow>(last.rows.back()).plain.front() ^= 1; }
  SECTION("another signature") { last.statement.signature = read.rows.front().statement.signature; }
  SECTION("no stamp") {
    last.stamp.reset();
    expected = Fault::malformed;
  }
  SECTION("a device that no policy entry names") {
    last.statement.statement.device = made<DeviceId>(3);
    expected = Fault::gap;
  }
  SECTION("a key that is not here") {
    std::get<segment::OpenRow>(last.rows.back()).header.key_id = made<KeyId>(3);
    expected = Fault::missing_key;
  }
  const auto applied = second->apply_delivery({read.cursor, read.rows}, city.now);
  REQUIRE(applied.has_error());
  CHECK(applied.error().fault == expected);
  CHECK(all_states(second->store()) == before);
  CHECK(must(second->prepare_link({256, 512}, city.now)).cursor == cursor);
  sync(city, second);
  CHECK(shown(second->store(), did, "SoDienThoai") == "2");
  sync(city, second);
  CHECK(all_states(second->store()) == all_states(city.centre->store()));
}

TEST_CASE("a refused segment is shown, keeps nothing else from going on, and is never dropped") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  const auto did = save(city, pc, sample_dossier("H57-1", "A")).did;
  const auto rows = outbox(city, pc);
  const auto& statement = rows.statement.statement;
  must(pc->store_refused({{statement.incarnation, statement.first, Fault::not_member}}));
  CHECK(must(pc->progress(city.now)).refused_segments == 1);
  CHECK(must(pc->report(city.now)).quarantined == statement.count);
  CHECK(must(storage::show_dossier(pc->store(), did)).standing.phase == storage::DossierPhase::needs_you);
  CHECK(must(pc->read_outbox({4, 256, false}, city.now)).rows.empty());
  const auto later = save(city, pc, sample_dossier("H57-2", "B")).did;
  sync(city, pc);
  CHECK(must(storage::show_dossier(pc->store(), later)).standing.phase == storage::DossierPhase::applied);
  CHECK(must(pc->report(city.now)).queue_records == statement.count);
}

}  // namespace ward::test
