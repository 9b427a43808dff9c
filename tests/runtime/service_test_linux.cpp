#include "runtime/machine.hpp"
#include "runtime/watchdog.hpp"
#include "tests/support/temporary.hpp"

#include <catch2/catch.hpp>

#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>

using namespace ward::runtime;
using namespace std::chrono_literals;
using ward::test::Temporary;

namespace {

/// A variable of the environment, while the object lives.
class Variable {
 public:
  Variable(const char* name, const std::string& value) : name_(name) { ::setenv(name, value.c_str(), 1); }
  Variable(const Variable&) = delete;
  Variable& operator=(const Variable&) = delete;
  ~Variable() { ::unsetenv(name_); }

 private:
  const char* name_;
};

/// What the service manager would hear on `name`; "@" begins an abstract one.
class Ear {
 public:
  explicit Ear(const std::string& name) : fd_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0)) {
    sockaddr_un at{};
    at.sun_family = AF_UNIX;
    std::memcpy(at.sun_path, name.data(), name.size());
    if (name[0] == '@') at.sun_path[0] = '\0';
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
    REQUIRE(::bind(fd_, reinterpret_cast<const sockaddr*>(&at), size) == 0);
  }
  Ear(const Ear&) = delete;
  Ear& operator=(const Ear&) = delete;
  ~Ear() { ::close(fd_); }
  [[nodiscard]] std::string heard() const {
    char buffer[256];
    const auto got = ::recv(fd_, buffer, sizeof buffer, 0);
    return got < 0 ? std::string() : std::string(buffer, static_cast<std::size_t>(got));
  }

 private:
  int fd_;
};

}  // namespace

TEST_CASE("service manager: is told over a socket file and over an abstract name") {
  const Temporary here;
  for (const auto& name : {here.file("notify"), "@wardsync-test-" + std::to_string(::getpid())}) {
    const Ear ear(name);
    const Variable socket("NOTIFY_SOCKET", name);
    notify_service("READY=1");
    CHECK(ear.heard() == "READY=1");
    CHECK(ear.heard().empty());
  }
}

TEST_CASE("service manager: nobody there, or a name that is none, changes nothing") {
  notify_service("READY=1");
  for (const auto& name : {std::string(), std::string("relative"), "/" + std::string(200, 'x'), std::string("/nowhere/at/all")}) {
    const Variable socket("NOTIFY_SOCKET", name);
    notify_service("READY=1");
  }
  SUCCEED("none of them ended the process");
}

TEST_CASE("watchdog: is answered twice as often as it asks, and at least every ten seconds") {
  CHECK_FALSE(watchdog_pause());
  const std::pair<const char*, std::chrono::milliseconds> cases[] = {{"2000000", 1000ms}, {"60000000", 10s}, {"1", 1ms}, {"3000", 1ms}};
  for (const auto& [allowed, pause] : cases) {
    const Variable watch("WATCHDOG_USEC", allowed);
    CHECK(watchdog_pause() == pause);
  }
}

TEST_CASE("watchdog: no number, or another process's, is none") {
  for (const auto* junk : {"", "0", "-5", "2s", "99999999999999999999", " 1"}) {
    const Variable watch("WATCHDOG_USEC", junk);
    INFO(junk);
    CHECK_FALSE(watchdog_pause());
  }
  const Variable watch("WATCHDOG_USEC", "2000000");
  {
    const Variable whose("WATCHDOG_PID", std::to_string(::getpid() + 1));
    CHECK_FALSE(watchdog_pause());
  }
  const Variable whose("WATCHDOG_PID", std::to_string(::getpid()));
  CHECK(watchdog_pause() == 1000ms);
}
