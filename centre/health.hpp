#pragma once

#include "storage/centre_store.hpp"

#include <chrono>
#include <set>
#include <vector>

/// How each device is doing, judged from what the centre heard of it. Needs no citizen's data.
namespace ward::centre {

/// Worst last. interfaces.md names them.
enum class Alert {
  none,
  audit,            ///< its audit log is shorter, or another, than it had said
  offline,          ///< not heard for `offline_after`: normal for an hour, not for a day
  codes,            ///< it gives provisional dossier codes, or will: it has no official ones left
  clock,            ///< its clock is more than five minutes off
  disk,             ///< less room than `disk_free_min`
  quota,            ///< it brought all that it may today: the rest comes tomorrow
  no_progress,      ///< it calls, it has work waiting, and nothing of it was taken for `no_progress_after`
  revoked_contact,  ///< it was revoked and still calls
  rollback,         ///< its data is an older copy of itself
  copy,             ///< two machines run copies of its data
  fork,             ///< two different records under one number
};
[[nodiscard]] const char* name_of(Alert alert) noexcept;
inline constexpr Alert all_alerts[] = {Alert::none, Alert::audit, Alert::offline,     Alert::codes,           Alert::clock,
                                       Alert::disk, Alert::quota, Alert::no_progress, Alert::revoked_contact, Alert::rollback,
                                       Alert::copy, Alert::fork};

inline constexpr std::chrono::minutes no_progress_after{10};
inline constexpr std::chrono::hours offline_after{1};
inline constexpr std::chrono::hours audit_shown{14 * 24};
inline constexpr std::chrono::hours fork_shown{14 * 24};  ///< of which no side waits for a person's word
inline constexpr std::uint64_t disk_free_min = 200ULL * 1024 * 1024;

struct DeviceHealth {
  storage::DeviceLine line;
  bool connected = false;
  Alert alert = Alert::none;
  WallTime since;                    ///< when the alert's cause began, as far as known; 0: never known
  std::int64_t clock_offset_ms = 0;  ///< its clock minus the centre's, when it last reported
  bool clock_trusted = true;         ///< no more than five minutes off
};

/// One row per device that may sync or might want to, worst first, then oldest unsent first. `connected`: who has an open, proved link now.
[[nodiscard]] std::vector<DeviceHealth> judge(std::vector<storage::DeviceLine> lines, const std::set<DeviceId>& connected, WallTime now);

}  // namespace ward::centre
