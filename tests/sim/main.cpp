#include "tests/sim/world.hpp"

#include <charconv>
#include <cstdio>
#include <cstring>
#include <optional>
#include <unistd.h>

namespace {

using ward::sim::Complaint;
using ward::sim::Outcome;
using ward::sim::World;

constexpr const char* usage =
    "usage: ward_sim [--seeds N] [--first S] [--twice]   N cities (default 300), the first with seed S (default 1)\n"
    "       ward_sim --seed S [--twice]                  one city, told line by line\n"
    "--twice: run each seed twice and require the same trace\n";

struct Wanted {
  std::uint64_t first = 1;
  std::uint64_t seeds = 300;
  bool aloud = false;
  bool twice = false;
};

std::optional<Wanted> read_arguments(int argc, char** argv) {
  Wanted out;
  for (int i = 1; i < argc; ++i) {
    const std::string_view name = argv[i];
    if (name == "--twice") {
      out.twice = true;
      continue;
    }
    if (i + 1 == argc) return std::nullopt;
    const std::string_view text = argv[++i];
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
    if (name == "--seeds")
      out.seeds = number;
    else if (name == "--first")
      out.first = number;
    else if (name == "--seed")
      out.first = number, out.seeds = 1, out.aloud = true;
    else
      return std::nullopt;
  }
  return out;
}

/// Memory rather than disk where there is one: the simulation is about order, not about fsync.
class Folder {
 public:
  Folder() {
    const auto base = std::filesystem::exists("/dev/shm") ? std::filesystem::path("/dev/shm") : std::filesystem::temp_directory_path();
    auto pattern = (base / "ward_sim.XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder can be made in " + base.string());
    path_ = pattern;
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  ~Folder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  std::filesystem::path path_;
};

Outcome run_city(std::uint64_t seed, bool aloud) {
  const Folder folder;
  return World(seed, folder.path(), aloud).run();
}

bool run_seed(std::uint64_t seed, const Wanted& wanted) {
  try {
    const auto outcome = run_city(seed, wanted.aloud);
    if (wanted.twice && run_city(seed, false).hash != outcome.hash) throw Complaint("the seed run twice gives two traces");
    if (wanted.aloud)
      std::printf("seed %llu: %zu changes saved, agreement %lld s after the last fault, trace %016llx\n",
                  static_cast<unsigned long long>(seed), outcome.saved, static_cast<long long>(outcome.healed_in_s),
                  static_cast<unsigned long long>(outcome.hash));
    return true;
  } catch (const Complaint& complaint) {
    std::printf("seed %llu: %s\n  replay: ward_sim --seed %llu\n", static_cast<unsigned long long>(seed), complaint.what(),
                static_cast<unsigned long long>(seed));
    std::fflush(stdout);
    return false;
  }
}

}  // namespace

int main(int argc, char** argv) {
  const auto wanted = read_arguments(argc, argv);
  if (!wanted) {
    std::fputs(usage, stderr);
    return 2;
  }
  std::uint64_t failed = 0;
  for (std::uint64_t i = 0; i < wanted->seeds; ++i) failed += run_seed(wanted->first + i, *wanted) ? 0U : 1U;
  if (!wanted->aloud)
    std::printf("%llu seeds, %llu failed\n", static_cast<unsigned long long>(wanted->seeds), static_cast<unsigned long long>(failed));
  return failed == 0 ? 0 : 1;
}
