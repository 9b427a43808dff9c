#include "storage/dossiers.hpp"
#include "tests/storage/city.hpp"

#include <catch2/catch.hpp>

/// Copies of the centre's database, and what a centre that was made of one knows.
namespace ward::test {
namespace {

/// The centre's data goes away, and the copy takes its place.
void restore(City& city, const std::string& copy, bool alone = false) {
  city.centre.reset();
  for (const auto* end : {"", "-wal", "-shm"}) std::filesystem::remove(city.dir.file("centre.db") + end);
  std::filesystem::copy_file(copy, city.dir.file("centre.db"));
  city.reopen_centre();
  city.pass(std::chrono::seconds(1));
  must(city.centre->become_restored(city.now.wall, alone));
}

Fault fault_of_entry(City& city) { return city.centre->set_addresses({"a:1"}, city.now.wall).error().fault; }

}  // namespace

TEST_CASE("a copy of the database is of one moment, needs nothing beside it, and verifies") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  (void)save(city, pc, sample_dossier("H57-1", "A"));
  sync(city, pc);
  const auto wanted = all_states(city.centre->store());
  const auto facts = city.centre->backup_facts();
  must(city.centre->store().db.copy_to(city.dir.file("copy")));
  (void)save(city, pc, sample_dossier("H57-2", "B"));
  sync(city, pc);
  auto copy = must(storage::CentreStore::open(city.dir.file("copy"), must(storage::CentreKeys::decode(city.keys.encode())), seeded(9),
                                              storage::OpenMode::read_only));
  CHECK(must(storage::verify_store(copy.store())).damage.empty());
  CHECK(all_states(copy.store()) == wanted);
  CHECK(copy.backup_facts().root == facts.root);
  CHECK_FALSE(std::filesystem::exists(city.dir.file("copy-wal")));
}

TEST_CASE("receipts call archived what a copy elsewhere holds, and no other copy counts") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  (void)save(city, pc, sample_dossier("H57-1", "A"));
  sync(city, pc);
  const auto facts = city.centre->backup_facts();
  must(city.centre->note_backup(facts, city.now.wall, false));
  CHECK(must(city.centre->keeping()).backup_at == city.now.wall);
  CHECK(city.centre->log_view(city.now.wall).archived == 0);
  must(city.centre->note_backup(facts, city.now.wall, true));
  CHECK(city.centre->log_view(city.now.wall).archived == facts.size);
  auto other = facts;
  other.root.bytes[0] ^= 1U;
  CHECK(city.centre->note_backup(other, city.now.wall, true).error().fault == Fault::invalid);
  other = facts;
  other.size += 1;
  CHECK(city.centre->note_backup(other, city.now.wall, true).error().fault == Fault::invalid);
  city.reopen_centre();
  (void)save(city, pc, sample_dossier("H57-2", "B"));
  sync(city, pc);
  CHECK(must(pc->last_receipt())->receipt.archived == facts.size);
}

TEST_CASE("after a restore every PC pulls again from where the copy ends, whatever was archived before or is later") {
  City city;
  auto first = city.enrol("W-VYDA", 1);
  auto second = city.enrol("W-VYDA", 2);
  (void)save(city, first, sample_dossier("H57-1", "A"));
  sync(city, first);
  sync(city, second);
  must(city.centre->store().db.copy_to(city.dir.file("copy")));
  const auto copied = city.centre->backup_facts();
  const auto late = save(city, first, sample_dossier("H57-2", "B")).did;
  sync(city, first);
  (void)save(city, second, sample_dossier("H57-3", "C"));
  sync(city, second);
  must(city.centre->note_backup(city.centre->backup_facts(), city.now.wall, true));
  sync(city, first);
  sync(city, second);
  REQUIRE(must(first->last_receipt())->receipt.archived > copied.size);

  // Not from the newest copy, but from an older one.
  restore(city, city.dir.file("copy"));
  CHECK(city.centre->log_view(city.now.wall).archived == copied.size);
  sync(city, second);
  CHECK(must(city.centre->keeping()).not_back == 1);
  must(city.centre->note_backup(city.centre->backup_facts(), city.now.wall, true));
  CHECK(city.centre->log_view(city.now.wall).archived == copied.size);
  sync(city, first);
  sync(city, second);
  CHECK(must(city.centre->keeping()).not_back == 0);
  must(city.centre->note_backup(city.centre->backup_facts(), city.now.wall, true));
  CHECK(city.centre->log_view(city.now.wall).archived == city.centre->backup_facts().size);
  const auto wanted = all_states(city.centre->store());
  CHECK(wanted.contains(late));
  CHECK(wanted.size() == 3);
  for (auto* pc : {&first, &second}) {
    CHECK(all_states((*pc)->store()) == wanted);
    CHECK(must((*pc)->progress(city.now)).alarm.empty());
    CHECK(must(storage::verify_store((*pc)->store())).damage.empty());
  }
}

TEST_CASE("a restored centre takes policy entries back from the wards, and makes none before one of them has called") {
  City city;
  auto first = city.enrol("W-VYDA", 1);
  must(city.centre->store().db.copy_to(city.dir.file("copy")));
  auto late = city.enrol("W-VYDA", 2);
  must(city.centre->set_addresses({"centre.hue.gov.vn:7400"}, city.now.wall));
  (void)save(city, first, sample_dossier("H57-1", "A"));
  sync(city, first);
  (void)save(city, late, sample_dossier("H57-2", "B"));
  sync(city, late);
  const auto entries = city.policy();
  restore(city, city.dir.file("copy"));
  CHECK(fault_of_entry(city) == Fault::gap);
  CHECK(must(city.centre->keeping()).awaits_policy);

  const auto given = must(first->read_policy({city.centre->store().policy.count()})).entries;
  REQUIRE(given.size() + city.policy().size() == entries.size());
  auto forged = given;
  forged.back().signature.bytes[0] ^= 1U;
  CHECK(must(city.centre->store_policy({first->membership().device, forged, city.now.wall})).refused == Fault::bad_signature);
  CHECK(city.policy().size() + given.size() == entries.size());
  CHECK_FALSE(must(city.centre->store_policy({first->membership().device, given, city.now.wall})).refused);
  CHECK(city.policy() == entries);
  must(city.centre->store_report({first->membership().device, 0, city.centre->store().policy.count(), {}, city.now.wall}));
  CHECK_FALSE(must(city.centre->keeping()).awaits_policy);
  sync(city, late);
  sync(city, first);
  sync(city, late);
  CHECK(all_states(late->store()).size() == 2);
  // The log is shorter than when the last entry was signed; the next one fits nevertheless.
  must(city.centre->set_addresses({"a:1", "b:1"}, city.now.wall));
  CHECK(city.centre->store().policy.addresses().size() == 2);
  sync(city, late);
  CHECK(late->store().policy.addresses().size() == 2);
}

TEST_CASE("a PC whose policy entries contradict the centre's is shown, and nothing of them is taken") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  must(city.centre->store().db.copy_to(city.dir.file("copy")));
  must(city.centre->set_addresses({"a:1"}, city.now.wall));
  sync(city, pc);
  restore(city, city.dir.file("copy"), true);
  must(city.centre->set_addresses({"b:1"}, city.now.wall));
  const auto given = must(pc->read_policy({0})).entries;
  CHECK(must(city.centre->store_policy({pc->membership().device, given, city.now.wall})).refused == Fault::fork);
  CHECK(city.centre->store().policy.addresses() == std::vector<std::string>{"b:1"});
  CHECK(must(city.centre->devices()).front().refused_why == "fork");
}

TEST_CASE("after a restore a PC that had pulled past what was set aside gets it, though its writer is gone") {
  City city;
  auto a = city.enrol("W-VYDA", 1);
  auto b = city.enrol("W-VYDA", 2);
  (void)save(city, a, sample_dossier("H57-1", "A"));
  sync(city, a);
  const auto two = save(city, a, sample_dossier("H57-2", "B")).did;
  sync(city, a);
  must(city.centre->store().db.copy_to(city.dir.file("copy")));
  must(city.centre->note_backup(city.centre->backup_facts(), city.now.wall, true));
  const auto three = save(city, a, sample_dossier("H57-3", "C")).did;
  sync(city, a);
  must(city.centre->store().db.transact("damage", [&]() -> Result<void> {
    city.centre->store().db.run("UPDATE segment SET signature = zeroblob(64) WHERE id = 2");
    return {};
  }));
  sync(city, b);
  REQUIRE(shown(b->store(), three, "ChuHoSo") == "C");
  REQUIRE(storage::show_dossier(b->store(), two).has_error());
  REQUIRE(must(city.centre->ask_again(city.now.wall)));
  sync(city, b);  // it holds the entry, and is past the place
  restore(city, city.dir.file("copy"));
  sync(city, b);
  CHECK(shown(b->store(), two, "ChuHoSo") == "B");
  CHECK(must(b->progress(city.now)).alarm.empty());
}

TEST_CASE("tickets that a backup holds unused are void after a restore") {
  City city;
  const auto ticket = must(city.centre->new_ticket({"W-VYDA", "", "c:1", true, {city.now.wall.ms + 1'000'000}}));
  must(city.centre->store().db.copy_to(city.dir.file("copy")));
  restore(city, city.dir.file("copy"));
  CHECK_FALSE(must(city.centre->read_ticket({ticket::ticket_id(ticket.secret), made<DhKey>(3), city.now.wall})).psk);
}

}  // namespace ward::test
