#include "protocol/run/run.hpp"

#include "protocol/run/stream.hpp"
#include "tests/protocol/run/sample_rows.hpp"

#include <catch2/catch.hpp>
#include <rapidcheck.h>

using namespace ward;

namespace {

std::vector<segment::Rows> sample_run(std::uint64_t seed) {
  test::RowMaker make(seed);
  std::vector<segment::Rows> out;
  for (std::size_t i = 1 + make.below(4); i > 0; --i) out.push_back(make.chance(50) ? make.segment(1 + make.below(256)) : make.subset(1 + make.below(256)));
  return out;
}

}  // namespace

TEST_CASE("run: decoding gives exactly the rows that were encoded") {
  CHECK(rc::check([](std::uint64_t seed) {
    const auto segments = sample_run(seed);
    const auto bytes = run::encode_run(segments);
    const auto again = run::decode_run(bytes);
    RC_ASSERT(again.has_value());
    RC_ASSERT(*again == segments);
    RC_ASSERT(bytes.size() % run::padding == 0);
  }));
}
