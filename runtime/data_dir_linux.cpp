#include "runtime/data_dir.hpp"

#include "protocol/base/wipe.hpp"
#include "runtime/file_facts.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <filesystem>
#include <optional>

namespace ward::runtime {
namespace {

class File {
 public:
  File(const std::string& path, int flags, mode_t mode = 0) : fd_(::open(path.c_str(), flags | O_CLOEXEC, mode)) {}
  File(const File&) = delete;
  File& operator=(const File&) = delete;
  ~File() {
    if (fd_ >= 0) ::close(fd_);
  }
  [[nodiscard]] bool is_open() const noexcept { return fd_ >= 0; }
  [[nodiscard]] int fd() const noexcept { return fd_; }

 private:
  int fd_;
};

Result<void> write_whole(int fd, BytesView bytes, const std::string& path) {
  while (!bytes.empty()) {
    const auto wrote = ::write(fd, bytes.data(), bytes.size());
    if (wrote < 0 && errno == EINTR) continue;
    if (wrote < 0) return file_error("writing " + path, errno);
    bytes = bytes.subspan(static_cast<std::size_t>(wrote));
  }
  return {};
}

Result<void> write_all(int fd, BytesView bytes, const std::string& path) {
  WARD_CHECK(write_whole(fd, bytes, path));
  if (::fsync(fd) != 0) return file_error("syncing " + path, errno);
  return {};
}

Result<void> sync_directory_of(const std::string& path) {
  auto directory = std::filesystem::path(path).parent_path().string();
  if (directory.empty()) directory = ".";
  const File opened(directory, O_RDONLY | O_DIRECTORY);
  if (!opened.is_open() || ::fsync(opened.fd()) != 0) return file_error("syncing " + directory, errno);
  return {};
}

/// What is read may be a secret: in one piece where its size is known, and nothing of it stays on the way.
Result<std::string> read_all(const File& file, const std::string& path, std::size_t bytes_max) {
  std::string out;
  std::array<char, 4096> buffer;
  const Wiped wiped(buffer);
  struct stat found{};
  if (::fstat(file.fd(), &found) == 0 && found.st_size > 0) out.reserve(std::min(static_cast<std::size_t>(found.st_size), bytes_max));
  while (true) {
    const auto got = ::read(file.fd(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return file_error("reading " + path, errno);
    if (got == 0) return out;
    if (out.size() + static_cast<std::size_t>(got) > bytes_max)
      return fail(Fault::too_large, path + " holds more than " + std::to_string(bytes_max) + " bytes");
    out.append(buffer.data(), static_cast<std::size_t>(got));
  }
}

}  // namespace

Result<std::string> read_file(const std::string& path, std::size_t bytes_max) {
  const File file(path, O_RDONLY);
  if (!file.is_open()) return file_error("opening " + path, errno);
  return read_all(file, path, bytes_max);
}

Result<Bytes> read_private_file(const std::string& path, std::size_t bytes_max) {
  const File file(path, O_RDONLY);
  if (!file.is_open()) return file_error("opening " + path, errno);
  struct stat found{};
  if (::fstat(file.fd(), &found) != 0) return file_error("examining " + path, errno);
  if ((found.st_mode & (S_IRWXG | S_IRWXO)) != 0)
    return fail(Fault::invalid, path + " can be read by other accounts; run: chmod 600 " + path);
  WARD_TRY(auto text, read_all(file, path, bytes_max));
  const Wiped wiped(text);
  return copy(view(text));
}

Result<void> write_private_file(const std::string& path, BytesView bytes, bool replace) {
  if (!replace && file_exists(path)) return fail(Fault::invalid, path + " exists already");
  const auto beside = path + ".new";
  ::unlink(beside.c_str());
  {
    const File file(beside, O_WRONLY | O_CREAT | O_EXCL, S_IRUSR | S_IWUSR);
    if (!file.is_open()) return file_error("creating " + beside, errno);
    if (auto wrote = write_all(file.fd(), bytes, beside); wrote.has_error()) {
      ::unlink(beside.c_str());
      return wrote;
    }
  }
  return rename_file(beside, path);
}

Result<void> copy_file(const std::string& from, std::uint64_t bytes, const std::string& to, std::size_t piece,
                       const std::function<void(BytesView)>& seen) {
  const File source(from, O_RDONLY);
  if (!source.is_open()) return file_error("opening " + from, errno);
  std::optional<File> target;
  if (!to.empty()) target.emplace(to, O_WRONLY | O_CREAT | O_EXCL, S_IRUSR | S_IWUSR);
  if (target && !target->is_open()) return file_error("creating " + to, errno);
  Bytes buffer(piece);
  for (std::uint64_t left = bytes; left != 0;) {
    std::size_t held = 0;
    while (held < std::min<std::uint64_t>(piece, left)) {
      const auto got = ::read(source.fd(), buffer.data() + held, static_cast<std::size_t>(std::min<std::uint64_t>(piece, left)) - held);
      if (got < 0 && errno == EINTR) continue;
      if (got < 0) return file_error("reading " + from, errno);
      if (got == 0) return fail(Fault::malformed, from + " is shorter than it says");
      held += static_cast<std::size_t>(got);
    }
    const auto whole = BytesView(buffer).first(held);
    seen(whole);
    if (target) WARD_CHECK(write_whole(target->fd(), whole, to));
    left -= held;
  }
  if (target && ::fsync(target->fd()) != 0) return file_error("syncing " + to, errno);
  return {};
}

Result<FileEnd> read_end(const std::string& path, std::size_t bytes) {
  const File file(path, O_RDONLY);
  if (!file.is_open()) return file_error("opening " + path, errno);
  const auto size = ::lseek(file.fd(), 0, SEEK_END);
  if (size < 0) return file_error("measuring " + path, errno);
  if (static_cast<std::uint64_t>(size) < bytes) return fail(Fault::malformed, path + " is too short");
  FileEnd out{static_cast<std::uint64_t>(size) - bytes, Bytes(bytes)};
  for (std::size_t held = 0; held < bytes;) {
    const auto got = ::pread(file.fd(), out.bytes.data() + held, bytes - held, static_cast<off_t>(out.before + held));
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return file_error("reading " + path, got == 0 ? EIO : errno);
    held += static_cast<std::size_t>(got);
  }
  return out;
}

Result<void> append_synced(const std::string& path, BytesView bytes) {
  const File file(path, O_WRONLY | O_APPEND);
  if (!file.is_open()) return file_error("opening " + path, errno);
  return write_all(file.fd(), bytes, path);
}

Result<void> rename_file(const std::string& from, const std::string& to) {
  if (::rename(from.c_str(), to.c_str()) != 0) return file_error("naming " + to, errno);
  return sync_directory_of(to);
}

void remove_file(const std::string& path) { ::unlink(path.c_str()); }

bool file_exists(const std::string& path) {
  struct stat found{};
  return ::stat(path.c_str(), &found) == 0;
}

std::uint64_t file_bytes(const std::string& path) {
  struct stat found{};
  return ::stat(path.c_str(), &found) == 0 && S_ISREG(found.st_mode) ? static_cast<std::uint64_t>(found.st_size) : 0;
}

std::uint64_t disk_free_bytes(const std::string& path) {
  struct statvfs found{};
  if (::statvfs(path.c_str(), &found) != 0) return 0;
  return std::uint64_t{found.f_bavail} * found.f_frsize;
}

Result<DataDir> DataDir::make(const std::string& path) {
  const auto parent = std::filesystem::absolute(path).parent_path();
  std::error_code error;
  std::filesystem::create_directories(parent, error);
  if (error) return file_error("making " + parent.string(), error.value());
  if (::mkdir(path.c_str(), S_IRWXU) != 0 && errno != EEXIST) return file_error("making " + path, errno);
  return find(path);
}

Result<DataDir> DataDir::find(const std::string& path) {
  struct stat found{};
  if (::stat(path.c_str(), &found) != 0) return file_error(path, errno);
  if (!S_ISDIR(found.st_mode)) return fail(Fault::invalid, path + " is not a directory");
  return DataDir(path);
}

DataDir::DataDir(DataDir&& other) noexcept : path_(std::move(other.path_)), lock_(std::exchange(other.lock_, -1)) {}
DataDir& DataDir::operator=(DataDir&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(lock_, other.lock_);
  return *this;
}
DataDir::~DataDir() {
  if (lock_ >= 0) ::close(static_cast<int>(lock_));
}

Result<void> DataDir::hand_over(std::string_view name) const {
  if (::geteuid() != 0) return {};
  struct stat owner{};
  if (::stat(path_.c_str(), &owner) != 0) return file_error("examining " + path_, errno);
  if (::lchown(file(name).c_str(), owner.st_uid, owner.st_gid) != 0) return file_error("handing over " + file(name), errno);
  return {};
}

Result<void> DataDir::lock(const std::string& who) {
  const auto path = file("lock");
  const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, S_IRUSR | S_IWUSR);
  if (fd < 0) return file_error("opening " + path, errno);
  if (::flock(fd, LOCK_EX | LOCK_NB) != 0) {
    char holder[128]{};
    const auto got = ::pread(fd, holder, sizeof holder - 1, 0);
    ::close(fd);
    return fail(Fault::storage_locked,
                path_ + " is held by " + (got > 0 ? std::string(holder) : std::string("a process that gave no name")));
  }
  const auto name = who + ", process " + std::to_string(::getpid());
  if (::ftruncate(fd, 0) != 0 || ::pwrite(fd, name.data(), name.size(), 0) < 0) {
    const auto error = errno;
    ::close(fd);
    return file_error("writing " + path, error);
  }
  lock_ = fd;
  return {};
}

}  // namespace ward::runtime
