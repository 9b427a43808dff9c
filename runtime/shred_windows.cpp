#include "runtime/shred.hpp"

#include "protocol/base/bytes.hpp"
#include "runtime/data_dir.hpp"
#include "runtime/system_windows.hpp"

#include <windows.h>

namespace ward::runtime {
namespace {

/// 0, or why not.
DWORD overwrite(const Handle& file) {
  BY_HANDLE_FILE_INFORMATION found{};
  if (!GetFileInformationByHandle(file.get(), &found)) return GetLastError();
  if (found.nNumberOfLinks != 1) return 0;
  const Bytes zeros(found.nFileSizeLow);
  DWORD wrote = 0;
  if (!WriteFile(file.get(), zeros.data(), static_cast<DWORD>(zeros.size()), &wrote, nullptr)) return GetLastError();
  return FlushFileBuffers(file.get()) ? 0 : GetLastError();
}

}  // namespace

Result<void> shred_file(const std::string& path) {
  if (!file_exists(path)) return {};
  {
    const Handle file(CreateFileW(wide(path).c_str(), GENERIC_READ | GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_DELETE, nullptr,
                                  OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, nullptr));
    if (!file.is_open()) return windows_failed("opening " + path, GetLastError());
    if (const auto failed = overwrite(file); failed != 0) return windows_failed("overwriting " + path, failed);
  }
  if (!DeleteFileW(wide(path).c_str())) return windows_failed("removing " + path, GetLastError());
  return {};
}

}  // namespace ward::runtime
