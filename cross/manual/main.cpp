#include "agent/cli/words.hpp"
#include "centre/cli/words.hpp"
#include "cross/manual/command_tree.hpp"

#include <CLI/CLI.hpp>

#include <cstdio>
#include <filesystem>
#include <fstream>

/// wardsync-manual FOLDER DATE: the manual pages and the completions of both programs, laid out as under /usr/share.
namespace {

namespace manual = ward::manual;

void write(const std::filesystem::path& path, const std::string& text) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream file(path, std::ios::binary);
  file << text;
  if (!file.flush()) throw std::runtime_error("cannot write " + path.string());
}

template <class Words>
void write_all(const std::filesystem::path& folder, const std::string& date, const ward::cli::About& about,
               void (*describe)(CLI::App&, Words&)) {
  CLI::App app;
  Words words;
  describe(app, words);
  const auto root = manual::read_tree(app, about.name);
  const manual::Program program{WARDSYNC_VERSION, date, about.config_file};
  for (const auto* command : manual::all_of(root))
    write(folder / "man/man1" / (command->joined('-') + ".1"), manual::man_page(*command, root, program));
  write(folder / "bash-completion/completions" / about.name, manual::bash_completion(root));
  write(folder / "zsh/vendor-completions" / (std::string("_") + about.name), manual::zsh_completion(root));
  write(folder / "fish/vendor_completions.d" / (std::string(about.name) + ".fish"), manual::fish_completion(root));
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc != 3) {
    std::fputs("usage: wardsync-manual FOLDER DATE\n", stderr);
    return 2;
  }
  write_all<ward::agent::Words>(argv[1], argv[2], ward::agent::about, ward::agent::describe);
  write_all<ward::centre::Words>(argv[1], argv[2], ward::centre::about, ward::centre::describe);
  return 0;
} catch (const std::exception& broken) {
  std::fprintf(stderr, "wardsync-manual: %s\n", broken.what());
  return 1;
}
