#include "centre/health.hpp"

#include <catch2/catch.hpp>

using namespace ward;
using centre::Alert;

namespace {

constexpr WallTime now{1'600'000'000'000};
constexpr std::int64_t minute = 60'000;

WallTime ago(std::int64_t minutes) { return {now.ms - minutes * minute}; }

/// Approved, heard of a minute ago, nothing waiting, all well.
storage::DeviceLine healthy(std::uint8_t number = 1) {
  storage::DeviceLine line;
  line.device.bytes[0] = number;
  line.unit = "W-A";
  line.standing = storage::DeviceLine::Standing::approved;
  line.contact = line.report_at = line.accepted = ago(1);
  line.report.wall = ago(1);
  line.report.disk_free_bytes = 10ULL << 30U;
  return line;
}

Alert alert_of(storage::DeviceLine line, bool connected = false) {
  std::set<DeviceId> here;
  if (connected) here.insert(line.device);
  return centre::judge({std::move(line)}, here, now).front().alert;
}

}  // namespace

TEST_CASE("health: a device that was heard and has nothing waiting is well") { CHECK(alert_of(healthy()) == Alert::none); }

TEST_CASE("health: silence for an hour is offline, an open link is not silence") {
  auto line = healthy();
  line.contact = line.report_at = line.report.wall = ago(59);
  CHECK(alert_of(line) == Alert::none);
  line.contact = line.report_at = line.report.wall = ago(60);
  CHECK(alert_of(line) == Alert::offline);
  CHECK(alert_of(line, true) == Alert::none);
}

TEST_CASE("health: contact without progress is worse than silence") {
  auto line = healthy();
  line.report.queue_records = 4;
  line.report.queue_oldest = line.accepted = ago(9);
  line.contact = ago(0);
  CHECK(alert_of(line) == Alert::none);
  line.report.queue_oldest = line.accepted = ago(10);
  CHECK(alert_of(line) == Alert::no_progress);
  const auto judged = centre::judge({line}, {}, now);
  CHECK(judged.front().since == ago(10));
  line.accepted = ago(2);  // something was taken since: it moves
  CHECK(alert_of(line) == Alert::none);
}

TEST_CASE("health: work that waits on a device that does not call is offline, not stuck") {
  auto line = healthy();
  line.report.queue_records = 4;
  line.report.queue_oldest = ago(121);
  line.contact = line.report_at = line.report.wall = line.accepted = ago(120);
  CHECK(alert_of(line) == Alert::offline);
}

TEST_CASE("health: the age of unsent work does not believe the device's clock") {
  auto line = healthy();
  line.report.queue_records = 1;
  line.report.wall = WallTime{100'000};         // 1970: the battery is dead
  line.report.queue_oldest = WallTime{70'000};  // saved half a minute before
  line.accepted = WallTime{};
  CHECK(alert_of(line) == Alert::clock);
}

TEST_CASE("health: a clock is wrong from five minutes on, either way") {
  auto line = healthy();
  line.report.wall = WallTime{line.report_at.ms + 5 * minute};
  CHECK(alert_of(line) == Alert::none);
  line.report.wall = WallTime{line.report_at.ms + 5 * minute + 1};
  CHECK(alert_of(line) == Alert::clock);
  line.report.wall = WallTime{line.report_at.ms - 5 * minute - 1};
  CHECK(alert_of(line) == Alert::clock);
}

TEST_CASE("health: little room on the disk is said before saving fails") {
  auto line = healthy();
  line.report.disk_free_bytes = centre::disk_free_min - 1;
  CHECK(alert_of(line) == Alert::disk);
}

TEST_CASE("health: a revoked device is shown when it calls, and only then") {
  auto line = healthy();
  line.standing = storage::DeviceLine::Standing::revoked;
  line.contact = ago(10'000);
  CHECK(alert_of(line) == Alert::none);
  line.refused = ago(3);
  line.refused_why = name_of(Fault::revoked);
  CHECK(alert_of(line) == Alert::revoked_contact);
}

TEST_CASE("health: a device whose data is an older copy of itself is shown") {
  auto line = healthy();
  line.report.restored = true;
  CHECK(alert_of(line) == Alert::rollback);
}

TEST_CASE("health: a device that runs twice is shown for two weeks after the last sign of it, but for a fork above all") {
  auto line = healthy();
  line.report.restored = true;
  line.copied = ago(13 * 24 * 60);
  CHECK(alert_of(line) == Alert::copy);
  line.forked = ago(1);
  CHECK(alert_of(line) == Alert::fork);
  line = healthy();
  line.copied = ago(14 * 24 * 60);
  CHECK(alert_of(line) == Alert::none);
}

TEST_CASE("health: a fork beats everything, and the worst comes first") {
  auto forked = healthy(1), stuck = healthy(2), silent = healthy(3), well = healthy(4), queued = healthy(5);
  forked.forked = ago(3);
  stuck.report.queue_records = 1;
  stuck.report.queue_oldest = stuck.accepted = ago(30);
  silent.contact = silent.report_at = silent.report.wall = ago(300);
  queued.report.queue_records = 1;
  queued.report.queue_oldest = ago(2);
  const auto judged = centre::judge({well, silent, queued, stuck, forked}, {}, now);
  std::vector<int> order;
  for (const auto& row : judged) order.push_back(row.line.device.bytes[0]);
  CHECK(order == std::vector<int>{1, 2, 3, 5, 4});
}

TEST_CASE("health: a fork is shown as long as a side waits, and where none does for two weeks, whatever was refused after it") {
  auto line = healthy(1);
  line.forked = ago(3);
  line.refused = ago(1);
  line.refused_why = name_of(Fault::storage_full);
  CHECK(alert_of(line) == Alert::fork);
  line.forked = ago(15 * 24 * 60);
  CHECK(alert_of(line) != Alert::fork);
  line.fork_sides = 2;
  CHECK(alert_of(line) == Alert::fork);
  line.forked = {};
  line.fork_sides = 0;
  line.refused_why = name_of(Fault::fork);
  CHECK(alert_of(line) != Alert::fork);
}
