#include "protocol/log/tree.hpp"

#include "protocol/crypto/hash.hpp"
#include "tests/support/made.hpp"

#include <catch2/catch.hpp>
#include <rapidcheck.h>

#include <bit>

using namespace ward;
using namespace ward::test;

namespace {

constexpr Array<1> zero{0};
constexpr Array<1> one{1};

/// RFC 6962 §2.1, word by word.
Hash mth(const std::vector<Hash>& leaves, std::size_t first, std::size_t size) {
  if (size == 0) return crypto::sha256({});
  if (size == 1) return leaves[first];
  std::size_t k = 1;
  while (k * 2 < size) k *= 2;
  return crypto::sha256({one, mth(leaves, first, k).view(), mth(leaves, first + k, size - k).view()});
}
/// §2.1.1.
std::vector<Hash> path(std::size_t m, const std::vector<Hash>& leaves, std::size_t first, std::size_t size) {
  if (size == 1) return {};
  std::size_t k = 1;
  while (k * 2 < size) k *= 2;
  auto out = m < k ? path(m, leaves, first, k) : path(m - k, leaves, first + k, size - k);
  out.push_back(m < k ? mth(leaves, first + k, size - k) : mth(leaves, first, k));
  return out;
}
/// §2.1.2.
std::vector<Hash> subproof(std::size_t m, const std::vector<Hash>& leaves, std::size_t first, std::size_t size, bool whole) {
  if (m == size) return whole ? std::vector<Hash>{} : std::vector<Hash>{mth(leaves, first, size)};
  std::size_t k = 1;
  while (k * 2 < size) k *= 2;
  auto out = m <= k ? subproof(m, leaves, first, k, whole) : subproof(m - k, leaves, first + k, size - k, false);
  out.push_back(m <= k ? mth(leaves, first + k, size - k) : mth(leaves, first, k));
  return out;
}

/// The leaves of the test vectors that Certificate Transparency's implementations share.
std::vector<Hash> known_leaves() {
  std::vector<Hash> out;
  for (const auto* data : {"", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"})
    out.push_back(crypto::sha256({zero, unhex(data)}));
  return out;
}
constexpr std::array<std::string_view, 9> known_roots{
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125", "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7", "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef", "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};

std::vector<Hash> made_leaves(std::size_t size) {
  std::vector<Hash> out;
  for (std::size_t i = 0; i < size; ++i) {
    const Array<2> data{static_cast<std::uint8_t>(i), static_cast<std::uint8_t>(i >> 8U)};
    out.push_back(crypto::sha256({zero, data}));
  }
  return out;
}
log::LeafAt at(const std::vector<Hash>& leaves) {
  return [&leaves](std::uint64_t i) { return leaves.at(i); };
}
log::Frontier frontier_of(const std::vector<Hash>& leaves, std::size_t size) {
  log::Frontier out;
  for (std::size_t i = 0; i < size; ++i) out.append(leaves[i]);
  return out;
}
Hash flipped(Hash hash, std::size_t bit) {
  hash.bytes[bit / 8 % 32] = static_cast<std::uint8_t>(hash.bytes[bit / 8 % 32] ^ (1U << (bit % 8)));
  return hash;
}

constexpr std::size_t every = 64;

}  // namespace

TEST_CASE("log: roots of the known leaves are those of RFC 6962's test vectors") {
  const auto leaves = known_leaves();
  for (std::size_t size = 0; size <= leaves.size(); ++size) CHECK(hex(frontier_of(leaves, size).root().view()) == known_roots[size]);
}

TEST_CASE("log: a leaf binds the statement and the time") {
  const Hash statement{{1, 2, 3}};
  CHECK(log::leaf_of(statement, {5}) == crypto::sha256({zero, statement.view(), Bytes{5, 0, 0, 0, 0, 0, 0, 0}}));
  CHECK(log::leaf_of(statement, {6}) != log::leaf_of(statement, {5}));
}

TEST_CASE("log: appending gives the root that the definition gives, at every size") {
  const auto leaves = made_leaves(300);
  log::Frontier frontier;
  for (std::size_t size = 1; size <= leaves.size(); ++size) {
    frontier.append(leaves[size - 1]);
    CHECK(frontier.root() == mth(leaves, 0, size));
    CHECK(frontier.peaks.size() == static_cast<std::size_t>(std::popcount(size)));
  }
}

TEST_CASE("log: an inclusion path is the definition's and verifies, for every leaf of every log") {
  const auto leaves = made_leaves(every);
  for (std::size_t size = 1; size <= every; ++size) {
    const auto root = mth(leaves, 0, size);
    for (std::size_t index = 0; index < size; ++index) {
      const auto proof = log::inclusion_path(at(leaves), index, size);
      REQUIRE(proof == path(index, leaves, 0, size));
      CHECK(log::verify_inclusion(leaves[index], index, size, proof, root).has_value());
    }
  }
}

TEST_CASE("log: an inclusion proof holds for no other leaf, index or root, nor shortened, lengthened or with a bit flipped") {
  const auto leaves = made_leaves(every);
  for (std::size_t size = 1; size <= every; ++size) {
    const auto root = mth(leaves, 0, size);
    for (std::size_t index = 0; index < size; ++index) {
      const auto proof = log::inclusion_path(at(leaves), index, size);
      const auto refused = [&](const Hash& leaf, std::size_t i, const std::vector<Hash>& p, const Hash& r) {
        return log::verify_inclusion(leaf, i, size, p, r).has_error();
      };
      for (std::size_t other = 0; other <= size; ++other)
        if (other != index) REQUIRE(refused(leaves[index], other, proof, root));
      REQUIRE(refused(flipped(leaves[index], index), index, proof, root));
      REQUIRE(refused(leaves[index], index, proof, flipped(root, index)));
      for (std::size_t i = 0; i < proof.size(); ++i) {
        auto damaged = proof;
        damaged[i] = flipped(damaged[i], index * 7 + i);
        REQUIRE(refused(leaves[index], index, damaged, root));
      }
      auto longer = proof;
      longer.push_back(root);
      REQUIRE(refused(leaves[index], index, longer, root));
      if (proof.empty()) continue;
      REQUIRE(refused(leaves[index], index, {proof.begin(), proof.end() - 1}, root));
    }
  }
}

TEST_CASE("log: a consistency path is the definition's and verifies, for every pair of sizes") {
  const auto leaves = made_leaves(every);
  for (std::size_t size = 1; size <= every; ++size) {
    for (std::size_t old_size = 1; old_size <= size; ++old_size) {
      const auto proof = log::consistency_path(at(leaves), old_size, size);
      REQUIRE(proof == subproof(old_size, leaves, 0, size, true));
      CHECK(log::verify_consistency(old_size, mth(leaves, 0, old_size), size, mth(leaves, 0, size), proof).has_value());
    }
  }
}

TEST_CASE("log: a consistency proof holds for no other pair, nor shortened, lengthened or with a bit flipped") {
  const auto leaves = made_leaves(every);
  for (std::size_t size = 1; size <= every; ++size) {
    const auto root = mth(leaves, 0, size);
    for (std::size_t old_size = 1; old_size <= size; ++old_size) {
      const auto old_root = mth(leaves, 0, old_size);
      const auto proof = log::consistency_path(at(leaves), old_size, size);
      const auto refused = [&](std::size_t o, const Hash& o_root, const Hash& n_root, const std::vector<Hash>& p) {
        return log::verify_consistency(o, o_root, size, n_root, p).has_error();
      };
      for (std::size_t other = 1; other <= size + 1; ++other)
        if (other != old_size) REQUIRE(refused(other, old_root, root, proof));
      REQUIRE(refused(old_size, flipped(old_root, size), root, proof));
      REQUIRE(refused(old_size, old_root, flipped(root, old_size), proof));
      for (std::size_t i = 0; i < proof.size(); ++i) {
        auto damaged = proof;
        damaged[i] = flipped(damaged[i], old_size * 5 + i);
        REQUIRE(refused(old_size, old_root, root, damaged));
      }
      auto longer = proof;
      longer.push_back(root);
      REQUIRE(refused(old_size, old_root, root, longer));
      if (proof.empty()) continue;
      REQUIRE(refused(old_size, old_root, root, {proof.begin(), proof.end() - 1}));
      REQUIRE(refused(old_size, old_root, root, {}));
    }
  }
}

TEST_CASE("log: every log continues the empty one, and no larger log continues a smaller") {
  const auto leaves = made_leaves(4);
  const auto root = mth(leaves, 0, 4);
  CHECK(log::consistency_path(at(leaves), 0, 4).empty());
  CHECK(log::verify_consistency(0, crypto::sha256({}), 4, root, {}).has_value());
  CHECK(fault_of(log::verify_consistency(0, root, 4, root, {})) == Fault::bad_signature);
  CHECK(fault_of(log::verify_consistency(0, crypto::sha256({}), 4, root, {root})) == Fault::bad_signature);
  CHECK(fault_of(log::verify_consistency(5, root, 4, root, {})) == Fault::malformed);
}

TEST_CASE("log: proofs of random larger logs verify") {
  const auto leaves = made_leaves(3000);
  CHECK(rc::check("inclusion and consistency", [&] {
    const auto size = *rc::gen::inRange<std::size_t>(1, leaves.size() + 1);
    const auto index = *rc::gen::inRange<std::size_t>(0, size);
    const auto old_size = *rc::gen::inRange<std::size_t>(0, size + 1);
    const auto root = frontier_of(leaves, size).root();
    RC_ASSERT(log::verify_inclusion(leaves[index], index, size, log::inclusion_path(at(leaves), index, size), root).has_value());
    RC_ASSERT(log::verify_consistency(old_size, frontier_of(leaves, old_size).root(), size, root,
                                      log::consistency_path(at(leaves), old_size, size))
                  .has_value());
  }));
}

TEST_CASE("log: a frontier reads back, and one with too few or too many peaks is refused") {
  const auto leaves = made_leaves(100);
  for (const std::size_t size : {0U, 1U, 63U, 64U, 100U}) {
    const auto frontier = frontier_of(leaves, size);
    Bytes bytes = log::encode_frontier(frontier);
    CHECK(log::decode_frontier(bytes).value() == frontier);
    CHECK(fault_of(log::decode_frontier(BytesView(bytes).first(bytes.size() - 1))) == Fault::malformed);
    bytes.push_back(0);
    CHECK(fault_of(log::decode_frontier(bytes)) == Fault::malformed);
  }
}
