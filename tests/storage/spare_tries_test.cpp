#include "storage/spare_tries.hpp"

#include "tests/support/made.hpp"

#include <catch2/catch.hpp>

#include <algorithm>
#include <memory>

using namespace ward;
using namespace ward::test;
using storage::SpareTries;

namespace {

struct Disk {
  std::shared_ptr<Bytes> held = std::make_shared<Bytes>(SpareTries::file_bytes);
  std::shared_ptr<bool> broken = std::make_shared<bool>(false);
  [[nodiscard]] SpareTries open() const {
    return SpareTries::open({[held = held]() -> Result<Bytes> { return copy(*held); },
                             [held = held, broken = broken](BytesView bytes) -> Result<void> {
                               if (*broken) return fail(Fault::io, "broken");
                               *held = copy(bytes);
                               return {};
                             }})
        .value();
  }
};

}  // namespace

TEST_CASE("spare tries: they are there after a restart, in a file of one size, until the database knows") {
  const Disk disk;
  auto tries = disk.open();
  CHECK_FALSE(tries.of(made<Hash>(1)));
  REQUIRE(tries.put(made<Hash>(1), 3).has_value());
  REQUIRE(tries.put(made<Hash>(2), 19).has_value());
  REQUIRE(tries.put(made<Hash>(1), 4).has_value());
  CHECK(disk.held->size() == SpareTries::file_bytes);
  auto again = disk.open();
  CHECK(again.of(made<Hash>(1)) == 4);
  CHECK(again.of(made<Hash>(2)) == 19);
  REQUIRE(again.drop(made<Hash>(1)).has_value());
  CHECK_FALSE(disk.open().of(made<Hash>(1)));
  CHECK(disk.open().of(made<Hash>(2)) == 19);
}

TEST_CASE("spare tries: of more names than there are lines none is counted, and none pushes another out") {
  const Disk disk;
  auto tries = disk.open();
  for (std::uint8_t i = 0; i < SpareTries::names_max; ++i) REQUIRE(tries.put(made<Hash>(i), i).has_value());
  CHECK(fault_of(tries.put(made<Hash>(200), 1)) == Fault::storage_full);
  REQUIRE(tries.put(made<Hash>(7), 8).has_value());
  for (std::uint8_t i = 0; i < SpareTries::names_max; ++i) CHECK(disk.open().of(made<Hash>(i)) == (i == 7 ? 8 : i));
  CHECK(fault_of(SpareTries().put(made<Hash>(1), 1)) == Fault::storage_full);
}

TEST_CASE("spare tries: a line that was torn counts nothing, the others stand; a name without a PIN leaves nothing on the disk") {
  const Disk disk;
  auto tries = disk.open();
  REQUIRE(tries.put(made<Hash>(1), 3).has_value());
  REQUIRE(tries.put(made<Hash>(2), 5).has_value());
  (*disk.held)[32] ^= 1;
  CHECK(disk.open().of(made<Hash>(1)).has_value() != disk.open().of(made<Hash>(2)).has_value());
  const auto before = *disk.held;
  for (int i = 0; i < 1'500; ++i) tries.remember(made<Hash>(static_cast<std::uint8_t>(i % 250)), i);
  tries.remember(made<Hash>(9), 2);
  CHECK(tries.of(made<Hash>(9)) == 2);
  CHECK(*disk.held == before);
  CHECK_FALSE(disk.open().of(made<Hash>(9)));
  *disk.broken = true;
  CHECK(fault_of(tries.put(made<Hash>(1), 4)) == Fault::io);
  *disk.held = Bytes(100);
  CHECK(SpareTries::open({[held = disk.held]() -> Result<Bytes> { return copy(*held); }, {}}).has_error());
}

TEST_CASE("spare tries: what could not be written is not so in memory either") {
  const Disk disk;
  auto tries = disk.open();
  REQUIRE(tries.put(made<Hash>(1), 3).has_value());
  *disk.broken = true;
  CHECK(fault_of(tries.drop(made<Hash>(1))) == Fault::io);
  CHECK(fault_of(tries.put(made<Hash>(1), 4)) == Fault::io);
  CHECK(fault_of(tries.put(made<Hash>(2), 1)) == Fault::io);
  CHECK(tries.of(made<Hash>(1)) == 3);
  CHECK_FALSE(tries.of(made<Hash>(2)));
  CHECK(disk.open().of(made<Hash>(1)) == 3);
  *disk.broken = false;
  REQUIRE(tries.drop(made<Hash>(1)).has_value());
  CHECK_FALSE(tries.of(made<Hash>(1)));
  CHECK_FALSE(disk.open().of(made<Hash>(1)));
}

TEST_CASE("spare tries: a power cut after any sector loses no other name's line") {
  const Disk disk;
  auto tries = disk.open();
  for (std::uint8_t i = 0; i < 40; ++i) REQUIRE(tries.put(made<Hash>(i), i + 1).has_value());
  const auto before = *disk.held;
  const auto torn_everywhere = [&](std::uint8_t changed) {
    const auto after = *disk.held;
    for (std::size_t written = 0; written <= before.size(); written += 512) {
      *disk.held = after;
      std::copy(before.begin() + static_cast<std::ptrdiff_t>(written), before.end(),
                disk.held->begin() + static_cast<std::ptrdiff_t>(written));
      const auto found = disk.open();
      for (std::uint8_t i = 0; i < 40; ++i)
        if (i != changed) CHECK(found.of(made<Hash>(i)) == i + 1);
    }
    *disk.held = before;
    tries = disk.open();
  };
  for (const std::uint8_t changed : {0, 17, 39}) {
    REQUIRE(tries.drop(made<Hash>(changed)).has_value());
    torn_everywhere(changed);
  }
  REQUIRE(tries.put(made<Hash>(200), 9).has_value());
  torn_everywhere(200);
}
