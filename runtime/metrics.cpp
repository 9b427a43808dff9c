#include "runtime/metrics.hpp"

#include <array>
#include <cstdio>

namespace ward::runtime {
namespace {

std::string head_of(const char* name, const char* type, const char* help) {
  return std::string("# HELP ") + name + ' ' + help + "\n# TYPE " + name + ' ' + type + '\n';
}

}  // namespace

void Metrics::add(const char* name, const char* type, const char* help, const std::string& value) {
  text_ += head_of(name, type, help) + name + ' ' + value + '\n';
}

void Metrics::seconds(const char* name, const char* help, std::chrono::milliseconds value) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.3f", static_cast<double>(value.count()) / 1000);
  add(name, "gauge", help, text.data());
}

void Metrics::gauges(const char* name, const char* help, const char* label,
                     const std::vector<std::pair<std::string, std::int64_t>>& values) {
  text_ += head_of(name, "gauge", help);
  for (const auto& [word, value] : values) text_ += std::string(name) + '{' + label + "=\"" + word + "\"} " + std::to_string(value) + '\n';
}

Response Metrics::response() && { return {200, std::move(text_), "text/plain; version=0.0.4; charset=utf-8", {}}; }

}  // namespace ward::runtime
