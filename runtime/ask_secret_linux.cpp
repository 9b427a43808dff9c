#include "runtime/ask_secret.hpp"

#include "runtime/command_line.hpp"

#include <termios.h>
#include <unistd.h>

#include <cstdio>

namespace ward::runtime {
namespace {

constexpr std::size_t typed_bytes_usual = 4096;

}  // namespace

Result<std::string> ask_secret(std::string_view question) {
  termios before{};
  if (!is_terminal(STDIN_FILENO) || ::tcgetattr(STDIN_FILENO, &before) != 0)
    return fail(Fault::invalid, "nobody sits at a terminal who could type it; use the option that names a file");
  auto silent = before;
  silent.c_lflag &= ~static_cast<tcflag_t>(ECHO);
  ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &silent);
  std::fprintf(stderr, "%.*s ", static_cast<int>(question.size()), question.data());
  std::string out;
  out.reserve(typed_bytes_usual);  // it grows without leaving copies
  for (int c = std::getchar(); c != EOF && c != '\n'; c = std::getchar()) out.push_back(static_cast<char>(c));
  ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
  std::fputc('\n', stderr);
  return out;
}

}  // namespace ward::runtime
