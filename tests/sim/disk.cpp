#include "tests/sim/disk.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <map>
#include <optional>
#include <vector>

namespace ward::sim {
namespace {

constexpr std::size_t sector = 512;
constexpr std::size_t full_chance = 80;
/// Writes and syncs within which a doomed machine dies: a transaction here makes 10 to 40 of them, a checkpoint more.
constexpr std::size_t operations_to_live_max = 24;

/// A write or a truncation since the last sync: before it is undone it holds what was there before, afterwards what it would write.
struct Change {
  std::size_t offset = 0;
  Bytes bytes;
  std::size_t size = 0;  ///< of the file
};

struct File {
  Bytes content;
  std::vector<Change> unsynced;
  std::vector<std::vector<std::uint32_t>> shared;  ///< the WAL's index, which is memory and not a file
};

struct Disk {
  std::map<std::string, std::shared_ptr<File>> files;
  std::optional<std::size_t> operations_to_live;
  bool full = false;

  [[nodiscard]] bool dead() const { return operations_to_live == 0U; }
  /// False when the machine dies instead.
  [[nodiscard]] bool operate() {
    if (operations_to_live && *operations_to_live > 0) --*operations_to_live;
    return !dead();
  }
};

/// Does or undoes: puts the change's bytes where they belong and keeps what was there.
void exchange(File& file, Change& change) {
  const auto size = file.content.size();
  const auto end = change.offset + change.bytes.size();
  file.content.resize(std::max({size, change.size, end}));
  const auto place = file.content.begin() + static_cast<std::ptrdiff_t>(change.offset);
  Bytes there(place, place + static_cast<std::ptrdiff_t>(change.bytes.size()));
  std::copy(change.bytes.begin(), change.bytes.end(), place);
  change.bytes = std::move(there);
  file.content.resize(change.size);
  change.size = size;
}

/// A disk keeps what it was given since the last sync in any order: of each write all, some sectors, or nothing is there.
void lose_unsynced(File& file, Dice& dice) {
  auto changes = std::exchange(file.unsynced, {});
  for (auto i = changes.size(); i-- > 0;) exchange(file, changes[i]);
  const auto kept_of = 1 + dice.below(3);  // of one: nothing survives
  for (auto& change : changes) {
    if (dice.below(kept_of) == 0) continue;
    const bool is_write = change.size >= change.offset + change.bytes.size();
    if (is_write && change.bytes.size() > sector && dice.one_in(4)) change.bytes.resize(dice.below(change.bytes.size() / sector) * sector);
    if (is_write) change.size = std::max(file.content.size(), change.offset + change.bytes.size());
    exchange(file, change);
  }
}

/// The disk that a path lies on: everything up to and with ".db".
std::string disk_of(std::string_view path) { return std::string(path.substr(0, path.find(".db") + 3)); }

}  // namespace

struct Disks::State {
  Surroundings& world;
  Dice randomness;  ///< SQLite's own, apart from what the city throws
  std::map<std::string, Disk> disks;

  explicit State(Surroundings& of) : world(of), randomness(of.dice.next()) {}
  Disk& disk(std::string_view path) { return disks[disk_of(path)]; }
};

namespace {

/// An open file as SQLite holds it: its base struct first, and memory that SQLite takes and gives back.
struct Handle {
  sqlite3_file base;
  Disk* disk;
  std::shared_ptr<File>* file;
};
Handle& handle(sqlite3_file* file) { return *reinterpret_cast<Handle*>(file); }
File& file_of(sqlite3_file* file) { return **handle(file).file; }
Disks::State& state_of(sqlite3_vfs* vfs) { return *static_cast<Disks::State*>(vfs->pAppData); }

int close_file(sqlite3_file* file) {
  delete handle(file).file;
  return SQLITE_OK;
}

int read_file(sqlite3_file* file, void* to, int size, sqlite3_int64 offset) {
  if (handle(file).disk->dead()) return SQLITE_IOERR_READ;
  const auto& content = file_of(file).content;
  const auto from = std::min(static_cast<std::size_t>(offset), content.size());
  const auto there = std::min(static_cast<std::size_t>(size), content.size() - from);
  if (there > 0) std::memcpy(to, content.data() + from, there);
  std::memset(static_cast<std::uint8_t*>(to) + there, 0, static_cast<std::size_t>(size) - there);
  return there == static_cast<std::size_t>(size) ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

int write_file(sqlite3_file* file, const void* from, int size, sqlite3_int64 offset) {
  auto& disk = *handle(file).disk;
  if (!disk.operate()) return SQLITE_IOERR_WRITE;
  auto& to = file_of(file);
  const auto begin = static_cast<std::size_t>(offset);
  const auto end = begin + static_cast<std::size_t>(size);
  if (disk.full && end > to.content.size()) return SQLITE_FULL;
  const auto* bytes = static_cast<const std::uint8_t*>(from);
  Change change{begin, Bytes(bytes, bytes + size), std::max(to.content.size(), end)};
  exchange(to, change);
  to.unsynced.push_back(std::move(change));
  return SQLITE_OK;
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
  if (!handle(file).disk->operate()) return SQLITE_IOERR_TRUNCATE;
  auto& of = file_of(file);
  const auto kept = static_cast<std::size_t>(size);
  if (kept >= of.content.size()) return SQLITE_OK;
  Change change{kept, Bytes(of.content.size() - kept), kept};
  exchange(of, change);
  of.unsynced.push_back(std::move(change));
  return SQLITE_OK;
}

int sync_file(sqlite3_file* file, int) {
  if (!handle(file).disk->operate()) return SQLITE_IOERR_FSYNC;
  file_of(file).unsynced.clear();
  return SQLITE_OK;
}

int size_of_file(sqlite3_file* file, sqlite3_int64* size) {
  *size = static_cast<sqlite3_int64>(file_of(file).content.size());
  return SQLITE_OK;
}

int lock_nothing(sqlite3_file*, int) { return SQLITE_OK; }
int nobody_holds_it(sqlite3_file*, int* held) {
  *held = 0;
  return SQLITE_OK;
}
int no_control(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
int sector_size(sqlite3_file*) { return static_cast<int>(sector); }
int characteristics(sqlite3_file*) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; }  // as SQLite assumes of real disks

int map_shared(sqlite3_file* file, int region, int size, int extend, void volatile** out) {
  auto& shared = file_of(file).shared;
  const auto index = static_cast<std::size_t>(region);
  *out = nullptr;
  if (index >= shared.size()) {
    if (extend == 0) return SQLITE_OK;
    shared.resize(index + 1);
  }
  if (shared[index].empty()) shared[index].resize(static_cast<std::size_t>(size) / sizeof(std::uint32_t));
  *out = shared[index].data();
  return SQLITE_OK;
}
int lock_shared(sqlite3_file*, int, int, int) { return SQLITE_OK; }
void order_shared(sqlite3_file*) {}
int unmap_shared(sqlite3_file* file, int) {
  file_of(file).shared.clear();
  return SQLITE_OK;
}

constexpr sqlite3_io_methods methods{2,
                                     close_file,
                                     read_file,
                                     write_file,
                                     truncate_file,
                                     sync_file,
                                     size_of_file,
                                     lock_nothing,
                                     lock_nothing,
                                     nobody_holds_it,
                                     no_control,
                                     sector_size,
                                     characteristics,
                                     map_shared,
                                     lock_shared,
                                     order_shared,
                                     unmap_shared,
                                     nullptr,
                                     nullptr};

int open_file(sqlite3_vfs* vfs, const char* name, sqlite3_file* out, int flags, int* out_flags) {
  out->pMethods = nullptr;
  if (name == nullptr) return SQLITE_CANTOPEN;  // a temporary file, which might hold something personal: the stores must never make one
  auto& disk = state_of(vfs).disk(name);
  if (disk.dead()) return SQLITE_CANTOPEN;
  const auto found = disk.files.find(name);
  if (found == disk.files.end() && (flags & SQLITE_OPEN_CREATE) == 0) return SQLITE_CANTOPEN;
  auto file = found == disk.files.end() ? std::make_shared<File>() : found->second;
  disk.files[name] = file;
  auto& opened = handle(out);
  opened.disk = &disk;
  opened.file = new std::shared_ptr<File>(std::move(file));
  opened.base.pMethods = &methods;
  if (out_flags != nullptr) *out_flags = flags;
  return SQLITE_OK;
}

int delete_file(sqlite3_vfs* vfs, const char* name, int) {
  auto& disk = state_of(vfs).disk(name);
  if (!disk.operate()) return SQLITE_IOERR_DELETE;
  return disk.files.erase(name) == 1 ? SQLITE_OK : SQLITE_IOERR_DELETE_NOENT;
}

int file_exists(sqlite3_vfs* vfs, const char* name, int, int* out) {
  *out = state_of(vfs).disk(name).files.contains(name) ? 1 : 0;
  return SQLITE_OK;
}

int full_path(sqlite3_vfs*, const char* name, int size, char* out) {
  sqlite3_snprintf(size, out, "%s", name);
  return SQLITE_OK;
}

int randomness(sqlite3_vfs* vfs, int size, char* out) {
  state_of(vfs).randomness.fill({reinterpret_cast<std::uint8_t*>(out), static_cast<std::size_t>(size)});
  return size;
}

int no_sleep(sqlite3_vfs*, int) { return 0; }

int current_time(sqlite3_vfs* vfs, sqlite3_int64* out) {
  constexpr sqlite3_int64 unix_epoch = 210'866'760'000'000;  // in SQLite's milliseconds of the Julian day
  *out = unix_epoch + state_of(vfs).world.true_time().ms;
  return SQLITE_OK;
}

int last_error(sqlite3_vfs*, int, char*) { return 0; }

}  // namespace

Disks::Disks(Surroundings& world) : state_(std::make_unique<State>(world)), vfs_(std::make_unique<sqlite3_vfs>()) {
  sqlite3_initialize();
  vfs_->iVersion = 2;
  vfs_->szOsFile = sizeof(Handle);
  vfs_->mxPathname = 256;
  vfs_->zName = "ward-sim";
  vfs_->pAppData = state_.get();
  vfs_->xOpen = open_file;
  vfs_->xDelete = delete_file;
  vfs_->xAccess = file_exists;
  vfs_->xFullPathname = full_path;
  vfs_->xRandomness = randomness;
  vfs_->xSleep = no_sleep;
  vfs_->xGetLastError = last_error;
  vfs_->xCurrentTimeInt64 = current_time;
  sqlite3_vfs_register(vfs_.get(), 1);
  // SQLite keeps one generator for the process; without this a second city would not begin as the first did.
  sqlite3_randomness(0, nullptr);
}

Disks::~Disks() { sqlite3_vfs_unregister(vfs_.get()); }

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

void Disks::kill(const std::string& path) { state_->disk(path).operations_to_live = 0; }

bool Disks::is_dead(const std::string& path) const { return state_->disk(path).dead(); }

void Disks::revive(const std::string& path) {
  auto& disk = state_->disk(path);
  disk.operations_to_live.reset();
  const bool power_was_lost = state_->world.dice.one_in(2);
  std::size_t unsynced = 0;
  for (auto& [name, file] : disk.files) {
    unsynced += file->unsynced.size();
    file->shared.clear();
    if (power_was_lost) lose_unsynced(*file, state_->world.dice);
  }
  if (power_was_lost) state_->world.note(path + ": the power was lost, with " + std::to_string(unsynced) + " unsynced writes at risk");
}

void Disks::copy(const std::string& from, const std::string& to) {
  const auto source = state_->disk(from).files;
  auto& target = state_->disk(to);
  target = {};
  for (const auto& [name, file] : source) target.files[to + name.substr(from.size())] = std::make_shared<File>(File{file->content, {}, {}});
}

}  // namespace ward::sim
