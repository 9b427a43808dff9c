#pragma once

#include "protocol/base/error.hpp"
#include "runtime/asio.hpp"

#include <boost/asio/basic_socket_acceptor.hpp>
#include <boost/asio/generic/stream_protocol.hpp>

#include <string>
#include <tuple>

/// Where accounts of this machine reach the daemon: a Unix socket; on Windows a loopback port of which only they can know.
namespace ward::runtime {

struct Visitor {
  std::string account;  ///< empty: it may not use the daemon
  bool owner = false;   ///< root, or this process's own account
};

class LocalDoor {
 public:
  using Socket = asio::generic::stream_protocol::socket;

  explicit LocalDoor(const asio::any_io_executor& executor) : acceptor_(executor) {}

  /// Linux: a socket file of mode 0660 and, where it exists, of group `wardsync`; a path too long for a socket address is reached through
  /// /proc/self/fd. Windows: a file that only this account reads (door_file_windows.hpp). A stale file is replaced: hold the data
  /// directory's lock.
  [[nodiscard]] Result<void> open(const std::string& path);
  [[nodiscard]] bool is_open() const noexcept { return acceptor_.is_open(); }
  [[nodiscard]] asio::awaitable<std::tuple<boost::system::error_code, Socket>> accept() { return acceptor_.async_accept(as_values); }
  /// The visitor's account, when it may use the daemon: root, this process's own account, members of the socket's group (Windows: whoever
  /// could read the file, and counts as this account). Empty otherwise.
  [[nodiscard]] asio::awaitable<Visitor> admit(Socket& visitor);
  void close();

 private:
  asio::basic_socket_acceptor<asio::generic::stream_protocol> acceptor_;
  std::string knock_, answer_;  ///< of Windows
};

}  // namespace ward::runtime
