#include "runtime/door_file_windows.hpp"
#include "runtime/local_connection.hpp"

#include <winsock2.h>

#include <array>
#include <cerrno>
#include <limits>

namespace ward::runtime {
namespace {

using Clock = std::chrono::steady_clock;

int errno_of(int error) noexcept {
  switch (error) {
    case WSAEWOULDBLOCK:
    case WSAEINPROGRESS: return EAGAIN;
    case WSAECONNREFUSED: return ECONNREFUSED;
    case WSAETIMEDOUT: return ETIMEDOUT;
    case WSAECONNRESET:
    case WSAECONNABORTED:
    case WSAESHUTDOWN: return ECONNRESET;
    case WSAEACCES: return EACCES;
    default: return EIO;
  }
}

int errno_of(const Error& error) noexcept {
  switch (error.fault) {
    case Fault::not_found: return ENOENT;
    case Fault::storage_read_only: return EACCES;
    case Fault::malformed: return ECONNREFUSED;  // a daemon that dies while it writes it leaves such a file
    default: return EIO;
  }
}

/// Windows wants to be told once that a program uses its network.
class Network {
 public:
  Network() { WSAStartup(MAKEWORD(2, 2), &data_); }
  Network(const Network&) = delete;
  Network& operator=(const Network&) = delete;
  ~Network() { WSACleanup(); }

 private:
  WSADATA data_{};
};

}  // namespace

LocalConnection::LocalConnection(std::chrono::milliseconds timeout) : socket_(-1), deadline_(Clock::now() + timeout) {
  static const Network network;
  socket_ = static_cast<std::intptr_t>(::socket(AF_INET, SOCK_STREAM, IPPROTO_TCP));
  u_long on = 1;
  ioctlsocket(static_cast<SOCKET>(socket_), FIONBIO, &on);
}

LocalConnection::~LocalConnection() { closesocket(static_cast<SOCKET>(socket_)); }

int LocalConnection::connect(const std::string& path) {
  const auto door = read_door_file(path);
  if (door.has_error()) return errno_of(door.error());
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(door->port);
  to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  if (::connect(static_cast<SOCKET>(socket_), reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) {
    if (const int error = wait_after(errno_of(WSAGetLastError()), POLLOUT); error != 0) return error;
    int failed = 0;
    int size = sizeof failed;
    getsockopt(static_cast<SOCKET>(socket_), SOL_SOCKET, SO_ERROR, reinterpret_cast<char*>(&failed), &size);
    if (failed != 0) return errno_of(failed);
  }
  if (const int error = write(door->knock); error != 0) return error;
  std::array<char, DoorFile::secret_size> heard{};
  for (std::size_t held = 0; held < heard.size();) {
    std::size_t got = 0;
    if (const int error = read(std::span(heard).subspan(held), got); error != 0) return error;
    if (got == 0) return ECONNREFUSED;
    held += got;
  }
  return std::string_view(heard.data(), heard.size()) == door->answer ? 0 : ECONNREFUSED;
}

int LocalConnection::write(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto some = static_cast<int>(std::min<std::size_t>(bytes.size(), 1U << 20U));
    const auto sent = ::send(static_cast<SOCKET>(socket_), bytes.data(), some, 0);
    if (sent >= 0) {
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    } else if (const int error = wait_after(errno_of(WSAGetLastError()), POLLOUT); error != 0) {
      return error;
    }
  }
  return 0;
}

int LocalConnection::read(std::span<char> into, std::size_t& got) {
  while (true) {
    const auto received = ::recv(static_cast<SOCKET>(socket_), into.data(), static_cast<int>(into.size()), 0);
    if (received >= 0) {
      got = static_cast<std::size_t>(received);
      return 0;
    }
    if (const int error = wait_after(errno_of(WSAGetLastError()), POLLIN); error != 0) return error;
  }
}

/// With select: WSAPoll of Windows 7 never tells of a connection that was refused.
int LocalConnection::wait_after(int error, short events) {
  if (error != EAGAIN) return error;
  const auto left = std::chrono::duration_cast<std::chrono::microseconds>(deadline_ - Clock::now()).count();
  if (left <= 0) return ETIMEDOUT;
  fd_set wanted, failed;
  FD_ZERO(&wanted);
  FD_ZERO(&failed);
  FD_SET(static_cast<SOCKET>(socket_), &wanted);
  FD_SET(static_cast<SOCKET>(socket_), &failed);
  timeval wait{static_cast<long>(left / 1'000'000), static_cast<long>(left % 1'000'000)};
  const bool reads = events == POLLIN;
  return ::select(0, reads ? &wanted : nullptr, reads ? nullptr : &wanted, &failed, &wait) > 0 ? 0 : ETIMEDOUT;
}

}  // namespace ward::runtime
