#pragma once

#include "protocol/base/error.hpp"
#include "protocol/base/ids.hpp"

#include <initializer_list>
#include <string>
#include <string_view>

/// The programs' log: what happened, in words of a closed set. No function here takes free text, so that nothing personal can be logged by
/// mistake.
namespace ward::runtime {

enum class Happened {
  started,
  stopping,
  listening,
  link_opened,
  link_ended,
  link_refused,
  network_changed,
  enrolled,
  saved,
  receipted,
  request_failed,
  storage_failed,
  device_approved,
  device_revoked,
  merged,
  erasure_ordered,
  person_exported,
  logged_in,
  logged_out,
  log_in_refused,
  log_in_locked_out,
  pin_chosen,
};
inline constexpr Happened happened_last = Happened::pin_chosen;

/// A named value that cannot be a person's: numbers, ids of machines, unit codes, faults.
class Field {
 public:
  static Field count(std::uint64_t value) { return {"count", std::to_string(value)}; }
  static Field port(std::uint16_t value) { return {"port", std::to_string(value)}; }
  static Field milliseconds(std::int64_t value) { return {"ms", std::to_string(value)}; }
  static Field status(unsigned value) { return {"status", std::to_string(value)}; }
  static Field device(const DeviceId& value) { return {"device", hex(value.view())}; }
  static Field unit(const UnitCode& value) { return {"unit", value}; }
  static Field fault(Fault value) { return {"fault", name_of(value)}; }
  /// The fault and its detail, which never holds personal data (error.hpp).
  static Field error(const Error& value) { return {"error", std::string(name_of(value.fault)) + ": " + value.detail}; }

  [[nodiscard]] const char* name() const noexcept { return name_; }
  [[nodiscard]] const std::string& value() const noexcept { return value_; }

 private:
  Field(const char* name, std::string value) : name_(name), value_(std::move(value)) {}
  const char* name_;
  std::string value_;
};

inline constexpr std::size_t log_file_bytes_max = 5 * 1024 * 1024;

/// From now on into `path` instead of stderr: five files (`ward.log`, `ward.1.log`, …) of at most `bytes_max`, the oldest overwritten. `io`
/// when the file cannot be opened.
[[nodiscard]] Result<void> log_into(const std::string& path, std::size_t bytes_max = log_file_bytes_max);

/// Whether this program could have written the line: its time, level and words are of the closed set.
[[nodiscard]] bool is_log_line(std::string_view line);

void log_info(Happened what, std::initializer_list<Field> fields = {});
void log_warning(Happened what, std::initializer_list<Field> fields = {});

}  // namespace ward::runtime
