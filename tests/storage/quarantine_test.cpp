#include "protocol/run/run.hpp"
#include "storage/dossiers.hpp"
#include "storage/grants.hpp"
#include "storage/quarantine.hpp"
#include "tests/storage/city.hpp"

#include <catch2/catch.hpp>

/// What a person lets in: work of a revoked device, and one of two records with one number (docs/adr/0015).
namespace ward::test {
namespace {

using segment::Rows;

/// As the file carries it.
std::vector<Rows> carried(const std::vector<Rows>& rows) { return must(run::decode_run(run::encode_run(rows))); }

std::vector<Rows> handed_in_by(Pc& pc) { return carried(must(pc->hand_in(0))); }

/// Two PCs of one ward; the second wrote two changes and a new dossier that nobody got before it was revoked.
struct Revoked {
  Revoked() {
    did = save(city, first, sample_dossier("H57-1", "A")).did;
    sync(city, first);
    sync(city, second);
    (void)save(city, second, edit(did, {set("SoDienThoai", "unsent")}));
    lodged = save(city, second, sample_dossier("H57-2", "Lodged there")).did;
    second.reopen();
    (void)save(city, second, edit(did, {set("Email", "later@run.vn")}));
    must(city.centre->revoke(device(), "broken line, replaced", city.now.wall));
  }
  [[nodiscard]] DeviceId device() { return second->membership().device; }
  void bring() { (void)must(city.centre->take_handed_in(handed_in_by(second), city.now.wall)); }
  [[nodiscard]] std::vector<storage::HandedIn> waiting() {
    auto out = must(city.centre->handed_in());
    std::erase_if(out, [](const auto& line) { return !line.rejected.empty(); });
    return out;
  }
  /// As a person does it: what was shown is admitted.
  Result<void> admit(const storage::HandedIn& line, bool in_full, std::optional<Seq> until = {}) {
    storage::WantedHandedIn wanted{line.device, line.incarnation, until, in_full, "known work", {}};
    WARD_TRY(const auto looked_at, city.centre->look_at_handed_in(wanted, city.now.wall));
    wanted.head = looked_at.head;
    return city.centre->admit_handed_in(wanted, city.now.wall);
  }
  void admit_all(bool in_full) {
    for (const auto& line : waiting()) must(admit(line, in_full));
    while (must(city.centre->apply_pending(10))) {
    }
  }

  City city;
  Pc first = city.enrol("W-VYDA", 1);
  Pc second = city.enrol("W-VYDA", 2);
  Did did, lodged;
};

void check_sites_agree(City& city, Pc& pc) {
  sync(city, pc);
  CHECK(all_states(pc->store()) == all_states(city.centre->store()));
  CHECK(must(storage::verify_store(pc->store())).damage == std::vector<std::string>{});
  CHECK(must(storage::verify_store(city.centre->store())).damage == std::vector<std::string>{});
}

/// Another phone number under the number of the last of `rows`, by the same device: what a running machine's snapshot would write.
Rows twin_of(const Rows& rows, Pc& pc, const std::string& value = "twin") {
  auto out = rows;
  auto& store = pc->store();
  auto& last = std::get<segment::SealedRow>(out.rows.back()).record;
  const auto& position = last.header.position;
  must(store.db.read("twin", [&]() -> Result<void> {
    const auto& key = *storage::find_key(store, last.header.key_id);
    auto change = must(record::decode_change(must(record::open(last, key, store.org)), position));
    change.ops.front().value = record::Value(value);
    last = record::seal(last.header, record::encode_change(change, position), key, store.org);
    return {};
  }));
  std::vector<Rid> rids;
  for (const auto& row : out.rows) rids.push_back(record::rid_of(std::get<segment::SealedRow>(row).record));
  out.statement.statement.root = segment::root_of(rids);
  out.statement = segment::sign(out.statement.statement, store.org, pc.keys.device.sign);
  return out;
}

}  // namespace

TEST_CASE("quarantine: what a revoked device wrote waits for a person, and admitted it is proposals at every site") {
  Revoked it;
  it.bring();
  const auto before = all_states(it.city.centre->store());
  const auto waiting = it.waiting();
  REQUIRE(waiting.size() == 2);  // one line for each start of its daemon
  CHECK(waiting[0].unit == "W-VYDA");

  // Looking changes nothing, and shows what has never been here.
  const auto looked_at =
      must(it.city.centre->look_at_handed_in({waiting[0].device, waiting[0].incarnation, {}, false, {}, {}}, it.city.now.wall));
  CHECK(looked_at.end == waiting[0].end);
  CHECK(looked_at.shown.grants == 1);
  const auto& changes = looked_at.shown.changes;
  REQUIRE(changes.size() == 2);
  CHECK(changes[0].code == "H57-1");
  CHECK(changes[0].said.front().value == record::Value("unsent"));
  CHECK(changes[1].did == it.lodged);
  CHECK(all_states(it.city.centre->store()) == before);
  CHECK(it.city.centre->store().policy.entries().back().body.index() != policy::Body(policy::Admission{}).index());

  it.admit_all(false);
  CHECK(it.waiting().empty());
  const auto state = must(storage::show_dossier(it.city.centre->store(), it.did)).state;
  CHECK(state.proposals.size() == 2);
  CHECK(shown(it.city.centre->store(), it.did, "SoDienThoai") == "0777260626");
  check_sites_agree(it.city, it.first);
  // Brought again it is known.
  const auto again = must(it.city.centre->take_handed_in(handed_in_by(it.second), it.city.now.wall));
  CHECK(again.taken == 0);
  CHECK(again.known > 0);
}

TEST_CASE("quarantine: admitted in full it counts at every site as what a device writes that stands") {
  Revoked it;
  it.bring();
  it.admit_all(true);
  CHECK(shown(it.city.centre->store(), it.did, "SoDienThoai") == "unsent");
  CHECK(shown(it.city.centre->store(), it.did, "Email") == "later@run.vn");
  CHECK(shown(it.city.centre->store(), it.lodged, "ChuHoSo") == "Lodged there");
  CHECK(must(storage::show_dossier(it.city.centre->store(), it.did)).state.proposals.empty());
  check_sites_agree(it.city, it.first);
  auto third = it.city.enrol("W-VYDA", 3);
  check_sites_agree(it.city, third);
  it.city.reopen_centre();
  check_sites_agree(it.city, third);
}

TEST_CASE("quarantine: only what ends before a number is admitted when so told, the rest waits on") {
  Revoked it;
  auto parts = must(it.second->hand_in(0));
  REQUIRE(parts.size() == 2);
  it.bring();
  const auto line = it.waiting().front();
  CHECK(it.admit(line, true, line.first + 1).error().fault == Fault::not_found);
  must(it.admit(line, true, line.end));
  CHECK(it.waiting().size() == 1);
}

TEST_CASE("quarantine: what does not verify, is not sealed, or comes of a device that stands is not kept") {
  Revoked it;
  const auto good = handed_in_by(it.second);
  const auto fault = [&](std::vector<Rows> rows) {
    const auto taken = it.city.centre->take_handed_in(std::move(rows), it.city.now.wall);
    return taken.has_error() ? taken.error().fault : Fault::timeout;
  };
  auto changed = good;
  std::get<segment::SealedRow>(changed.front().rows.front()).record.body.front() ^= 1;
  CHECK(fault(changed) == Fault::bad_signature);
  changed = good;
  changed.front().statement.signature.bytes[3] ^= 1;
  CHECK(fault(changed) == Fault::bad_signature);
  changed = good;
  changed.front().statement.statement.device = made<DeviceId>(9);
  CHECK(fault(changed) == Fault::not_member);
  changed = good;
  changed.front().elided.previous = true;
  CHECK(fault(changed) == Fault::malformed);
  (void)save(it.city, it.first, edit(it.did, {set("Email", "a@b.vn")}));
  CHECK(fault(handed_in_by(it.first)) == Fault::invalid);
  CHECK(it.waiting().empty());
}

TEST_CASE("quarantine: a rejected one is never admitted, and its reason stays") {
  Revoked it;
  it.bring();
  const auto line = it.waiting().front();
  CHECK(it.city.centre->reject_handed_in({line.device, line.incarnation, {}, false, "", {}}).error().fault == Fault::invalid);
  must(it.city.centre->reject_handed_in({line.device, line.incarnation, {}, false, "the thief's", {}}));
  CHECK(it.waiting().size() == 1);
  CHECK(it.admit(line, true).error().fault == Fault::not_found);
  it.bring();  // the same file again
  CHECK(it.waiting().size() == 1);
  CHECK(it.admit(line, true).error().fault == Fault::not_found);
  const auto all = must(it.city.centre->handed_in());
  CHECK(std::any_of(all.begin(), all.end(), [](const auto& one) { return one.rejected == "the thief's"; }));
}

TEST_CASE("quarantine: what builds on records that are missing is not admitted, and nothing of it changes anything") {
  Revoked it;
  auto rows = handed_in_by(it.second);
  REQUIRE(rows.size() == 2);
  // The second start's work names what the first start wrote: without it, its past is missing, and it waits.
  (void)must(it.city.centre->take_handed_in({rows[1]}, it.city.now.wall));
  const auto line = it.waiting().front();
  const auto entries = it.city.centre->store().policy.count();
  must(it.admit(line, true));
  while (must(it.city.centre->apply_pending(10))) {
  }
  CHECK(it.city.centre->store().policy.count() == entries + 1);
  CHECK(shown(it.city.centre->store(), it.did, "Email") != "later@run.vn");
  (void)must(it.city.centre->take_handed_in({rows[0]}, it.city.now.wall));
  it.admit_all(true);
  CHECK(shown(it.city.centre->store(), it.did, "Email") == "later@run.vn");
  check_sites_agree(it.city, it.first);
}

TEST_CASE("quarantine: only what was shown is admitted") {
  Revoked it;
  const auto rows = handed_in_by(it.second);
  (void)must(it.city.centre->take_handed_in({rows[0]}, it.city.now.wall));
  const auto line = it.waiting().front();
  storage::WantedHandedIn wanted{line.device, line.incarnation, {}, true, "x", {}};
  CHECK(it.city.centre->admit_handed_in(wanted, it.city.now.wall).error().fault == Fault::invalid);  // nobody looked
  wanted.head = must(it.city.centre->look_at_handed_in(wanted, it.city.now.wall)).head;

  auto other = wanted;
  other.head.bytes.front() ^= 1;
  CHECK(it.city.centre->admit_handed_in(other, it.city.now.wall).error().fault == Fault::invalid);
  CHECK(it.waiting().size() == 1);
  must(it.city.centre->admit_handed_in(wanted, it.city.now.wall));
}

TEST_CASE("quarantine: what was cut into several segments is admitted as one") {
  Revoked it;
  (void)must(it.second->read_outbox({4, 2, true}, it.city.now));
  const auto rows = handed_in_by(it.second);
  REQUIRE(rows.size() > 2);
  (void)must(it.city.centre->take_handed_in(rows, it.city.now.wall));
  it.admit_all(true);
  CHECK(shown(it.city.centre->store(), it.lodged, "ChuHoSo") == "Lodged there");
  check_sites_agree(it.city, it.first);
}

TEST_CASE("quarantine: a file brings what a centre lost that was restored, and what it still holds is known") {
  City city;
  auto first = city.enrol("W-VYDA", 1);
  auto second = city.enrol("W-VYDA", 2);
  const auto did = save(city, second, sample_dossier("H57-1", "A")).did;
  sync(city, second);
  sync(city, first);
  city.centre->store().db.checkpoint();
  const auto path = city.dir.file("centre.db"), copy = city.dir.file("copy.db");
  std::filesystem::copy_file(path, copy);
  (void)save(city, second, edit(did, {set("Email", "lost@centre.vn")}));
  sync(city, second);  // receipted
  city.centre.reset();
  std::filesystem::copy_file(copy, path, std::filesystem::copy_options::overwrite_existing);
  for (const auto* beside : {"-wal", "-shm"}) std::filesystem::remove(path + beside);
  city.reopen_centre();
  must(city.centre->revoke(second->membership().device, "broken", city.now.wall));
  const auto brought = must(city.centre->take_handed_in(handed_in_by(second), city.now.wall));
  CHECK(brought.taken == 1);
  CHECK(brought.known > 0);
  for (const auto& line : must(city.centre->handed_in())) {
    storage::WantedHandedIn wanted{line.device, line.incarnation, {}, true, "broken on the desk", {}};
    wanted.head = must(city.centre->look_at_handed_in(wanted, city.now.wall)).head;
    must(city.centre->admit_handed_in(wanted, city.now.wall));
  }
  while (must(city.centre->apply_pending(10))) {
  }
  CHECK(shown(city.centre->store(), did, "Email") == "lost@centre.vn");
}

TEST_CASE("quarantine: an order of erasure reaches what is kept aside, and what is brought after it") {
  Revoked it;
  const auto rows = handed_in_by(it.second);
  (void)must(it.city.centre->take_handed_in({rows[0]}, it.city.now.wall));
  must(it.city.centre->order_erasure({it.did, "minh", "by law", {}}, it.city.now.wall));
  (void)must(it.city.centre->take_handed_in({rows[1]}, it.city.now.wall));
  const auto bodies = must(it.city.centre->store().db.read("bodies", [&]() -> Result<std::size_t> {
    std::size_t out = 0;
    for (const auto& line : storage::handed_in(it.city.centre->store()))
      for (const auto& kept : must(storage::waiting_of(it.city.centre->store(), {line.device, line.incarnation, {}, false, {}, {}})))
        for (const auto& row : kept.rows)
          out += std::holds_alternative<segment::SealedRow>(row) && segment::header_of(row).did == it.did ? 1U : 0U;
    return out;
  }));
  CHECK(bodies == 0);
  it.admit_all(true);
  CHECK(shown(it.city.centre->store(), it.lodged, "ChuHoSo") == "Lodged there");
  check_sites_agree(it.city, it.first);
}

TEST_CASE("quarantine: a key that a revoked PC gave opens what it wrote, and is none for new writing") {
  Revoked it;
  it.bring();
  it.admit_all(false);
  sync(it.city, it.first);
  auto& store = it.first->store();
  const auto late = must(store.db.read(
      "keys", [&]() -> Result<std::set<KeyId>> { return storage::keys_given_late(store, storage::find_dossier_row(store, it.lodged)); }));
  REQUIRE(late.size() == 1);
  const auto proposals = must(storage::show_dossier(store, it.lodged)).state.proposals.size();
  (void)save(it.city, it.first, edit(it.lodged, {set("Email", "new@key.vn")}));
  const auto newest = must(store.db.read("key", [&]() -> Result<KeyId> {
    auto found = store.db.query("SELECT header FROM record WHERE dossier = ? AND type = ? ORDER BY id DESC LIMIT 1");
    found.bind(storage::find_dossier_row(store, it.lodged)).bind(static_cast<std::int64_t>(record::Type::change));
    return found.step() ? must(record::decode_header(found.bytes(0))).key_id : KeyId{};
  }));
  CHECK_FALSE(late.contains(newest));
  check_sites_agree(it.city, it.first);
  CHECK(shown(it.city.centre->store(), it.lodged, "Email") == "new@key.vn");
  CHECK(must(storage::show_dossier(store, it.lodged)).state.proposals.size() == proposals);
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
  CHECK(must(city.centre->look_at_side(side.segment)).shown.changes.front().said.front().value == record::Value(stands));
  CHECK(must(city.centre->look_at_side(side.segment)).set_aside.changes.front().said.front().value == record::Value(other));
  CHECK(city.centre->admit_side(side.segment, "", city.now.wall).error().fault == Fault::invalid);
  must(city.centre->admit_side(side.segment, "asked the clerk", city.now.wall));
  while (must(city.centre->apply_pending(10))) {
  }
  CHECK(must(city.centre->forks()).empty());
  CHECK(city.centre->admit_side(side.segment, "again", city.now.wall).error().fault == Fault::not_found);
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
