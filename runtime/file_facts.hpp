#pragma once

#include "protocol/base/error.hpp"
#include "protocol/base/time.hpp"

#include <filesystem>
#include <string>
#include <string_view>

/// What can be seen of a file from outside.
namespace ward::runtime {

struct FileFacts {
  bool is_directory = false;
  std::uint64_t bytes = 0;
  WallTime written;
  std::string mode;         ///< "0600"; Windows: "private" or "open"
  bool is_secret = false;   ///< no other account reads or writes it
  bool is_guarded = false;  ///< at most its group reads it, and nobody else writes it
};

/// For the standard library, which on Windows takes plain text for the country's code page; and back.
[[nodiscard]] inline std::filesystem::path path_of(std::string_view utf8) { return std::u8string(utf8.begin(), utf8.end()); }
[[nodiscard]] inline std::string utf8_of(const std::filesystem::path& path) {
  const auto text = path.u8string();
  return {text.begin(), text.end()};
}

/// What errno says of the file that `what` names: `not_found`, `storage_full`, `storage_read_only`, `io`.
[[nodiscard]] Error file_error(const std::string& what, int error);

/// `not_found`, `storage_read_only` where looking is not allowed.
[[nodiscard]] Result<FileFacts> file_facts(const std::string& path);
/// Whether this account may write the file, or make files in the directory.
[[nodiscard]] Result<void> check_writable(const std::string& path);

}  // namespace ward::runtime
