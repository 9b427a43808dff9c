#include "runtime/system_key.hpp"

#include "tests/support/temporary.hpp"

#include <catch2/catch.hpp>

using namespace ward;
using namespace ward::runtime;

TEST_CASE("system's key: DPAPI gives back what it wrapped, and never another secret") {
  const auto made = new_system_key(Opener::this_process);
  REQUIRE(made.has_value());
  CHECK(made->secret.size() == 32);
  CHECK(made->wrapped.size() > made->secret.size());
  CHECK(hex(made->wrapped).find(hex(made->secret)) == std::string::npos);
  CHECK(system_key(made->wrapped).value() == made->secret);
  CHECK(new_system_key(Opener::this_process)->secret != made->secret);
  std::size_t refused = 0;
  for (std::size_t at = 0; at < made->wrapped.size(); ++at) {  // of its head Windows passes some over
    auto bad = made->wrapped;
    bad[at] ^= 1;
    const auto opened = system_key(bad);
    if (opened.has_error())
      ++refused;
    else
      CHECK(*opened == made->secret);
  }
  CHECK(refused > made->wrapped.size() / 4);
  CHECK(system_key({}).error().fault == Fault::wrong_key);
  CHECK(system_key(view("another machine's")).error().fault == Fault::wrong_key);
}
