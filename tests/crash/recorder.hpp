#pragma once

#include "tests/sim/surroundings.hpp"
#include "tests/support/memory_files.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace ward::crash {

/// The files of one disk, by path.
using Image = std::map<std::string, Bytes>;

/// What a power cut leaves of the writes that no sync followed.
enum class Left : std::uint8_t {
  all,  ///< as if only the process had been killed
  none,
  some,  ///< of each write all, some sectors, or nothing, in any order
};

/// Writes down all that happens to one database's files from `begin` on, so that the disk can be had as it was at every moment between.
/// Every other file is left alone.
class Recorder final : public test::DiskKeeper {
 public:
  explicit Recorder(std::uint64_t seed) : dice_(seed), files(*this) {}

  /// From now on `path` and what lies beside it are recorded; what is there counts as synced.
  void begin(const std::string& path);
  [[nodiscard]] std::size_t moments() const noexcept { return happened_.size(); }  ///< so far
  /// Ends the recording.
  void end() { path_.clear(); }

  /// Of what was recorded: what lies on the disk after the first `moment` events. Moments must not go back.
  [[nodiscard]] Image at(std::size_t moment, Left left, sim::Dice& dice);
  void put(const Image& image);  ///< in place of what lies at the recorded path; nobody may have it open

  /// The nth call from now on fails with `code`, or with what fits the call when `code` is 0; and only that one.
  void fail_call(std::size_t nth, int code);
  [[nodiscard]] bool has_failed() const noexcept { return failed_; }
  /// The syncs of the recorded files are believed by SQLite and do nothing.
  bool syncs_lie = false;

  int before(test::DiskCall call, const std::string& path, const test::DiskChange* change, std::size_t size) override;
  void changed(const std::string& path, test::DiskChange undo) override;
  void synced(const std::string& path) override;
  void removed(const std::string& path) override;
  void fill(std::span<std::uint8_t> random) override { dice_.fill(random); }
  std::int64_t unix_ms() override { return 1'770'000'000'000; }

 private:
  struct Happening {
    test::DiskCall call = test::DiskCall::write;
    std::string path;
    test::DiskChange change;
  };
  [[nodiscard]] bool is_recorded(const std::string& path) const { return !path_.empty() && path.starts_with(path_); }
  void replay(const Happening& happening);

  sim::Dice dice_;
  std::string path_, recorded_;
  std::vector<Happening> happened_;
  std::optional<test::DiskChange> next_;

  std::size_t replayed_ = 0;
  Image now_;                                                      ///< with every write, at `replayed_`
  std::map<std::string, std::vector<test::DiskChange>> unsynced_;  ///< at `replayed_`: how to take it back

  std::optional<std::size_t> calls_to_failure_;
  int failure_ = 0;
  bool failed_ = false;

 public:
  test::MemoryFiles files;
};

}  // namespace ward::crash
