#define CATCH_CONFIG_RUNNER
#include <catch2/catch.hpp>

#include "tests/crash/points.hpp"

namespace {
std::size_t points = 100'000;
}

std::size_t ward::crash::points_wanted() { return points; }

int main(int argc, char** argv) {
  Catch::Session session;
  session.cli(session.cli() | Catch::clara::Opt(points, "N")["--points"]("how many moments of crashing are tried (default 100000)"));
  if (const int wrong = session.applyCommandLine(argc, argv); wrong != 0) return wrong;
  return session.run();
}
