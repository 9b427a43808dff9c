#include "tests/storage/let_in.hpp"

namespace ward::test {

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
  REQUIRE(looked_at.outcomes.size() == 2);
  const auto outcome_of = [&](const storage::HandedInShown& of, const Did& did) {
    return *std::find_if(of.outcomes.begin(), of.outcomes.end(), [&](const auto& one) { return one.after.did == did; });
  };
  CHECK(outcome_of(looked_at, it.did).after.proposals.size() == 1);
  CHECK(course::shown_text(outcome_of(looked_at, it.did).after, "SoDienThoai") == "0777260626");
  CHECK_FALSE(outcome_of(looked_at, it.lodged).before.created);
  const auto in_full =
      must(it.city.centre->look_at_handed_in({waiting[0].device, waiting[0].incarnation, {}, true, {}, {}}, it.city.now.wall));
  CHECK(in_full.head == looked_at.head);
  CHECK(course::shown_text(outcome_of(in_full, it.did).after, "SoDienThoai") == "unsent");
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
  for (const auto& entry : it.city.policy())
    if (const auto* admission = std::get_if<policy::Admission>(&entry.body))
      CHECK(storage::find_segment(it.city.centre->store(), std::get<policy::HandedIn>(admission->what).head));
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
  CHECK(it.city.centre->reject_handed_in({line.device, line.incarnation, {}, false, "x", made<Hash>(7)}).error().fault == Fault::invalid);
  CHECK(it.waiting().size() == 2);
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

TEST_CASE("quarantine: a file whose segments were cut otherwise than those that came is admitted from where they end") {
  City city;
  auto first = city.enrol("W-VYDA", 1);
  auto second = city.enrol("W-VYDA", 2);
  const auto did = save(city, first, sample_dossier("H57-1", "A")).did;
  sync(city, first);
  sync(city, second);
  for (int value = 1; value <= 8; ++value) (void)save(city, second, edit(did, {set("SoDienThoai", std::to_string(value))}));
  second->store().db.checkpoint();
  Pc copy{second.path + ".copy", must(storage::WardKeys::decode(second.keys.encode())), 77, std::nullopt};
  std::filesystem::copy_file(second.path, copy.path);
  {
    Link link(city, second);
    REQUIRE(link.greet());
    (void)link.push(1, 2);
  }
  const auto held = city.centre->log_view(city.now.wall).size;
  second.store.reset();
  copy.reopen();
  must(city.centre->revoke(copy->membership().device, "its disk broke; an image of the morning is there", city.now.wall));
  const auto brought = carried(must(copy->hand_in(0)));
  REQUIRE(brought.size() == 1);
  CHECK(must(city.centre->take_handed_in(brought, city.now.wall)).taken > 0);
  for (const auto& line : must(city.centre->handed_in())) {
    storage::WantedHandedIn wanted{line.device, line.incarnation, {}, true, "known work", {}};
    wanted.head = must(city.centre->look_at_handed_in(wanted, city.now.wall)).head;
    must(city.centre->admit_handed_in(wanted, city.now.wall));
  }
  while (must(city.centre->apply_pending(10))) {
  }
  CHECK(city.centre->log_view(city.now.wall).size == held + 1);
  CHECK(shown(city.centre->store(), did, "SoDienThoai") == "8");
  CHECK(must(city.centre->forks()).empty());
  check_sites_agree(city, first);
  auto third = city.enrol("W-VYDA", 3);
  check_sites_agree(city, third);
}

TEST_CASE("quarantine: under numbers that an entry let in a restored centre takes what ends in its head, and nothing else") {
  Revoked it;
  const auto file = handed_in_by(it.second);
  it.bring();
  const auto line = it.waiting().back();
  must(it.city.centre->store().db.copy_to(it.city.dir.file("copy")));
  must(it.admit(line, true));
  sync(it.city, it.first);  // holds the entry
  it.city.centre.reset();
  for (const auto* end : {"", "-wal", "-shm"}) std::filesystem::remove(it.city.dir.file("centre.db") + end);
  std::filesystem::copy_file(it.city.dir.file("copy"), it.city.dir.file("centre.db"));
  it.city.reopen_centre();
  it.city.pass(std::chrono::seconds(1));
  must(it.city.centre->become_restored(it.city.now.wall, false));
  {
    Link link(it.city, it.first);
    (void)link.greet();
    link.fetch_policy();
  }
  storage::WantedHandedIn rejected{line.device, line.incarnation, {}, false, "brought again", {}};
  must(it.city.centre->reject_handed_in(rejected));
  (void)must(it.city.centre->take_handed_in(carried({twin_of(file.back(), it.second)}), it.city.now.wall));
  const auto refused = it.admit(line, true);
  INFO(refused.error().detail);
  CHECK(refused.error().fault == Fault::fork);
  must(it.city.centre->reject_handed_in(rejected));
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

}  // namespace ward::test
