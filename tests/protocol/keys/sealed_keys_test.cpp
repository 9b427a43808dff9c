#include "protocol/keys/sealed_keys.hpp"

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

keys::SealedKeys by_passphrase() { return keys::lock_by_passphrase(keys::KeyOwner::device, plain, phrase, filled<16>(3), cheap).value(); }
keys::SealedKeys by_system() {
  return keys::lock_by_system(keys::KeyOwner::device, plain, secret, copy(view("what DPAPI made")), filled<16>(4));
}

Fault fault_of_opening(const keys::SealedKeys& file) {
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
    const auto bytes = keys::encode_sealed_keys(file);
    CHECK(keys::decode_sealed_keys(keys::KeyOwner::device, bytes).value() == file);
    CHECK(hex(bytes).find(hex(plain).substr(60, 20)) == std::string::npos);
    for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
      auto bad = bytes;
      bad[bit / 8] ^= static_cast<std::uint8_t>(1U << (bit % 8));
      const auto read = keys::decode_sealed_keys(keys::KeyOwner::device, bad);
      if (read.has_error() || !*read) continue;  // refused, or not taken for a sealed file, which the plain form's mark then refuses
      if ((*read)->cost == file.cost) CHECK(fault_of_opening(**read) == Fault::bad_signature);  // another cost only takes its time
    }
    for (std::size_t size = 0; size < bytes.size(); ++size) {
      const auto read = keys::decode_sealed_keys(keys::KeyOwner::device, BytesView(bytes).first(size));
      if (read.has_value() && *read) CHECK(fault_of_opening(**read) == Fault::bad_signature);
    }
  }
}

TEST_CASE("device's key file: a plain one is none, and one that asks for all memory is refused before any is used") {
  CHECK_FALSE(keys::decode_sealed_keys(keys::KeyOwner::device, plain).value());
  CHECK_FALSE(keys::decode_sealed_keys(keys::KeyOwner::device, {}).value());
  auto file = by_passphrase();
  for (const std::uint32_t memory : {0U, 8U, 8U * 1024 - 1, 256U * 1024 + 1, 0xffffffffU}) {
    file.cost = {memory, 1};
    CHECK(fault_of(keys::decode_sealed_keys(keys::KeyOwner::device, keys::encode_sealed_keys(file))) == Fault::malformed);
  }
  for (const std::uint8_t passes : {0, 11, 255}) {
    file.cost = {8 * 1024, passes};
    CHECK(fault_of(keys::decode_sealed_keys(keys::KeyOwner::device, keys::encode_sealed_keys(file))) == Fault::malformed);
  }
  file = by_system();
  file.cost = cheap;
  CHECK(fault_of(keys::decode_sealed_keys(keys::KeyOwner::device, keys::encode_sealed_keys(file))) == Fault::malformed);
  file = by_system();
  file.wrapped = Bytes(4097);
  CHECK(keys::decode_sealed_keys(keys::KeyOwner::device, keys::encode_sealed_keys(file)).has_error());
  for (const std::uint8_t by : {0, 3, 255}) {
    file = by_system();
    file.by = static_cast<keys::Protection>(by);
    CHECK(fault_of(keys::decode_sealed_keys(keys::KeyOwner::device, keys::encode_sealed_keys(file))) == Fault::malformed);
  }
}

TEST_CASE("device's key file: the files are those of the golden file") {
  GoldenSheet sheet("device_key.txt");
  sheet.note("WIRE.md section 18: the same content sealed both ways");
  sheet.put("plain", plain);
  sheet.put("passphrase", std::string(phrase));
  sheet.put("by_passphrase", keys::encode_sealed_keys(by_passphrase()));
  sheet.put("secret", secret);
  sheet.put("by_system", keys::encode_sealed_keys(by_system()));
  sheet.check();
}

TEST_CASE("key file: a PC's is not taken for the centre's, nor the centre's for a PC's") {
  const auto centres = keys::lock_by_system(keys::KeyOwner::centre, plain, secret, {}, filled<16>(4));
  const auto bytes = keys::encode_sealed_keys(centres);
  CHECK(keys::unlock_by_system(keys::decode_sealed_keys(keys::KeyOwner::centre, bytes)->value(), secret).value() == plain);
  CHECK_FALSE(keys::decode_sealed_keys(keys::KeyOwner::device, bytes).value());
  CHECK_FALSE(keys::decode_sealed_keys(keys::KeyOwner::centre, keys::encode_sealed_keys(by_system())).value());
  // Nor by another mark in front.
  auto disguised = centres;
  disguised.owner = keys::KeyOwner::device;
  const auto read = keys::decode_sealed_keys(keys::KeyOwner::device, keys::encode_sealed_keys(disguised));
  CHECK(fault_of(keys::unlock_by_system(read->value(), secret)) == Fault::bad_signature);
}
