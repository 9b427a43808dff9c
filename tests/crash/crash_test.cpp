#include "tests/crash/story.hpp"

#include "tests/crash/points.hpp"

#include <catch2/catch.hpp>
#include <sqlite3.h>

#include <cstdio>
#include <unordered_set>

namespace ward::crash {
namespace {

constexpr std::size_t torn_variants = 24;  ///< of each moment at which something had not been synced
constexpr std::size_t thorough_every = 40;

std::uint64_t digest_of(const Image& image) {
  std::string all;
  for (const auto& [path, content] : image) all += path + std::string(text_of(content));
  return std::hash<std::string>()(all);
}

/// What became of one story's crash points.
struct Outcome {
  std::size_t points = 0;
  std::size_t disks = 0;  ///< distinct ones, each of them judged
  std::string wrong;      ///< the first that was, with its moment
};

Outcome crash_everywhere(Story& story, std::uint64_t seed, std::size_t points_max) {
  Outcome out;
  sim::Dice dice(seed);
  std::unordered_set<std::uint64_t> judged;
  for (std::size_t moment = 0; moment <= story.recorder().moments() && out.points < points_max; ++moment) {
    for (std::size_t variant = 0; variant < 2 + torn_variants && out.points < points_max; ++variant) {
      const auto left = variant == 0 ? Left::all : variant == 1 ? Left::none : Left::some;
      const auto image = story.recorder().at(moment, left, dice);
      ++out.points;
      if (!judged.insert(digest_of(image) ^ moment).second) continue;
      const auto wrong = story.judge(image, moment, ++out.disks % thorough_every == 0);
      if (wrong.empty()) continue;
      out.wrong = wrong + " (seed " + std::to_string(seed) + ", moment " + std::to_string(moment) + ")";
      return out;
    }
  }
  return out;
}

void crash_days_of(Story::Of of, const char* name, std::size_t points) {
  Outcome all;
  for (std::uint64_t seed = 1; all.points < points; ++seed) {
    Story story(seed, of, 14);
    story.play();
    const auto one = crash_everywhere(story, seed, points - all.points);
    INFO(one.wrong);
    REQUIRE(one.wrong.empty());
    all.points += one.points;
    all.disks += one.disks;
    REQUIRE((one.disks > 50 || all.points == points));  // the last story may have been cut short
  }
  std::printf("%s: %zu crash points, %zu distinct disks, all sound\n", name, all.points, all.disks);
}

}  // namespace

TEST_CASE("crash: at every moment of a ward's day, what was answered is there, and every other save is whole or absent") {
  crash_days_of(Story::Of::ward, "ward", points_wanted() / 2);
}

TEST_CASE("crash: at every moment of the centre's day, what is under a receipt is there") {
  crash_days_of(Story::Of::centre, "centre", points_wanted() / 2);
}

TEST_CASE("crash: with synchronous=NORMAL an answered save is lost, and this is noticed here") {
  for (const auto of : {Story::Of::ward, Story::Of::centre}) {
    std::string wrong;
    for (std::uint64_t seed = 1; seed <= 20 && wrong.empty(); ++seed) {
      Story story(seed, of, 14);
      story.weaken();
      story.play();
      wrong = crash_everywhere(story, seed, 100'000).wrong;
    }
    INFO(wrong);
    CHECK(wrong.find("lost") != std::string::npos);
  }
}

TEST_CASE("crash: what a disk that lies about its syncs loses is damage that verify finds, or comes back from the centre") {
  std::size_t lost = 0, judged = 0;
  for (std::uint64_t seed = 1; seed <= 6; ++seed) {
    Story story(seed, Story::Of::ward, 14);
    story.recorder().syncs_lie = true;
    story.play();
    sim::Dice dice(seed);
    for (std::size_t moment = 0; moment <= story.recorder().moments(); moment += 1 + dice.below(40)) {
      const auto image = story.recorder().at(moment, dice.one_in(2) ? Left::none : Left::some, dice);
      lost += story.judge(image, moment, false).empty() ? 0U : 1U;
      const auto wrong = story.judge_after_contact(image);
      INFO(wrong << " (seed " << seed << ", moment " << moment << ")");
      REQUIRE(wrong.empty());
      ++judged;
    }
  }
  CHECK(lost > judged / 10);  // or the disk did not lie
}

TEST_CASE("crash: whichever call to the disk fails, nothing that was answered is lost") {
  for (const auto of : {Story::Of::ward, Story::Of::centre}) {
    for (const int code : {0, SQLITE_FULL}) {
      std::size_t failures = 0;
      for (std::size_t nth = 0;; ++nth) {
        Story story(3, of, 10);
        story.recorder().fail_call(nth, code);
        story.play();
        if (!story.recorder().has_failed()) break;
        ++failures;
        sim::Dice dice(nth + 1);
        const auto moment = story.recorder().moments();
        for (const auto left : {Left::all, Left::none, Left::some}) {
          const auto wrong = story.judge(story.recorder().at(moment, left, dice), moment, left == Left::none);
          INFO(wrong << " (call " << nth << ", code " << code << ")");
          REQUIRE(wrong.empty());
        }
      }
      CHECK(failures > 100);
      std::printf("%s: %zu calls that fail (%s), all sound\n", of == Story::Of::ward ? "ward" : "centre", failures,
                  code == 0 ? "input/output error" : "disk full");
    }
  }
}

}  // namespace ward::crash
