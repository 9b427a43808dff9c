#include "protocol/log/backup_seal.hpp"

#include "tests/support/golden_sheet.hpp"
#include "tests/support/made.hpp"

#include <catch2/catch.hpp>

using namespace ward;
using namespace ward::test;

namespace {

log::BackupSeal a_seal() {
  return {made<OrgId>(1), made<Incarnation>(2), 70'000, made<Hash>(3), 41, {1'785'000'000'000}, 3'000'000, made<Hash>(4)};
}

}  // namespace

TEST_CASE("backup seal: reads back under the key that signed it, and under no other") {
  const auto key = made_secret<crypto::SignSeed>(9);
  const auto trailer = log::encode_backup_trailer(a_seal(), key);
  CHECK(log::decode_backup_trailer(trailer, crypto::public_of(key)).value() == a_seal());
  CHECK(fault_of(log::decode_backup_trailer(trailer, crypto::public_of(made_secret<crypto::SignSeed>(8)))) == Fault::bad_signature);
}

TEST_CASE("backup seal: cut, longer, with a flipped bit or of a newer form it is refused") {
  const auto key = made_secret<crypto::SignSeed>(9);
  const auto trailer = log::encode_backup_trailer(a_seal(), key);
  for (std::size_t size = 0; size < trailer.size(); ++size)
    CHECK(log::decode_backup_trailer(BytesView(trailer).first(size), crypto::public_of(key)).has_error());
  auto longer = trailer;
  longer.push_back(0);
  CHECK(fault_of(log::decode_backup_trailer(longer, crypto::public_of(key))) == Fault::malformed);
  for_each_flipped_bit(trailer,
                       [&](const Bytes& flipped) { CHECK(log::decode_backup_trailer(flipped, crypto::public_of(key)).has_error()); });
  auto newer = trailer;
  newer.back() = 2;
  CHECK(fault_of(log::decode_backup_trailer(newer, crypto::public_of(key))) == Fault::unsupported);
}

TEST_CASE("backup seal: the bytes are those of the golden file") {
  const auto key = made_secret<crypto::SignSeed>(9);
  auto seal = a_seal();
  const Bytes first(5, 1);
  const Bytes second(3, 2);
  seal.digest = log::backup_digest(log::backup_digest({}, first), second);
  GoldenSheet sheet("backup_v1.txt");
  sheet.note("WIRE.md section 11: the end of a backup file; digest of the chunks 0101010101 and 020202");
  sheet.put("receipt_public", crypto::public_of(key));
  sheet.put("org", seal.org);
  sheet.put("centre", seal.centre);
  sheet.put("size", seal.size);
  sheet.put("root", seal.root);
  sheet.put("policy_entries", std::uint64_t{seal.policy_count});
  sheet.put("time_ms", static_cast<std::uint64_t>(seal.time.ms));
  sheet.put("bytes", seal.bytes);
  sheet.put("digest", seal.digest);
  sheet.put("trailer", log::encode_backup_trailer(seal, key));
  sheet.check();
}
