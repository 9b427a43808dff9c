#include "cli/progress.hpp"

#include "runtime/command_line.hpp"

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <utility>

namespace ward::cli {
namespace {

constexpr std::size_t bar_width = 30;

}  // namespace

std::string progress_line(std::uint64_t part, std::uint64_t total, std::uint64_t count, std::string_view what) {
  const auto counted = std::to_string(count) + " " + std::string(what);
  if (total == 0) return counted;
  const auto share = std::min(1.0, static_cast<double>(part) / static_cast<double>(total));
  const auto filled = static_cast<std::size_t>(share * bar_width);
  auto percent = std::to_string(static_cast<int>(share * 100));
  percent.insert(0, 3 - std::min<std::size_t>(percent.size(), 3), ' ');
  return "[" + std::string(filled, '#') + std::string(bar_width - filled, ' ') + "] " + percent + " %  " + counted;
}

Progress::Progress(const Common& common, std::uint64_t total, std::string what)
    : total_(total), what_(std::move(what)), shown_(!common.quiet && !common.json && runtime::is_terminal(STDERR_FILENO)) {}

void Progress::done() {
  if (std::exchange(drawn_, false)) std::fputs("\r\x1b[K", stderr);
}

void Progress::show(std::uint64_t part, std::uint64_t count) {
  if (!shown_) return;
  drawn_ = true;
  std::fprintf(stderr, "\r%s\x1b[K", progress_line(part, total_, count, what_).c_str());
}

}  // namespace ward::cli
