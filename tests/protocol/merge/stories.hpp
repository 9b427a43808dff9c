#pragma once

#include "tests/protocol/merge/scene.hpp"

#include <cstdint>
#include <random>
#include <vector>

/// Random histories: three writers who see some of each other's work, over all policies, with good and bad clocks and some stamps.
namespace ward::merge::test {

struct Mix {
  bool clocks = true;     ///< bad ones among them
  bool undos = true;      ///< and explicit lists of what is replaced
  bool strangers = true;  ///< forks, proposals, records that wait for a policy entry
  bool oddities = true;   ///< operations without a meaning
};

/// The same arguments give the same story; a story of fewer steps is a beginning of the longer one, stamps aside.
class Story {
 public:
  Story(std::uint64_t seed, std::size_t steps, Mix mix = {});

  [[nodiscard]] const Did& did() const noexcept { return did_; }
  [[nodiscard]] const std::vector<Fact>& facts() const noexcept { return facts_; }
  [[nodiscard]] DossierState state() const { return merge(did_, facts_); }
  [[nodiscard]] std::vector<HistoryEntry> history() const { return merge::history(did_, facts_); }

  /// One more change by a fourth writer who has seen `seen`; its clock is good and later than all good ones.
  Position say(std::vector<Position> seen, std::vector<Op> ops);

  [[nodiscard]] std::uint64_t draw(std::uint64_t below) { return random_() % below; }
  [[nodiscard]] std::vector<Fact> shuffled() {
    auto out = facts_;
    std::shuffle(out.begin(), out.end(), random_);
    return out;
  }

 private:
  using Known = std::uint64_t;  ///< a bit for each fact
  [[nodiscard]] std::vector<Position> heads(Known known) const;
  [[nodiscard]] std::vector<OpId> known_on(const Path& path, Known known);
  [[nodiscard]] Op random_op(Known known);
  [[nodiscard]] Op random_set(Known known);
  [[nodiscard]] Op random_in_collections();
  [[nodiscard]] Op random_oddity();
  [[nodiscard]] Hlc random_clock();
  void step();
  void disturb(Fact& fact);
  void stamp_some();

  std::mt19937_64 random_;
  Mix mix_;
  Did did_;
  std::vector<Fact> facts_;
  std::vector<Known> past_;  ///< of each fact, itself included
  Known known_[4] = {};
  std::vector<Fact> forks_;
};

inline const std::vector<std::string>& scalar_fields() {
  static const std::vector<std::string> names{"SoDienThoai", "Email", "ChuHoSo", "CanBoXuLy", "NgayTra", "FieldOfTomorrow"};
  return names;
}

}  // namespace ward::merge::test
