#include "runtime/process.hpp"

#include "protocol/base/error.hpp"

#include <sodium/core.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <algorithm>
#include <csignal>

namespace ward::runtime {
namespace {

/// The memory of a process that broke holds keys and names of people. One byte and not none, because a program to which the kernel hands
/// memory images is not asked below that (core(5)).
void leave_no_core() {
  rlimit core{};
  if (::getrlimit(RLIMIT_CORE, &core) != 0) return;
  core.rlim_max = std::min<rlim_t>(core.rlim_max, 1);
  core.rlim_cur = core.rlim_max;
  (void)::setrlimit(RLIMIT_CORE, &core);
}

}  // namespace

void begin_process(int&, char**&) {
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  ::umask(077);
  leave_no_core();
  WARD_ASSERT(sodium_init() >= 0);
}

int run_daemon(const std::function<int()>& daemon) { return daemon(); }

std::string default_data() { return "/var/lib/wardsync"; }
std::string default_config(std::string_view file) { return "/etc/wardsync/" + std::string(file); }

}  // namespace ward::runtime
