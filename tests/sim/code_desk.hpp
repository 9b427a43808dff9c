#pragma once

#include "storage/ward_store.hpp"
#include "tests/sim/disk.hpp"

#include <optional>
#include <string>
#include <vector>

namespace ward::sim {

/// An official code that a ward said it gave.
struct GivenCode {
  std::size_t ward = 0;
  DeviceId device;
  Did did;
  std::string code;
  bool copied = false;  ///< by a PC whose whole disk was copied or put back: it could not know better
};

/// What of a ward PC gives codes: its mark beside the data file, and a witness of all that it gave.
class CodeDesk {
 public:
  CodeDesk(Surroundings& world, Disks& disks, std::vector<GivenCode>& given, std::size_t ward, DeviceId device, std::string path)
      : world_(world), disks_(disks), given_(given), ward_(ward), device_(device), path_(std::move(path)) {}

  [[nodiscard]] storage::CodeMark mark();
  /// The store was opened and has compared.
  void opened() { database_is_older_ = mark_is_older_ = false; }
  void died() { heard_.reset(); }
  /// The centre said what time it is.
  void heard(WallTime time, Instant at);
  /// Throws Complaint when the code is of a day that cannot be.
  void gave(const storage::Saved& saved, Instant at);

  // Somebody at the disk of the PC that is off.
  void keep_mark_copy() { mark_copy_ = mark_; }
  void put_back_mark_with_disk();
  void put_back_disk_alone();
  void meddle_with_mark();
  /// From now on another machine gives the same codes.
  void become_copied();
  void take_mark_of(const CodeDesk& other) { mark_ = other.mark_; }

 private:
  Surroundings& world_;
  Disks& disks_;
  std::vector<GivenCode>& given_;
  std::size_t ward_;
  DeviceId device_;
  std::string path_;
  std::optional<Bytes> mark_, mark_copy_;
  std::optional<std::pair<WallTime, Instant>> heard_;
  bool copied_ = false;
  bool database_is_older_ = false, mark_is_older_ = false;  ///< since the store was open last
};

}  // namespace ward::sim
