#pragma once

#include "protocol/base/error.hpp"

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

/// Configuration files: TOML, with few keys, each a text. Everything that is wrong with a file is named at once, by its line.
namespace ward::cli {

inline constexpr std::size_t config_bytes_max = 64 * 1024;

struct Setting {
  enum class Kind {
    directory,  ///< an absolute path
    file,       ///< the same; empty: none
    address,    ///< IP:PORT
    loopback,   ///< IP:PORT of this machine alone; empty: none
    count,      ///< a whole number, 1 to `most`
  };
  const char* key;  ///< `WARDSYNC_KEY`, in capitals, is the environment's word for it
  Kind kind;
  const char* says;
  const char* example;
  std::uint64_t most = 0;
};

struct ConfigProblem {
  std::uint64_t line = 0;  ///< 0: of the file as a whole
  std::string key;         ///< may be empty
  std::string what, remedy;
};

struct Config {
  std::map<std::string, std::string, std::less<>> values;
  std::vector<ConfigProblem> problems;  ///< in the order of their lines; then nothing of the file is to be used
};

/// A byte order mark and CRLF are forgiven.
[[nodiscard]] Config parse_config(std::string_view text, std::span<const Setting> settings);

/// `required` false: a file that is absent is an empty one. A file that cannot be read is a problem too.
[[nodiscard]] Config read_config(const std::string& path, bool required, std::span<const Setting> settings);

/// What is wrong with a value; empty when nothing is.
[[nodiscard]] std::string wrong_with(const Setting& setting, std::string_view value);

/// "FILE, line 3: …", as one sentence.
[[nodiscard]] std::string sentence(const std::string& path, const ConfigProblem& problem);

/// Of the keys, the one that `word` most likely was meant to be; empty when none is near.
[[nodiscard]] std::string nearest_key(std::string_view word, std::span<const Setting> settings);

}  // namespace ward::cli
