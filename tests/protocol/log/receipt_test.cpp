#include "protocol/log/receipt.hpp"

#include "protocol/log/tree.hpp"
#include "tests/support/golden_sheet.hpp"
#include "tests/support/made.hpp"

#include <catch2/catch.hpp>

using namespace ward;
using namespace ward::test;

namespace {

log::Receipt a_receipt() {
  log::Receipt out;
  out.org = made<OrgId>(1);
  out.centre = made<Incarnation>(2);
  out.size = 70'000;
  out.root = made<Hash>(3);
  out.time = {1'785'000'000'000};
  out.archived = 65'000;
  out.device = made<DeviceId>(4);
  out.heads = {{made<Incarnation>(5), 130, made<Hash>(6)}, {made<Incarnation>(7), 9, made<Hash>(8)}};
  return out;
}

Result<log::Receipt> shortly(const Bytes& bytes, const log::Receipt& of) { return log::decode_short(bytes, of.org, of.device); }

}  // namespace

TEST_CASE("receipt: both forms read back") {
  const auto receipt = a_receipt();
  CHECK(log::decode_receipt(log::encode_receipt(receipt)).value() == receipt);
  CHECK(shortly(log::encode_short(receipt), receipt).value() == receipt);
  auto bare = receipt;
  bare.heads.clear();
  bare.role = log::Role::relay;
  CHECK(log::decode_receipt(log::encode_receipt(bare)).value() == bare);
  CHECK(shortly(log::encode_short(bare), bare).value() == bare);
}

TEST_CASE("receipt: a signature holds in every field, and under one key") {
  const auto key = made_secret<crypto::SignSeed>(9);
  const auto receipt = a_receipt();
  const auto signature = log::sign(receipt, key);
  CHECK(log::verify(receipt, signature, crypto::public_of(key)).has_value());
  CHECK(fault_of(log::verify(receipt, signature, crypto::public_of(made_secret<crypto::SignSeed>(10)))) == Fault::bad_signature);
  for_each_flipped_bit(log::encode_receipt(receipt), [&](const Bytes& flipped) {
    const auto decoded = log::decode_receipt(flipped);
    if (decoded.has_value()) CHECK(fault_of(log::verify(*decoded, signature, crypto::public_of(key))) == Fault::bad_signature);
  });
}

TEST_CASE("receipt: no cut form decodes, nor one with trailing bytes") {
  const auto receipt = a_receipt();
  const auto full = log::encode_receipt(receipt);
  const auto small = log::encode_short(receipt);
  for (std::size_t size = 0; size < full.size(); ++size) CHECK(log::decode_receipt(BytesView(full).first(size)).has_error());
  for (std::size_t size = 0; size < small.size(); ++size)
    CHECK(log::decode_short(BytesView(small).first(size), receipt.org, receipt.device).has_error());
  auto longer = full;
  longer.push_back(0);
  CHECK(fault_of(log::decode_receipt(longer)) == Fault::malformed);
  longer = small;
  longer.push_back(0);
  CHECK(fault_of(shortly(longer, receipt)) == Fault::malformed);
}

TEST_CASE("receipt: what no centre says is refused in both forms") {
  const auto sound = a_receipt();
  auto full = log::encode_receipt(sound);
  const auto refused = [](const Bytes& bytes) { return fault_of(log::decode_receipt(bytes)); };
  constexpr std::size_t role_at = 16, time_at = 16 + 1 + 16 + 8 + 32, archived_at = time_at + 8, heads_at = archived_at + 8 + 16;
  auto bytes = full;
  bytes[role_at] = 3;
  CHECK(refused(bytes) == Fault::malformed);
  bytes = full;
  bytes[time_at + 6] = 1;  // past 48 bits
  CHECK(refused(bytes) == Fault::malformed);
  bytes = full;
  bytes[archived_at + 3] = 1;  // more archived than there is
  CHECK(refused(bytes) == Fault::malformed);
  bytes = full;
  bytes[heads_at + 1 + 16 + 6] = 1;  // a number past 48 bits
  CHECK(refused(bytes) == Fault::malformed);
  bytes = full;
  bytes[heads_at] = 65;
  CHECK(refused(bytes) == Fault::too_large);
  bytes = full;
  std::copy(full.begin() + heads_at + 1, full.begin() + heads_at + 17, bytes.begin() + heads_at + 57);  // one incarnation twice
  CHECK(refused(bytes) == Fault::malformed);
  bytes = log::encode_short(sound);
  bytes[0] = 0;
  CHECK(fault_of(shortly(bytes, sound)) == Fault::malformed);
}

TEST_CASE("receipt: about one dossier it costs little on the wire") {
  auto receipt = a_receipt();
  receipt.heads.resize(1);
  // Root, signature, the centre's incarnation and one head cannot be left out: 160 bytes.
  CHECK(log::encode_short(receipt).size() + Signature::size <= 160 + 18);
}

TEST_CASE("receipt: the bytes are those of the golden file") {
  const auto key = made_secret<crypto::SignSeed>(9);
  const auto receipt = a_receipt();
  GoldenSheet sheet("receipt_v1.txt");
  sheet.note("WIRE.md section 7: a receipt about two heads, in both forms, its signature, and a log of three leaves");
  sheet.put("receipt_seed", key.view());
  sheet.put("receipt_public", crypto::public_of(key));
  sheet.put("org", receipt.org);
  sheet.put("role", static_cast<std::uint64_t>(receipt.role));
  sheet.put("centre", receipt.centre);
  sheet.put("size", receipt.size);
  sheet.put("root", receipt.root);
  sheet.put("time_ms", static_cast<std::uint64_t>(receipt.time.ms));
  sheet.put("archived", receipt.archived);
  sheet.put("device", receipt.device);
  for (std::size_t i = 0; i < receipt.heads.size(); ++i) {
    const auto head = "head" + std::to_string(i) + "_";
    sheet.put(head + "incarnation", receipt.heads[i].incarnation);
    sheet.put(head + "count", receipt.heads[i].count);
    sheet.put(head + "statement", receipt.heads[i].statement);
  }
  sheet.put("full", log::encode_receipt(receipt));
  sheet.put("short", log::encode_short(receipt));
  sheet.put("signature", log::sign(receipt, key));
  log::Frontier frontier;
  for (std::uint8_t i = 0; i < 3; ++i) {
    const Stamp stamp{i, {receipt.time.ms + i}};
    const auto leaf = log::leaf_of(receipt.heads[i % 2].statement, stamp.time);
    sheet.put("leaf" + std::to_string(i), leaf);
    frontier.append(leaf);
  }
  sheet.put("log_root", frontier.root());
  sheet.put("log_frontier", log::encode_frontier(frontier));
  sheet.check();
}
