#include "protocol/segment/statement.hpp"

#include "protocol/base/limits.hpp"
#include "protocol/crypto/hash.hpp"
#include "tests/support/golden_sheet.hpp"
#include "tests/support/made.hpp"

#include <catch2/catch.hpp>
#include <rapidcheck.h>

#include <functional>

using namespace ward;
using namespace ward::test;

namespace {

std::vector<Rid> made_rids(std::size_t size) {
  std::vector<Rid> out;
  for (std::size_t i = 0; i < size; ++i) out.push_back(Rid{crypto::sha256({Array<1>{static_cast<std::uint8_t>(i)}}).bytes});
  return out;
}

/// The definition, word by word.
Hash root_by_definition(const std::vector<Rid>& rids, std::size_t first, std::size_t size) {
  if (size == 1) return crypto::hash<Hash>("wsync-seg-leaf", {}, {rids[first].view()});
  std::size_t k = 1;
  while (k * 2 < size) k *= 2;
  return crypto::hash<Hash>("wsync-seg-node", {},
                            {root_by_definition(rids, first, k).view(), root_by_definition(rids, first + k, size - k).view()});
}

std::vector<Rid> picked(const std::vector<Rid>& rids, const std::vector<std::uint8_t>& positions) {
  std::vector<Rid> out;
  for (const auto at : positions) out.push_back(rids.at(at));
  return out;
}

segment::Statement a_statement() {
  segment::Statement out;
  out.device = crypto::device_of(crypto::public_of(made_secret<crypto::SignSeed>(2)));
  out.incarnation = made<Incarnation>(3);
  out.first = 100;
  out.count = 5;
  out.previous = made<Hash>(4);
  out.root = segment::root_of(made_rids(5));
  out.policy_epoch = 6;
  out.receipt_seen = {made<Incarnation>(7), 70'000, made<Hash>(8)};
  return out;
}

/// Calls `each` for every choice of 1 to `most` of `size` positions.
void for_each_subset(std::size_t size, std::size_t most, const std::function<void(const std::vector<std::uint8_t>&)>& each) {
  for (unsigned mask = 1; mask < (1U << size); ++mask) {
    std::vector<std::uint8_t> positions;
    for (std::size_t i = 0; i < size; ++i)
      if ((mask >> i & 1U) != 0) positions.push_back(static_cast<std::uint8_t>(i));
    if (positions.size() <= most) each(positions);
  }
}

}  // namespace

TEST_CASE("segment root: is the definition's at every size") {
  const auto rids = made_rids(256);
  for (std::size_t size = 1; size <= rids.size(); ++size)
    CHECK(segment::root_of({rids.begin(), rids.begin() + static_cast<std::ptrdiff_t>(size)}) == root_by_definition(rids, 0, size));
}

TEST_CASE("subset proof: every subset of up to 6 rows of segments up to 9 gives the root") {
  for (std::size_t size = 1; size <= 9; ++size) {
    const auto rids = made_rids(size);
    for_each_subset(size, 6, [&](const std::vector<std::uint8_t>& positions) {
      const auto subset = segment::subset_of(rids, positions);
      REQUIRE(segment::root_of_subset(picked(rids, positions), subset, size).value() == segment::root_of(rids));
    });
  }
}

TEST_CASE("subset proof: a hash too few, too many, exchanged or flipped does not give the root") {
  for (std::size_t size = 1; size <= 9; ++size) {
    const auto rids = made_rids(size);
    const auto root = segment::root_of(rids);
    for_each_subset(size, 6, [&](const std::vector<std::uint8_t>& positions) {
      const auto own = picked(rids, positions);
      const auto subset = segment::subset_of(rids, positions);
      auto damaged = subset;
      damaged.missing.push_back(root);
      REQUIRE(fault_of(segment::root_of_subset(own, damaged, size)) == Fault::malformed);
      for (std::size_t i = 0; i < subset.missing.size(); ++i) {
        damaged = subset;
        damaged.missing.erase(damaged.missing.begin() + static_cast<std::ptrdiff_t>(i));
        REQUIRE(fault_of(segment::root_of_subset(own, damaged, size)) == Fault::malformed);
        damaged = subset;
        damaged.missing[i].bytes[i % 32] ^= 4U;
        REQUIRE(segment::root_of_subset(own, damaged, size).value() != root);
      }
    });
  }
}

TEST_CASE("subset proof: the rows of one place never pass for those of another") {
  constexpr std::size_t size = 7;
  const auto rids = made_rids(size);
  const auto root = segment::root_of(rids);
  for_each_subset(size, 6, [&](const std::vector<std::uint8_t>& positions) {
    const auto subset = segment::subset_of(rids, positions);
    for_each_subset(size, 6, [&](const std::vector<std::uint8_t>& others) {
      if (others == positions || others.size() != positions.size()) return;
      const auto claimed = segment::root_of_subset(picked(rids, positions), {others, subset.missing}, size);
      REQUIRE((claimed.has_error() || *claimed != root));
    });
  });
}

TEST_CASE("subset proof: of 256 rows, any choice gives the root, and few hashes suffice for rows that lie together") {
  const auto rids = made_rids(256);
  const auto root = segment::root_of(rids);
  CHECK(rc::check("random subsets", [&] {
    std::vector<std::uint8_t> positions;
    const auto weight = *rc::gen::inRange(1, 100);
    for (int i = 0; i < 256; ++i)
      if (*rc::gen::inRange(0, 100) < weight) positions.push_back(static_cast<std::uint8_t>(i));
    RC_PRE(!positions.empty());
    const auto subset = segment::subset_of(rids, positions);
    RC_ASSERT(subset.missing.size() <= 128U);
    RC_ASSERT(segment::root_of_subset(picked(rids, positions), subset, 256).value() == root);
  }));
  CHECK(segment::subset_of(rids, {40, 41, 42, 43}).missing.size() == 6);
}

TEST_CASE("subset proof: positions that do not rise, lie outside or do not match the rows are refused") {
  const auto rids = made_rids(9);
  const auto subset = segment::subset_of(rids, {2, 5});
  const auto own = picked(rids, {2, 5});
  const auto fault = [&](const std::vector<Rid>& r, std::vector<std::uint8_t> positions, std::size_t count) {
    return fault_of(segment::root_of_subset(r, {std::move(positions), subset.missing}, count));
  };
  REQUIRE(segment::root_of_subset(own, subset, 9).has_value());
  CHECK(fault(own, {5, 2}, 9) == Fault::malformed);
  CHECK(fault(own, {2, 2}, 9) == Fault::malformed);
  CHECK(fault(own, {2, 9}, 9) == Fault::malformed);
  CHECK(fault(own, {2}, 9) == Fault::malformed);
  CHECK(fault({}, {}, 9) == Fault::malformed);
  // Neighbours that claim one place, and a row past the end: the walk alone would not notice either.
  const auto neighbours = segment::subset_of(rids, {2, 3});
  CHECK(fault_of(segment::root_of_subset(picked(rids, {2, 3}), {{2, 2}, neighbours.missing}, 9)) == Fault::malformed);
  const auto single = segment::subset_of(rids, {2});
  CHECK(fault_of(segment::root_of_subset(own, {{2, 9}, single.missing}, 9)) == Fault::malformed);
  CHECK(fault(own, {2, 5}, 0) == Fault::malformed);
  CHECK(fault(own, {2, 5}, 257) == Fault::malformed);
}

TEST_CASE("statement: reads back, and a count or first outside its bounds is refused") {
  const auto statement = a_statement();
  const auto bytes = segment::encode_statement(statement);
  Reader from(bytes);
  CHECK(segment::read_statement(from) == statement);
  CHECK(from.finish("statement").has_value());
  const auto refused = [](segment::Statement changed) {
    const auto changed_bytes = segment::encode_statement(changed);
    Reader reader(changed_bytes);
    static_cast<void>(segment::read_statement(reader));
    return reader.finish("statement").has_error();
  };
  for (const std::uint16_t count : {std::uint16_t{0}, std::uint16_t{257}, std::uint16_t{65535}}) {
    auto changed = statement;
    changed.count = count;
    CHECK(refused(changed));
  }
  auto changed = statement;
  changed.first = limits::seq_max + 1;
  CHECK(refused(changed));
  changed = statement;
  changed.suite = 2;
  CHECK(refused(changed));
}

TEST_CASE("statement: its signature and hash hold in every bit, in one organisation, under one key") {
  const auto key = made_secret<crypto::SignSeed>(2);
  const auto org = made<OrgId>(1);
  const auto signed_statement = segment::sign(a_statement(), org, key);
  CHECK(segment::verify(signed_statement, org, crypto::public_of(key)).has_value());
  CHECK(fault_of(segment::verify(signed_statement, made<OrgId>(2), crypto::public_of(key))) == Fault::bad_signature);
  CHECK(fault_of(segment::verify(signed_statement, org, crypto::public_of(made_secret<crypto::SignSeed>(3)))) == Fault::wrong_key);
  CHECK(segment::hash_of(a_statement(), org) != segment::hash_of(a_statement(), made<OrgId>(2)));
  for_each_flipped_bit(segment::encode_statement(a_statement()), [&](const Bytes& flipped) {
    Reader from(flipped);
    const auto changed = segment::read_statement(from);
    if (!from.ok()) return;
    CHECK(segment::verify({changed, signed_statement.signature}, org, crypto::public_of(key)).has_error());
    CHECK(segment::hash_of(changed, org) != segment::hash_of(a_statement(), org));
  });
}

TEST_CASE("statement: the bytes are those of the golden file") {
  const auto key = made_secret<crypto::SignSeed>(2);
  const auto org = made<OrgId>(1);
  const auto rids = made_rids(5);
  const auto statement = a_statement();
  const auto subset = segment::subset_of(rids, {1, 2});
  GoldenSheet sheet("segment_statement.txt");
  sheet.note("WIRE.md section 3: a statement over five rids, and the proof for the leaves 1 and 2");
  sheet.put("org", org);
  sheet.put("sign_seed", key.view());
  sheet.put("sign_public", crypto::public_of(key));
  sheet.put("device", statement.device);
  for (std::size_t i = 0; i < rids.size(); ++i) sheet.put("rid" + std::to_string(i), rids[i]);
  sheet.put("root", statement.root);
  sheet.put("statement", segment::encode_statement(statement));
  sheet.put("hash", segment::hash_of(statement, org));
  sheet.put("signature", segment::sign(statement, org, key).signature);
  for (std::size_t i = 0; i < subset.missing.size(); ++i) sheet.put("missing" + std::to_string(i), subset.missing[i]);
  sheet.check();
}
