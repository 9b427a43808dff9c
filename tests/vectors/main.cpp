#include "tests/vectors/merge_vectors.hpp"
#include "tests/vectors/merkle_vectors.hpp"
#include "tests/vectors/noise_vectors.hpp"
#include "tests/vectors/signature_vectors.hpp"

#include <array>
#include <exception>
#include <iostream>
#include <string_view>

namespace {

using namespace ward::vectors;

struct Kind {
  std::string_view name;
  Tally (*run_file)(const std::string& path, std::ostream& out);
};

constexpr std::array kinds{
    Kind{"noise", run_noise_file},
    Kind{"ed25519", run_signature_file},
    Kind{"merkle", run_merkle_file},
    Kind{"merge", run_merge_file},
};

constexpr std::string_view usage =
    "usage: ward-vectors noise|ed25519|merkle|merge FILE…\n"
    "Runs files of test vectors through the shipped code. Exit: 0 none failed, 1 some failed or a file is unusable, 2 wrong usage.\n";

int run(const Kind& kind, int files, char** paths) {
  Tally tally;
  bool unusable = false;
  for (int i = 0; i < files; ++i) {
    try {
      tally += kind.run_file(paths[i], std::cout);
    } catch (const std::exception& error) {
      std::cerr << "ward-vectors: " << error.what() << '\n';
      unusable = true;
    }
  }
  std::cout << tally.passed << " passed, " << tally.failed << " failed, " << tally.not_applicable << " not applicable\n";
  return tally.failed == 0 && !unusable ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
  for (const auto& kind : kinds)
    if (argc >= 3 && kind.name == argv[1]) return run(kind, argc - 2, argv + 2);
  const bool asked = argc == 2 && std::string_view(argv[1]) == "--help";
  (asked ? std::cout : std::cerr) << usage;
  return asked ? 0 : 2;
}
