#include "runtime/log.hpp"

#include "runtime/file_facts.hpp"

#define FMT_HEADER_ONLY
#include <spdlog/logger.h>
#include <spdlog/pattern_formatter.h>
#include <spdlog/sinks/rotating_file_sink.h>
#include <spdlog/sinks/stdout_sinks.h>

#include <algorithm>
#include <memory>

namespace ward::runtime {
namespace {

constexpr std::size_t older_files = 4;

const char* name_of(Happened what) noexcept {
  switch (what) {
    case Happened::started: return "started";
    case Happened::stopping: return "stopping";
    case Happened::listening: return "listening";
    case Happened::link_opened: return "link_opened";
    case Happened::link_ended: return "link_ended";
    case Happened::link_refused: return "link_refused";
    case Happened::network_changed: return "network_changed";
    case Happened::enrolled: return "enrolled";
    case Happened::saved: return "saved";
    case Happened::receipted: return "receipted";
    case Happened::request_failed: return "request_failed";
    case Happened::storage_failed: return "storage_failed";
    case Happened::device_approved: return "device_approved";
    case Happened::device_revoked: return "device_revoked";
    case Happened::merged: return "merged";
    case Happened::erasure_ordered: return "erasure_ordered";
    case Happened::person_exported: return "person_exported";
    case Happened::logged_in: return "logged_in";
    case Happened::logged_out: return "logged_out";
    case Happened::log_in_refused: return "log_in_refused";
    case Happened::log_in_locked_out: return "log_in_locked_out";
    case Happened::pin_chosen: return "pin_chosen";
  }
  return "unknown";
}

/// Lines end alike on every system.
std::unique_ptr<spdlog::formatter> line_form() {
  return std::make_unique<spdlog::pattern_formatter>("%Y-%m-%dT%H:%M:%S.%e%z %l %v", spdlog::pattern_time_type::local, "\n");
}

spdlog::logger& logger() {
  static spdlog::logger instance = [] {
    spdlog::logger made("wardsync", std::make_shared<spdlog::sinks::stderr_sink_st>());
    made.set_formatter(line_form());
    made.flush_on(spdlog::level::info);
    return made;
  }();
  return instance;
}

std::string on_one_line(std::string value) {
  std::replace_if(value.begin(), value.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20U || c == '\x7f' || c == '"'; }, '?');
  return value;
}

void write(spdlog::level::level_enum level, Happened what, std::initializer_list<Field> fields) {
  std::string line = name_of(what);
  for (const auto& field : fields) line += std::string(" ") + field.name() + "=\"" + on_one_line(field.value()) + '"';
  logger().log(level, spdlog::string_view_t(line.data(), line.size()));
}

/// ` name="value"` of a name that Field knows; taken off the front of `rest`.
bool take_field(std::string_view& rest) {
  for (const std::string_view name : {"count", "port", "ms", "status", "device", "unit", "fault", "error"}) {
    const auto opening = " " + std::string(name) + "=\"";
    if (!rest.starts_with(opening)) continue;
    const auto end = rest.find('"', opening.size());
    if (end == std::string_view::npos) return false;
    rest.remove_prefix(end + 1);
    return true;
  }
  return false;
}

/// As the pattern writes it: 2026-11-24T10:00:00.000+07:00.
bool take_time(std::string_view& rest) {
  constexpr std::string_view form = "0000-00-00T00:00:00.000+00:00 ";
  if (rest.size() < form.size()) return false;
  for (std::size_t i = 0; i < form.size(); ++i) {
    const bool fits = form[i] == '0'   ? rest[i] >= '0' && rest[i] <= '9'
                      : form[i] == '+' ? rest[i] == '+' || rest[i] == '-'
                                       : rest[i] == form[i];
    if (!fits) return false;
  }
  rest.remove_prefix(form.size());
  return true;
}

bool take_word(std::string_view& rest, std::string_view word) {
  if (!rest.starts_with(word) || (rest.size() > word.size() && rest[word.size()] != ' ')) return false;
  rest.remove_prefix(word.size());
  return true;
}

}  // namespace

bool is_log_line(std::string_view line) {
  if (!take_time(line) || !(take_word(line, "info") || take_word(line, "warning")) || !line.starts_with(' ')) return false;
  line.remove_prefix(1);
  for (int what = 0; what <= static_cast<int>(happened_last); ++what) {
    if (!take_word(line, name_of(static_cast<Happened>(what)))) continue;
    while (!line.empty())
      if (!take_field(line)) return false;
    return true;
  }
  return false;
}

Result<void> log_into(const std::string& path, std::size_t bytes_max) {
  try {
    auto file = std::make_shared<spdlog::sinks::rotating_file_sink_st>(path_of(path).native(), bytes_max, older_files);
    file->set_formatter(line_form());
    logger().sinks() = {std::move(file)};
    return {};
  } catch (const spdlog::spdlog_ex& failed) {
    return fail(Fault::io, std::string("opening the log: ") + failed.what());
  }
}

void log_info(Happened what, std::initializer_list<Field> fields) { write(spdlog::level::info, what, fields); }
void log_warning(Happened what, std::initializer_list<Field> fields) { write(spdlog::level::warn, what, fields); }

}  // namespace ward::runtime
