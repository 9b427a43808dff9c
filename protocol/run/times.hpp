#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Times as the national message writes them, `yyyyMMddHHmmss` in Vietnam, as numbers: in one change they mostly repeat each other or stand
/// close together, and close to the moment when it was written.
namespace ward::run {

/// Seconds since 1970 of that local time; nothing unless `format_time` gives exactly this text back.
[[nodiscard]] std::optional<std::int64_t> parse_time(std::string_view text);
[[nodiscard]] std::string format_time(std::int64_t local_seconds);
[[nodiscard]] bool can_format(std::int64_t local_seconds);

/// The times that came so far in one change. Both ends keep it alike.
class TimeMemory {
 public:
  /// `ms`: of the record's clock, UTC.
  void begin(std::uint64_t ms);
  void note(std::int64_t local_seconds);

  /// 0 is for "no time"; then the times that came, by number; then the distance from the last one.
  [[nodiscard]] std::uint64_t code_of(std::int64_t local_seconds) const;
  /// Nothing for what `code_of` never gives.
  [[nodiscard]] std::optional<std::int64_t> time_of(std::uint64_t code) const;

 private:
  std::vector<std::int64_t> times_;
  std::int64_t last_ = 0;
};

}  // namespace ward::run
