#include "protocol/evidence/contradiction.hpp"
#include "storage/log_watch.hpp"
#include "tests/storage/city.hpp"

#include <catch2/catch.hpp>

#include <filesystem>

/// A centre that shows two histories, or takes back what it signed, is told so by its wards, with what proves it.
namespace ward::test {
namespace {

void copy_over(const std::string& from, const std::string& to) {
  std::filesystem::copy_file(from, to, std::filesystem::copy_options::overwrite_existing);
  for (const auto* beside : {"-wal", "-shm"}) std::filesystem::remove(to + beside);
}

struct Faces {
  City city;
  Pc a = city.enrol("W-VYDA", 1);
  Pc b = city.enrol("W-VYDA", 2);

  Faces() {
    (void)write(a);
    (void)write(b);
    sync(city, a);
    sync(city, b);
  }
  Did write(Pc& pc) {
    const auto did = save(city, pc, sample_dossier("H57-" + std::to_string(++written_), "A")).did;
    sync(city, pc);
    return did;
  }
  void keep_as(const std::string& name) {
    city.centre->store().db.checkpoint();
    copy_over(city.dir.file("centre.db"), city.dir.file(name));
  }
  /// Another face of the same incarnation.
  void put_back(const std::string& name) {
    city.centre.reset();
    copy_over(city.dir.file(name), city.dir.file("centre.db"));
    city.reopen_centre();
  }
  /// What a quiet line would ask; none: it asks nothing.
  engine::agent::Doubts doubts(Pc& pc) { return must(pc->read_doubts(city.now)).doubts; }
  sync::Joins answer(Pc& pc, const engine::agent::Doubts& asked) {
    const auto read = must(city.centre->read_joins({asked}, city.now.wall));
    sync::Joins out;
    out.receipt = {city.centre->store().org,
                   log::Role::registry,
                   read.log.centre,
                   read.log.size,
                   read.log.root,
                   read.log.time,
                   read.log.archived,
                   pc->membership().device,
                   {}};
    out.receipt_signature = log::sign(out.receipt, city.centre->keys().receipt);
    out.joins = read.joins;
    out.signature = log::sign_joins(out.receipt, asked, out.joins, city.centre->keys().receipt);
    return out;
  }
  void sign_anew(sync::Joins& joins, const engine::agent::Doubts& asked) {
    const auto& key = city.centre->keys().receipt;
    joins.receipt_signature = log::sign(joins.receipt, key);
    joins.signature = log::sign_joins(joins.receipt, asked, joins.joins, key);
  }
  /// True when something was asked.
  bool prove(Pc& pc) {
    const auto asked = doubts(pc);
    if (asked.empty()) return false;
    must(pc->store_joins({asked, answer(pc, asked)}, city.now));
    return true;
  }
  std::string alarm(Pc& pc) { return must(pc->progress(city.now)).alarm; }
  std::optional<evidence::Contradiction> contradiction(Pc& pc) {
    const auto kept = must(pc->contradiction());
    if (!kept) return std::nullopt;
    return must(evidence::decode_contradiction(*kept));
  }
  Result<evidence::Contradicted> judged(const evidence::Contradiction& kept) {
    return evidence::check(kept, city.policy(), crypto::public_of(city.root));
  }
  void a_day() { city.pass(std::chrono::hours(25)); }

 private:
  int written_ = 0;
};

}  // namespace

TEST_CASE("a centre's log is proved to go on from what it showed, once a day, and nothing is found where it is honest") {
  Faces faces;
  CHECK(faces.prove(faces.a));
  CHECK_FALSE(faces.prove(faces.a));
  for (int day = 0; day < 12; ++day) {
    faces.a_day();
    for (int i = 0; i <= day; ++i) (void)faces.write(faces.b);
    sync(faces.city, faces.a);
    CHECK(faces.prove(faces.a));
    CHECK_FALSE(faces.prove(faces.a));
    faces.a.reopen();
    CHECK(faces.alarm(faces.a).empty());
  }
  CHECK_FALSE(faces.contradiction(faces.a));
}

TEST_CASE("two histories of different length, of which each is a log that only grew, are found when the second is to be proved") {
  Faces faces;
  CHECK(faces.prove(faces.a));
  faces.keep_as("fork");
  (void)faces.write(faces.b);  // on the first face
  sync(faces.city, faces.a);
  faces.put_back("fork");
  auto c = faces.city.enrol("W-VYDA", 3);
  for (int i = 0; i < 4; ++i) (void)faces.write(c);
  sync(faces.city, faces.a);
  CHECK(faces.alarm(faces.a).empty());  // nothing in the receipts themselves contradicts
  faces.a_day();
  CHECK(faces.prove(faces.a));
  CHECK(faces.alarm(faces.a) == "two_faces");
  CHECK(must(faces.judged(*faces.contradiction(faces.a))).how == evidence::Contradicts::not_joined);
}

TEST_CASE("a history that was exchanged for another, longer one is an alarm, with the centre's own signatures as proof") {
  Faces faces;
  CHECK(faces.prove(faces.a));
  faces.keep_as("fork");
  (void)faces.write(faces.b);
  {
    Link link(faces.city, faces.a);
    REQUIRE(link.greet());  // its receipt is of the first face; it pulls nothing
  }
  faces.put_back("fork");
  auto c = faces.city.enrol("W-VYDA", 3);
  for (int i = 0; i < 4; ++i) (void)faces.write(c);
  faces.a_day();
  const auto asked = faces.doubts(faces.a);
  CHECK(asked.size() >= 2);  // the last one that was proved, and the last receipt
  const auto answer = faces.answer(faces.a, asked);
  must(faces.a->store_joins({asked, answer}, faces.city.now));
  CHECK(faces.alarm(faces.a) == "two_faces");
  faces.a.reopen();
  CHECK(faces.alarm(faces.a) == "two_faces");
  CHECK(must(faces.a->progress(faces.city.now)).evidence);

  const auto kept = faces.contradiction(faces.a);
  REQUIRE(kept);
  const auto judged = must(faces.judged(*kept));
  CHECK(judged.how == evidence::Contradicts::not_joined);
  CHECK(judged.earlier_at);
  CHECK_FALSE(judged.said_by);
  CHECK(judged.later.size == answer.receipt.size);
  SECTION("another root key") {
    CHECK(evidence::check(*kept, faces.city.policy(), made<SignKey>(3)).error().fault == Fault::wrong_organisation);
  }
  SECTION("a changed answer") {
    auto changed = *kept;
    changed.answer->joins.back() = {};
    CHECK(faces.judged(changed).error().fault == Fault::bad_signature);
  }
  SECTION("a changed receipt") {
    auto changed = *kept;
    std::get<evidence::SignedReceipt>(changed.earlier).receipt.root = made<Hash>(4);
    CHECK(faces.judged(changed).error().fault == Fault::bad_signature);
  }
  SECTION("two words that can both be true") {
    auto changed = *kept;
    changed.earlier = changed.later;
    CHECK(faces.judged(changed).error().fault == Fault::invalid);
  }
  SECTION("every bit of the file that is turned over") {
    const auto whole = evidence::encode_contradiction(*kept);
    for (std::size_t at = 0; at < whole.size(); ++at) {
      auto changed = whole;
      changed[at] ^= 1U;
      const auto read = evidence::decode_contradiction(changed);
      CHECK((read.has_error() || faces.judged(*read).has_error()));
    }
  }
}

TEST_CASE("a centre that was restored from a copy is a new incarnation: it proves at once what the copy held, and nothing is found") {
  Faces faces;
  CHECK(faces.prove(faces.a));
  faces.keep_as("copy");
  for (int i = 0; i < 3; ++i) (void)faces.write(faces.b);
  faces.a_day();
  sync(faces.city, faces.a);
  CHECK(faces.prove(faces.a));
  faces.put_back("copy");
  must(faces.city.centre->become_restored(faces.city.now.wall, true));
  faces.city.reopen_centre();
  sync(faces.city, faces.a);
  sync(faces.city, faces.b);
  sync(faces.city, faces.a);
  auto prepared = must(faces.a->prepare_link({256, 0}, faces.city.now));
  CHECK(prepared.doubts.size() >= 2);
  const auto answer = faces.answer(faces.a, prepared.doubts);
  CHECK(std::any_of(answer.joins.begin(), answer.joins.end(), [](const auto& join) { return join.held; }));
  CHECK(std::any_of(answer.joins.begin(), answer.joins.end(), [](const auto& join) { return !join.held; }));
  must(faces.a->store_joins({prepared.doubts, answer}, faces.city.now));
  CHECK(faces.alarm(faces.a).empty());
  CHECK(must(faces.a->prepare_link({256, 0}, faces.city.now)).doubts.empty());
  SECTION("but where it lies about what the copy held, it is found") {
    auto lied = answer;
    for (auto& join : lied.joins)
      if (join.held && !join.path.empty()) join.path.front() = made<Hash>(5);
    const auto asked = prepared.doubts;
    faces.put_back("copy");
    must(faces.city.centre->become_restored(faces.city.now.wall, true));
    faces.city.reopen_centre();
    sync(faces.city, faces.a);
    prepared = must(faces.a->prepare_link({256, 0}, faces.city.now));
    REQUIRE_FALSE(prepared.doubts.empty());
    (void)faces.write(faces.b);
    lied = faces.answer(faces.a, prepared.doubts);
    for (auto& join : lied.joins)
      if (join.held && !join.path.empty()) join.path.front() = made<Hash>(5);
    must(faces.a->store_joins({prepared.doubts, lied}, faces.city.now));
    CHECK(faces.alarm(faces.a) == "two_faces");
  }
}

TEST_CASE("a centre whose own disk changed its log proves nothing, accuses nobody, and is an alarm after a week") {
  Faces faces;
  CHECK(faces.prove(faces.a));
  faces.city.reopen_centre();  // what it had read is forgotten
  must(faces.city.centre->store().db.transact("rot", [&]() -> Result<void> {
    faces.city.centre->store().db.run("UPDATE segment SET stamp_ms = stamp_ms + 1 WHERE stamp_index = 1");
    return {};
  }));
  faces.a_day();
  const auto asked = faces.doubts(faces.a);
  REQUIRE_FALSE(asked.empty());
  const auto answer = faces.answer(faces.a, asked);
  CHECK(answer.joins.empty());
  must(faces.a->store_joins({asked, answer}, faces.city.now));
  sync(faces.city, faces.a);
  CHECK(faces.alarm(faces.a).empty());
  faces.city.pass(std::chrono::hours(24 * 7 + 1));
  sync(faces.city, faces.a);
  CHECK(faces.alarm(faces.a) == "unproved");
  CHECK_FALSE(faces.contradiction(faces.a));
  must(faces.city.centre->store().db.transact("mend", [&]() -> Result<void> {
    faces.city.centre->store().db.run("UPDATE segment SET stamp_ms = stamp_ms - 1 WHERE stamp_index = 1");
    return {};
  }));
  CHECK(faces.prove(faces.a));
  CHECK(faces.alarm(faces.a).empty());
}

TEST_CASE("a proof of an incarnation that is not the one of the receipts proves nothing, and what was proved before stays to be joined") {
  Faces faces;
  CHECK(faces.prove(faces.a));
  faces.keep_as("fork");
  (void)faces.write(faces.b);
  sync(faces.city, faces.a);
  faces.put_back("fork");
  auto c = faces.city.enrol("W-VYDA", 3);
  for (int i = 0; i < 4; ++i) (void)faces.write(c);
  sync(faces.city, faces.a);
  faces.a_day();
  const auto asked = faces.doubts(faces.a);
  REQUIRE_FALSE(asked.empty());
  auto evaded = faces.answer(faces.a, asked);
  evaded.receipt.centre = made<Incarnation>(99);
  evaded.joins.assign(asked.size(), {});
  faces.sign_anew(evaded, asked);
  must(faces.a->store_joins({asked, evaded}, faces.city.now));
  CHECK(faces.alarm(faces.a).empty());
  CHECK(faces.doubts(faces.a) == asked);
  CHECK(faces.prove(faces.a));
  CHECK(faces.alarm(faces.a) == "two_faces");
}

TEST_CASE("a proof from the future is none, and the ward goes on asking") {
  Faces faces;
  const auto asked = faces.doubts(faces.a);
  auto ahead = faces.answer(faces.a, asked);
  ahead.receipt.time.ms += std::chrono::milliseconds(std::chrono::years(73)).count();
  faces.sign_anew(ahead, asked);
  must(faces.a->store_joins({asked, ahead}, faces.city.now));
  CHECK(faces.alarm(faces.a).empty());
  CHECK(faces.doubts(faces.a) == asked);
  CHECK(faces.prove(faces.a));
  CHECK(faces.doubts(faces.a).empty());
}

TEST_CASE("a centre that proved its log once and then no more is an alarm after a week, whatever it says of the time or of its version") {
  Faces faces;
  CHECK(faces.prove(faces.a));
  SECTION("its time stands still") {
    for (int day = 0; day < 9; ++day) {
      faces.a_day();
      CHECK_FALSE(faces.doubts(faces.a).empty());
    }
    CHECK(faces.alarm(faces.a) == "unproved");
    CHECK(faces.prove(faces.a));
    CHECK(faces.alarm(faces.a).empty());
  }
  SECTION("it speaks version 4 only") {
    for (auto spoken = sync::protocol_version; spoken >= sync::version_with_joins; --spoken) faces.a->speak_other_version();
    for (int day = 0; day < 9; ++day) {
      faces.a_day();
      sync(faces.city, faces.a);
    }
    CHECK(faces.alarm(faces.a) == "unproved");
  }
}

TEST_CASE("receipts that contradict each other are kept, and show it to whoever has the root key alone") {
  Faces faces;
  faces.keep_as("before");
  (void)faces.write(faces.a);
  SECTION("a log that became shorter") {
    faces.put_back("before");
    sync(faces.city, faces.a);
    CHECK(faces.alarm(faces.a) == "rollback");
    const auto kept = faces.contradiction(faces.a);
    REQUIRE(kept);
    CHECK(must(faces.judged(*kept)).how == evidence::Contradicts::went_back);
  }
  SECTION("a longer one that lost what it had confirmed") {
    faces.put_back("before");
    for (int i = 0; i < 3; ++i) (void)faces.write(faces.b);
    sync(faces.city, faces.a);
    CHECK(faces.alarm(faces.a) == "rollback");
    const auto kept = faces.contradiction(faces.a);
    REQUIRE(kept);
    CHECK(must(faces.judged(*kept)).how == evidence::Contradicts::went_back);
  }
}

TEST_CASE("another PC's segment that names another history is an alarm, and says whose word it is") {
  Faces faces;
  sync(faces.city, faces.a);
  const auto last = must(faces.a->last_receipt())->receipt;
  segment::Statement statement;
  statement.device = faces.b->membership().device;
  statement.count = 1;
  const auto hears = [&](std::uint64_t size, const Hash& root, const Incarnation& centre) {
    statement.receipt_seen = {centre, size, root};
    const auto said = segment::sign(statement, faces.city.centre->store().org, faces.b.keys.device.sign);
    must(faces.a->store().db.transact("hear", [&]() -> Result<void> {
      storage::LogWatch(*faces.a.store, faces.city.now).hear({said});
      return {};
    }));
  };
  hears(last.size, last.root, last.centre);
  hears(last.size, made<Hash>(7), made<Incarnation>(99));  // of an incarnation that is over, or to come
  CHECK(faces.alarm(faces.a).empty());
  const auto before = faces.doubts(faces.a).size();
  SECTION("of the same size") {
    hears(last.size, made<Hash>(7), last.centre);
    CHECK(faces.alarm(faces.a) == "told_otherwise");
    const auto judged = must(faces.judged(*faces.contradiction(faces.a)));
    CHECK(judged.how == evidence::Contradicts::two_roots);
    CHECK(judged.said_by == faces.b->membership().device);
  }
  SECTION("of another, once the centre cannot join it") {
    hears(last.size - 1, made<Hash>(7), last.centre);
    CHECK(faces.alarm(faces.a).empty());
    CHECK(faces.doubts(faces.a).size() >= before);
    CHECK(faces.prove(faces.a));
    CHECK(faces.alarm(faces.a) == "told_otherwise");
    CHECK(must(faces.judged(*faces.contradiction(faces.a))).how == evidence::Contradicts::not_joined);
  }
  SECTION("longer than the centre's") {
    hears(last.size + 40, made<Hash>(7), last.centre);
    CHECK(faces.prove(faces.a));
    CHECK(faces.alarm(faces.a) == "told_otherwise");
  }
}

TEST_CASE("a PC that lies about what it saw holds up no proof, and hides nothing that the centre signed") {
  Faces faces;
  sync(faces.city, faces.a);
  CHECK(faces.prove(faces.a));
  const auto last = must(faces.a->last_receipt())->receipt;
  segment::Statement statement;
  statement.device = faces.b->membership().device;
  statement.count = 1;
  statement.receipt_seen = {last.centre, last.size + 40, made<Hash>(7)};
  const auto said = segment::sign(statement, faces.city.centre->store().org, faces.b.keys.device.sign);
  must(faces.a->store().db.transact("hear", [&]() -> Result<void> {
    storage::LogWatch(*faces.a.store, faces.city.now).hear({said});
    return {};
  }));
  faces.keep_as("fork");
  (void)faces.write(faces.b);
  sync(faces.city, faces.a);
  faces.a_day();
  CHECK(faces.prove(faces.a));
  CHECK(faces.alarm(faces.a) == "told_otherwise");
  CHECK(faces.doubts(faces.a).empty());  // the centre's own answer was whole, and counts
  faces.put_back("fork");
  auto c = faces.city.enrol("W-VYDA", 3);
  for (int i = 0; i < 5; ++i) (void)faces.write(c);
  faces.a_day();
  CHECK(faces.prove(faces.a));
  CHECK(faces.alarm(faces.a) == "two_faces");
  CHECK_FALSE(must(faces.judged(*faces.contradiction(faces.a))).said_by);
}

TEST_CASE("an audit log that its PC tells shorter, or another of one length, than before is noted each time") {
  Faces faces;
  WallTime copied;
  const auto tells = [&](std::uint64_t count, std::uint8_t end) {
    faces.city.pass(std::chrono::seconds(1));
    must(faces.city.centre->store_audit_end({faces.a->membership().device, {count, made<Hash>(end)}, faces.city.now.wall}));
    const auto lines = must(faces.city.centre->devices());
    const auto line = std::find_if(lines.begin(), lines.end(), [&](const auto& one) { return one.device == faces.a->membership().device; });
    copied = line->copied;
    return line->audit_back;
  };
  CHECK(tells(5, 1).ms == 0);
  CHECK(tells(5, 1).ms == 0);
  CHECK(tells(9, 2).ms == 0);
  SECTION("shorter") {
    const auto at = tells(7, 3);
    CHECK(at == faces.city.now.wall);
    CHECK(tells(7, 3) == at);
    CHECK(tells(10, 4) == at);
    CHECK(copied.ms == 0);
    CHECK(tells(3, 5) == faces.city.now.wall);
    CHECK(copied == faces.city.now.wall);  // by turns: two machines
  }
  SECTION("another") { CHECK(tells(9, 3) == faces.city.now.wall); }
}

}  // namespace ward::test
