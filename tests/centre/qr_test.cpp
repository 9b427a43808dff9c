#include "centre/qr.hpp"

#include "tests/support/made.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

using namespace ward;
using namespace ward::centre;

TEST_CASE("QR: it has its three corners, a margin in a terminal, and a path that draws every dark module once") {
  const auto qr = qr_of(std::string(335, '7')).value();
  for (const auto& [column, row] : {std::pair{0, 0}, {1, 0}, {0, 1}}) {
    const auto left = column == 0 ? 0 : static_cast<std::ptrdiff_t>(qr.size) - 7,
               top = row == 0 ? 0 : static_cast<std::ptrdiff_t>(qr.size) - 7;
    CHECK(qr.at(left, top));
    CHECK(qr.at(left + 6, top + 6));
    CHECK_FALSE(qr.at(left + 1, top + 1));
    CHECK(qr.at(left + 3, top + 3));
  }
  CHECK_FALSE(qr.at(-1, 0));
  CHECK_FALSE(qr.at(0, static_cast<std::ptrdiff_t>(qr.size)));
  const auto blocks = blocks_of(qr);
  CHECK(static_cast<std::size_t>(std::count(blocks.begin(), blocks.end(), '\n')) == (qr.size + 9) / 2);
  CHECK(blocks.starts_with("████████"));
  const auto path = path_of(qr);
  std::size_t drawn = 0;
  for (auto at = path.find('h'); at != std::string::npos; at = path.find('h', at + 1))
    if (path[at + 1] != '-') drawn += std::stoul(path.substr(at + 1));
  CHECK(drawn == static_cast<std::size_t>(std::count(qr.dark.begin(), qr.dark.end(), true)));
  CHECK(svg_of(qr).find(path) != std::string::npos);
}

TEST_CASE("QR: what is too long for any is refused") { CHECK(test::fault_of(qr_of(std::string(8000, '7'))) == Fault::invalid); }
