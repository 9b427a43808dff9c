#pragma once

#include "protocol/base/error.hpp"

#include <cstdint>
#include <fstream>
#include <istream>
#include <optional>
#include <string>

namespace ward::agent {

/// Consecutive lines of a file, as one request carries them.
struct Batch {
  std::uint64_t first_line = 1;
  std::string text;  ///< whole lines, each ending in a line feed; empty at the end of the file
  std::uint64_t lines = 0;
};

/// Reads a file of lines in batches; never holds more than one. A byte order mark at the beginning is passed over.
class LineFile {
 public:
  /// `path` "-": stdin. `not_found`, `io`.
  [[nodiscard]] static Result<LineFile> open(const std::string& path);

  /// The next at most `lines_max` lines, about `bytes_max` bytes. `too_large` names a line that no request may carry, once
  /// what stands before it was given out.
  [[nodiscard]] Result<Batch> next(std::uint64_t lines_max, std::size_t bytes_max);
  /// Of the next line, from 1.
  [[nodiscard]] std::uint64_t next_line() const noexcept { return next_line_; }
  /// Passes over lines until `line` is the next.
  [[nodiscard]] Result<void> skip_to(std::uint64_t line);

 private:
  explicit LineFile(std::ifstream file) : file_(std::move(file)) {}
  [[nodiscard]] std::istream& in();
  [[nodiscard]] Result<bool> read_line(std::string& line);

  std::ifstream file_;
  std::uint64_t next_line_ = 1;
  std::optional<Error> broken_;  ///< of the line after what was given out
};

/// The first `lines` lines of a batch.
[[nodiscard]] Batch head_of(const Batch& batch, std::uint64_t lines);

}  // namespace ward::agent
