#include "tests/sim/world.hpp"

#include <charconv>
#include <csignal>
#include <cstdio>
#include <optional>
#include <sodium/core.h>

/// There when a sanitizer is.
extern "C" __attribute__((weak)) void __sanitizer_set_death_callback(void (*callback)());

namespace {

using ward::sim::Complaint;
using ward::sim::Outcome;
using ward::sim::World;

constexpr const char* usage =
    "usage: ward_sim [--seeds N] [--first S] [--edits E] [--twice] [--stop]   N cities (default 300), the first with seed S (default 1)\n"
    "       ward_sim --seed S [--edits E] [--twice]      one city, told line by line\n"
    "--edits: about so many in each city, at most 100000 (default 100); the trouble lasts as much longer\n"
    "--twice: run each seed twice and require the same trace; --stop: at the first seed that fails\n";
constexpr std::uint64_t edits_max = 100'000;

struct Wanted {
  std::uint64_t first = 1;
  std::uint64_t seeds = 300;
  std::uint64_t edits = ward::sim::usual_edits;
  bool aloud = false;
  bool twice = false;
  bool stop = false;
};

std::optional<Wanted> read_arguments(int argc, char** argv) {
  Wanted out;
  for (int i = 1; i < argc; ++i) {
    const std::string_view name = argv[i];
    if (name == "--twice" || name == "--stop") {
      (name == "--twice" ? out.twice : out.stop) = true;
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
    else if (name == "--edits" && number >= 1 && number <= edits_max)
      out.edits = number;
    else if (name == "--seed")
      out.first = number, out.seeds = 1, out.aloud = true;
    else
      return std::nullopt;
  }
  return out;
}

std::uint64_t running = 0, edits_each = ward::sim::usual_edits;

void tell_seed(std::uint64_t seed, const char* what) {
  const auto number = static_cast<unsigned long long>(seed);
  std::printf("seed %llu: %s\n  replay: ward_sim --seed %llu", number, what, number);
  if (edits_each != ward::sim::usual_edits) std::printf(" --edits %llu", static_cast<unsigned long long>(edits_each));
  std::printf("\n");
  std::fflush(stdout);
}

/// An assertion of the shipped code or a sanitizer ends the process; the seed must be told all the same.
void tell_seed_that_ended_us() { tell_seed(running, "the program ended itself"); }

bool run_seed(std::uint64_t seed, const Wanted& wanted) {
  running = seed;
  try {
    const auto outcome = World(seed, wanted.aloud, wanted.edits).run();
    if (wanted.twice && World(seed, false, wanted.edits).run().hash != outcome.hash) throw Complaint("the seed run twice gives two traces");
    if (wanted.aloud)
      std::printf(
          "seed %llu: %zu changes saved, %zu codes given, %llu times a dossier known by its summary, agreement %lld s after the last "
          "fault, trace %016llx\n",
          static_cast<unsigned long long>(seed), outcome.saved, outcome.codes, static_cast<unsigned long long>(outcome.at_centre),
          static_cast<long long>(outcome.healed_in_s), static_cast<unsigned long long>(outcome.hash));
    return true;
  } catch (const Complaint& complaint) {
    tell_seed(seed, complaint.what());
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
  edits_each = wanted->edits;
  if (sodium_init() < 0) return 2;  // chooses what is fastest here, with the same results; the entropy that it draws serves nobody
  std::signal(SIGABRT, [](int) { tell_seed_that_ended_us(); });
  if (__sanitizer_set_death_callback != nullptr) __sanitizer_set_death_callback(tell_seed_that_ended_us);
  std::uint64_t failed = 0;
  for (std::uint64_t i = 0; i < wanted->seeds && !(wanted->stop && failed > 0); ++i)
    failed += run_seed(wanted->first + i, *wanted) ? 0U : 1U;
  if (!wanted->aloud)
    std::printf("%llu seeds, %llu failed\n", static_cast<unsigned long long>(wanted->seeds), static_cast<unsigned long long>(failed));
  return failed == 0 ? 0 : 1;
}
