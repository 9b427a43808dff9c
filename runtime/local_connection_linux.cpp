#include "runtime/local_connection.hpp"
#include "runtime/unix_socket.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <limits>

namespace ward::runtime {
namespace {

using Clock = std::chrono::steady_clock;

}  // namespace

LocalConnection::LocalConnection(std::chrono::milliseconds timeout)
    : socket_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)), deadline_(Clock::now() + timeout) {}

LocalConnection::~LocalConnection() {
  if (socket_ >= 0) ::close(static_cast<int>(socket_));
}

int LocalConnection::connect(const std::string& path) {
  const SocketPath reachable(path);
  sockaddr_un to{};
  if (socket_ < 0) return errno;
  if (reachable.text().size() >= sizeof to.sun_path) return ENAMETOOLONG;
  to.sun_family = AF_UNIX;
  std::memcpy(to.sun_path, reachable.text().data(), reachable.text().size());
  // EAGAIN: the daemon's backlog is full. There is nothing to poll for then.
  while (::connect(static_cast<int>(socket_), reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) {
    if (errno != EAGAIN) return errno;
    if (Clock::now() >= deadline_) return ETIMEDOUT;
    ::usleep(10'000);
  }
  return 0;
}

int LocalConnection::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = ::send(static_cast<int>(socket_), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    } else if (const int error = wait_after(errno, POLLOUT); error != 0) {
      return error;
    }
  }
  return 0;
}

int LocalConnection::read(std::span<char> into, std::size_t& got) {
  while (true) {
    const auto received = ::recv(static_cast<int>(socket_), into.data(), into.size(), 0);
    if (received >= 0) {
      got = static_cast<std::size_t>(received);
      return 0;
    }
    if (const int error = wait_after(errno, POLLIN); error != 0) return error;
  }
}

int LocalConnection::wait_after(int error, short events) {
  if (error == EINTR) return 0;
  if (error != EAGAIN && error != EWOULDBLOCK) return error;
  const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline_ - Clock::now()).count();
  pollfd what{static_cast<int>(socket_), events, 0};
  const auto wait = static_cast<int>(std::min<std::int64_t>(left, std::numeric_limits<int>::max()));
  return left > 0 && ::poll(&what, 1, wait) > 0 ? 0 : ETIMEDOUT;
}

}  // namespace ward::runtime
