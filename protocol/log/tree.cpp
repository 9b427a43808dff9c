#include "protocol/log/tree.hpp"

#include "protocol/base/codec.hpp"
#include "protocol/base/limits.hpp"
#include "protocol/crypto/hash.hpp"

#include <bit>

namespace ward::log {
namespace {

constexpr Array<1> leaf_tag{0};
constexpr Array<1> node_tag{1};

Hash node_of(const Hash& left, const Hash& right) { return crypto::sha256({node_tag, left.view(), right.view()}); }

/// RFC 6962 §2.1: the left subtree holds the largest power of two below the number of leaves.
std::uint64_t left_size(std::uint64_t leaves) { return std::bit_floor(leaves - 1); }

/// MTH of the leaves [first, first + size).
Hash root_of(const LeafAt& leaf, std::uint64_t first, std::uint64_t size) {
  Frontier frontier;
  for (std::uint64_t i = 0; i < size; ++i) frontier.append(leaf(first + i));
  return frontier.root();
}

Result<void> not_of_it(const char* what) { return fail(Fault::bad_signature, std::string("verify ") + what); }

}  // namespace

Hash leaf_of(const Hash& statement, WallTime time) {
  Writer out;
  out.u64(static_cast<std::uint64_t>(time.ms));
  return crypto::sha256({leaf_tag, statement.view(), out.peek()});
}

void Frontier::append(const Hash& leaf) {
  Hash subtree = leaf;
  // Each full subtree of the old size that ends here grows by its neighbour, as a binary counter carries.
  for (auto rest = size; (rest & 1U) != 0; rest >>= 1U) {
    subtree = node_of(peaks.back(), subtree);
    peaks.pop_back();
  }
  peaks.push_back(subtree);
  ++size;
}

Hash Frontier::root() const {
  if (peaks.empty()) return crypto::sha256({});
  Hash out = peaks.back();
  for (auto peak = peaks.rbegin() + 1; peak != peaks.rend(); ++peak) out = node_of(*peak, out);
  return out;
}

Bytes encode_frontier(const Frontier& frontier) {
  WARD_ASSERT(frontier.peaks.size() == static_cast<std::size_t>(std::popcount(frontier.size)));
  Writer out;
  out.u64(frontier.size);
  for (const auto& peak : frontier.peaks) out.raw(peak);
  return std::move(out).take();
}

Result<Frontier> decode_frontier(BytesView bytes) {
  Reader from(bytes);
  Frontier out;
  out.size = from.u64();
  const int peaks = std::popcount(out.size);
  for (int i = 0; i < peaks && from.ok(); ++i) out.peaks.push_back(from.fixed_value<Hash>());
  WARD_CHECK(from.finish("log frontier"));
  return out;
}

std::vector<Hash> inclusion_path(const LeafAt& leaf, std::uint64_t index, std::uint64_t size) {
  WARD_ASSERT(index < size);
  std::vector<Hash> down;
  std::uint64_t first = 0;
  while (size > 1) {
    const auto split = left_size(size);
    const bool goes_left = index - first < split;
    down.push_back(goes_left ? root_of(leaf, first + split, size - split) : root_of(leaf, first, split));
    first += goes_left ? 0 : split;
    size = goes_left ? split : size - split;
  }
  return {down.rbegin(), down.rend()};
}

Result<void> verify_inclusion(const Hash& leaf, std::uint64_t index, std::uint64_t size, const std::vector<Hash>& path, const Hash& root) {
  if (index >= size) return fail(Fault::malformed, "verify inclusion: index past the log's size");
  // `at` is the subtree's place among those of its height, `last` that of the right edge.
  auto at = index;
  auto last = size - 1;
  Hash computed = leaf;
  for (const auto& sibling : path) {
    if (last == 0) return not_of_it("inclusion");
    if ((at & 1U) != 0 || at == last) {
      computed = node_of(sibling, computed);
      // A right edge without a sibling at this height is the same subtree higher up.
      const auto skip = at == 0 ? 0 : std::countr_zero(at);
      at >>= static_cast<unsigned>(skip);
      last >>= static_cast<unsigned>(skip);
    } else {
      computed = node_of(computed, sibling);
    }
    at >>= 1U;
    last >>= 1U;
  }
  if (last != 0 || computed != root) return not_of_it("inclusion");
  return {};
}

std::vector<Hash> consistency_path(const LeafAt& leaf, std::uint64_t old_size, std::uint64_t size) {
  return consistency_path(RootOf([&](std::uint64_t first, std::uint64_t leaves) { return root_of(leaf, first, leaves); }), old_size, size);
}

std::vector<Hash> consistency_path(const RootOf& root_of, std::uint64_t old_size, std::uint64_t size) {
  WARD_ASSERT(old_size <= size);
  if (old_size == 0 || old_size == size) return {};
  std::vector<Hash> down;
  std::uint64_t first = 0;
  bool old_is_known = true;  // the verifier knows the root of the old log while it is exactly the subtree at hand
  while (old_size != size) {
    const auto split = left_size(size);
    if (old_size <= split) {
      down.push_back(root_of(first + split, size - split));
      size = split;
    } else {
      down.push_back(root_of(first, split));
      first += split;
      old_size -= split;
      size -= split;
      old_is_known = false;
    }
  }
  if (!old_is_known) down.push_back(root_of(first, size));
  return {down.rbegin(), down.rend()};
}

Result<void> verify_consistency(std::uint64_t old_size, const Hash& old_root, std::uint64_t size, const Hash& root,
                                const std::vector<Hash>& path) {
  if (old_size > size) return fail(Fault::malformed, "verify consistency: the older log is larger");
  if (old_size == 0 || old_size == size) {
    const auto& expected = old_size == 0 ? crypto::sha256({}) : root;
    return path.empty() && old_root == expected ? Result<void>{} : not_of_it("consistency");
  }
  // The walk begins at the largest subtree that is whole in the old log and ends at its right edge.
  const auto whole = std::countr_zero(old_size);
  auto at = (old_size - 1) >> static_cast<unsigned>(whole);
  auto last = (size - 1) >> static_cast<unsigned>(whole);
  auto next = path.begin();
  if (at != 0 && next == path.end()) return not_of_it("consistency");
  Hash from_old = at == 0 ? old_root : *next++;
  Hash from_new = from_old;
  for (; next != path.end(); ++next) {
    if (last == 0) return not_of_it("consistency");
    if ((at & 1U) != 0 || at == last) {
      from_old = node_of(*next, from_old);
      from_new = node_of(*next, from_new);
      const auto skip = at == 0 ? 0 : std::countr_zero(at);
      at >>= static_cast<unsigned>(skip);
      last >>= static_cast<unsigned>(skip);
    } else {
      from_new = node_of(from_new, *next);
    }
    at >>= 1U;
    last >>= 1U;
  }
  if (last != 0 || from_old != old_root || from_new != root) return not_of_it("consistency");
  return {};
}

}  // namespace ward::log
