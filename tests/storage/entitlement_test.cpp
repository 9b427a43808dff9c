#include "protocol/keys/keys.hpp"
#include "tests/storage/journey.hpp"

/// Grants and records that give nobody what the custody of a dossier does not give.
namespace ward::test {
namespace {

/// Records as a dishonest, but approved device writes them, in a segment of their own.
struct Forger {
  City& city;
  Pc& pc;
  Incarnation incarnation;
  std::vector<record::Sealed> records{};

  [[nodiscard]] Position here() const { return {pc->membership().device, incarnation, records.size()}; }
  void put(record::Type type, const Did& did, const Bytes& plain, const crypto::DossierKey& key) {
    record::Header header;
    header.type = type;
    header.position = here();
    header.policy_epoch = static_cast<Epoch>(city.policy().size() - 1);
    header.did = did;
    header.hlc = Hlc::at(city.now.wall);
    records.push_back(record::seal(header, plain, key, city.centre->store().org));
  }
  void put_grant(const Did& did, const record::GrantBody& grant) {
    put(record::Type::grant, did, record::encode_grant(grant, here()), record::open_key(city.centre->store().org));
  }
  /// What the centre says to it.
  engine::centre::Admitted send() {
    std::vector<record::Header> headers;
    for (const auto& one : records) headers.push_back(one.header);
    segment::Rows rows;
    std::vector<Rid> rids;
    for (const auto at : segment::leaf_order(headers)) {
      rids.push_back(record::rid_of(records[at]));
      rows.rows.emplace_back(segment::SealedRow{records[at]});
    }
    segment::Statement statement;
    statement.device = pc->membership().device;
    statement.incarnation = incarnation;
    statement.count = static_cast<std::uint16_t>(records.size());
    statement.policy_epoch = static_cast<Epoch>(city.policy().size() - 1);
    statement.root = segment::root_of(rids);
    rows.statement = segment::sign(statement, city.centre->store().org, pc.keys.device.sign);
    auto out = must(city.centre->admit({statement.device, {rows}, city.now.wall}));
    while (must(city.centre->apply_pending(100))) {
    }
    return out;
  }
};

record::GrantBody::Wrap wrap_to(City& city, const UnitCode& unit, const Did& did, const crypto::DossierKey& key) {
  const auto seed = keys::derive_unit_seed(city.keys.unit_master, unit, 0);
  return must(
      keys::wrap_for_other_unit(key, did, city.centre->store().org, unit, 0, crypto::public_of(keys::unit_secret_of(seed, unit, 0))));
}

crypto::DossierKey key_at(storage::Store& store, const KeyId& id) {
  return must(store.db.read("key", [&]() -> Result<crypto::DossierKey> { return storage::find_key(store, id)->clone(); }));
}
crypto::DossierKey tip_at(Pc& pc, const Did& did) { return key_at(pc->store(), tips(pc->store(), did).front().id); }

record::GrantBody grant_of(const crypto::DossierKey& key, std::vector<Position> stands_on, record::GrantBody::Wrap wrap) {
  return {crypto::key_id_of(key), std::move(stands_on), {std::move(wrap)}, {}};
}

}  // namespace

TEST_CASE("a unit that was never offered a dossier can neither write to it nor grant it to itself") {
  Two two;
  auto& city = two.city;
  auto stranger = city.enrol(tu_phap, 4);
  sync(city, stranger);
  const auto key = tip_at(two.a, two.did);  // even were it known
  Forger forger{city, stranger, made<Incarnation>(0x61)};
  SECTION("a change") {
    const record::Change change{"x", state_at(two.a, two.did).version, {set("GhiChu", "forged")}, {}, {}};
    forger.put(record::Type::change, two.did, record::encode_change(change, forger.here()), key);
  }
  SECTION("a grant to itself") { forger.put_grant(two.did, grant_of(key, {}, wrap_to(city, tu_phap, two.did, key))); }
  SECTION("an acceptance of what was offered to another unit") {
    const auto offered = offer(city, two.a, two.did, thuan_hoa);
    sync(city, two.a);
    const record::Change change{"x", {offered.position}, {merge::accept({offered.position, 0})}, {}, {}};
    forger.put(record::Type::change, two.did, record::encode_change(change, forger.here()), key);
  }
  const auto answer = forger.send();
  REQUIRE(answer.refused.size() == 1);
  CHECK(answer.refused.front().fault == Fault::not_member);
  CHECK(answer.stamps.empty());
  (void)write(city, two.a, two.did, "secret");
  sync_all(city, {&two.a, &stranger});
  CHECK_FALSE(has(stranger, two.did));
  CHECK(shown(city.centre->store(), two.did, "GhiChu").empty());
}

TEST_CASE("a grant gives nothing unless the event that it names stands") {
  Two two;
  auto& city = two.city;
  auto c = city.enrol(tu_phap, 4);
  sync(city, c);
  const auto offered = offer(city, two.a, two.did, thuan_hoa);
  sync_all(city, {&two.a, &two.b});
  auto* writer = &two.b;
  UnitCode to = thuan_hoa;
  Position event = offered.position;
  bool stands = false;
  SECTION("replayed after the recall, by the unit to itself") {
    (void)recall(city, two.a, two.did, thuan_hoa);
    sync_all(city, {&two.a, &two.b});
  }
  SECTION("of an offer that was never made") {
    to = tu_phap;
    event.seq += 1000;
  }
  SECTION("of another unit's offer") { to = tu_phap; }
  SECTION("by the unit that gave the dossier away, to itself") {
    (void)accept(city, two.b, two.did, thuan_hoa);
    sync_all(city, {&two.b, &two.a});
    writer = &two.a;
    to = vyda;
    stands = true;
  }
  SECTION("to a unit that does not exist") { to = "W-NOWHERE"; }
  const auto key = tip_at(*writer, two.did);
  Forger forger{city, *writer, made<Incarnation>(0x62)};
  auto wrap = wrap_to(city, to, two.did, key);
  forger.put_grant(two.did, grant_of(key, {event}, std::move(wrap)));
  const auto answer = forger.send();
  CHECK(answer.refused.empty());
  sync_all(city, {&two.a, &two.a2, &two.b, &c});
  auto& holder = stands ? two.b : two.a;
  const auto after = write(city, holder, two.did, "secret");
  sync_all(city, {&two.a, &two.a2, &two.b, &c});
  CHECK_FALSE(has(c, two.did));
  CHECK(reads(holder, after));
  CHECK(holds(two.a, after) == (&holder == &two.a));
  const bool offer_stands = state_at(city.centre->store(), two.did).custody.pending.size() == 1;
  CHECK(holds(two.b, after) == (offer_stands || stands));
  check_sound(city, {&two.a, &two.a2, &two.b, &c});
}

TEST_CASE("a grant that does not open hides nothing from whoever may read") {
  Two two;
  auto& city = two.city;
  (void)offer(city, two.a, two.did, thuan_hoa);
  sync_all(city, {&two.a, &two.b});
  // A device of the holder writes under a key of its own, and says of it that the other unit has it.
  const auto key = made_secret<crypto::DossierKey>(0x63);
  Forger forger{city, two.a2, made<Incarnation>(0x63)};
  auto wrap = wrap_to(city, thuan_hoa, two.did, key);
  wrap.wrapped[40] ^= 1U;
  forger.put_grant(two.did, grant_of(key, {}, std::move(wrap)));
  forger.put_grant(two.did, grant_of(key, {}, wrap_to(city, vyda, two.did, key)));
  const record::Change change{"x", state_at(two.a, two.did).version, {note("under another key")}, {}, {}};
  const auto at = forger.here();
  forger.put(record::Type::change, two.did, record::encode_change(change, at), key);
  REQUIRE(forger.send().refused.empty());
  sync_all(city, {&two.a, &two.b});
  for (auto* pc : {&two.a, &two.b}) CHECK(held((*pc)->store(), two.did).read.contains(at));
  check_same(city, two.did, {&two.a, &two.b});
  check_sound(city, {&two.a, &two.b});
}

TEST_CASE("what builds on an offer that a restored centre lacks waits for it, and is not refused for good") {
  Two two;
  auto& city = two.city;
  must(city.centre->store().db.copy_to(city.dir.file("copy")));
  (void)offer(city, two.a, two.did, thuan_hoa);
  sync_all(city, {&two.a, &two.b});
  (void)accept(city, two.b, two.did, thuan_hoa);
  sync(city, two.b);
  const auto after = write(city, two.b, two.did, "after the backup");
  sync_all(city, {&two.b, &two.a});
  city.centre.reset();
  for (const auto* end : {"", "-wal", "-shm"}) std::filesystem::remove(city.dir.file("centre.db") + end);
  std::filesystem::copy_file(city.dir.file("copy"), city.dir.file("centre.db"));
  city.reopen_centre();
  city.pass(std::chrono::seconds(1));
  must(city.centre->become_restored(city.now.wall, false));
  sync(city, two.b);
  CHECK(must(two.b->progress(city.now)).refused_segments == 0);
  CHECK(state_at(city.centre->store(), two.did).custody.unit == vyda);
  sync_all(city, {&two.a, &two.b, &two.a2});
  CHECK(state_at(city.centre->store(), two.did).custody.unit == thuan_hoa);
  check_same(city, two.did, {&two.b});
  CHECK_FALSE(holds(two.a, after));
  check_sound(city, {&two.a, &two.a2, &two.b});
}

}  // namespace ward::test
