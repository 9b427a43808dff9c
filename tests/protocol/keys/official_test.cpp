#include "protocol/keys/official.hpp"

#include "tests/support/golden_sheet.hpp"
#include "tests/support/made.hpp"

#include <catch2/catch.hpp>

using namespace ward;
using namespace ward::test;

namespace {

constexpr crypto::PassphraseCost cheap{8 * 1024, 1};

keys::OfficialKey a_key() {
  return keys::lock_official_key("lan", made_secret<crypto::SignSeed>(7), "con trâu đi trước", filled<16>(3), cheap).value();
}

}  // namespace

TEST_CASE("official's key: the passphrase opens it, nothing else does") {
  const auto key = a_key();
  const auto seed = keys::unlock_official_key(key, "con trâu đi trước");
  REQUIRE(seed.has_value());
  CHECK(crypto::public_of(*seed) == key.key);
  for (const auto* wrong : {"", "con trâu đi trướ", "con trâu đi trước ", "Con trâu đi trước"})
    CHECK(fault_of(keys::unlock_official_key(key, wrong)) == Fault::wrong_key);
  CHECK(hex(key.sealed).find(hex(made_secret<crypto::SignSeed>(7).view()).substr(0, 16)) == std::string::npos);
  CHECK(a_key() == key);
  CHECK_FALSE(keys::lock_official_key("lan", made_secret<crypto::SignSeed>(7), "con trâu đi trước", filled<16>(4), cheap)->sealed ==
              key.sealed);
}

TEST_CASE("official's key: its files read back; a changed one opens nothing") {
  const auto key = a_key();
  const auto file = keys::encode_official_key(key);
  CHECK(keys::decode_official_key(file).value() == key);
  CHECK(keys::decode_official_public(keys::encode_official_public(key)).value() == key.key);
  for (std::size_t i = 0; i + 1 < file.size(); i += 7) {
    auto bad = file;
    bad[i] = bad[i] == '0' ? '1' : '0';
    const auto read = keys::decode_official_key(bad);
    if (read.has_error()) {
      CHECK(read.error().fault == Fault::invalid);
    } else if (read->user == key.user && read->cost == key.cost) {  // another cost opens nothing either, but takes its time
      CHECK(fault_of(keys::unlock_official_key(*read, "con trâu đi trước")) == Fault::wrong_key);
    }
  }
  for (const auto* bad :
       {"", "wardsync-official-key-1", "wardsync-official-key-1 ", "wardsync-official-key-1 zz", "wardsync-official-key-2 00"})
    CHECK(fault_of(keys::decode_official_key(bad)) == Fault::invalid);
  CHECK(fault_of(keys::decode_official_public(file)) == Fault::invalid);
  CHECK(fault_of(keys::decode_official_public("wardsync-official-public-1 00ff lan")) == Fault::invalid);
}

TEST_CASE("official's key: neither an editor nor another keyboard keeps it shut") {
  const auto key = a_key();
  auto file = keys::encode_official_key(key);
  file.insert(file.size() - 1, "\r");
  CHECK(keys::decode_official_key("\xef\xbb\xbf" + file).value() == key);
  CHECK(fault_of(keys::decode_official_key("\xef\xbb" + file)) == Fault::invalid);
  CHECK(keys::unlock_official_key(key, "con tra\u0302u đi trước").has_value());
  CHECK(fault_of(keys::unlock_official_key(key, "con trau đi trước")) == Fault::wrong_key);
  for (const std::string_view odd : {"\xff\xfe", "con\ttrâu", "con\0trâu"})
    CHECK(fault_of(keys::unlock_official_key(key, odd)) == Fault::wrong_key);
}

TEST_CASE("official's key: a file that asks for all memory is refused before any is used") {
  auto key = a_key();
  for (const std::uint32_t memory : {0U, 8U, 8U * 1024 - 1, 256U * 1024 + 1, 0xffffffffU}) {
    key.cost.memory_kib = memory;
    CHECK(fault_of(keys::decode_official_key(keys::encode_official_key(key))) == Fault::invalid);
  }
  key.cost = {8 * 1024, 0};
  CHECK(fault_of(keys::decode_official_key(keys::encode_official_key(key))) == Fault::invalid);
  key.cost = {8 * 1024, 11};
  CHECK(fault_of(keys::decode_official_key(keys::encode_official_key(key))) == Fault::invalid);
}

TEST_CASE("official's key: the files are those of the golden file") {
  const auto key = a_key();
  GoldenSheet sheet("official_key.txt");
  sheet.note("WIRE.md section 13: both files of one key, each without its line feed");
  sheet.put("seed", made_secret<crypto::SignSeed>(7).view());
  sheet.put("passphrase", std::string("con trâu đi trước"));
  for (const auto& [name, file] : {std::pair{"file", keys::encode_official_key(key)}, {"public_file", keys::encode_official_public(key)}})
    sheet.put(name, file.substr(0, file.size() - 1));
  sheet.check();
}

TEST_CASE("passphrase: the key is the one that other programs derive") {
  // nacl.pwhash.argon2id.kdf(32, b"password", b"somesalt________", 3, 8 MiB)
  Array<16> salt{};
  const std::string_view text = "somesalt________";
  std::copy(text.begin(), text.end(), salt.begin());
  CHECK(hex(crypto::key_of_passphrase("password", salt, {8 * 1024, 3}).value()) ==
        "5d408bd6ad7deb0194f5d01c12928b52b75728a8824e329094b49ee291a2d5be");
}
