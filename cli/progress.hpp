#pragma once

#include "cli/common.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace ward::cli {

/// How far a long command is, on one line of a terminal's stderr that is gone when the command ends. Nothing is shown where nobody
/// watches: no terminal, `--quiet`, `--json`.
class Progress {
 public:
  /// `total` 0: not known. `what` follows the number: "lines".
  Progress(const Common& common, std::uint64_t total, std::string what);
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;
  ~Progress() { done(); }

  /// `part` of the total is done; `count` of what is counted.
  void show(std::uint64_t part, std::uint64_t count);
  /// Clears the line, before anything else is said.
  void done();

 private:
  std::uint64_t total_;
  std::string what_;
  bool shown_;
  bool drawn_ = false;
};

/// "[#####     ]  50 %  100 lines"; without a bar when the total is not known.
[[nodiscard]] std::string progress_line(std::uint64_t part, std::uint64_t total, std::uint64_t count, std::string_view what);

}  // namespace ward::cli
