#pragma once

#include <array>
#include <cstdio>
#include <string>

/// How every benchmark prints its figures: what, the figure, the goal.
namespace ward::bench {

inline void say(const std::string& what, const std::string& figure, const char* goal) {
  std::printf("%-46s %-62s %s\n", what.c_str(), figure.c_str(), goal);
  std::fflush(stdout);
}

/// As printf.
template <class... Values>
std::string text(const char* format, Values... values) {
  std::array<char, 240> out{};
  std::snprintf(out.data(), out.size(), format, values...);
  return out.data();
}

}  // namespace ward::bench
