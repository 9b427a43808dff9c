#include "agent/cli/ward_facts.hpp"

#include <boost/json/parse.hpp>

#include <catch2/catch.hpp>

using namespace ward;
using namespace ward::agent;
using cli::Finding;

namespace {

constexpr WallTime now{1'795'000'000'000};

WallTime hours_ago(std::int64_t hours) { return {now.ms - hours * 3'600'000}; }

WardFacts well() {
  WardFacts out;
  out.centre = "centre.example:7400";
  out.approval = "approved";
  out.link_open = true;
  out.receipted_at = hours_ago(0);
  return out;
}

cli::Examination judged(const WardFacts& facts) {
  cli::Examination out;
  judge(out, facts, now);
  return out;
}

}  // namespace

TEST_CASE("doctor of a ward: nothing is wrong with a PC that syncs") { CHECK(judged(well()).exit_code() == 0); }

TEST_CASE("doctor of a ward: each fact that is wrong has its own finding") {
  const auto finds = [](void (*change)(WardFacts&), Finding finding) {
    auto facts = well();
    change(facts);
    INFO(cli::entry_of(finding).code);
    CHECK(judged(facts).has(finding));
  };
  finds([](WardFacts& f) { f.approval = "waiting"; }, Finding::not_approved);
  finds([](WardFacts& f) { f.approval = "revoked"; }, Finding::revoked);
  finds([](WardFacts& f) { f.alarm = "rollback"; }, Finding::history_alarm);
  finds([](WardFacts& f) { f.refused_segments = 1; }, Finding::segments_refused);
  finds([](WardFacts& f) { f.no_official_code = "used_up"; }, Finding::codes_provisional);
  finds([](WardFacts& f) { f.shared_codes = 1; }, Finding::codes_shared);
  finds([](WardFacts& f) { f.quarantined = 1; }, Finding::records_quarantined);
  finds([](WardFacts& f) { f.clock_offset_ms = -400'000; }, Finding::clock_wrong);
  finds([](WardFacts& f) { f.queue_records = 1, f.queue_oldest = hours_ago(3); }, Finding::queue_stuck);
  finds([](WardFacts& f) { f.link_open = false, f.receipted_at = hours_ago(25); }, Finding::no_contact);
}

TEST_CASE("doctor of a ward: an old queue is no trouble while the line is down for an hour, nor is a line that was never up") {
  auto facts = well();
  facts.link_open = false;
  facts.queue_records = 9;
  facts.queue_oldest = hours_ago(3);
  facts.receipted_at = hours_ago(4);
  CHECK(judged(facts).exit_code() == 0);
  facts.receipted_at = {};
  CHECK_FALSE(judged(facts).has(Finding::no_contact));
}

TEST_CASE("doctor of a ward: reads the status as the daemon gives it, and survives one that it does not know") {
  const auto facts =
      facts_of(boost::json::parse(R"({"centre": "c:1", "approval": "waiting", "link": {"state": "waiting", "last_error": "io"},
    "queue": {"records": 7, "oldest_at": "2026-11-24T10:00:00+07:00"}, "receipted": {"at": ""}, "clock": {"offset_ms": -12},
    "refused_segments": 2, "quarantined": 3, "alarm": ""})"));
  CHECK(facts.centre == "c:1");
  CHECK(facts.approval == "waiting");
  CHECK_FALSE(facts.link_open);
  CHECK(facts.last_error == "io");
  CHECK(facts.queue_records == 7);
  CHECK(facts.queue_oldest.ms == 1'795'489'200'000);
  CHECK(facts.receipted_at.ms == 0);
  CHECK(facts.clock_offset_ms == -12);
  CHECK(facts.refused_segments == 2);
  CHECK(facts.quarantined == 3);
  CHECK(facts.alarm.empty());
  for (const auto* junk : {"{}", "[]", "null", "7", R"({"queue": 7, "link": []})"})
    CHECK(facts_of(boost::json::parse(junk)).queue_records == 0);
}
