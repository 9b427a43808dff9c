#include "protocol/engine/pace.hpp"

#include <catch2/catch.hpp>

namespace ward::engine::agent {

using namespace std::chrono_literals;

TEST_CASE("pace: runs grow while answers are quick and shrink when they are slow, within bounds") {
  Pace pace;
  CHECK(pace.window() == 4);
  pace.run_answered(100ms, 500);
  CHECK(pace.window() == 8);
  for (int i = 0; i < 10; ++i) pace.run_answered(100ms, 500);
  CHECK(pace.window() == limits::run_segments_max);
  pace.run_answered(5s, 500);
  CHECK(pace.window() == limits::run_segments_max);
  for (int i = 0; i < 10; ++i) pace.run_answered(9s, 500);
  CHECK(pace.window() == 1);
}

TEST_CASE("pace: segments hold what the link carries in a second, round trips not counted") {
  Pace pace;
  pace.small_answered(1'200ms);
  pace.run_answered(1'300ms, 60);
  CHECK(pace.segment_records() == limits::segment_records_max);
  pace.run_answered(5'200ms, 4'800);  // 4 s for 4.8 kB
  CHECK(pace.segment_records() == 60);
  pace.run_answered(60s, 4'800);
  CHECK(pace.segment_records() == limits::segment_records_min);
  pace.run_answered(1'250ms, 100'000);
  CHECK(pace.segment_records() == limits::segment_records_max);
}

TEST_CASE("pace: knows no round trip before the first answer") {
  Pace pace;
  CHECK(pace.rtt_ms() == -1);
  pace.small_answered(7ms);
  CHECK(pace.rtt_ms() == 7);
}

}  // namespace ward::engine::agent
