#include "runtime/system_windows.hpp"

#include <windows.h>

#include <aclapi.h>
#include <sddl.h>

#include <algorithm>
#include <array>

namespace ward::runtime {
namespace {

Fault fault_of(DWORD error) noexcept {
  switch (error) {
    case ERROR_FILE_NOT_FOUND:
    case ERROR_PATH_NOT_FOUND:
    case ERROR_INVALID_NAME:
    case ERROR_BAD_NETPATH: return Fault::not_found;
    case ERROR_DISK_FULL:
    case ERROR_HANDLE_DISK_FULL:
    case ERROR_ACCESS_DENIED:
    case ERROR_WRITE_PROTECT: return Fault::storage_read_only;
    default: return Fault::io;
  }
}

std::string words_for(DWORD error) {
  std::array<wchar_t, 512> text{};
  const auto size = FormatMessageW(FORMAT_MESSAGE_FROM_SYSTEM | FORMAT_MESSAGE_IGNORE_INSERTS, nullptr, error, 0, text.data(),
                                   static_cast<DWORD>(text.size()), nullptr);
  auto words = narrow(std::wstring_view(text.data(), size));
  while (!words.empty() && (words.back() == '\n' || words.back() == '\r' || words.back() == ' ' || words.back() == '.')) words.pop_back();
  return words + " (Windows error " + std::to_string(error) + ")";
}

Sid well_known(WELL_KNOWN_SID_TYPE type) {
  Sid out(SECURITY_MAX_SID_SIZE);
  auto size = static_cast<DWORD>(out.size());
  WARD_ASSERT(CreateWellKnownSid(type, nullptr, out.data(), &size));
  out.resize(size);
  return out;
}

std::wstring text_of_sid(Sid sid) {
  wchar_t* text = nullptr;
  WARD_ASSERT(ConvertSidToStringSidW(sid.data(), &text));
  std::wstring out(text);
  LocalFree(text);
  return out;
}

bool is_one_of(PSID whose, const std::vector<Sid>& known) {
  return std::any_of(known.begin(), known.end(), [&](Sid sid) { return EqualSid(whose, sid.data()) != 0; });
}

}  // namespace

std::wstring wide(std::string_view utf8) {
  if (utf8.empty()) return {};
  const auto size = static_cast<int>(utf8.size());
  std::wstring out(static_cast<std::size_t>(MultiByteToWideChar(CP_UTF8, 0, utf8.data(), size, nullptr, 0)), L'\0');
  MultiByteToWideChar(CP_UTF8, 0, utf8.data(), size, out.data(), static_cast<int>(out.size()));
  return out;
}

std::string narrow(std::wstring_view utf16) {
  if (utf16.empty()) return {};
  const auto size = static_cast<int>(utf16.size());
  std::string out(static_cast<std::size_t>(WideCharToMultiByte(CP_UTF8, 0, utf16.data(), size, nullptr, 0, nullptr, nullptr)), '\0');
  WideCharToMultiByte(CP_UTF8, 0, utf16.data(), size, out.data(), static_cast<int>(out.size()), nullptr, nullptr);
  return out;
}

Error windows_failed(const std::string& what, unsigned long error) { return fail(fault_of(error), what + ": " + words_for(error)); }

Handle::~Handle() {
  if (is_open()) CloseHandle(handle_);
}
bool Handle::is_open() const noexcept { return handle_ != nullptr && handle_ != INVALID_HANDLE_VALUE; }

Sid own_sid() {
  HANDLE raw = nullptr;
  WARD_ASSERT(OpenProcessToken(GetCurrentProcess(), TOKEN_QUERY, &raw));
  const Handle token(raw);
  alignas(TOKEN_USER) std::array<std::uint8_t, sizeof(TOKEN_USER) + SECURITY_MAX_SID_SIZE> buffer{};
  DWORD size = 0;
  WARD_ASSERT(GetTokenInformation(token.get(), TokenUser, buffer.data(), static_cast<DWORD>(buffer.size()), &size));
  auto* sid = reinterpret_cast<const TOKEN_USER*>(buffer.data())->User.Sid;
  const auto* bytes = static_cast<const std::uint8_t*>(sid);
  return {bytes, bytes + GetLengthSid(sid)};
}
Sid system_sid() { return well_known(WinLocalSystemSid); }
Sid administrators_sid() { return well_known(WinBuiltinAdministratorsSid); }

std::wstring private_access() {
  std::wstring out = L"D:P";  // nothing is inherited from above
  for (const auto& sid : {own_sid(), system_sid(), administrators_sid()}) out += L"(A;OICI;FA;;;" + text_of_sid(sid) + L")";
  return out;
}

bool is_private(const Handle& file) {
  PACL list = nullptr;
  PSECURITY_DESCRIPTOR descriptor = nullptr;
  if (GetSecurityInfo(file.get(), SE_FILE_OBJECT, DACL_SECURITY_INFORMATION, nullptr, nullptr, &list, nullptr, &descriptor) !=
      ERROR_SUCCESS)
    return false;
  const std::vector<Sid> known{own_sid(), system_sid(), administrators_sid()};
  bool all_known = list != nullptr;  // no list at all lets in everybody
  for (DWORD i = 0; all_known && i < list->AceCount; ++i) {
    void* entry = nullptr;
    all_known = GetAce(list, i, &entry) != 0;
    if (!all_known || static_cast<const ACE_HEADER*>(entry)->AceType == ACCESS_DENIED_ACE_TYPE) continue;
    all_known = static_cast<const ACE_HEADER*>(entry)->AceType == ACCESS_ALLOWED_ACE_TYPE &&
                is_one_of(&static_cast<ACCESS_ALLOWED_ACE*>(entry)->SidStart, known);
  }
  LocalFree(descriptor);
  return all_known;
}

}  // namespace ward::runtime
