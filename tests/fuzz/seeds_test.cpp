#include "tests/fuzz/seeds.hpp"
#include "tests/fuzz/targets.hpp"

#include <catch2/catch.hpp>

#include <string>

/// The fuzz targets under the everyday compiler: their laws hold for the seeds, and near them.
namespace ward::fuzz {

TEST_CASE("fuzz: every seed is taken by its target") {
  for (const auto& target : targets) {
    const auto seeds = seeds_for(target.name);
    CHECK(seeds.size() >= 2);
    for (std::size_t i = 0; i < seeds.size(); ++i) {
      INFO(target.name << ", seed " << i);
      CHECK(target.run(seeds[i]));
    }
  }
}

TEST_CASE("fuzz: a seed that is cut short, or with one bit flipped, breaks no law") {
  constexpr std::size_t samples = 60;
  for (const auto& target : targets) {
    std::size_t tried = 0, refused = 0;
    for (const auto& seed : seeds_for(target.name)) {
      for (std::size_t i = 1; i <= samples; ++i) {
        const auto at = i * seed.size() / (samples + 1);
        refused += target.run(BytesView(seed).first(at)) ? 0U : 1U;
        auto flipped = seed;
        flipped[at] = static_cast<std::uint8_t>(flipped[at] ^ (1U << (i % 8)));
        refused += target.run(flipped) ? 0U : 1U;
        tried += 2;
      }
    }
    INFO(target.name);
    CHECK(refused * 4 > tried);
  }
}

}  // namespace ward::fuzz
