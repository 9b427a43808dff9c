#include "runtime/process.hpp"

#include <sys/stat.h>

#include <csignal>

namespace ward::runtime {

void begin_process(int&, char**&) {
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  ::umask(077);
}

int run_daemon(const std::function<int()>& daemon) { return daemon(); }

std::string default_data() { return "/var/lib/wardsync"; }
std::string default_config(std::string_view file) { return "/etc/wardsync/" + std::string(file); }

}  // namespace ward::runtime
