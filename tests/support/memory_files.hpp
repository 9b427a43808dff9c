#pragma once

#include "protocol/base/bytes.hpp"

#include <cstdint>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

struct sqlite3_vfs;

namespace ward::test {

/// A write or a truncation: before it is done it holds what is to be, afterwards what was there before.
struct DiskChange {
  std::size_t offset = 0;
  Bytes bytes;
  std::size_t size = 0;  ///< of the whole file
};
/// Does it to `content`, or undoes it.
void exchange(Bytes& content, DiskChange& change);

enum class DiskCall : std::uint8_t { open, read, write, truncate, sync, remove };
/// What SQLite is told when such a call fails.
[[nodiscard]] int failure_of(DiskCall call) noexcept;

/// Who decides what becomes of SQLite's calls. Paths are as SQLite names them.
class DiskKeeper {
 public:
  DiskKeeper() = default;
  DiskKeeper(const DiskKeeper&) = delete;
  DiskKeeper& operator=(const DiskKeeper&) = delete;
  virtual ~DiskKeeper() = default;

  /// Before a call: SQLITE_OK, or the code with which it fails, undone. `change`: of a write or truncation; `size`: of the file now.
  virtual int before(DiskCall call, const std::string& path, const DiskChange* change, std::size_t size) = 0;
  /// After a write or truncation, which `undo` would take back.
  virtual void changed(const std::string& path, DiskChange undo) = 0;
  virtual void synced(const std::string& path) = 0;
  virtual void removed(const std::string& path) = 0;
  virtual void fill(std::span<std::uint8_t> random) = 0;
  virtual std::int64_t unix_ms() = 0;
};

/// Files in memory, under SQLite itself: its default file system while this lives, so one at a time. Temporary files are refused: they
/// might hold something personal, and the stores must never make one.
class MemoryFiles {
 public:
  explicit MemoryFiles(DiskKeeper& keeper);
  MemoryFiles(const MemoryFiles&) = delete;
  MemoryFiles& operator=(const MemoryFiles&) = delete;
  ~MemoryFiles();

  struct File {
    Bytes content;
    std::vector<std::vector<std::uint32_t>> shared;  ///< the WAL's index, which is memory and not a file
  };
  /// By path; a file that is open must not be taken out.
  std::map<std::string, std::shared_ptr<File>> files;

  struct Inside;

 private:
  std::unique_ptr<sqlite3_vfs> vfs_;
  std::unique_ptr<Inside> inside_;
};

}  // namespace ward::test
