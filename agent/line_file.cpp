#include "agent/line_file.hpp"

#include "runtime/file_facts.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <iostream>

namespace ward::agent {
namespace {

constexpr std::size_t line_bytes_max = 1024 * 1024;  ///< what the API takes
constexpr std::string_view byte_order_mark = "\xef\xbb\xbf";

}  // namespace

Result<LineFile> LineFile::open(const std::string& path) {
  std::ifstream file;
  if (path != "-") {
    std::error_code unknown;
    if (std::filesystem::is_directory(runtime::path_of(path), unknown)) return fail(Fault::invalid, path + " is a directory");
    errno = 0;
    file.open(runtime::path_of(path), std::ios::binary);
    if (!file) return fail(errno == ENOENT ? Fault::not_found : Fault::io, "opening " + path + ": " + std::strerror(errno));
    if (file.peek() == std::ifstream::traits_type::eof()) file.clear();
  }
  return LineFile(std::move(file));
}

std::istream& LineFile::in() { return file_.is_open() ? static_cast<std::istream&>(file_) : std::cin; }

Result<bool> LineFile::read_line(std::string& line) {
  line.clear();
  auto* bytes = in().rdbuf();
  int c = bytes->sbumpc();
  if (c == std::char_traits<char>::eof()) return false;
  for (; c != std::char_traits<char>::eof() && c != '\n'; c = bytes->sbumpc()) {
    line.push_back(static_cast<char>(c));
    if (line.size() > line_bytes_max) return fail(Fault::too_large, "line " + std::to_string(next_line_) + " has more than 1 MiB");
  }
  if (next_line_ == 1 && line.starts_with(byte_order_mark)) line.erase(0, byte_order_mark.size());
  ++next_line_;
  line.push_back('\n');
  return true;
}

Result<Batch> LineFile::next(std::uint64_t lines_max, std::size_t bytes_max) {
  Batch batch;
  batch.first_line = next_line_;
  std::string line;
  while (batch.lines < lines_max && batch.text.size() < bytes_max) {
    if (broken_) return *broken_;
    const auto more = read_line(line);
    if (more.has_error()) {
      broken_ = more.error();
      if (batch.lines == 0) return *broken_;
      break;  // what stands before it comes first
    }
    if (!*more) break;
    batch.text += line;
    ++batch.lines;
  }
  return batch;
}

Result<void> LineFile::skip_to(std::uint64_t line) {
  std::string passed;
  while (next_line_ < line) {
    WARD_TRY(const auto more, read_line(passed));
    if (!more) return fail(Fault::invalid, "the file has only " + std::to_string(next_line_ - 1) + " lines");
  }
  return {};
}

Batch head_of(const Batch& batch, std::uint64_t lines) {
  Batch out;
  out.first_line = batch.first_line;
  std::size_t end = 0;
  for (; out.lines < lines && end < batch.text.size(); ++out.lines) end = batch.text.find('\n', end) + 1;
  out.text = batch.text.substr(0, end);
  return out;
}

}  // namespace ward::agent
