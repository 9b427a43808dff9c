#include "centre/health.hpp"

#include "storage/twins.hpp"

#include <algorithm>
#include <cstdlib>
#include <tuple>

namespace ward::centre {
namespace {

using Standing = storage::DeviceLine::Standing;

constexpr bool is_known(WallTime time) noexcept { return time.ms != 0; }

std::int64_t ms(std::chrono::milliseconds span) noexcept { return span.count(); }

std::int64_t offset_of(const storage::DeviceLine& line) noexcept {
  return is_known(line.report_at) && is_known(line.report.wall) ? line.report.wall.ms - line.report_at.ms : 0;
}

bool trusted(std::int64_t offset) noexcept { return std::abs(offset) <= ms(clock_ahead_max); }

/// When its oldest unsent change was saved, by the centre's clock; a device's own clock may be years off.
WallTime oldest_unsent(const storage::DeviceLine& line) noexcept {
  return is_known(line.report.queue_oldest) ? WallTime{line.report.queue_oldest.ms - offset_of(line)} : WallTime{};
}

struct Judgement {
  Alert alert = Alert::none;
  WallTime since;
};

Judgement judge_one(const storage::DeviceLine& line, bool connected, WallTime now) {
  const bool forked_lately = is_known(line.forked) && now.ms - line.forked.ms < ms(fork_shown);
  if (line.fork_sides > 0 || forked_lately) return {Alert::fork, line.forked};
  if (line.standing == Standing::revoked) return is_known(line.refused) ? Judgement{Alert::revoked_contact, line.refused} : Judgement{};
  if (line.standing == Standing::waiting) return {};

  if (is_known(line.copied) && now.ms - line.copied.ms < ms(storage::twins_remembered)) return {Alert::copy, line.copied};
  if (line.report.restored) return {Alert::rollback, line.report_at};
  const bool full =
      is_known(line.refused) && line.refused_why == name_of(Fault::storage_full) && code::day_of(line.refused) == code::day_of(now);
  if (full) return {Alert::quota, line.refused};
  const auto heard = connected ? now : line.contact;
  const auto progress = std::max(line.accepted, oldest_unsent(line));
  if (line.report.queue_records > 0 && is_known(line.contact) && heard.ms - progress.ms >= ms(no_progress_after))
    return {Alert::no_progress, progress};
  if (is_known(line.report_at) && line.report.disk_free_bytes < disk_free_min) return {Alert::disk, line.report_at};
  if (!trusted(offset_of(line))) return {Alert::clock, line.report_at};
  if (line.provisional > 0 || (line.numbers && line.codes_until < code::day_of(now))) return {Alert::codes, line.contact};
  if (now.ms - heard.ms >= ms(offline_after)) return {Alert::offline, line.contact};
  if (is_known(line.audit_back) && now.ms - line.audit_back.ms < ms(audit_shown)) return {Alert::audit, line.audit_back};
  return {};
}

}  // namespace

const char* name_of(Alert alert) noexcept {
  switch (alert) {
    case Alert::none: return "none";
    case Alert::audit: return "audit";
    case Alert::offline: return "offline";
    case Alert::codes: return "codes";
    case Alert::clock: return "clock";
    case Alert::disk: return "disk";
    case Alert::quota: return "quota";
    case Alert::no_progress: return "no_progress";
    case Alert::revoked_contact: return "revoked_contact";
    case Alert::copy: return "copy";
    case Alert::rollback: return "rollback";
    case Alert::fork: return "fork";
  }
  return "none";
}

std::vector<DeviceHealth> judge(std::vector<storage::DeviceLine> lines, const std::set<DeviceId>& connected, WallTime now) {
  std::vector<DeviceHealth> out;
  for (auto& line : lines) {
    const bool here = connected.contains(line.device);
    const auto [alert, since] = judge_one(line, here, now);
    const auto offset = offset_of(line);
    out.push_back({std::move(line), here, alert, since, offset, trusted(offset)});
  }
  const auto rank = [](const DeviceHealth& h) {
    const auto oldest = oldest_unsent(h.line);
    return std::tuple(-static_cast<int>(h.alert), !is_known(oldest), oldest, h.line.unit, h.line.label, h.line.device);
  };
  std::sort(out.begin(), out.end(), [&](const auto& a, const auto& b) { return rank(a) < rank(b); });
  return out;
}

}  // namespace ward::centre
