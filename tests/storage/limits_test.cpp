#include "storage/dossiers.hpp"
#include "tests/storage/city.hpp"

#include <catch2/catch.hpp>

/// What a PC may bring in a day, and how long it shows dossiers without having heard the centre (docs/adr/0015).
namespace ward::test {
namespace {

using namespace std::chrono_literals;

void limit(City& city, Pc& pc, std::uint64_t day_bytes, std::uint16_t lease_days) {
  must(city.centre->set_limits({"", day_bytes, lease_days}, city.now.wall));
  sync(city, pc);
}

bool shut(City& city, Pc& pc) { return must(pc->lease(city.now)).over; }

std::uint64_t waiting(City& city, Pc& pc) { return must(pc->report(city.now)).queue_records; }

/// Like a restart with a clock that somebody set.
void restart_with(City& city, Pc& pc, WallTime wall) {
  pc.reopen();
  city.now.wall = wall;
  city.now.monotonic = Instant(1h);
}

}  // namespace

TEST_CASE("quota: a PC that brought all that it may keeps the rest, and goes on the next day") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  auto other = city.enrol("W-VYDA", 2);
  limit(city, pc, 1, 0);
  const auto did = save(city, pc, sample_dossier("H57-1", "A")).did;
  sync(city, pc);  // what reaches the bound is taken whole
  REQUIRE(waiting(city, pc) == 0);
  sync(city, other);
  (void)save(city, pc, sample_dossier("H57-2", "B"));
  {
    Link link(city, pc);
    REQUIRE(link.greet());
    REQUIRE(link.push());
  }
  CHECK(waiting(city, pc) > 0);
  const auto until = must(pc->progress(city.now)).full_until;
  CHECK(until > city.now.wall);
  CHECK(until.ms - city.now.wall.ms <= std::chrono::milliseconds(24h).count());
  CHECK(code::day_of(until) == code::day_of(city.now.wall) + std::chrono::days(1));
  CHECK(must(pc->progress(city.now)).refused_segments == 0);
  const auto line = must(city.centre->devices()).front();
  CHECK(line.refused_why == name_of(Fault::storage_full));
  // It still hears what others write, and they are not held up.
  (void)save(city, other, edit(did, {set("Email", "e@f.vn")}));
  sync(city, other);
  sync(city, pc);
  CHECK(shown(pc->store(), did, "Email") == "e@f.vn");
  CHECK(waiting(city, pc) > 0);
  CHECK(city.centre->take_renewed(code::day_of(city.now.wall)).empty());
  city.reopen_centre();
  sync(city, pc);
  CHECK(waiting(city, pc) > 0);

  city.pass(24h);
  CHECK(city.centre->take_renewed(code::day_of(city.now.wall)) == std::vector{pc->membership().device});
  CHECK(city.centre->take_renewed(code::day_of(city.now.wall)).empty());
  sync(city, pc);
  CHECK(waiting(city, pc) == 0);
  CHECK(must(pc->progress(city.now)).full_until == WallTime{});
  sync(city, other);
  CHECK(all_states(other->store()) == all_states(city.centre->store()));
}

TEST_CASE("quota: an open link takes nothing more on a full day, and goes on by itself past midnight") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  limit(city, pc, 1, 0);
  (void)save(city, pc, sample_dossier("H57-1", "A"));
  sync(city, pc);
  (void)save(city, pc, sample_dossier("H57-2", "B"));
  Link link(city, pc);
  REQUIRE(link.greet());
  REQUIRE(link.push());
  CHECK(link.last_admitted.refused.front().fault == Fault::storage_full);
  CHECK_FALSE(link.push());
  city.pass(24h);
  CHECK(link.push());
  CHECK(waiting(city, pc) == 0);
}

TEST_CASE("quota: a bound that is raised lets the PC go on at once; a unit's own counts before the city's") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  limit(city, pc, 1, 0);
  for (int i = 0; i < 2; ++i) {
    (void)save(city, pc, sample_dossier("H57-" + std::to_string(i), "A"));
    sync(city, pc);
  }
  REQUIRE(waiting(city, pc) > 0);
  must(city.centre->set_limits({"W-VYDA", 1'000'000, 0}, city.now.wall));
  sync(city, pc);
  CHECK(waiting(city, pc) == 0);
  CHECK(city.centre->set_limits({"W-NONE", 1, 0}, city.now.wall).error().fault == Fault::not_found);
  CHECK(city.centre->set_limits({"", 1, policy::lease_days_max + 1}, city.now.wall).error().fault == Fault::invalid);
}

TEST_CASE("quota: what a restored centre asks its wards for is not counted, what they write after is") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  limit(city, pc, 1, 0);
  (void)save(city, pc, sample_dossier("H57-0", "A"));
  sync(city, pc);
  must(city.centre->store().db.copy_to(city.dir.file("copy")));
  for (int day = 1; day < 4; ++day) {
    city.pass(24h);
    (void)save(city, pc, sample_dossier("H57-" + std::to_string(day), "A"));
    sync(city, pc);
    REQUIRE(waiting(city, pc) == 0);
  }
  city.centre.reset();
  for (const auto* end : {"", "-wal", "-shm"}) std::filesystem::remove(city.dir.file("centre.db") + end);
  std::filesystem::copy_file(city.dir.file("copy"), city.dir.file("centre.db"));
  city.reopen_centre();
  city.pass(1s);
  must(city.centre->become_restored(city.now.wall, false));
  const auto lost = city.centre->log_view(city.now.wall).size;
  sync(city, pc);
  CHECK(waiting(city, pc) == 0);
  CHECK(city.centre->log_view(city.now.wall).size > lost + 1);
  // From the new centre on it is bounded as before.
  for (int i = 0; i < 2; ++i) {
    (void)save(city, pc, sample_dossier("H57-9" + std::to_string(i), "A"));
    sync(city, pc);
  }
  CHECK(waiting(city, pc) > 0);
}

TEST_CASE("lease: a PC that has not heard the centre for so long is shut, and opens with the next receipt") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  (void)save(city, pc, sample_dossier("H57-1", "A"));
  sync(city, pc);
  city.pass(1000 * 24h);
  CHECK_FALSE(shut(city, pc));  // none unless it is set
  limit(city, pc, 0, 7);
  CHECK_FALSE(shut(city, pc));
  city.pass(7 * 24h - 1min);
  CHECK_FALSE(shut(city, pc));
  city.pass(2min);
  CHECK(shut(city, pc));
  // What waits goes out all the same, and by that it opens.
  sync(city, pc);
  CHECK_FALSE(shut(city, pc));
  CHECK(waiting(city, pc) == 0);
}

TEST_CASE("lease: a PC in contact stays open by the proofs that an idle line brings, over a restart, too") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  (void)save(city, pc, sample_dossier("H57-1", "A"));
  limit(city, pc, 0, 1);
  const auto prove = [&] {
    const auto asked = must(pc->read_doubts(city.now)).doubts;
    if (asked.empty()) return false;
    const auto read = must(city.centre->read_joins({asked}, city.now.wall));
    const auto& log = read.log;
    sync::Joins answer;
    answer.receipt = {
        city.centre->store().org, log::Role::registry, log.centre, log.size, log.root, log.time, log.archived, pc->membership().device, {}};
    answer.receipt_signature = log::sign(answer.receipt, city.centre->keys().receipt);
    answer.joins = read.joins;
    answer.signature = log::sign_joins(answer.receipt, asked, answer.joins, city.centre->keys().receipt);
    must(pc->store_joins({asked, answer}, city.now));
    return true;
  };
  (void)prove();
  for (int hour = 0; hour < 72; ++hour) {
    city.pass(1h);
    CHECK_FALSE(shut(city, pc));
    (void)prove();
  }
  const auto real = city.now;
  restart_with(city, pc, real.wall);
  CHECK_FALSE(shut(city, pc));
  sync(city, pc);  // the link that a start begins with
  city.pass(25h);
  CHECK(shut(city, pc));
  CHECK(prove());
  CHECK_FALSE(shut(city, pc));
}

TEST_CASE("lease: a disk that takes no more shuts nobody out") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  limit(city, pc, 0, 7);
  pc->store().db.run("PRAGMA query_only = 1");
  city.pass(1h);
  CHECK_FALSE(shut(city, pc));
  city.pass(7 * 24h);
  CHECK(shut(city, pc));
  pc->store().db.run("PRAGMA query_only = 0");
}

TEST_CASE("lease: a clock that is set back helps neither while it runs nor over a restart") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  (void)save(city, pc, sample_dossier("H57-1", "A"));
  limit(city, pc, 0, 7);
  const auto contact = city.now.wall;
  city.now.wall = {contact.ms - std::chrono::milliseconds(48h).count()};
  city.now.monotonic += 8 * 24h;
  CHECK(shut(city, pc));  // the clock stands, the time that it ran does not

  city.now.wall = {contact.ms + std::chrono::milliseconds(6 * 24h).count()};
  city.now.monotonic = Instant(1h);
  pc.reopen();
  CHECK(shut(city, pc));  // remembered

  sync(city, pc);
  CHECK_FALSE(shut(city, pc));
  city.pass(6 * 24h);
  CHECK_FALSE(shut(city, pc));
  restart_with(city, pc, contact);
  CHECK_FALSE(shut(city, pc));
  city.now.monotonic += 25h;
  CHECK(shut(city, pc));
  restart_with(city, pc, contact);
  CHECK(shut(city, pc));
}

TEST_CASE("lease: a clock that ran ahead shuts the PC no longer than to the next receipt") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  limit(city, pc, 0, 7);
  const auto real = city.now;
  pc.reopen();
  city.now.wall.ms += std::chrono::milliseconds(5000 * 24h).count();
  CHECK(shut(city, pc));
  city.now = real;
  city.pass(1h);
  sync(city, pc);
  CHECK_FALSE(shut(city, pc));
  pc.reopen();
  CHECK_FALSE(shut(city, pc));
}

}  // namespace ward::test
