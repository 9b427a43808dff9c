#include "protocol/keys/device_file.hpp"

#include "tests/support/golden_sheet.hpp"
#include "tests/support/made.hpp"

#include <catch2/catch.hpp>

using namespace ward;
using namespace ward::test;

namespace {

constexpr crypto::PassphraseCost cheap{8 * 1024, 1};
constexpr std::string_view phrase = "con trâu đi trước";
const Bytes plain = copy(view("WARDSYNC-DEVICE-KEY-1 and five secrets of thirty-two bytes each"));
const Bytes secret(32, 0x5e);
const Bytes other_secret(32, 0x5f);

keys::DeviceFile by_passphrase() { return keys::lock_by_passphrase(plain, phrase, filled<16>(3), cheap).value(); }
keys::DeviceFile by_system() { return keys::lock_by_system(plain, secret, copy(view("what DPAPI made")), filled<16>(4)); }

Fault fault_of_opening(const keys::DeviceFile& file) {
  return file.by == keys::Protection::system ? fault_of(keys::unlock_by_system(file, secret))
                                             : fault_of(keys::unlock_by_passphrase(file, phrase));
}

}  // namespace

TEST_CASE("device's key file: what it was sealed with opens it, nothing else does") {
  CHECK(keys::unlock_by_passphrase(by_passphrase(), phrase).value() == plain);
  CHECK(keys::unlock_by_passphrase(by_passphrase(), "con tra\u0302u đi trước").value() == plain);
  for (const auto* wrong : {"", "con trâu đi trướ", "con trâu đi trước ", "Con trâu đi trước"})
    CHECK(fault_of(keys::unlock_by_passphrase(by_passphrase(), wrong)) == Fault::bad_signature);
  CHECK(keys::unlock_by_system(by_system(), secret).value() == plain);
  for (const auto& wrong : {other_secret, Bytes(), Bytes(31, 0x5e), Bytes(33, 0x5e)})
    CHECK(fault_of(keys::unlock_by_system(by_system(), wrong)) == Fault::bad_signature);
  CHECK(fault_of(keys::unlock_by_system(by_passphrase(), secret)) == Fault::bad_signature);
}

TEST_CASE("device's key file: it reads back, and a changed bit anywhere opens nothing") {
  for (const auto& file : {by_passphrase(), by_system()}) {
    const auto bytes = keys::encode_device_file(file);
    CHECK(keys::decode_device_file(bytes).value() == file);
    CHECK(hex(bytes).find(hex(plain).substr(60, 20)) == std::string::npos);
    for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
      auto bad = bytes;
      bad[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
      const auto read = keys::decode_device_file(bad);
      if (read.has_error() || !*read) continue;  // refused, or not taken for a sealed file, which the plain form's mark then refuses
      if ((*read)->cost == file.cost) CHECK(fault_of_opening(**read) == Fault::bad_signature);  // another cost only takes its time
    }
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      const auto read = keys::decode_device_file(BytesView(bytes).first(size));
      if (read.has_value() && *read) CHECK(fault_of_opening(**read) == Fault::bad_signature);
    }
  }
}

TEST_CASE("device's key file: a plain one is none, and one that asks for all memory is refused before any is used") {
  CHECK_FALSE(keys::decode_device_file(plain).value());
  CHECK_FALSE(keys::decode_device_file({}).value());
  auto file = by_passphrase();
  for (const std::uint32_t memory : {0U, 8U, 8U * 1024 - 1, 256U * 1024 + 1, 0xffffffffU}) {
    file.cost = {memory, 1};
    CHECK(fault_of(keys::decode_device_file(keys::encode_device_file(file))) == Fault::malformed);
  }
  for (const std::uint8_t passes : {0, 11, 255}) {
    file.cost = {8 * 1024, passes};
    CHECK(fault_of(keys::decode_device_file(keys::encode_device_file(file))) == Fault::malformed);
  }
  file = by_system();
  file.cost = cheap;
  CHECK(fault_of(keys::decode_device_file(keys::encode_device_file(file))) == Fault::malformed);
  file = by_system();
  file.wrapped = Bytes(4097);
  CHECK(keys::decode_device_file(keys::encode_device_file(file)).has_error());
  for (const std::uint8_t by : {0, 3, 255}) {
    file = by_system();
    file.by = static_cast<keys::Protection>(by);
    CHECK(fault_of(keys::decode_device_file(keys::encode_device_file(file))) == Fault::malformed);
  }
}

TEST_CASE("device's key file: the files are those of the golden file") {
  GoldenSheet sheet("device_key.txt");
  sheet.note("WIRE.md section 18: the same content sealed both ways");
  sheet.put("plain", plain);
  sheet.put("passphrase", std::string(phrase));
  sheet.put("by_passphrase", keys::encode_device_file(by_passphrase()));
  sheet.put("secret", secret);
  sheet.put("by_system", keys::encode_device_file(by_system()));
  sheet.check();
}
