#include "tests/storage/city.hpp"
#include "storage/dossiers.hpp"

#include <catch2/catch.hpp>

/// Clocks that lie (records.md §5.3).
namespace ward::test {
namespace {

using namespace std::chrono_literals;

WallTime written_at(Pc& pc, const Did& did) {
  WallTime out;
  for (const auto& entry : must(storage::dossier_history(pc->store(), did))) out = std::max(out, entry.said.hlc.wall());
  return out;
}

}  // namespace

TEST_CASE("a clock before 2020 or before the last signed time is not believed, and what it would date counts on from the last change") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  const auto did = save(city, pc, sample_dossier("H57-1", "A")).did;
  const auto last = written_at(pc, did);
  sync(city, pc);
  Now wrong{city.now.monotonic + 1s, WallTime{0}};
  CHECK_FALSE(must(pc->save({edit(did, {set("GhiChu", "1")})}, wrong)).front().clock_believed);
  wrong.wall = WallTime{city.now.wall.ms - 3'600'000};
  CHECK_FALSE(must(pc->save({edit(did, {set("GhiChu", "2")})}, wrong)).front().clock_believed);
  CHECK(written_at(pc, did) == last);
  CHECK_FALSE(must(pc->progress(wrong)).clock_trusted);
  SECTION("also after a restart without a link") {
    pc.reopen();
    CHECK_FALSE(must(pc->save({edit(did, {set("GhiChu", "3")})}, wrong)).front().clock_believed);
  }
  city.pass(1min);
  CHECK(must(pc->save({edit(did, {set("GhiChu", "4")})}, city.now)).front().clock_believed);
  CHECK(written_at(pc, did) == city.now.wall);
}

TEST_CASE("a clock that runs ahead of the centre's time is not believed once that is known since the start") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  const auto did = save(city, pc, sample_dossier("H57-1", "A")).did;
  sync(city, pc);
  const Now ahead{city.now.monotonic + 10min, WallTime{city.now.wall.ms + std::chrono::milliseconds(16min).count()}};
  CHECK_FALSE(must(pc->save({edit(did, {set("GhiChu", "1")})}, ahead)).front().clock_believed);
  const Now a_little{city.now.monotonic + 10min, WallTime{city.now.wall.ms + std::chrono::milliseconds(14min).count()}};
  CHECK(must(pc->save({edit(did, {set("GhiChu", "2")})}, a_little)).front().clock_believed);
  pc.reopen();
  CHECK(must(pc->save({edit(did, {set("GhiChu", "3")})}, ahead)).front().clock_believed);
}

TEST_CASE("a PC whose clock was far ahead once is not condemned for ever") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  const Now far{city.now.monotonic, WallTime{3'000'000'000'000}};
  const auto did = must(pc->save({sample_dossier("H57-1", "A")}, far)).front().did;
  CHECK(written_at(pc, did) == far.wall);
  sync(city, pc);
  city.pass(1min);
  (void)must(pc->save({edit(did, {set("GhiChu", "1")})}, city.now));
  const auto history = must(storage::dossier_history(pc->store(), did));
  const auto note = std::find_if(history.begin(), history.end(), [](const auto& entry) { return entry.said.value == record::Value("1"); });
  REQUIRE(note != history.end());
  CHECK(note->said.hlc.wall() == city.now.wall);
}

TEST_CASE("progress tells how far this clock is from the centre's") {
  City city;
  auto pc = city.enrol("W-VYDA", 1);
  sync(city, pc);
  CHECK(must(pc->progress(city.now)).clock_offset_ms == 0);
  CHECK(must(pc->progress(city.now)).receipted_at == city.now.wall);
  auto jumped = city.now;
  jumped.wall.ms -= 3'600'000;
  CHECK(must(pc->progress(jumped)).clock_offset_ms == -3'600'000);  // at once, not only with the next receipt
}

}  // namespace ward::test
