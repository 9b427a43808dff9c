#include "cli/support_bundle.hpp"

#include "cli/audit.hpp"
#include "runtime/command_line.hpp"
#include "runtime/data_dir.hpp"
#include "runtime/file_facts.hpp"
#include "runtime/log.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>
#include <filesystem>
#include <fstream>

namespace ward::cli {
namespace {

namespace json = boost::json;
using runtime::utf8_of;

constexpr std::size_t log_bytes_max = 400'000;
constexpr int log_files = 5;
constexpr std::string_view cut_mark = "\n[cut: more would be too much]\n";

std::string time_of_file(WallTime written) {
  const std::chrono::sys_time<std::chrono::milliseconds> at{std::chrono::milliseconds(written.ms)};
  const auto day = std::chrono::floor<std::chrono::days>(at);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss time(std::chrono::floor<std::chrono::seconds>(at - day));
  std::array<char, 64> out{};
  std::snprintf(out.data(), out.size(), "%04d-%02u-%02uT%02d:%02d:%02dZ", static_cast<int>(date.year()),
                static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()), static_cast<int>(time.hours().count()),
                static_cast<int>(time.minutes().count()), static_cast<int>(time.seconds().count()));
  return out.data();
}

/// `ward.log`, `ward.1.log`, …, the newest first.
std::string older(const std::string& path, int age) {
  if (age == 0) return path;
  auto whole = runtime::path_of(path);
  whole.replace_extension("." + std::to_string(age) + utf8_of(whole.extension()));
  return utf8_of(whole);
}

/// The last `bytes_max` bytes of a file, from a line's beginning on.
std::string end_of(const std::string& path, std::size_t bytes_max) {
  std::ifstream file(runtime::path_of(path), std::ios::binary | std::ios::ate);
  if (!file) return {};
  const auto size = static_cast<std::size_t>(std::max<std::streamoff>(file.tellg(), 0));
  const auto wanted = std::min(size, bytes_max);
  std::string out(wanted, '\0');
  file.seekg(static_cast<std::streamoff>(size - wanted));
  file.read(out.data(), static_cast<std::streamsize>(wanted));
  out.resize(static_cast<std::size_t>(std::max<std::streamsize>(file.gcount(), 0)));
  if (wanted < size) out.erase(0, std::min(out.find('\n'), out.size() - 1) + 1);
  return out;
}

template <class Keep>
std::string lines_that(std::string_view text, Keep keep) {
  std::string out;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    if (const auto line = text.substr(0, end); keep(line)) out.append(line) += '\n';
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return out;
}

}  // namespace

SupportBundle::SupportBundle(const std::string& heading) : text_(heading + "\n") {}

void SupportBundle::section(std::string_view title, std::string_view text) {
  text_ += "\n== " + std::string(title) + "\n" + std::string(text);
  if (!text_.ends_with('\n')) text_ += '\n';
}

std::string SupportBundle::text() const {
  if (text_.size() <= bundle_bytes_max) return text_;
  auto end = bundle_bytes_max - cut_mark.size();
  while ((static_cast<unsigned char>(text_[end]) & 0xc0U) == 0x80U) --end;
  return text_.substr(0, end) + std::string(cut_mark);
}

json::object only(const json::value& from, std::span<const std::string_view> members) {
  json::object out;
  if (!from.is_object()) return out;
  for (const auto member : members) {
    const auto dot = member.find('.');
    const auto* found = from.get_object().if_contains(member.substr(0, dot));
    if (found == nullptr) continue;
    if (dot == std::string_view::npos) {
      if (!found->is_structured()) out[member] = *found;
      continue;
    }
    const auto* inner = found->is_object() ? found->get_object().if_contains(member.substr(dot + 1)) : nullptr;
    if (inner != nullptr && !inner->is_structured()) out[member] = *inner;
  }
  return out;
}

std::string files_in(const std::string& directory, std::span<const std::string_view> known) {
  std::vector<std::vector<std::string>> rows;
  std::uint64_t others = 0;
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(runtime::path_of(directory), error)) {
    const auto name = utf8_of(entry.path().filename());
    const auto found = runtime::file_facts(utf8_of(entry.path()));
    if (found.has_error() || std::find(known.begin(), known.end(), name) == known.end()) {
      ++others;
      continue;
    }
    rows.push_back({name, std::to_string(found->bytes), found->mode, time_of_file(found->written)});
  }
  std::sort(rows.begin(), rows.end());
  return runtime::align(rows) + std::to_string(others) + " other files\n" + (error ? error.message() + "\n" : "");
}

std::string database_version(const std::string& path) {
  constexpr std::size_t at = 60;  // SQLite's file format: user_version, big-endian
  std::array<char, at + 4> header{};
  std::ifstream file(runtime::path_of(path), std::ios::binary);
  if (!file.read(header.data(), header.size())) return {};
  std::uint32_t version = 0;
  for (std::size_t i = at; i < header.size(); ++i) version = version << 8U | static_cast<unsigned char>(header[i]);
  return std::to_string(version);
}

std::string log_tail(const std::string& path) {
  if (path.empty()) return "the log goes to stderr; with systemd: journalctl -u wardsync\n";
  std::string out;
  for (int age = 0; age < log_files && out.size() < log_bytes_max; ++age)
    out.insert(0, lines_that(end_of(older(path, age), log_bytes_max - out.size()), runtime::is_log_line));
  return out;
}

std::string metric_lines(std::string_view text) {
  return lines_that(text, [](std::string_view line) { return line.starts_with("wardsync_") || line.starts_with("process_"); });
}

std::string settings_text(const std::vector<std::pair<std::string, std::string>>& values) {
  std::vector<std::vector<std::string>> rows;
  rows.reserve(values.size());
  for (const auto& [key, value] : values) rows.push_back({key, value.empty() ? "-" : value});
  return runtime::align(rows);
}

int write_bundle(const char* program, const Common& common, const SupportBundle& bundle, const std::string& out_file) {
  const auto text = bundle.text();
  if (const auto refused = tell_audit({program, common.data}, "support_bundle")) return runtime::report(program, *refused);
  if (const auto wrote = runtime::write_private_file(out_file, view(text), false); wrote.has_error())
    return runtime::report(program, runtime::trouble_of(wrote.error()));
  if (common.json)
    runtime::print_json(json::object{{"file", out_file}, {"bytes", text.size()}});
  else if (!common.quiet)
    runtime::say(
        out_file + " has " + std::to_string(text.size()) +
        " bytes: versions, settings, status, doctor, metrics, log. No dossier, no name, no key is in it. Read it before you send it.");
  return static_cast<int>(runtime::ExitCode::done);
}

}  // namespace ward::cli
