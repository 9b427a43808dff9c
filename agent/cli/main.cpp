#include "agent/cli/words.hpp"
#include "runtime/process.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>

int main(int argc, char** argv) try {
  ward::runtime::begin_process(argc, argv);
  CLI::App app;
  ward::agent::Words words;
  ward::agent::describe(app, words);
  return ward::cli::run(app, words, argc, argv);
} catch (const std::exception& broken) {
  std::fprintf(stderr, "%s: %s\n", ward::agent::program, broken.what());
  return static_cast<int>(ward::runtime::ExitCode::failed);
}
