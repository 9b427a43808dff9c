#pragma once

#include "cli/common.hpp"

#include <boost/json/value.hpp>

#include <span>
#include <string>
#include <string_view>
#include <vector>

/// What a technician sends to whoever helps: one text, of named things only. Whatever is not on a list stays out: values, names of other
/// files, lines that the log did not write.
namespace ward::cli {

inline constexpr std::size_t bundle_bytes_max = 1'000'000;

class SupportBundle {
 public:
  explicit SupportBundle(const std::string& heading);
  void section(std::string_view title, std::string_view text);
  /// At most `bundle_bytes_max`; a longer one says that it was cut.
  [[nodiscard]] std::string text() const;

 private:
  std::string text_;
};

/// The named members and no others; "link.state" is a member's member.
[[nodiscard]] boost::json::object only(const boost::json::value& from, std::span<const std::string_view> members);

/// Sizes, modes and times of the files; those whose names are not known are counted, not named.
[[nodiscard]] std::string files_in(const std::string& directory, std::span<const std::string_view> known);
/// The migrations that a database has seen, from its header; empty when it has none.
[[nodiscard]] std::string database_version(const std::string& path);
/// The newest lines of a log's file and of those before it.
[[nodiscard]] std::string log_tail(const std::string& path);
/// The samples of metrics in Prometheus's text form that are ours or the process's.
[[nodiscard]] std::string metric_lines(std::string_view text);
/// The values in force, none of which may be secret.
[[nodiscard]] std::string settings_text(const std::vector<std::pair<std::string, std::string>>& values);

/// Writes it, for this account alone; an existing file stays. The exit code.
int write_bundle(const char* program, const Common& common, const SupportBundle& bundle, const std::string& out_file);

}  // namespace ward::cli
