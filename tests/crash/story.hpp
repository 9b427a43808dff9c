#pragma once

#include "tests/crash/recorder.hpp"
#include "tests/storage/city.hpp"

#include <optional>
#include <string>
#include <vector>

namespace ward::crash {

/// A day of a ward's PC and its centre, in which one of the two databases is recorded. Everything comes out of the seed.
class Story {
 public:
  enum class Of : std::uint8_t { ward, centre };
  Story(std::uint64_t seed, Of of, std::size_t acts);
  Story(const Story&) = delete;
  Story& operator=(const Story&) = delete;

  /// Before `play`: the recorded database is written to as little as SQLite offers.
  void weaken();
  /// Until the day is over, or a call of the recorded disk has failed; then the daemons are gone, as after any failure of a disk.
  void play();

  Recorder& recorder() noexcept { return recorder_; }
  /// What is wrong when the recorded machine starts with this disk, of which it had used `moment` events; empty: nothing. `thorough`: every
  /// seal and signature is checked, and work goes on.
  [[nodiscard]] std::string judge(const Image& image, std::size_t moment, bool thorough);
  /// The recorded machine, a ward's PC, starts with this disk and meets its centre again. What is wrong then: a dossier differs between the
  /// two. Empty, too, when the PC or its damage is noticed.
  [[nodiscard]] std::string judge_after_contact(const Image& image);
  [[nodiscard]] std::size_t answered() const;

 private:
  struct Save {
    std::vector<std::string> marks;       ///< notes, each of a change of its own; all of one call
    std::optional<std::size_t> answered;  ///< at which moment
  };
  struct Receipt {
    std::uint64_t records = 0;
    std::size_t moment = 0;
  };
  void act();
  void save();
  [[nodiscard]] storage::NewChange next_change(std::vector<std::string>& marks);
  void meet_centre();
  void restart();
  [[nodiscard]] std::string judge_ward(const Image& image, std::size_t moment, bool thorough);
  [[nodiscard]] std::string judge_centre(std::size_t moment, bool thorough);
  [[nodiscard]] std::string judge_marks(storage::Store& store, std::size_t moment);

  sim::Dice dice_;
  Recorder recorder_;
  test::City city_;
  test::Pc pc_;
  Of of_;
  std::size_t acts_;
  bool weak_ = false;
  std::vector<Save> saves_;
  std::vector<Receipt> receipts_;
  std::vector<Did> dossiers_;
};

}  // namespace ward::crash
