#include "storage/set_aside.hpp"

#include "storage/merged.hpp"

#include <algorithm>

namespace ward::storage {
namespace {

bool is_told_no_more(WallTime at, WallTime now) { return now.ms - at.ms >= std::chrono::milliseconds(told_of_settled).count(); }

class Collected {
 public:
  explicit Collected(Store& store) : store_(store) {}
  [[nodiscard]] std::vector<SetAside> take() && { return std::move(out_); }

  /// Each record once, for the first reason that is found. `since`: 0, when it was saved.
  void add(SetAside::Why why, const std::string& detail, WallTime since, const StoredRecord& stored) {
    if (out_.size() == set_aside_max || !seen_.insert(stored.rid).second) return;
    unless_damaged([&] {
      auto shown = shown_changes(store_, {stored.record});
      if (shown.changes.empty()) return;
      const auto at = since.ms == 0 ? stored.record.header.hlc.wall() : since;
      out_.push_back({why, detail, at, std::move(shown.changes.front())});
    });
  }

  void add_settled(const policy::Admission& admission, WallTime at) {
    const auto* side = std::get_if<policy::Side>(&admission.what);
    if (side == nullptr) return;
    const auto writer = find_writer(store_, admission.device, admission.incarnation);
    for (const auto& stored : records_under(store_, writer, admission.first, admission.end()))
      if (stored.rid != side->rids[stored.record.header.position.seq - admission.first])
        add(SetAside::Why::settled_fork, admission.reason, at, stored);
  }

  void add_segment(SetAside::Why why, const std::string& detail, std::int64_t segment) {
    for (const auto& stored : records_of_segment(store_, *find_segment(store_, segment)))
      if (store_.policy.standing_at(stored.record.header.position) == nullptr) add(why, detail, {}, stored);
  }

 private:
  Store& store_;
  std::set<Rid> seen_;
  std::vector<SetAside> out_;
};

void add_forks(Store& store, Collected& to) {
  for (const auto& side : fork_sides(store)) {
    const auto writer = find_writer(store, side.device, side.incarnation);
    for (const auto& stored : records_under(store, writer, side.records.begin()->first, side.records.rbegin()->first + 1))
      if (side.records.contains(stored.record.header.position.seq)) to.add(SetAside::Why::fork, {}, {}, stored);
  }
}

/// Segments that the centre does not hold; of those that it refused its reason.
void add_unreceipted(Store& store, bool refused_only, Collected& to) {
  std::vector<std::pair<std::int64_t, std::string>> segments;
  auto found = store.db.query("SELECT id, refused FROM segment WHERE receipted = 0 ORDER BY id DESC");
  while (found.step())
    if (!refused_only || !found.is_null(1)) segments.emplace_back(found.number(0), found.is_null(1) ? std::string() : found.text(1));
  for (const auto& [segment, refused] : segments)
    to.add_segment(refused.empty() ? SetAside::Why::revoked : SetAside::Why::refused, refused, segment);
}

void add_unsent(Store& store, const DeviceId& device, Collected& to) {
  std::vector<std::pair<std::int64_t, std::int64_t>> writers;
  auto found = store.db.query("SELECT id, chained FROM writer WHERE device = ? AND written > chained");
  found.bind(device);
  while (found.step()) writers.emplace_back(found.number(0), found.number(1));
  for (const auto& [writer, chained] : writers)
    for (const auto& stored : waiting_records(store, writer, static_cast<Seq>(chained), set_aside_max))
      to.add(SetAside::Why::revoked, {}, {}, stored);
}

}  // namespace

const char* name_of(SetAside::Why why) noexcept {
  switch (why) {
    case SetAside::Why::fork: return "fork";
    case SetAside::Why::settled_fork: return "settled_fork";
    case SetAside::Why::refused: return "refused";
    case SetAside::Why::revoked: return "revoked";
  }
  return "fork";
}

std::vector<SetAside> set_aside(Store& store, const std::optional<DeviceId>& shut_out, WallTime now) {
  Collected out(store);
  const auto& entries = store.policy.entries();
  for (auto entry = entries.rbegin(); entry != entries.rend() && !is_told_no_more(entry->time, now); ++entry)
    if (const auto* admission = std::get_if<policy::Admission>(&entry->body)) out.add_settled(*admission, entry->time);
  add_forks(store, out);
  add_unreceipted(store, !shut_out, out);
  if (shut_out) add_unsent(store, *shut_out, out);
  return std::move(out).take();
}

std::vector<CutOff> cut_off(Store& store, const UnitCode& unit, WallTime now) {
  const auto& context = context_of(store);
  std::map<DeviceId, std::vector<CutOff::LetIn>> let_in;
  std::vector<CutOff> out;
  const auto& entries = store.policy.entries();
  for (auto entry = entries.rbegin(); entry != entries.rend() && !is_told_no_more(entry->time, now); ++entry) {
    if (const auto* admission = std::get_if<policy::Admission>(&entry->body))
      if (const auto* handed_in = std::get_if<policy::HandedIn>(&admission->what))
        let_in[admission->device].push_back({entry->time, handed_in->count, handed_in->in_full, admission->reason});
    const auto* revoked = std::get_if<policy::RevokeDevice>(&entry->body);
    const auto* device = revoked == nullptr ? nullptr : store.policy.device(revoked->device);
    if (device == nullptr || context.house_of(device->device.unit, std::nullopt) != context.house_of(unit, std::nullopt)) continue;
    out.push_back({revoked->device, device->device.label, entry->time, revoked->reason, std::move(let_in[revoked->device])});
  }
  return out;
}

}  // namespace ward::storage
