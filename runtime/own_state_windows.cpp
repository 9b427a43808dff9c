#include "runtime/own_state.hpp"

#include "runtime/system_windows.hpp"

#include <cstdlib>
#include <cwchar>

namespace ward::runtime {

std::string own_state() {
  const wchar_t* at = _wgetenv(L"LOCALAPPDATA");
  return at == nullptr ? std::string() : narrow(at) + "/Wardsync";
}

}  // namespace ward::runtime
