#include "runtime/data_dir.hpp"
#include "runtime/system_key.hpp"

#include "tests/support/temporary.hpp"

#include <catch2/catch.hpp>

#include <cstdlib>

using namespace ward;
using namespace ward::runtime;
using ward::test::Temporary;

namespace {

/// As systemd hands a service its credentials.
class Credentials {
 public:
  explicit Credentials(const std::string& directory) { ::setenv("CREDENTIALS_DIRECTORY", directory.c_str(), 1); }
  Credentials(const Credentials&) = delete;
  Credentials& operator=(const Credentials&) = delete;
  ~Credentials() { ::unsetenv("CREDENTIALS_DIRECTORY"); }
};

}  // namespace

TEST_CASE("system's key: it is the service's credential, of a length that can be a key") {
  const Temporary here;
  const auto path = here.file(credential_name);
  const Credentials given(path.substr(0, path.rfind('/')));
  REQUIRE(write_private_file(path, Bytes(32, 7), true).has_value());
  const auto made = new_system_key(Opener::this_process);
  REQUIRE(made.has_value());
  CHECK(made->secret == Bytes(32, 7));
  CHECK(made->wrapped.empty());
  CHECK(system_key({}).value() == made->secret);
  CHECK(system_key(view("of Windows")).error().fault == Fault::wrong_key);
  for (const std::size_t size : {0, 1, 31, 4097}) {
    REQUIRE(write_private_file(path, Bytes(size, 7), true).has_value());
    CHECK(new_system_key(Opener::this_process).has_error());
  }
}
