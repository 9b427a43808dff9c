#include "protocol/run/run.hpp"

#include "protocol/base/limits.hpp"
#include "tests/protocol/run/sample_rows.hpp"
#include "tests/support/made.hpp"

#include <catch2/catch.hpp>
#include <rapidcheck.h>

#include <algorithm>

/// The small segment of a handshake's first message.
namespace ward {
namespace {

/// Sealed rows, but for those under the open key.
segment::Rows small_rows(std::uint64_t seed, std::size_t records) {
  test::RowMaker make(seed);
  auto rows = make.segment(records);
  rows.key_seed.reset();
  for (auto& row : rows.rows) {
    auto header = segment::header_of(row);
    if (header.length == 0) header.length = limits::body_padding;
    const bool open = std::holds_alternative<segment::OpenRow>(row) && make.chance(50);
    if (open) continue;
    Bytes body(header.length + record::tag_size);
    for (auto& byte : body) byte = static_cast<std::uint8_t>(make.below(256));
    row = segment::SealedRow{{header, std::move(body)}};
  }
  return rows;
}

/// One open row without oddities.
segment::Rows plain_rows(record::Type type = record::Type::change, Epoch epoch = 7, std::uint8_t did = 1, std::uint8_t last_byte = 1) {
  segment::Rows out;
  auto& statement = out.statement.statement;
  statement.count = 1;
  statement.policy_epoch = 7;
  segment::OpenRow row;
  row.header.type = type;
  row.header.policy_epoch = epoch;
  row.header.did.bytes[0] = did;
  row.header.length = limits::body_padding;
  row.plain = Bytes(limits::body_padding, 0);
  row.plain[0] = 1;
  row.plain[1] = last_byte;
  out.rows.emplace_back(std::move(row));
  return out;
}

/// Where `a` and `b` differ, in one byte, stands `value`.
Bytes with_byte(const segment::Rows& a, const segment::Rows& b, std::uint8_t value) {
  auto bytes = run::encode_small(a);
  const auto others = run::encode_small(b);
  REQUIRE(bytes.size() == others.size());
  const auto [at, other] = std::mismatch(bytes.begin(), bytes.end(), others.begin());
  REQUIRE(at != bytes.end());
  *at = value;
  return bytes;
}

}  // namespace

TEST_CASE("small segment: decoding gives exactly what was encoded") {
  CHECK(rc::check([](std::uint64_t seed) {
    const auto rows = small_rows(seed, 1 + seed % 5);
    const auto again = run::decode_small(run::encode_small(rows), rows.statement.statement.device);
    RC_ASSERT(again.has_value());
    RC_ASSERT(*again == rows);
  }));
}

TEST_CASE("small segment: one edit costs its sealed body and little more than a hundred bytes") {
  auto rows = small_rows(1, 1);
  rows.elided = {true, true, false};
  const auto sealed = segment::header_of(rows.rows.front()).length + record::tag_size;
  CHECK(run::encode_small(rows).size() <= sealed + 140);
}

TEST_CASE("small segment: cut anywhere or longer, it is refused") {
  const auto rows = small_rows(2, 3);
  auto bytes = run::encode_small(rows);
  const auto device = rows.statement.statement.device;
  for (std::size_t size = 0; size < bytes.size(); ++size) CHECK(run::decode_small(BytesView(bytes).first(size), device).has_error());
  bytes.push_back(0);
  CHECK(run::decode_small(bytes, device).has_error());
}

// Found by tests/fuzz.
TEST_CASE("small segment: has one form, and what is written otherwise is refused") {
  using record::Type;
  CHECK(run::decode_small(run::encode_small(plain_rows()), {}).has_value());
  // Beside a flag that says that something is unusual: what is usual.
  CHECK(run::decode_small(with_byte(plain_rows(Type::grant), plain_rows(Type::manifest), 1), {}).has_error());
  CHECK(run::decode_small(with_byte(plain_rows(Type::change, 8), plain_rows(Type::change, 9), 7), {}).has_error());
  CHECK(run::decode_small(with_byte(plain_rows(Type::change, 7, 1), plain_rows(Type::change, 7, 2), 0), {}).has_error());
  // Padding that is not left out.
  CHECK(run::decode_small(with_byte(plain_rows(Type::change, 7, 1, 1), plain_rows(Type::change, 7, 1, 2), 0), {}).has_error());
}

TEST_CASE("small segment: damaged anywhere, it gives an error or bounded rows, and nothing worse") {
  const auto rows = small_rows(3, 4);
  test::for_each_flipped_bit(run::encode_small(rows), [&](const Bytes& bytes) {
    const auto again = run::decode_small(bytes, rows.statement.statement.device);
    if (!again) return;
    CHECK(run::encode_small(*again) == bytes);
    CHECK(again->rows.size() == again->statement.statement.count);
    for (const auto& row : again->rows) {
      const auto& header = segment::header_of(row);
      CHECK(
          (header.length % limits::body_padding == 0 && header.length <= limits::body_bytes_max && header.position.seq <= limits::seq_max));
    }
  });
}

}  // namespace ward
