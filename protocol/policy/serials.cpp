#include "protocol/policy/serials.hpp"

#include <algorithm>

namespace ward::policy {
namespace {

bool is_on(const CodeBlock& block, code::Day day) noexcept { return block.from <= day && day <= block.to; }

}  // namespace

Serials::Serials(const std::vector<CodeBlock>& blocks, const DeviceId& device, code::Day day) {
  for (const auto& block : blocks) {
    if (block.device != device || !is_on(block, day)) continue;
    auto earlier = ranges_;
    std::sort(earlier.begin(), earlier.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
    // What earlier blocks have of this one is passed over; 64 bits, as the last serial has one after it.
    std::uint64_t first = block.first;
    for (const auto& range : earlier) {
      if (range.last < first) continue;
      if (range.first > block.last) break;
      if (range.first > first) ranges_.push_back({static_cast<std::uint32_t>(first), range.first - 1});
      first = std::uint64_t{range.last} + 1;
    }
    if (first <= block.last) ranges_.push_back({static_cast<std::uint32_t>(first), block.last});
  }
  for (const auto& range : ranges_) size_ += range.last - range.first + 1;
}

bool Serials::contains(std::uint32_t serial) const {
  return std::any_of(ranges_.begin(), ranges_.end(), [&](const Range& range) { return range.first <= serial && serial <= range.last; });
}

std::optional<std::uint32_t> Serials::next(std::optional<std::uint32_t> last) const {
  bool passed = !last;
  for (const auto& range : ranges_) {
    if (passed) return range.first;
    if (*last < range.first || *last > range.last) continue;
    if (*last < range.last) return *last + 1;
    passed = true;
  }
  return std::nullopt;
}

std::uint64_t Serials::left(std::optional<std::uint32_t> last) const {
  std::uint64_t out = 0;
  bool passed = !last;
  for (const auto& range : ranges_) {
    if (passed) {
      out += range.last - range.first + 1;
    } else if (range.first <= *last && *last <= range.last) {
      out += range.last - *last;
      passed = true;
    }
  }
  return out;
}

std::optional<code::Day> covered_through(const std::vector<CodeBlock>& blocks, const DeviceId& device, code::Day from) {
  std::optional<code::Day> out;
  auto wanted = from;
  for (bool more = true; more;) {
    more = false;
    for (const auto& block : blocks) {
      if (block.device != device || !is_on(block, wanted)) continue;
      out = block.to;
      wanted = block.to + std::chrono::days(1);
      more = true;
    }
  }
  return out;
}

std::optional<std::uint32_t> free_from(const std::vector<CodeBlock>& blocks, code::Day from, code::Day to, std::uint32_t count) {
  std::vector<CodeBlock> taken;
  for (const auto& block : blocks)
    if (block.from <= to && from <= block.to) taken.push_back(block);
  std::sort(taken.begin(), taken.end(), [](const auto& a, const auto& b) { return a.first < b.first; });
  std::uint64_t first = 1;
  for (const auto& block : taken) {
    if (first + count <= block.first) break;
    first = std::max(first, std::uint64_t{block.last} + 1);
  }
  if (first + count > std::uint64_t{code::serial_max} + 1) return std::nullopt;
  return static_cast<std::uint32_t>(first);
}

}  // namespace ward::policy
