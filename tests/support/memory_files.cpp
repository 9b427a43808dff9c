#include "tests/support/memory_files.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <cstring>

namespace ward::test {

void exchange(Bytes& content, DiskChange& change) {
  const auto size = content.size();
  const auto end = change.offset + change.bytes.size();
  content.resize(std::max({size, change.size, end}));
  const auto place = content.begin() + static_cast<std::ptrdiff_t>(change.offset);
  Bytes there(place, place + static_cast<std::ptrdiff_t>(change.bytes.size()));
  std::copy(change.bytes.begin(), change.bytes.end(), place);
  change.bytes = std::move(there);
  content.resize(change.size);
  change.size = size;
}

int failure_of(DiskCall call) noexcept {
  switch (call) {
    case DiskCall::open: return SQLITE_CANTOPEN;
    case DiskCall::read: return SQLITE_IOERR_READ;
    case DiskCall::write: return SQLITE_IOERR_WRITE;
    case DiskCall::truncate: return SQLITE_IOERR_TRUNCATE;
    case DiskCall::sync: return SQLITE_IOERR_FSYNC;
    case DiskCall::remove: return SQLITE_IOERR_DELETE;
  }
  return SQLITE_IOERR;
}

struct MemoryFiles::Inside {
  MemoryFiles& all;
  DiskKeeper& keeper;
};

namespace {

constexpr int sector = 512;

/// Of an open file. SQLite takes and gives back the memory of `Handle`, so what needs a destructor lies apart.
struct Opened {
  DiskKeeper& keeper;
  std::string path;
  std::shared_ptr<MemoryFiles::File> file;
};
struct Handle {
  sqlite3_file base;
  Opened* opened;
};
Opened& opened(sqlite3_file* file) { return *reinterpret_cast<Handle*>(file)->opened; }
Bytes& content_of(sqlite3_file* file) { return opened(file).file->content; }

int ask(sqlite3_file* file, DiskCall call, const DiskChange* change = nullptr) {
  auto& of = opened(file);
  return of.keeper.before(call, of.path, change, of.file->content.size());
}

int close_file(sqlite3_file* file) {
  delete &opened(file);
  return SQLITE_OK;
}

int read_file(sqlite3_file* file, void* to, int size, sqlite3_int64 offset) {
  if (const int code = ask(file, DiskCall::read); code != SQLITE_OK) return code;
  const auto& content = content_of(file);
  const auto from = std::min(static_cast<std::size_t>(offset), content.size());
  const auto there = std::min(static_cast<std::size_t>(size), content.size() - from);
  if (there > 0) std::memcpy(to, content.data() + from, there);
  std::memset(static_cast<std::uint8_t*>(to) + there, 0, static_cast<std::size_t>(size) - there);
  return there == static_cast<std::size_t>(size) ? SQLITE_OK : SQLITE_IOERR_SHORT_READ;
}

int change_file(sqlite3_file* file, DiskCall call, DiskChange change) {
  if (const int code = ask(file, call, &change); code != SQLITE_OK) return code;
  exchange(content_of(file), change);
  opened(file).keeper.changed(opened(file).path, std::move(change));
  return SQLITE_OK;
}

int write_file(sqlite3_file* file, const void* from, int size, sqlite3_int64 offset) {
  const auto* bytes = static_cast<const std::uint8_t*>(from);
  const auto begin = static_cast<std::size_t>(offset);
  const auto end = begin + static_cast<std::size_t>(size);
  return change_file(file, DiskCall::write, {begin, Bytes(bytes, bytes + size), std::max(content_of(file).size(), end)});
}

int truncate_file(sqlite3_file* file, sqlite3_int64 size) {
  const auto kept = static_cast<std::size_t>(size);
  const auto now = content_of(file).size();
  if (kept >= now) return ask(file, DiskCall::truncate);
  return change_file(file, DiskCall::truncate, {kept, Bytes(now - kept), kept});
}

int sync_file(sqlite3_file* file, int) {
  if (const int code = ask(file, DiskCall::sync); code != SQLITE_OK) return code;
  opened(file).keeper.synced(opened(file).path);
  return SQLITE_OK;
}

int size_of_file(sqlite3_file* file, sqlite3_int64* size) {
  *size = static_cast<sqlite3_int64>(content_of(file).size());
  return SQLITE_OK;
}

int lock_nothing(sqlite3_file*, int) { return SQLITE_OK; }
int nobody_holds_it(sqlite3_file*, int* held) {
  *held = 0;
  return SQLITE_OK;
}
int no_control(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
int sector_size(sqlite3_file*) { return sector; }
int characteristics(sqlite3_file*) { return SQLITE_IOCAP_POWERSAFE_OVERWRITE; }  // as SQLite assumes of real disks

int map_shared(sqlite3_file* file, int region, int size, int extend, void volatile** out) {
  auto& shared = opened(file).file->shared;
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
  opened(file).file->shared.clear();
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

MemoryFiles::Inside& inside(sqlite3_vfs* vfs) { return *static_cast<MemoryFiles::Inside*>(vfs->pAppData); }

int open_file(sqlite3_vfs* vfs, const char* name, sqlite3_file* out, int flags, int* out_flags) {
  out->pMethods = nullptr;
  if (name == nullptr) return SQLITE_CANTOPEN;
  auto& in = inside(vfs);
  if (const int code = in.keeper.before(DiskCall::open, name, nullptr, 0); code != SQLITE_OK) return code;
  const auto found = in.all.files.find(name);
  if (found == in.all.files.end() && (flags & SQLITE_OPEN_CREATE) == 0) return SQLITE_CANTOPEN;
  auto file = found == in.all.files.end() ? std::make_shared<MemoryFiles::File>() : found->second;
  in.all.files[name] = file;
  reinterpret_cast<Handle*>(out)->opened = new Opened{in.keeper, name, std::move(file)};
  out->pMethods = &methods;
  if (out_flags != nullptr) *out_flags = flags;
  return SQLITE_OK;
}

int delete_file(sqlite3_vfs* vfs, const char* name, int) {
  auto& in = inside(vfs);
  if (const int code = in.keeper.before(DiskCall::remove, name, nullptr, 0); code != SQLITE_OK) return code;
  if (in.all.files.erase(name) == 0) return SQLITE_IOERR_DELETE_NOENT;
  in.keeper.removed(name);
  return SQLITE_OK;
}

int file_exists(sqlite3_vfs* vfs, const char* name, int, int* out) {
  *out = inside(vfs).all.files.contains(name) ? 1 : 0;
  return SQLITE_OK;
}

int full_path(sqlite3_vfs*, const char* name, int size, char* out) {
  sqlite3_snprintf(size, out, "%s", name);
  return SQLITE_OK;
}

int randomness(sqlite3_vfs* vfs, int size, char* out) {
  inside(vfs).keeper.fill({reinterpret_cast<std::uint8_t*>(out), static_cast<std::size_t>(size)});
  return size;
}

int no_sleep(sqlite3_vfs*, int) { return 0; }

int current_time(sqlite3_vfs* vfs, sqlite3_int64* out) {
  constexpr sqlite3_int64 unix_epoch = 210'866'760'000'000;  // in SQLite's milliseconds of the Julian day
  *out = unix_epoch + inside(vfs).keeper.unix_ms();
  return SQLITE_OK;
}

int last_error(sqlite3_vfs*, int, char*) { return 0; }

}  // namespace

MemoryFiles::MemoryFiles(DiskKeeper& keeper) : vfs_(std::make_unique<sqlite3_vfs>()), inside_(new Inside{*this, keeper}) {
  sqlite3_initialize();
  vfs_->iVersion = 2;
  vfs_->szOsFile = sizeof(Handle);
  vfs_->mxPathname = 256;
  vfs_->zName = "ward-memory";
  vfs_->pAppData = inside_.get();
  vfs_->xOpen = open_file;
  vfs_->xDelete = delete_file;
  vfs_->xAccess = file_exists;
  vfs_->xFullPathname = full_path;
  vfs_->xRandomness = randomness;
  vfs_->xSleep = no_sleep;
  vfs_->xGetLastError = last_error;
  vfs_->xCurrentTimeInt64 = current_time;
  sqlite3_vfs_register(vfs_.get(), 1);
  // SQLite keeps one generator for the process; without this a second run would not begin as the first did.
  sqlite3_randomness(0, nullptr);
}

MemoryFiles::~MemoryFiles() { sqlite3_vfs_unregister(vfs_.get()); }

}  // namespace ward::test
