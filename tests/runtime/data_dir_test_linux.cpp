#include "runtime/data_dir.hpp"
#include "runtime/shred.hpp"
#include "tests/support/temporary.hpp"

#include <catch2/catch.hpp>

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

using namespace ward;
using namespace ward::runtime;
using ward::test::Temporary;

namespace {

mode_t mode_of(const std::string& path) {
  struct stat found{};
  REQUIRE(::stat(path.c_str(), &found) == 0);
  return found.st_mode & 07777;
}

}  // namespace

TEST_CASE("data directory: is made for this account only, and so are the files in it") {
  const Temporary here;
  const auto made = DataDir::make(here.file("a/b/data"));
  REQUIRE(made.has_value());
  CHECK(mode_of(made->path()) == 0700);
  REQUIRE(write_private_file(made->file("device.key"), view("secret"), false).has_value());
  CHECK(mode_of(made->file("device.key")) == 0600);
}

TEST_CASE("data directory: the lock of a killed process is free at once") {
  const Temporary here;
  REQUIRE(DataDir::make(here.file("data")).has_value());
  const auto child = ::fork();
  if (child == 0) {
    auto held = DataDir::find(here.file("data"));
    ::_exit(held.has_value() && held->lock("child").has_value() ? 0 : 1);
  }
  int status = 0;
  REQUIRE(::waitpid(child, &status, 0) == child);
  REQUIRE(WEXITSTATUS(status) == 0);
  CHECK(DataDir::find(here.file("data"))->lock("after it").has_value());
}

TEST_CASE("private file: one that is shredded is overwritten before it goes") {
  const Temporary here;
  const auto path = here.file("device.key.before");
  REQUIRE(write_private_file(path, view("secret"), false).has_value());
  std::ifstream held(path);  // reads what the file is after it has lost its name
  REQUIRE(held);
  REQUIRE(shred_file(path).has_value());
  CHECK_FALSE(file_exists(path));
  CHECK(std::string(std::istreambuf_iterator<char>(held), {}) == std::string(6, '\0'));
}

TEST_CASE("private file: one that others may read is refused, and the message says how to mend it") {
  const Temporary here;
  const auto path = here.file("device.key");
  REQUIRE(write_private_file(path, view("secret"), false).has_value());
  REQUIRE(::chmod(path.c_str(), 0640) == 0);
  const auto refused = read_private_file(path, 100);
  CHECK(refused.error().fault == Fault::invalid);
  CHECK(refused.error().detail.find("chmod 600") != std::string::npos);
}
