#pragma once

#include "protocol/base/error.hpp"
#include "protocol/base/ids.hpp"
#include "protocol/base/stamp.hpp"

#include <functional>
#include <vector>

/// The centre's append-only log: RFC 6962 §2.1 with SHA-256. A leaf is a segment's statement hash and its stamp's time.
namespace ward::log {

/// SHA-256(0x00 ‖ statement hash ‖ le64 time in ms).
[[nodiscard]] Hash leaf_of(const Hash& statement, WallTime time);

/// The roots of the perfect subtrees of a log of `size` leaves, largest first: all that appending needs. At most 64 hashes.
struct Frontier {
  std::uint64_t size = 0;
  std::vector<Hash> peaks;

  void append(const Hash& leaf);
  [[nodiscard]] Hash root() const;  ///< SHA-256 of nothing for an empty log
  friend bool operator==(const Frontier&, const Frontier&) = default;
};
[[nodiscard]] Bytes encode_frontier(const Frontier& frontier);
[[nodiscard]] Result<Frontier> decode_frontier(BytesView bytes);

/// Leaf hash number `index` of the log, from wherever they are kept.
using LeafAt = std::function<Hash(std::uint64_t index)>;

/// RFC 6962 §2.1.1, and its check: root of the tree of `size` leaves that `path` gives for `leaf` at `index`.
[[nodiscard]] std::vector<Hash> inclusion_path(const LeafAt& leaf, std::uint64_t index, std::uint64_t size);
[[nodiscard]] Result<void> verify_inclusion(const Hash& leaf, std::uint64_t index, std::uint64_t size, const std::vector<Hash>& path,
                                            const Hash& root);

/// MTH of the leaves [first, first + size), from wherever it is kept. `first` is a multiple of the largest power of two within `size`.
using RootOf = std::function<Hash(std::uint64_t first, std::uint64_t size)>;

/// RFC 6962 §2.1.2: the log of `size` begins with the log of `old_size`.
[[nodiscard]] std::vector<Hash> consistency_path(const RootOf& root_of, std::uint64_t old_size, std::uint64_t size);
[[nodiscard]] std::vector<Hash> consistency_path(const LeafAt& leaf, std::uint64_t old_size, std::uint64_t size);
[[nodiscard]] Result<void> verify_consistency(std::uint64_t old_size, const Hash& old_root, std::uint64_t size, const Hash& root,
                                              const std::vector<Hash>& path);

}  // namespace ward::log
