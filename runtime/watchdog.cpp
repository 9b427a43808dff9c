#include "runtime/watchdog.hpp"

#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <string_view>

namespace ward::runtime {
namespace {

constexpr std::chrono::seconds longest{10};

std::optional<std::int64_t> number_in(const char* variable) {
  const char* text = std::getenv(variable);
  if (text == nullptr) return std::nullopt;
  const std::string_view digits(text);
  std::int64_t out = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), out);
  if (error != std::errc() || end != digits.data() + digits.size() || out <= 0) return std::nullopt;
  return out;
}

}  // namespace

std::optional<std::chrono::milliseconds> watchdog_pause() {
  const auto allowed = number_in("WATCHDOG_USEC");
  if (!allowed) return std::nullopt;
  if (const auto whose = number_in("WATCHDOG_PID"); whose && *whose != ::getpid()) return std::nullopt;
  const auto half = std::chrono::duration_cast<std::chrono::milliseconds>(std::chrono::microseconds(*allowed / 2));
  return std::clamp(half, std::chrono::milliseconds(1), std::chrono::milliseconds(longest));
}

}  // namespace ward::runtime
