#pragma once

#include "protocol/base/bytes.hpp"
#include "protocol/base/error.hpp"

#include <cstdint>
#include <functional>
#include <string>

/// The data directory and the files in it.
namespace ward::runtime {

/// At most `bytes_max`. `not_found`, `too_large`, `io`.
[[nodiscard]] Result<std::string> read_file(const std::string& path, std::size_t bytes_max);

/// For this account alone (mode 0600; on Windows also for its administrators, as everything is), whole or not at all: written beside,
/// synced, then given its name; the directory is synced too. With `replace` false an existing file stays and the answer is `invalid`.
/// `storage_full`, `storage_read_only`, `io`.
[[nodiscard]] Result<void> write_private_file(const std::string& path, BytesView bytes, bool replace);
/// As `read_file`; `invalid` when other accounts may read it.
[[nodiscard]] Result<Bytes> read_private_file(const std::string& path, std::size_t bytes_max);

/// A large file, in pieces. Shows the first `bytes` of `from` to `seen`, `piece` by `piece`, and writes them into the new file `to` (0600,
/// synced), unless that is empty. `malformed` when there are fewer.
[[nodiscard]] Result<void> copy_file(const std::string& from, std::uint64_t bytes, const std::string& to, std::size_t piece,
                                     const std::function<void(BytesView)>& seen);
/// The end of a file, and how much stands before it. `malformed` when the file is shorter.
struct FileEnd {
  std::uint64_t before = 0;
  Bytes bytes;
};
[[nodiscard]] Result<FileEnd> read_end(const std::string& path, std::size_t bytes);
/// Synced, with all that was written to the file before.
[[nodiscard]] Result<void> append_synced(const std::string& path, BytesView bytes);

/// The new name is durable when this returns; what had it before is gone.
[[nodiscard]] Result<void> rename_file(const std::string& from, const std::string& to);
/// Nothing happens when there is no such file.
void remove_file(const std::string& path);
[[nodiscard]] bool file_exists(const std::string& path);
/// The size of a regular file; 0 for anything else.
[[nodiscard]] std::uint64_t file_bytes(const std::string& path);
/// Bytes that this process may still write on the disk of `path`; 0 when unknown.
[[nodiscard]] std::uint64_t disk_free_bytes(const std::string& path);

/// A directory that one process at a time holds. The lock goes with the object, and with the process.
class DataDir {
 public:
  /// Makes the directory (for this account alone, its parents as usual) when it is missing. `storage_read_only`, `io`.
  [[nodiscard]] static Result<DataDir> make(const std::string& path);
  /// `not_found` when it is missing.
  [[nodiscard]] static Result<DataDir> find(const std::string& path);
  DataDir(DataDir&& other) noexcept;
  DataDir& operator=(DataDir&& other) noexcept;
  ~DataDir();

  /// `storage_locked` names the process that holds it, as it called itself in `who` (e.g. "wardsync run").
  [[nodiscard]] Result<void> lock(const std::string& who);

  /// The administrator made the file; the account whose directory this is must be able to use it.
  [[nodiscard]] Result<void> hand_over(std::string_view name) const;

  [[nodiscard]] const std::string& path() const noexcept { return path_; }
  [[nodiscard]] std::string file(std::string_view name) const { return path_ + "/" + std::string(name); }

 private:
  explicit DataDir(std::string path) : path_(std::move(path)) {}
  std::string path_;
  std::intptr_t lock_ = -1;  ///< a descriptor, a handle
};

}  // namespace ward::runtime
