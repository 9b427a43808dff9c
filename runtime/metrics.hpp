#pragma once

#include "runtime/http.hpp"

/// Prometheus's text form. Names carry base units; no personal data, no label per dossier or person.
namespace ward::runtime {

class Metrics {
 public:
  void gauge(const char* name, const char* help, std::int64_t value) { add(name, "gauge", help, std::to_string(value)); }
  void counter(const char* name, const char* help, std::int64_t value) { add(name, "counter", help, std::to_string(value)); }
  /// A span, in seconds.
  void seconds(const char* name, const char* help, std::chrono::milliseconds value);
  /// One metric with a value for each of a fixed set of words.
  void gauges(const char* name, const char* help, const char* label, const std::vector<std::pair<std::string, std::int64_t>>& values);
  [[nodiscard]] Response response() &&;

 private:
  void add(const char* name, const char* type, const char* help, const std::string& value);
  std::string text_;
};

}  // namespace ward::runtime
