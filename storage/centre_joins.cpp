#include "protocol/log/consistency.hpp"
#include "storage/centre_parts.hpp"

#include <algorithm>

/// How the log of now goes on from logs that this centre, or another in its name, showed to somebody.
namespace ward::storage {

namespace centre = engine::centre;

namespace {

constexpr std::uint64_t block_leaves = 1'024;  ///< of a subtree whose root is remembered
constexpr std::uint64_t blocks_at_once = 64;   ///< the links wait meanwhile

/// The roots of the log's subtrees, read from its segments.
class LogTree {
 public:
  LogTree(Store& store, std::vector<Hash>& blocks) : store_(store), blocks_(blocks) {}

  /// False: there is more to read than one call may; what was read is kept for the next.
  bool read_blocks(std::uint64_t size) {
    const auto wanted = size / block_leaves;
    for (std::uint64_t read = 0; blocks_.size() < wanted; ++read) {
      if (read == blocks_at_once) return false;
      (void)block(blocks_.size());
    }
    return true;
  }

  Hash root_of(std::uint64_t first, std::uint64_t size) {
    log::Frontier whole;
    for (; size >= block_leaves; first += block_leaves, size -= block_leaves) whole.append(block(first / block_leaves));
    if (size > 0) whole.peaks.push_back(leaves(first, size).root());
    return whole.root();
  }

 private:
  const Hash& block(std::uint64_t number) {
    while (blocks_.size() <= number) blocks_.push_back(leaves(blocks_.size() * block_leaves, block_leaves).root());
    return blocks_[number];
  }

  log::Frontier leaves(std::uint64_t first, std::uint64_t size) {
    log::Frontier out;
    auto found = store_.db.query(
        "SELECT hash, stamp_ms FROM segment WHERE stamp_index >= ? AND stamp_index < ? AND length(hash) = 32 ORDER BY stamp_index");
    found.bind(static_cast<std::int64_t>(first)).bind(static_cast<std::int64_t>(first + size));
    while (found.step()) out.append(log::leaf_of(found.fixed<Hash>(0), {found.number(1)}));
    return out;
  }

  Store& store_;
  std::vector<Hash>& blocks_;
};

std::optional<std::uint64_t> began_at(Store& store, const Incarnation& incarnation) {
  auto first = store.db.query("SELECT min(size) FROM root WHERE centre = ?");
  first.bind(incarnation);
  if (!first.step() || first.is_null(0)) return std::nullopt;
  return static_cast<std::uint64_t>(first.number(0));
}

/// How much of the log of an earlier incarnation this log begins with: up to where the next one began, as far as this data knows.
std::uint64_t kept_of(Store& store, const Incarnation& incarnation) {
  const auto began = began_at(store, incarnation);
  if (!began) return 0;
  std::optional<std::uint64_t> out;
  Incarnation other;
  while (true) {
    auto next = store.db.query("SELECT centre FROM root WHERE centre > ? ORDER BY centre LIMIT 1");
    next.bind(other);
    if (!next.step()) break;
    other = next.fixed<Incarnation>(0);
    const auto theirs = other == incarnation ? std::nullopt : began_at(store, other);
    if (theirs && *theirs >= *began) out = std::min(out.value_or(*theirs), *theirs);
  }
  return out.value_or(0);
}

}  // namespace

Result<centre::JoinsRead> CentreStore::read_joins(const centre::ReadJoins& wanted, WallTime now) {
  centre::JoinsRead out;
  out.log = log_view(now);
  WARD_CHECK(store_.db.read("prove the log", [&]() -> Result<void> {
    LogTree tree(store_, log_blocks_);
    const auto size = frontier_.size;
    if (!tree.read_blocks(size)) return {};
    // Who would sign a proof from a log that the disk changed would accuse himself.
    if (size == 0 || tree.root_of(0, size) != frontier_.root()) {
      log_blocks_.clear();
      return {};
    }
    const log::RootOf root_of = [&](std::uint64_t first, std::uint64_t leaves) { return tree.root_of(first, leaves); };
    for (const auto& head : wanted.heads) {
      const auto kept = head.centre == centre_ ? size : std::min(size, kept_of(store_, head.centre));
      if (head.size > kept)
        out.joins.emplace_back();
      else
        out.joins.push_back({true, log::consistency_path(root_of, head.size, size)});
    }
    return {};
  }));
  return out;
}

}  // namespace ward::storage
