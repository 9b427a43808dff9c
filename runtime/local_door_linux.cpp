#include "runtime/local_door.hpp"
#include "runtime/unix_socket.hpp"

#include <boost/asio/local/stream_protocol.hpp>

#include <unistd.h>

#include <cerrno>

namespace ward::runtime {

Result<void> LocalDoor::open(const std::string& path) {
  const SocketPath reachable(path);
  ::unlink(path.c_str());
  boost::system::error_code error;
  acceptor_.open(asio::local::stream_protocol(), error);
  if (!error && reachable.text().size() > 107) error = asio::error::name_too_long;
  if (!error) acceptor_.bind(asio::local::stream_protocol::endpoint(reachable.text()), error);
  if (!error && !open_to_group(path)) error.assign(errno, boost::system::system_category());
  if (!error) acceptor_.listen(asio::socket_base::max_listen_connections, error);
  if (error) return fail(Fault::io, "opening the socket " + path + ": " + error.message());
  return {};
}

asio::awaitable<Visitor> LocalDoor::admit(Socket& visitor) {
  Visitor out;
  out.account = permitted_account(visitor.native_handle(), out.owner);
  co_return out;
}

void LocalDoor::close() {
  boost::system::error_code ignored;
  acceptor_.close(ignored);
}

}  // namespace ward::runtime
