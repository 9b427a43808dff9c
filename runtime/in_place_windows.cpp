#include "runtime/in_place.hpp"

#include "runtime/system_windows.hpp"

#include <windows.h>

namespace ward::runtime {

Result<void> write_in_place(const std::string& path, BytesView bytes) {
  const Handle file(CreateFileW(wide(path).c_str(), GENERIC_WRITE, FILE_SHARE_READ, nullptr, OPEN_EXISTING,
                                FILE_ATTRIBUTE_NORMAL | FILE_FLAG_WRITE_THROUGH, nullptr));
  DWORD wrote = 0;
  if (!file.is_open() || !WriteFile(file.get(), bytes.data(), static_cast<DWORD>(bytes.size()), &wrote, nullptr) ||
      !FlushFileBuffers(file.get()))
    return windows_failed("writing " + path, GetLastError());
  if (wrote != bytes.size()) return fail(Fault::io, "writing " + path);
  return {};
}

}  // namespace ward::runtime
