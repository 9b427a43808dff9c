#include "protocol/run/run.hpp"

#include "protocol/run/stream.hpp"
#include "tests/protocol/run/sample_rows.hpp"

#include <catch2/catch.hpp>
#include <rapidcheck.h>

#include <algorithm>

/// Whole runs: nothing is lost, nothing is believed, nothing is unbounded.
namespace ward {
namespace {

using segment::Rows;

std::vector<Rows> sample_run(std::uint64_t seed) {
  test::RowMaker make(seed);
  std::vector<Rows> out;
  for (std::size_t i = 1 + make.below(4); i > 0; --i)
    out.push_back(make.chance(50) ? make.segment(1 + make.below(64)) : make.subset(1 + make.below(256)));
  return out;
}

/// Every value that a decoder gives is one that a header, a row or a proof may have.
void check_bounds(const std::vector<Rows>& segments) {
  std::size_t bodies = 0;
  RC_ASSERT(segments.size() <= limits::run_segments_max);
  for (const auto& rows : segments) {
    const auto& statement = rows.statement.statement;
    RC_ASSERT(statement.count >= 1 && statement.count <= limits::segment_records_max);
    RC_ASSERT(rows.rows.size() == (rows.subset ? rows.subset->positions.size() : statement.count));
    for (const auto& row : rows.rows) {
      const auto& header = segment::header_of(row);
      RC_ASSERT(header.length % limits::body_padding == 0 && header.length <= limits::body_bytes_max &&
                header.position.seq <= limits::seq_max);
      bodies += header.length;
      if (const auto* open = std::get_if<segment::OpenRow>(&row)) RC_ASSERT(!open->plain.empty() && open->plain.size() == header.length);
      if (const auto* sealed = std::get_if<segment::SealedRow>(&row))
        RC_ASSERT(sealed->record.body.size() == header.length + record::tag_size);
    }
  }
  RC_ASSERT(bodies <= limits::run_bytes_max);
}

Rows one_change(record::Change change, Bytes (*make)(Bytes) = nullptr) {
  test::RowMaker maker(5);
  Rows out = maker.segment(1);
  const auto& statement = out.statement.statement;
  record::Header header;
  header.position = {statement.device, statement.incarnation, statement.first};
  header.did = maker.fixed<Did>();
  auto plain = record::encode_change(change, header.position);
  if (make != nullptr) plain = make(std::move(plain));
  plain.resize((plain.size() + 31) / 32 * 32);
  header.length = static_cast<std::uint32_t>(plain.size());
  out.rows = {segment::OpenRow{header, plain}};
  return out;
}

}  // namespace

TEST_CASE("run: decoding gives exactly the rows that were encoded") {
  CHECK(rc::check([](std::uint64_t seed) {
    const auto segments = sample_run(seed);
    const auto bytes = run::encode_run(segments);
    const auto again = run::decode_run(bytes);
    RC_ASSERT(again.has_value());
    RC_ASSERT(*again == segments);
    RC_ASSERT(bytes.size() % run::padding == 0);
  }));
}

TEST_CASE("run: dossiers that were left out are named again by whoever holds the heads") {
  CHECK(rc::check([](std::uint64_t seed) {
    test::RowMaker make(seed);
    std::vector<Rows> segments;
    for (std::size_t i = 1 + make.below(3); i > 0; --i) segments.push_back(make.chained(1 + make.below(64)));
    auto again = run::decode_run(run::encode_run(segments));
    RC_ASSERT(again.has_value());
    for (std::size_t i = 0; i < segments.size(); ++i) {
      auto& rows = (*again)[i];
      RC_ASSERT(rows.elided.dossiers);
      const auto named = segment::name_dossiers(rows, [&](const Position& at) -> std::optional<segment::Holding> {
        const auto found = make.held.find(at);
        return found == make.held.end() ? std::nullopt : std::optional(found->second);
      });
      RC_ASSERT(named);
      segments[i].elided.dossiers = false;
      RC_ASSERT(rows == segments[i]);
    }
  }));
}

TEST_CASE("run: a dossier whose head is not held stays unnamed") {
  test::RowMaker make(3);
  auto again = run::decode_run(run::encode_run({make.chained(64)}));
  REQUIRE(again.has_value());
  CHECK_FALSE(segment::name_dossiers(again->front(), [](const Position&) { return std::nullopt; }));
}

TEST_CASE("run: a subset keeps its dossiers, whatever it is asked to leave out") {
  test::RowMaker make(4);
  auto rows = make.subset(40);
  rows.elided.dossiers = true;
  const auto again = run::decode_run(run::encode_run({rows}));
  REQUIRE(again.has_value());
  rows.elided.dossiers = false;
  CHECK(again->front() == rows);
}

TEST_CASE("run: what statements leave out comes back empty, all else as it was") {
  test::RowMaker make(6);
  auto rows = make.segment(3);
  rows.elided = {true, true, false};
  rows.statement.statement.previous = make.fixed<Hash>();
  rows.statement.statement.receipt_seen.root = make.fixed<Hash>();
  rows.statement.statement.root = make.fixed<Hash>();
  const auto again = run::decode_run(run::encode_run({rows}));
  REQUIRE(again.has_value());
  rows.statement.statement.previous = rows.statement.statement.receipt_seen.root = rows.statement.statement.root = Hash{};
  CHECK(again->front() == rows);
}

TEST_CASE("run: a body of a later version travels byte for byte") {
  const auto rows = one_change({"lan", {}, {{record::OpKind::set, {record::Step::field("GhiChu")}, "x", {}}}, {}, {}}, [](Bytes body) {
    body[0] = 2;
    body.push_back(0x77);
    return body;
  });
  const auto again = run::decode_run(run::encode_run({rows}));
  REQUIRE(again.has_value());
  CHECK(again->front() == rows);
}

TEST_CASE("run: a body with padding inside its own text, or with too many references, is kept") {
  record::Change change{"lan", {}, {{record::OpKind::set, {record::Step::field("GhiChu")}, "x", {}}}, {}, {}};
  std::vector<OpId> many;
  test::RowMaker make(8);
  for (Seq seq = 0; seq < 60; ++seq) many.push_back({{DeviceId{}, Incarnation{}, seq}, 1});
  change.ops.front().replaces = many;
  change.ops.push_back(change.ops.front());
  const auto rows = one_change(change);
  const auto again = run::decode_run(run::encode_run({rows}));
  REQUIRE(again.has_value());
  CHECK(again->front() == rows);
}

TEST_CASE("run: cut anywhere, it is refused") {
  test::RowMaker make(1);
  const auto bytes = run::encode_run({make.segment(8), make.subset(20)});
  for (std::size_t size = 0; size < bytes.size(); ++size) CHECK(run::decode_run(BytesView(bytes).first(size)).has_error());
}

TEST_CASE("run: bytes that follow it, or padding that is not zero, are refused") {
  test::RowMaker make(2);
  auto bytes = run::encode_run({make.segment(8)});
  auto longer = bytes;
  longer.resize(longer.size() + run::padding);
  CHECK(run::decode_run(longer).has_error());
  CHECK(run::decode_run(run::compress({Bytes{0}})).has_error());
  const auto twice = [&] {
    Bytes out = bytes;
    append(out, bytes);
    return out;
  }();
  CHECK(run::decode_run(twice).has_error());
}

TEST_CASE("run: damaged anywhere, it gives an error or bounded rows, and nothing worse") {
  CHECK(rc::check([](std::uint64_t seed) {
    auto bytes = run::encode_run(sample_run(seed % 16));
    test::RowMaker random(seed);
    for (std::size_t i = 1 + random.below(4); i > 0; --i)
      bytes[random.below(bytes.size())] ^= static_cast<std::uint8_t>(1U << random.below(8));
    if (const auto again = run::decode_run(bytes)) check_bounds(*again);
  }));
}

TEST_CASE("run: hostile columns inside a sound stream give an error or bounded rows, and nothing worse") {
  CHECK(rc::check([](std::uint64_t seed) {
    // The stream's own checks would hide the columns from single flipped bits: damage them before they are compressed.
    auto unpacked = *run::decompress(run::encode_run(sample_run(seed % 16)));
    test::RowMaker random(seed);
    for (std::size_t i = 1 + random.below(6); i > 0; --i) {
      const auto at = random.below(std::min<std::size_t>(unpacked.size(), random.chance(50) ? 200 : unpacked.size()));
      unpacked[at] = random.chance(30) ? 0xff : static_cast<std::uint8_t>(random.below(256));
    }
    if (random.chance(30)) unpacked.resize(random.below(unpacked.size()) + 1);
    if (const auto again = run::decode_run(run::compress({unpacked}))) check_bounds(*again);
  }));
}

TEST_CASE("run: a few bytes that stand for more bodies than a run may hold are refused") {
  // 200 whole segments' worth of one large body: tiny when compressed, and each segment alone is fine.
  record::Change change{"lan", {}, {{record::OpKind::set, {record::Step::field("GhiChu")}, std::string(4000, 'x'), {}}}, {}, {}};
  const auto one = one_change(change);
  auto rows = one;
  rows.statement.statement.count = 256;
  rows.rows.clear();
  for (std::size_t i = 0; i < 256; ++i) {
    auto open = std::get<segment::OpenRow>(one.rows.front());
    open.header.position.seq = rows.statement.statement.first + i;
    rows.rows.emplace_back(std::move(open));
  }
  std::vector<Rows> segments(8, rows);
  const auto bytes = run::encode_run(segments);
  CHECK(bytes.size() < 16'384);
  const auto again = run::decode_run(bytes);
  REQUIRE(again.has_error());
  CHECK(again.error().fault == Fault::too_large);
  CHECK(run::decode_run(run::encode_run({rows, rows, rows})).has_value());
}

TEST_CASE("run: the largest segment fits") {
  test::RowMaker make(9);
  auto rows = make.segment(256);
  std::size_t i = 0;
  for (auto& row : rows.rows) {
    auto header = segment::header_of(row);
    header.length = limits::body_bytes_max;
    Bytes body(limits::body_bytes_max + record::tag_size);
    for (auto& byte : body) byte = static_cast<std::uint8_t>(make.below(256));
    if (i++ % 2 == 0)
      row = segment::SealedRow{{header, std::move(body)}};
    else
      row = segment::OpenRow{header, Bytes(body.begin(), body.begin() + limits::body_bytes_max)};
  }
  const auto again = run::decode_run(run::encode_run({rows}));
  REQUIRE(again.has_value());
  CHECK(again->front() == rows);
}

}  // namespace ward
