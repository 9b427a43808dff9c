#include "runtime/ask_secret.hpp"

#include <windows.h>

#include <cstdio>

namespace ward::runtime {
namespace {

constexpr std::size_t typed_bytes_usual = 4096;

}  // namespace

Result<std::string> ask_secret(std::string_view question) {
  const auto input = ::GetStdHandle(STD_INPUT_HANDLE);
  DWORD before = 0;
  if (::GetConsoleMode(input, &before) == 0)
    return fail(Fault::invalid, "nobody sits at a terminal who could type it; use the option that names a file");
  ::SetConsoleMode(input, before & ~static_cast<DWORD>(ENABLE_ECHO_INPUT));
  std::fprintf(stderr, "%.*s ", static_cast<int>(question.size()), question.data());
  std::string out;
  out.reserve(typed_bytes_usual);  // it grows without leaving copies
  for (int c = std::getchar(); c != EOF && c != '\n'; c = std::getchar())
    if (c != '\r') out.push_back(static_cast<char>(c));
  ::SetConsoleMode(input, before);
  std::fputc('\n', stderr);
  return out;
}

}  // namespace ward::runtime
