#include "cli/config.hpp"
#include "tests/fuzz/laws.hpp"

#include <algorithm>

namespace ward::fuzz {
namespace {

using cli::Setting;
constexpr Setting known[] = {{"data", Setting::Kind::directory, "", "/var/lib/wardsync"},
                             {"log", Setting::Kind::file, "", "/var/log/wardsync/ward.log"},
                             {"listen", Setting::Kind::address, "", "0.0.0.0:7400"},
                             {"http", Setting::Kind::loopback, "", "127.0.0.1:7411"},
                             {"codes_per_day", Setting::Kind::count, "", "500", 9999}};

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) out += c == '"' || c == '\\' ? std::string{'\\', c} : std::string(1, c);
  return out + '"';
}

}  // namespace

/// A file gives values or problems, never both; each value is one that may stand there, and written plainly it is read as the same.
bool settings(BytesView bytes) {
  const auto read = cli::parse_config(text_of(bytes), known);
  WARD_ASSERT(read.values.empty() || read.problems.empty());
  std::string plain;
  for (const auto& [key, value] : read.values) {
    const auto setting =
        std::find_if(std::begin(known), std::end(known), [&, name = std::string_view(key)](const auto& one) { return name == one.key; });
    WARD_ASSERT(setting != std::end(known) && cli::wrong_with(*setting, value).empty());
    plain += key + " = " + quoted(value) + "\n";
  }
  const auto again = cli::parse_config(plain, known);
  WARD_ASSERT(again.problems.empty() && again.values == read.values);
  for (const auto& problem : read.problems) {
    WARD_ASSERT(!problem.what.empty() && !problem.remedy.empty());
    WARD_ASSERT(problem.line <= static_cast<std::uint64_t>(std::count(bytes.begin(), bytes.end(), '\n')) + 1);
  }
  return !read.values.empty();
}

}  // namespace ward::fuzz
