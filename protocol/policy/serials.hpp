#pragma once

#include "protocol/policy/policy.hpp"

#include <optional>
#include <vector>

/// Which serials the blocks of one identification code leave to whom (WIRE.md §5.1).
namespace ward::policy {

/// What one device may give on one day, in the order in which it gives them: block after block, as they were signed. A later block only
/// adds at the end, so a place in this order stays what it is.
class Serials {
 public:
  Serials(const std::vector<CodeBlock>& blocks, const DeviceId& device, code::Day day);

  [[nodiscard]] std::uint64_t size() const noexcept { return size_; }
  /// The one after `last`, or the first; nothing when all are given, or when `last` is none of them.
  [[nodiscard]] std::optional<std::uint32_t> next(std::optional<std::uint32_t> last) const;
  /// How many follow `last`; 0 when it is none of them.
  [[nodiscard]] std::uint64_t left(std::optional<std::uint32_t> last) const;
  [[nodiscard]] bool contains(std::uint32_t serial) const;

 private:
  struct Range {
    std::uint32_t first = 0, last = 0;
  };
  std::vector<Range> ranges_;  ///< none meets another
  std::uint64_t size_ = 0;
};

/// The last day up to which, from `from` on, the device may number on every day; nothing when it may not on `from` itself.
[[nodiscard]] std::optional<code::Day> covered_through(const std::vector<CodeBlock>& blocks, const DeviceId& device, code::Day from);

/// The least serial from which on `count` serials belong to nobody on any day of the period; nothing when there is no such room.
[[nodiscard]] std::optional<std::uint32_t> free_from(const std::vector<CodeBlock>& blocks, code::Day from, code::Day to,
                                                     std::uint32_t count);

}  // namespace ward::policy
