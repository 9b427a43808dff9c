#include "runtime/http.hpp"
#include "runtime/unix_socket.hpp"

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <limits>
#include <span>

/// A blocking client without Asio: a command line makes one call at a time.
namespace ward::runtime {
namespace {

namespace http = boost::beast::http;
using Clock = std::chrono::steady_clock;

Error unreachable(int error) {
  if (error == ETIMEDOUT) return fail(Fault::timeout, "the daemon did not answer");
  if (error == EACCES || error == EPERM) return fail(Fault::not_member, "this account may not use the daemon's socket");
  if (error == ENOENT || error == ECONNREFUSED) return fail(Fault::not_found, "no daemon listens in this data directory");
  return fail(Fault::io, std::string("talking to the daemon: ") + std::strerror(error));
}

/// A Unix socket on which every wait ends at one deadline. The functions give an errno; 0 is success.
class Connection {
 public:
  explicit Connection(std::chrono::milliseconds timeout)
      : fd_(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)), deadline_(Clock::now() + timeout) {}
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection() {
    if (fd_ >= 0) ::close(fd_);
  }

  int connect(const std::string& path) {
    sockaddr_un to{};
    if (fd_ < 0) return errno;
    if (path.size() >= sizeof to.sun_path) return ENAMETOOLONG;
    to.sun_family = AF_UNIX;
    std::memcpy(to.sun_path, path.data(), path.size());
    // EAGAIN: the daemon's backlog is full. There is nothing to poll for then.
    while (::connect(fd_, reinterpret_cast<const sockaddr*>(&to), sizeof to) != 0) {
      if (errno != EAGAIN) return errno;
      if (Clock::now() >= deadline_) return ETIMEDOUT;
      ::usleep(10'000);
    }
    return 0;
  }

  int write(std::string_view bytes) {
    while (!bytes.empty()) {
      const auto sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent >= 0) {
        bytes.remove_prefix(static_cast<std::size_t>(sent));
      } else if (const int error = wait_after(errno, POLLOUT); error != 0) {
        return error;
      }
    }
    return 0;
  }

  /// At the end `got` is 0.
  int read(std::span<char> into, std::size_t& got) {
    while (true) {
      const auto received = ::recv(fd_, into.data(), into.size(), 0);
      if (received >= 0) {
        got = static_cast<std::size_t>(received);
        return 0;
      }
      if (const int error = wait_after(errno, POLLIN); error != 0) return error;
    }
  }

 private:
  int wait_after(int error, short events) {
    if (error == EINTR) return 0;
    if (error != EAGAIN && error != EWOULDBLOCK) return error;
    const auto left = std::chrono::duration_cast<std::chrono::milliseconds>(deadline_ - Clock::now()).count();
    pollfd what{fd_, events, 0};
    return left > 0 && ::poll(&what, 1, static_cast<int>(std::min<std::int64_t>(left, std::numeric_limits<int>::max()))) > 0 ? 0
                                                                                                                             : ETIMEDOUT;
  }

  int fd_;
  Clock::time_point deadline_;
};

std::string request_of(const Call& call) {
  std::string out = call.method + ' ' + call.target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";
  if (!call.idempotency_key.empty()) out += "Idempotency-Key: " + call.idempotency_key + "\r\n";
  if (!call.body.empty() || call.method == "POST") out += "Content-Length: " + std::to_string(call.body.size()) + "\r\n";
  return out + "\r\n" + call.body;
}

Result<Reply> read_reply(Connection& connection) {
  http::response_parser<http::string_body> parser;
  parser.eager(true);
  parser.body_limit(std::numeric_limits<std::uint32_t>::max());
  std::array<char, 16 * 1024> buffer;
  std::string unread;
  while (!parser.is_done()) {
    std::size_t got = 0;
    if (const int error = connection.read(buffer, got); error != 0) return unreachable(error);
    boost::system::error_code malformed;
    if (got == 0) {
      parser.put_eof(malformed);
      if (malformed || !parser.is_done()) return fail(Fault::io, "the daemon ended in the middle of its answer");
      break;
    }
    unread.append(buffer.data(), got);
    const auto used = parser.put(boost::asio::buffer(unread), malformed);
    unread.erase(0, used);
    if (malformed && malformed != http::error::need_more) return fail(Fault::malformed, "the daemon's answer is not HTTP");
  }
  return Reply{parser.get().result_int(), std::move(parser.get().body()), std::string(parser.get()[http::field::etag])};
}

}  // namespace

Result<Reply> call_unix(const std::string& socket_path, const Call& call, std::chrono::milliseconds timeout) {
  const SocketPath reachable(socket_path);
  Connection connection(timeout);
  if (const int error = connection.connect(reachable.text()); error != 0) return unreachable(error);
  // A daemon that refuses early answers before it has read everything: its answer counts, not the broken pipe.
  if (const int error = connection.write(request_of(call)); error != 0 && error != EPIPE && error != ECONNRESET) return unreachable(error);
  return read_reply(connection);
}

}  // namespace ward::runtime
