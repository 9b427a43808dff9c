#include "protocol/base/error.hpp"
#include "runtime/machine.hpp"
#include "runtime/process.hpp"
#include "runtime/system_windows.hpp"

#include <windows.h>

#include <fcntl.h>
#include <io.h>
#include <shellapi.h>
#include <sodium/core.h>

#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cwchar>

namespace ward::runtime {
namespace {

/// The service manager calls functions that are given nothing of ours: what they need lies here.
struct Service {
  const std::function<int()>* daemon = nullptr;
  SERVICE_STATUS_HANDLE manager = nullptr;  ///< null: nobody manages this process
  int exit = 0;
} service;

void tell(DWORD state, int exit = 0) {
  SERVICE_STATUS status{};
  status.dwServiceType = SERVICE_WIN32_OWN_PROCESS;
  status.dwCurrentState = state;
  status.dwControlsAccepted = state == SERVICE_RUNNING ? SERVICE_ACCEPT_STOP | SERVICE_ACCEPT_SHUTDOWN : 0;
  status.dwWin32ExitCode = exit == 0 ? NO_ERROR : ERROR_SERVICE_SPECIFIC_ERROR;
  status.dwServiceSpecificExitCode = static_cast<DWORD>(exit);
  status.dwWaitHint = 30'000;
  SetServiceStatus(service.manager, &status);
}

DWORD WINAPI control(DWORD what, DWORD, void*, void*) {
  if (what == SERVICE_CONTROL_STOP || what == SERVICE_CONTROL_SHUTDOWN) {
    tell(SERVICE_STOP_PENDING);
    std::raise(SIGTERM);
  }
  return NO_ERROR;
}

void WINAPI service_main(DWORD, wchar_t**) {
  service.manager = RegisterServiceCtrlHandlerExW(L"wardsync", control, nullptr);
  tell(SERVICE_START_PENDING);
  service.exit = (*service.daemon)();
  tell(SERVICE_STOPPED, service.exit);
}

std::string program_data() {
  const auto* found = _wgetenv(L"ProgramData");
  return (found == nullptr ? std::string("C:\\ProgramData") : narrow(found)) + "\\Wardsync\\";
}

/// Windows hands main the words in the code page of the country; in UTF-16 they are whole.
std::vector<std::string>& words() {
  static std::vector<std::string> all = [] {
    std::vector<std::string> out;
    int count = 0;
    auto** found = CommandLineToArgvW(GetCommandLineW(), &count);
    for (int i = 0; i < count; ++i) out.push_back(narrow(found[i]));
    LocalFree(found);
    return out;
  }();
  return all;
}

/// What getenv gives comes in that code page, too. The rest of the environment is not for us.
void take_environment() {
  auto* all = GetEnvironmentStringsW();
  for (const auto* at = all; *at != L'\0'; at += std::wcslen(at) + 1)
    if (const auto pair = narrow(at); pair.starts_with("WARDSYNC_")) _putenv(pair.c_str());
  FreeEnvironmentStringsW(all);
}

}  // namespace

void begin_process(int& argc, char**& argv) {
  static std::vector<char*> pointers;
  for (auto& word : words()) pointers.push_back(word.data());
  argc = static_cast<int>(pointers.size());
  pointers.push_back(nullptr);
  argv = pointers.data();
  take_environment();
  SetConsoleOutputCP(CP_UTF8);
  for (auto* stream : {stdin, stdout, stderr}) _setmode(_fileno(stream), _O_BINARY);
  WARD_ASSERT(sodium_init() >= 0);
}

int run_daemon(const std::function<int()>& daemon) {
  service.daemon = &daemon;
  wchar_t name[] = L"wardsync";
  const SERVICE_TABLE_ENTRYW table[] = {{name, service_main}, {nullptr, nullptr}};
  return StartServiceCtrlDispatcherW(table) ? service.exit : daemon();
}

void notify_service(std::string_view state) {
  if (service.manager == nullptr) return;
  if (state == "READY=1") tell(SERVICE_RUNNING);
  if (state == "STOPPING=1") tell(SERVICE_STOP_PENDING);
}

std::string default_data() { return program_data() + "data"; }
std::string default_config(std::string_view file) { return program_data() + std::string(file); }

}  // namespace ward::runtime
