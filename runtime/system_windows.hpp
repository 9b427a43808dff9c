#pragma once

#include "protocol/base/error.hpp"

#include <string>
#include <string_view>
#include <vector>

/// What the files for Windows share. Everything here speaks UTF-8, Windows speaks UTF-16.
namespace ward::runtime {

/// What is no text becomes U+FFFD.
[[nodiscard]] std::wstring wide(std::string_view utf8);
[[nodiscard]] std::string narrow(std::wstring_view utf16);

/// `error` as GetLastError gives it.
[[nodiscard]] Error windows_failed(const std::string& what, unsigned long error);

/// Closed when it goes; null and INVALID_HANDLE_VALUE are none.
class Handle {
 public:
  explicit Handle(void* handle) noexcept : handle_(handle) {}
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;
  ~Handle();
  [[nodiscard]] bool is_open() const noexcept;
  [[nodiscard]] void* get() const noexcept { return handle_; }

 private:
  void* handle_;
};

/// A security identifier (SID) as Windows holds it in memory.
using Sid = std::vector<std::uint8_t>;
/// Of this process's account; of the system itself; of the machine's administrators.
[[nodiscard]] Sid own_sid();
[[nodiscard]] Sid system_sid();
[[nodiscard]] Sid administrators_sid();

/// The access list of a file or directory for this account alone, as security descriptor text (SDDL): the account, and those from whom
/// nothing can be kept, the system and its administrators.
[[nodiscard]] std::wstring private_access();
/// Whether the access list of a file or directory, opened with READ_CONTROL, lets in nobody but those.
[[nodiscard]] bool is_private(const Handle& file);

}  // namespace ward::runtime
