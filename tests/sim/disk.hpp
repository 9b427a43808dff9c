#pragma once

#include "tests/sim/surroundings.hpp"

#include <memory>
#include <string>

namespace ward::test {
class MemoryFiles;
}

namespace ward::sim {

/// Disks in memory, under SQLite itself. What was not synced is lost when the power goes, in whole or in part and in any order, and that
/// may happen within any transaction. A disk is known by the path of its database file; the files that SQLite puts beside it lie on it too.
/// While this lives it is SQLite's default file system; one at a time.
class Disks {
 public:
  explicit Disks(Surroundings& world);
  Disks(const Disks&) = delete;
  Disks& operator=(const Disks&) = delete;
  ~Disks();

  /// Does `work`, during which the disk may be full and, one time in `death_chance`, the machine die. Then `is_dead` is true afterwards,
  /// and what `work` returned was heard by nobody.
  template <class Work>
  auto risk(const std::string& path, std::size_t death_chance, Work&& work) {
    begin_risk(path, death_chance);
    auto out = work();
    end_risk(path);
    return out;
  }

  /// One write of a file that lies on the same disk and is not SQLite's. False when the machine dies instead, or the disk is full.
  [[nodiscard]] bool write_beside(const std::string& path);
  /// Whatever is done to it fails from now on: its process is gone.
  void kill(const std::string& path);
  [[nodiscard]] bool is_dead(const std::string& path) const;
  /// The machine is up again. Either only the process had died, or the power went and took with it what was not synced.
  void revive(const std::string& path);
  /// Everything on one disk, to another; nobody may have either open.
  void copy(const std::string& from, const std::string& to);

  struct State;

 private:
  void begin_risk(const std::string& path, std::size_t death_chance);
  void end_risk(const std::string& path);

  std::unique_ptr<State> state_;
  std::unique_ptr<test::MemoryFiles> files_;
};

}  // namespace ward::sim
