#pragma once

#include "protocol/base/bytes.hpp"
#include "protocol/base/error.hpp"
#include "protocol/base/ids.hpp"

#include <array>
#include <functional>
#include <map>
#include <optional>

namespace ward::storage {

/// A file whose size never changes: made while there was room, and written in place.
struct FixedFile {
  std::function<Result<Bytes>()> read;
  std::function<Result<void>(BytesView)> write;  ///< all of it; durable when it returns
};

/// Where tries of PINs are counted while the disk has no room for the database, so that a full disk neither locks people out nor gives
/// tries for nothing. What stands here counts, whatever the database says; what a power cut left of one name's line is none. A name keeps
/// its line, so that no other's is ever under way to the disk with another content.
class SpareTries {
 public:
  static constexpr std::size_t names_max = 64, line_bytes = 64, file_bytes = names_max * line_bytes;

  SpareTries() = default;  ///< there is no such file: nothing can be counted
  [[nodiscard]] static Result<SpareTries> open(FixedFile file);

  /// Nothing: the database knows.
  [[nodiscard]] std::optional<std::int64_t> of(const Hash& who) const;
  /// `storage_full`: there is no file, or no line in it.
  [[nodiscard]] Result<void> put(const Hash& who, std::int64_t failed);
  /// The same for a name without a PIN, whose tries open nothing: in memory alone, the newest thousand or so.
  void remember(const Hash& who, std::int64_t failed);
  /// From here on the database knows.
  [[nodiscard]] Result<void> drop(const Hash& who);

 private:
  struct Line {
    Hash who;
    std::int64_t failed = 0;
  };
  using Lines = std::array<std::optional<Line>, names_max>;
  /// On the disk first: when that fails, everything is as it was.
  [[nodiscard]] Result<void> keep(const Lines& lines);
  FixedFile file_;
  Lines lines_;
  std::map<Hash, std::int64_t> fleeting_;
};

}  // namespace ward::storage
