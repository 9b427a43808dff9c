#include "runtime/file_facts.hpp"
#include "runtime/system_windows.hpp"

#include <windows.h>

#include <cerrno>
#include <cstring>

namespace ward::runtime {
namespace {

/// Windows counts in steps of 100 ns from the year 1601.
constexpr std::int64_t steps_from_1601_to_1970 = 116'444'736'000'000'000;

constexpr DWORD shared = FILE_SHARE_READ | FILE_SHARE_WRITE | FILE_SHARE_DELETE;

/// A directory opens only with this flag.
void* open_as(const std::string& path, DWORD access) {
  return CreateFileW(wide(path).c_str(), access, shared, nullptr, OPEN_EXISTING, FILE_FLAG_BACKUP_SEMANTICS, nullptr);
}

}  // namespace

Error file_error(const std::string& what, int error) {
  Fault fault = Fault::io;
  if (error == ENOENT) fault = Fault::not_found;
  if (error == ENOSPC || error == EFBIG) fault = Fault::storage_full;
  if (error == EROFS || error == EACCES || error == EPERM) fault = Fault::storage_read_only;
  return fail(fault, what + ": " + std::strerror(error));
}

Result<FileFacts> file_facts(const std::string& path) {
  const Handle file(open_as(path, READ_CONTROL | FILE_READ_ATTRIBUTES));
  BY_HANDLE_FILE_INFORMATION found{};
  if (!file.is_open() || !GetFileInformationByHandle(file.get(), &found)) return windows_failed(path, GetLastError());
  const auto steps =
      static_cast<std::int64_t>((std::uint64_t{found.ftLastWriteTime.dwHighDateTime} << 32U) | found.ftLastWriteTime.dwLowDateTime);
  FileFacts out;
  out.is_directory = (found.dwFileAttributes & FILE_ATTRIBUTE_DIRECTORY) != 0;
  out.bytes = (std::uint64_t{found.nFileSizeHigh} << 32U) | found.nFileSizeLow;
  out.written = WallTime{(steps - steps_from_1601_to_1970) / 10'000};
  out.is_secret = out.is_guarded = is_private(file);
  out.mode = out.is_secret ? "private" : "open";
  return out;
}

Result<void> check_writable(const std::string& path) {
  const Handle file(open_as(path, GENERIC_WRITE));
  if (!file.is_open()) return windows_failed(path, GetLastError());
  return {};
}

}  // namespace ward::runtime
