#include "protocol/base/bytes.hpp"
#include "protocol/crypto/hash.hpp"
#include "protocol/record/names.hpp"

#include <catch2/catch.hpp>

using namespace ward;
using namespace ward::record;

TEST_CASE("names: the table of body version 1 is frozen") {
  // A body that was signed years ago means something else when a name moves: this number never changes.
  std::string all;
  std::uint64_t count = 0;
  for (; !name_of_number(count).empty(); ++count) all += std::string(name_of_number(count)) + "\n";
  CHECK(count == 101);
  CHECK(hex(crypto::sha256({view(all)}).view()) == "cf02d7aca1ac8f59d595e7e289d956a5b4c450a96d989588321eecd7824e919d");
  CHECK(name_of_number(0) == "MaHoSo");
  CHECK(name_of_number(100) == "DonViDangGiu");
}

TEST_CASE("names: each has one number") {
  for (std::uint64_t number = 0; number < 101; ++number) CHECK(number_of(name_of_number(number)) == number);
  CHECK_FALSE(number_of("").has_value());
  CHECK_FALSE(number_of("mahoso").has_value());
  CHECK(name_of_number(101).empty());
  CHECK(name_of_number(~std::uint64_t{0}).empty());
}
