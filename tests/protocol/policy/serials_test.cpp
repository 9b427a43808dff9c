#include "protocol/policy/serials.hpp"
#include "tests/support/made.hpp"

#include <catch2/catch.hpp>

#include <set>

using namespace ward;
using policy::CodeBlock;
using policy::Serials;

namespace {

constexpr auto one = std::chrono::days(1);
const code::Day monday{std::chrono::year{2026} / 3 / 2};
const DeviceId desk = test::made<DeviceId>(1), other = test::made<DeviceId>(2);

CodeBlock block(const DeviceId& device, std::uint32_t first, std::uint32_t last, code::Day from = monday, code::Day to = monday + 9 * one) {
  return {"H57", device, first, last, from, to};
}

/// Everything that `serials` gives, one after the other.
std::vector<std::uint32_t> all_of(const Serials& serials) {
  std::vector<std::uint32_t> out;
  for (auto next = serials.next({}); next; next = serials.next(next)) {
    out.push_back(*next);
    CHECK(serials.left(next) == serials.size() - out.size());
  }
  return out;
}

}  // namespace

TEST_CASE("serials: a device gives its blocks of the day, each to its end, in the order in which they were signed") {
  const std::vector<CodeBlock> blocks{block(desk, 8, 10), block(other, 1, 7), block(desk, 2, 3), block(desk, 5, 6, monday + one)};
  CHECK(all_of(Serials(blocks, desk, monday)) == std::vector<std::uint32_t>{8, 9, 10, 2, 3});
  CHECK(all_of(Serials(blocks, desk, monday + one)) == std::vector<std::uint32_t>{8, 9, 10, 2, 3, 5, 6});
  CHECK(all_of(Serials(blocks, other, monday)).size() == 7);
}

TEST_CASE("serials: both ends of a block's period count, and nothing beyond them") {
  const std::vector<CodeBlock> blocks{block(desk, 1, 2, monday, monday + one)};
  CHECK(Serials(blocks, desk, monday - one).size() == 0);
  CHECK(Serials(blocks, desk, monday).size() == 2);
  CHECK(Serials(blocks, desk, monday + one).size() == 2);
  CHECK(Serials(blocks, desk, monday + 2 * one).size() == 0);
  CHECK_FALSE(Serials(blocks, desk, monday + 2 * one).next({}));
}

TEST_CASE("serials: of blocks that meet each serial is given once") {
  const std::vector<CodeBlock> blocks{block(desk, 5, 9), block(desk, 1, 12), block(desk, 7, 14), block(desk, 5, 9)};
  const auto all = all_of(Serials(blocks, desk, monday));
  CHECK(all == std::vector<std::uint32_t>{5, 6, 7, 8, 9, 1, 2, 3, 4, 10, 11, 12, 13, 14});
  CHECK(std::set(all.begin(), all.end()).size() == all.size());
}

TEST_CASE("serials: the last one of all is given, and none after it") {
  const std::vector<CodeBlock> blocks{block(desk, code::serial_max - 1, code::serial_max), block(desk, 1, code::serial_max)};
  const Serials serials(blocks, desk, monday);
  CHECK(serials.next(code::serial_max - 1) == code::serial_max);
  CHECK(serials.next(code::serial_max) == 1U);
  CHECK_FALSE(serials.next(code::serial_max - 2));
  CHECK(serials.size() == code::serial_max);
}

TEST_CASE("serials: what was given last and is none of them has none after it") {
  const Serials serials({block(desk, 3, 4)}, desk, monday);
  CHECK_FALSE(serials.next(2));
  CHECK_FALSE(serials.next(5));
  CHECK(serials.left(5) == 0);
  CHECK_FALSE(serials.contains(5));
  CHECK(serials.contains(4));
}

TEST_CASE("serials: days are covered up to the first gap") {
  const std::vector<CodeBlock> blocks{block(desk, 1, 2, monday + 5 * one, monday + 7 * one), block(desk, 1, 2, monday, monday + 4 * one),
                                      block(desk, 1, 2, monday + 9 * one, monday + 20 * one),
                                      block(other, 3, 4, monday, monday + 90 * one)};
  CHECK(policy::covered_through(blocks, desk, monday) == monday + 7 * one);
  CHECK(policy::covered_through(blocks, desk, monday + 9 * one) == monday + 20 * one);
  CHECK_FALSE(policy::covered_through(blocks, desk, monday + 8 * one));
  CHECK_FALSE(policy::covered_through(blocks, desk, monday - one));
}

TEST_CASE("serials: a new block gets the least room that nobody has on any day of its period") {
  const std::vector<CodeBlock> blocks{block(desk, 1, 100), block(other, 151, 200),
                                      block(other, 101, 150, monday + 5 * one, monday + 5 * one)};
  CHECK(policy::free_from(blocks, monday, monday + 4 * one, 50) == 101U);
  CHECK(policy::free_from(blocks, monday, monday + 4 * one, 51) == 201U);
  CHECK(policy::free_from(blocks, monday, monday + 5 * one, 50) == 201U);
  CHECK(policy::free_from(blocks, monday + 10 * one, monday + 11 * one, 50) == 1U);
  CHECK(policy::free_from(blocks, monday, monday, code::serial_max - 200) == 201U);
  CHECK_FALSE(policy::free_from(blocks, monday, monday, code::serial_max - 199));
  CHECK(policy::free_from({}, monday, monday, code::serial_max) == 1U);
}
