#include "storage/dossiers.hpp"
#include "tests/storage/city.hpp"

#include <catch2/catch.hpp>

namespace ward::test {
namespace {

struct Applying {
  storage::WardKeys keys;
  sync::EnrolRequest request;

  explicit Applying(std::uint64_t seed) : keys(storage::WardKeys::make(seeded(seed))) {
    request.sign = crypto::public_of(keys.device.sign);
    request.noise = crypto::public_of(keys.device.noise);
    request.sealing = crypto::public_of(keys.device.sealing);
    request.label = "desk 1";
  }
  [[nodiscard]] DeviceId device() const { return crypto::device_of(request.sign); }
};

ticket::Ticket new_ticket(City& city, bool pre_approved) {
  return must(city.centre->new_ticket({"W-VYDA", "", "127.0.0.1:7400", pre_approved, WallTime{city.now.wall.ms + 60'000}}));
}
engine::centre::Enrolled enrol(City& city, const ticket::Ticket& ticket, const Applying& who) {
  return must(city.centre->enrol({ticket::ticket_id(ticket.secret), who.request, "12345 67890", city.now.wall}));
}
Fault refused(const engine::centre::Enrolled& enrolled) { return std::get<Fault>(enrolled.answer); }

}  // namespace

TEST_CASE("a device waits without keys until an administrator approves it") {
  City city;
  const Applying who(21);
  const auto ticket = new_ticket(city, false);
  const auto read = must(city.centre->read_ticket({ticket::ticket_id(ticket.secret), who.request.noise, city.now.wall}));
  CHECK(read.psk == ticket::psk_of(ticket.secret, ticket.org));
  CHECK_FALSE(read.refused.has_value());
  const auto answer = std::get<sync::EnrolAnswer>(enrol(city, ticket, who).answer);
  CHECK_FALSE(answer.approved);
  CHECK(answer.unit == "W-VYDA");
  auto lines = must(city.centre->devices());
  REQUIRE(lines.size() == 1);
  CHECK(lines.front().standing == storage::DeviceLine::Standing::waiting);
  CHECK(lines.front().fingerprint == "12345 67890");
  CHECK(lines.front().label == "desk 1");

  const storage::Membership membership{ticket.org, ticket.root, ticket.centre_static, ticket.address, who.device(), "W-VYDA"};
  const auto path = city.dir.file("waiting.db");
  must(storage::WardStore::create(path, who.keys, membership, city.policy()));
  auto ward = must(storage::WardStore::open(path, must(storage::WardKeys::decode(who.keys.encode())), seeded(3)));
  CHECK(ward.save({sample_dossier("H57-1", "A")}, city.now).error().fault == Fault::not_member);

  must(city.centre->approve(who.device(), city.now.wall));
  CHECK(city.centre->approve(who.device(), city.now.wall).error().fault == Fault::invalid);
  CHECK(must(city.centre->devices()).front().standing == storage::DeviceLine::Standing::approved);
  must(ward.store_policy({must(city.centre->read_policy({ward.store().policy.count()})).entries}, city.now));
  CHECK(ward.save({sample_dossier("H57-1", "A")}, city.now).has_value());
}

TEST_CASE("a ticket serves one device once, also when its answer was lost, and not after its time") {
  City city;
  const Applying first(21), second(22);
  const auto ticket = new_ticket(city, true);
  const auto id = ticket::ticket_id(ticket.secret);
  CHECK(std::get<sync::EnrolAnswer>(enrol(city, ticket, first).answer).approved);
  CHECK(std::get<sync::EnrolAnswer>(enrol(city, ticket, first).answer).approved);
  CHECK(city.policy().size() == 6);
  CHECK(refused(enrol(city, ticket, second)) == Fault::ticket_used);
  const auto read = must(city.centre->read_ticket({id, second.request.noise, city.now.wall}));
  CHECK(read.psk.has_value());
  CHECK(read.refused == Fault::ticket_used);
  CHECK_FALSE(must(city.centre->read_ticket({id, first.request.noise, city.now.wall})).refused.has_value());

  const auto late = new_ticket(city, true);
  city.pass(std::chrono::minutes(2));
  CHECK(refused(enrol(city, late, second)) == Fault::ticket_expired);
  CHECK(must(city.centre->read_ticket({ticket::ticket_id(late.secret), second.request.noise, city.now.wall})).refused ==
        Fault::ticket_expired);
  CHECK_FALSE(must(city.centre->read_ticket({made<KeyId>(1), second.request.noise, city.now.wall})).psk.has_value());
  CHECK(must(city.centre->devices()).size() == 1);
}

TEST_CASE("an administrator's act is done together with what must be stored with it, or not at all") {
  City city;
  const Applying who(21);
  (void)enrol(city, new_ticket(city, false), who);
  const auto fails = [] { throw storage::Failure{{Fault::storage_full, "no room"}}; };
  const auto entries = city.policy().size();
  CHECK(city.centre->approve(who.device(), city.now.wall, fails).error().fault == Fault::storage_full);
  CHECK(city.centre->set_addresses({"a.example:7400"}, city.now.wall, fails).error().fault == Fault::storage_full);
  CHECK(city.centre->revoke(who.device(), "thử", city.now.wall, fails).error().fault == Fault::storage_full);
  CHECK(city.centre->note_backup(city.centre->backup_facts(), city.now.wall, true, fails).error().fault == Fault::storage_full);
  ticket::Ticket lost;
  const auto wanted = storage::NewTicket{"W-VYDA", "", "127.0.0.1:7400", true, WallTime{city.now.wall.ms + 60'000}};
  CHECK(city.centre->new_ticket(wanted, [&](const ticket::Ticket& made) { lost = made, fails(); }).error().fault == Fault::storage_full);
  CHECK(must(city.centre->devices()).front().standing == storage::DeviceLine::Standing::waiting);
  CHECK(city.policy().size() == entries);
  CHECK(city.centre->store().policy.count() == entries);
  CHECK(must(city.centre->keeping()).backup_at.ms == 0);
  CHECK_FALSE(must(city.centre->read_ticket({ticket::ticket_id(lost.secret), who.request.noise, city.now.wall})).psk.has_value());

  bool stored_with_it = false;
  must(city.centre->approve(who.device(), city.now.wall, [&] {
    stored_with_it = city.centre->devices_in_transaction().front().standing == storage::DeviceLine::Standing::approved;
  }));
  CHECK(stored_with_it);
}

TEST_CASE("an applicant can be sent away; who is unknown is not found") {
  City city;
  const Applying who(21);
  (void)enrol(city, new_ticket(city, false), who);
  for (const auto* reason : {"", "two\nlines", "\xff"})
    CHECK(city.centre->revoke(who.device(), reason, city.now.wall).error().fault == Fault::invalid);
  CHECK(city.centre->new_ticket({"W-VYDA", "two\nlines", "127.0.0.1:1", false, city.now.wall}).error().fault == Fault::invalid);
  must(city.centre->revoke(who.device(), "not ours", city.now.wall));
  CHECK(must(city.centre->devices()).empty());
  CHECK(city.centre->revoke(who.device(), "again", city.now.wall).error().fault == Fault::not_found);
  CHECK(city.centre->approve(who.device(), city.now.wall).error().fault == Fault::not_found);
  CHECK(city.centre->new_ticket({"W-NOWHERE", "", "127.0.0.1:1", false, city.now.wall}).error().fault == Fault::not_found);
}

TEST_CASE("without the operations key a pre-approved device waits, and nobody can be approved") {
  City city;
  const auto ticket = new_ticket(city, true);
  city.keys.operations.reset();
  city.reopen_centre();
  const Applying who(21);
  CHECK_FALSE(std::get<sync::EnrolAnswer>(enrol(city, ticket, who).answer).approved);
  CHECK(city.centre->approve(who.device(), city.now.wall).error().fault == Fault::missing_key);
  CHECK(must(city.centre->devices()).size() == 1);
}

TEST_CASE("what enrolment did outlives a restart of the centre") {
  City city;
  const Applying who(21);
  const auto ticket = new_ticket(city, true);
  (void)enrol(city, ticket, who);
  city.reopen_centre();
  const auto peer = must(city.centre->read_peer({who.request.noise, {}}, city.now.wall));
  CHECK(std::get<engine::centre::PeerRead::Known>(peer.peer).device == who.device());
  CHECK(refused(enrol(city, ticket, Applying(22))) == Fault::ticket_used);
}

}  // namespace ward::test
