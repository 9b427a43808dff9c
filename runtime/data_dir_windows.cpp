#include "runtime/data_dir.hpp"

#include "protocol/base/wipe.hpp"
#include "runtime/system_windows.hpp"

#include <windows.h>

#include <sddl.h>

#include <algorithm>
#include <array>
#include <filesystem>

namespace ward::runtime {
namespace {

/// The byte that a lock covers lies far behind the file's end: a lock of Windows hides what it covers, and the holder's name must be read.
constexpr DWORD lock_at_high = 0x4000'0000;

/// What a new file or directory is made with.
class Private {
 public:
  Private() {
    WARD_ASSERT(ConvertStringSecurityDescriptorToSecurityDescriptorW(private_access().c_str(), SDDL_REVISION_1, &descriptor_, nullptr));
    attributes_ = {sizeof attributes_, descriptor_, FALSE};
  }
  Private(const Private&) = delete;
  Private& operator=(const Private&) = delete;
  ~Private() { LocalFree(descriptor_); }
  [[nodiscard]] SECURITY_ATTRIBUTES* get() noexcept { return &attributes_; }

 private:
  PSECURITY_DESCRIPTOR descriptor_ = nullptr;
  SECURITY_ATTRIBUTES attributes_{};
};

constexpr DWORD shared = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;

void* open_to_read(const std::string& path) {
  return CreateFileW(wide(path).c_str(), GENERIC_READ | READ_CONTROL, shared, nullptr, OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, nullptr);
}

Result<std::string> read_all(const Handle& file, const std::string& path, std::size_t bytes_max) {
  std::string out;
  std::array<char, 4096> buffer;
  const Wiped wiped(buffer);
  while (true) {
    DWORD got = 0;
    if (!ReadFile(file.get(), buffer.data(), static_cast<DWORD>(buffer.size()), &got, nullptr))
      return windows_failed("reading " + path, GetLastError());
    if (got == 0) return out;
    if (out.size() + got > bytes_max) return fail(Fault::too_large, path + " holds more than " + std::to_string(bytes_max) + " bytes");
    out.append(buffer.data(), got);
  }
}

Result<void> write_all(const Handle& file, BytesView bytes, const std::string& path) {
  while (!bytes.empty()) {
    DWORD wrote = 0;
    const auto some = static_cast<DWORD>(std::min<std::size_t>(bytes.size(), 1U << 20U));
    if (!WriteFile(file.get(), bytes.data(), some, &wrote, nullptr)) return windows_failed("writing " + path, GetLastError());
    bytes = bytes.subspan(wrote);
  }
  if (!FlushFileBuffers(file.get())) return windows_failed("syncing " + path, GetLastError());
  return {};
}

Result<void> write_new(const std::string& path, BytesView bytes) {
  Private access;
  const Handle file(CreateFileW(wide(path).c_str(), GENERIC_WRITE, 0, access.get(), CREATE_NEW, FILE_ATTRIBUTE_NORMAL, nullptr));
  if (!file.is_open()) return windows_failed("creating " + path, GetLastError());
  return write_all(file, bytes, path);
}

}  // namespace

Result<std::string> read_file(const std::string& path, std::size_t bytes_max) {
  const Handle file(open_to_read(path));
  if (!file.is_open()) return windows_failed("opening " + path, GetLastError());
  return read_all(file, path, bytes_max);
}

Result<Bytes> read_private_file(const std::string& path, std::size_t bytes_max) {
  const Handle file(open_to_read(path));
  if (!file.is_open()) return windows_failed("opening " + path, GetLastError());
  if (!is_private(file))
    return fail(Fault::invalid, path + " can be read by other accounts; run: icacls \"" + path +
                                    "\" /inheritance:r /grant:r \"%USERNAME%:F\" *S-1-5-18:F *S-1-5-32-544:F");
  WARD_TRY(auto text, read_all(file, path, bytes_max));
  const Wiped wiped(text);
  return copy(view(text));
}

Result<void> write_private_file(const std::string& path, BytesView bytes, bool replace) {
  if (!replace && file_exists(path)) return fail(Fault::invalid, path + " exists already");
  const auto beside = path + ".new";
  remove_file(beside);
  if (auto wrote = write_new(beside, bytes); wrote.has_error()) {
    remove_file(beside);
    return wrote;
  }
  return rename_file(beside, path);
}

Result<void> rename_file(const std::string& from, const std::string& to) {
  if (!MoveFileExW(wide(from).c_str(), wide(to).c_str(), MOVEFILE_REPLACE_EXISTING | MOVEFILE_WRITE_THROUGH))
    return windows_failed("naming " + to, GetLastError());
  return {};
}

void remove_file(const std::string& path) { DeleteFileW(wide(path).c_str()); }

bool file_exists(const std::string& path) { return GetFileAttributesW(wide(path).c_str()) != INVALID_FILE_ATTRIBUTES; }

std::uint64_t file_bytes(const std::string& path) {
  WIN32_FILE_ATTRIBUTE_DATA found{};
  if (!GetFileAttributesExW(wide(path).c_str(), GetFileExInfoStandard, &found) || (found.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) != 0)
    return 0;
  return (std::uint64_t{found.nFileSizeHigh} << 32U) | found.nFileSizeLow;
}

std::uint64_t disk_free_bytes(const std::string& path) {
  ULARGE_INTEGER free{};
  return GetDiskFreeSpaceExW(wide(path).c_str(), &free, nullptr, nullptr) ? free.QuadPart : 0;
}

Result<DataDir> DataDir::make(const std::string& path) {
  const auto parent = std::filesystem::absolute(std::filesystem::path(wide(path))).parent_path();
  std::error_code error;
  std::filesystem::create_directories(parent, error);
  if (error) return windows_failed("making " + narrow(parent.wstring()), static_cast<DWORD>(error.value()));
  Private access;
  if (!CreateDirectoryW(wide(path).c_str(), access.get()) && GetLastError() != ERROR_ALREADY_EXISTS)
    return windows_failed("making " + path, GetLastError());
  return find(path);
}

Result<DataDir> DataDir::find(const std::string& path) {
  const auto found = GetFileAttributesW(wide(path).c_str());
  if (found == INVALID_FILE_ATTRIBUTES) return windows_failed(path, GetLastError());
  if ((found & FILE_ATTRIBUTE_DIRECTORY) == 0) return fail(Fault::invalid, path + " is not a directory");
  return DataDir(path);
}

DataDir::DataDir(DataDir&& other) noexcept : path_(std::move(other.path_)), lock_(std::exchange(other.lock_, -1)) {}
DataDir& DataDir::operator=(DataDir&& other) noexcept {
  std::swap(path_, other.path_);
  std::swap(lock_, other.lock_);
  return *this;
}
DataDir::~DataDir() { const Handle held(reinterpret_cast<void*>(lock_)); }

Result<void> DataDir::lock(const std::string& who) {
  const auto path = file("lock");
  Private access;
  auto* const raw =
      CreateFileW(wide(path).c_str(), GENERIC_READ | GENERIC_WRITE, shared, access.get(), OPEN_ALWAYS, FILE_ATTRIBUTE_NORMAL, nullptr);
  if (raw == INVALID_HANDLE_VALUE) return windows_failed("opening " + path, GetLastError());
  OVERLAPPED at{};
  at.OffsetHigh = lock_at_high;
  if (!LockFileEx(raw, LOCKFILE_EXCLUSIVE_LOCK | LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, &at)) {
    const Handle file(raw);
    const auto holder = read_all(file, path, 128);
    return fail(Fault::storage_locked,
                path_ + " is held by " + (holder.has_value() && !holder->empty() ? *holder : std::string("a process that gave no name")));
  }
  const auto name = who + ", process " + std::to_string(GetCurrentProcessId());
  DWORD wrote = 0;
  if (!SetEndOfFile(raw) || !WriteFile(raw, name.data(), static_cast<DWORD>(name.size()), &wrote, nullptr)) {
    const auto error = GetLastError();
    const Handle file(raw);
    return windows_failed("writing " + path, error);
  }
  lock_ = reinterpret_cast<std::intptr_t>(raw);
  return {};
}

}  // namespace ward::runtime
