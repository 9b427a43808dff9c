#include "agent/cli/words.hpp"

#include <sys/stat.h>

#include <csignal>
#include <cstdio>

int main(int argc, char** argv) try {
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);  // a file that may not grow is an error like a full disk
  ::umask(077);                   // whatever lies in the data directory is this account's alone
  CLI::App app;
  ward::agent::Words words;
  ward::agent::describe(app, words);
  return ward::cli::run(app, words, argc, argv);
} catch (const std::exception& broken) {
  std::fprintf(stderr, "%s: %s\n", ward::agent::program, broken.what());
  return static_cast<int>(ward::runtime::ExitCode::failed);
}
