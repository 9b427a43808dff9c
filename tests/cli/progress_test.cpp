#include "cli/progress.hpp"

#include <catch2/catch.hpp>

using namespace ward::cli;

TEST_CASE("progress: a bar where the end is known, a count where it is not") {
  CHECK(progress_line(0, 200, 0, "lines") == "[                              ]   0 %  0 lines");
  CHECK(progress_line(100, 200, 7, "lines") == "[###############               ]  50 %  7 lines");
  CHECK(progress_line(200, 200, 14, "lines") == "[##############################] 100 %  14 lines");
  CHECK(progress_line(5, 0, 14, "dossiers") == "14 dossiers");
}

TEST_CASE("progress: a file that grew while it was read is never more than done") {
  CHECK(progress_line(300, 200, 14, "lines") == progress_line(200, 200, 14, "lines"));
}
