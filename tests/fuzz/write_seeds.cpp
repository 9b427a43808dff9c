#include "tests/fuzz/seeds.hpp"

#include <filesystem>
#include <fstream>
#include <iostream>

/// Usage: fuzz_seeds TARGET FOLDER. Run it from the repository's top folder.
int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: fuzz_seeds TARGET FOLDER\n";
    return 2;
  }
  const std::filesystem::path folder(argv[2]);
  std::filesystem::create_directories(folder);
  std::size_t number = 0;
  for (const auto& seed : ward::fuzz::seeds_for(argv[1])) {
    std::ofstream file(folder / ("seed" + std::to_string(number++)), std::ios::binary);
    file.write(reinterpret_cast<const char*>(seed.data()), static_cast<std::streamsize>(seed.size()));
    if (!file.flush()) {
      std::cerr << "fuzz_seeds: cannot write to " << folder << "\n";
      return 1;
    }
  }
}
