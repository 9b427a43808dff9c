#include "tests/sim/disk.hpp"

#include "tests/support/memory_files.hpp"

#include <sqlite3.h>

#include <map>
#include <optional>

namespace ward::sim {
namespace {

using test::DiskCall;
using test::DiskChange;
using test::exchange;
using test::failure_of;

constexpr std::size_t sector = 512;
constexpr std::size_t full_chance = 80;
/// Writes and syncs within which a doomed machine dies: a transaction here makes 10 to 40 of them, a checkpoint more.
constexpr std::size_t operations_to_live_max = 24;

struct Disk {
  std::map<std::string, std::vector<DiskChange>> unsynced;  ///< of each file, how to take it back
  std::optional<std::size_t> operations_to_live;
  bool full = false;

  [[nodiscard]] bool dead() const { return operations_to_live == 0U; }
  /// False when the machine dies instead.
  [[nodiscard]] bool operate() {
    if (operations_to_live && *operations_to_live > 0) --*operations_to_live;
    return !dead();
  }
};

/// A disk keeps what it was given since the last sync in any order: of each write all, some sectors, or nothing is there.
void lose_unsynced(Bytes& content, std::vector<DiskChange> changes, Dice& dice) {
  for (auto i = changes.size(); i-- > 0;) exchange(content, changes[i]);
  const auto kept_of = 1 + dice.below(3);  // of one: nothing survives
  for (auto& change : changes) {
    if (dice.below(kept_of) == 0) continue;
    const bool is_write = change.size >= change.offset + change.bytes.size();
    if (is_write && change.bytes.size() > sector && dice.one_in(4)) change.bytes.resize(dice.below(change.bytes.size() / sector) * sector);
    if (is_write) change.size = std::max(content.size(), change.offset + change.bytes.size());
    exchange(content, change);
  }
}

/// The disk that a path lies on: everything up to and with ".db".
std::string disk_of(std::string_view path) { return std::string(path.substr(0, path.find(".db") + 3)); }

}  // namespace

struct Disks::State final : test::DiskKeeper {
  Surroundings& world;
  Dice randomness;  ///< SQLite's own, apart from what the city throws
  std::map<std::string, Disk> disks;

  explicit State(Surroundings& of) : world(of), randomness(of.dice.next()) {}
  Disk& disk(std::string_view path) { return disks[disk_of(path)]; }

  int before(DiskCall call, const std::string& path, const DiskChange* change, std::size_t size) override {
    auto& on = disk(path);
    const bool writes = call != DiskCall::open && call != DiskCall::read;
    if (writes ? !on.operate() : on.dead()) return failure_of(call);
    return on.full && call == DiskCall::write && change->size > size ? SQLITE_FULL : SQLITE_OK;
  }
  void changed(const std::string& path, DiskChange undo) override { disk(path).unsynced[path].push_back(std::move(undo)); }
  void synced(const std::string& path) override { disk(path).unsynced[path].clear(); }
  void removed(const std::string& path) override { disk(path).unsynced.erase(path); }
  void fill(std::span<std::uint8_t> random) override { randomness.fill(random); }
  std::int64_t unix_ms() override { return world.true_time().ms; }
};

Disks::Disks(Surroundings& world) : state_(std::make_unique<State>(world)), files_(std::make_unique<test::MemoryFiles>(*state_)) {}
Disks::~Disks() = default;

void Disks::begin_risk(const std::string& path, std::size_t death_chance) {
  auto& disk = state_->disk(path);
  auto& world = state_->world;
  disk.full = world.goes_wrong(full_chance);
  if (world.goes_wrong(death_chance)) disk.operations_to_live = 1 + world.dice.below(operations_to_live_max);
}

void Disks::end_risk(const std::string& path) {
  auto& disk = state_->disk(path);
  disk.full = false;
  if (!disk.dead()) disk.operations_to_live.reset();
}

bool Disks::write_beside(const std::string& path) {
  auto& disk = state_->disk(path);
  return disk.operate() && !disk.full;
}

void Disks::kill(const std::string& path) { state_->disk(path).operations_to_live = 0; }

bool Disks::is_dead(const std::string& path) const { return state_->disk(path).dead(); }

void Disks::revive(const std::string& path) {
  auto& disk = state_->disk(path);
  disk.operations_to_live.reset();
  const bool power_was_lost = state_->world.dice.one_in(2);
  std::size_t at_risk = 0;
  for (auto& [name, file] : files_->files) {
    if (disk_of(name) != path) continue;
    auto& unsynced = disk.unsynced[name];
    at_risk += unsynced.size();
    file->shared.clear();
    if (power_was_lost) lose_unsynced(file->content, std::exchange(unsynced, {}), state_->world.dice);
  }
  if (power_was_lost) state_->world.note(path + ": the power was lost, with " + std::to_string(at_risk) + " unsynced writes at risk");
}

void Disks::copy(const std::string& from, const std::string& to) {
  state_->disk(to) = {};
  std::erase_if(files_->files, [&](const auto& each) { return disk_of(each.first) == to; });
  const auto all = files_->files;
  for (const auto& [name, file] : all)
    if (disk_of(name) == from)
      files_->files[to + name.substr(from.size())] = std::make_shared<test::MemoryFiles::File>(test::MemoryFiles::File{file->content, {}});
}

}  // namespace ward::sim
