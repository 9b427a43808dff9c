#include "runtime/data_dir.hpp"
#include "runtime/shred.hpp"
#include "tests/support/temporary.hpp"

#include <catch2/catch.hpp>

#include <filesystem>

using namespace ward;
using namespace ward::runtime;
using ward::test::Temporary;

TEST_CASE("data directory: is made with its parents") {
  const Temporary here;
  const auto made = DataDir::make(here.file("a/b/data"));
  REQUIRE(made.has_value());
  CHECK(made->file("lock") == here.file("a/b/data") + "/lock");
}

TEST_CASE("data directory: one that is missing is not found, a file is no directory") {
  const Temporary here;
  CHECK(DataDir::find(here.file("none")).error().fault == Fault::not_found);
  REQUIRE(write_private_file(here.file("file"), view("x"), false).has_value());
  CHECK(DataDir::find(here.file("file")).error().fault == Fault::invalid);
}

TEST_CASE("data directory: a second process is told who holds it, and gets it when the first has died") {
  const Temporary here;
  auto mine = DataDir::make(here.file("data"));
  REQUIRE(mine.has_value());
  REQUIRE(mine->lock("wardsync run").has_value());
  auto other = DataDir::find(here.file("data"));
  const auto refused = other->lock("wardsync verify");
  REQUIRE(refused.has_error());
  CHECK(refused.error().fault == Fault::storage_locked);
  CHECK(refused.error().detail.find("wardsync run, process ") != std::string::npos);
  {
    const auto ended = *std::move(mine);
  }
  CHECK(other->lock("wardsync verify").has_value());
}

TEST_CASE("private file: only this account reads it, and it is whole") {
  const Temporary here;
  const auto path = here.file("device.key");
  REQUIRE(write_private_file(path, view("secret"), false).has_value());
  CHECK(*read_private_file(path, 100) == copy(view("secret")));
  CHECK_FALSE(file_exists(path + ".new"));
}

TEST_CASE("private file: is not replaced unless that was asked for") {
  const Temporary here;
  const auto path = here.file("device.key");
  REQUIRE(write_private_file(path, view("first"), false).has_value());
  CHECK(write_private_file(path, view("second"), false).error().fault == Fault::invalid);
  CHECK(*read_private_file(path, 100) == copy(view("first")));
  REQUIRE(write_private_file(path, view("second"), true).has_value());
  CHECK(*read_private_file(path, 100) == copy(view("second")));
}

TEST_CASE("private file: one that is shredded goes, and what another name has, too, stays whole") {
  const Temporary here;
  const auto path = here.file("device.key.before"), other = here.file("device.key");
  CHECK(shred_file(path).has_value());
  REQUIRE(write_private_file(path, view("secret"), false).has_value());
  std::filesystem::create_hard_link(path, other);
  REQUIRE(shred_file(path).has_value());
  CHECK_FALSE(file_exists(path));
  CHECK(*read_private_file(other, 100) == copy(view("secret")));
  REQUIRE(shred_file(other).has_value());
  CHECK_FALSE(file_exists(other));
}

TEST_CASE("files: reading is bounded, and names what is missing") {
  const Temporary here;
  REQUIRE(write_private_file(here.file("ticket"), view("12345"), false).has_value());
  CHECK(*read_file(here.file("ticket"), 5) == "12345");
  CHECK(read_file(here.file("ticket"), 4).error().fault == Fault::too_large);
  const auto missing = read_file(here.file("none"), 4);
  CHECK(missing.error().fault == Fault::not_found);
  CHECK(missing.error().detail.find("none") != std::string::npos);
}

TEST_CASE("disk: this one has room, a path that is nowhere is unknown") {
  CHECK(disk_free_bytes("/") > 0);
  CHECK(disk_free_bytes("/no/such/place") == 0);
}
