#include "runtime/link.hpp"

#include <netinet/tcp.h>

namespace ward::runtime {
namespace {

template <int level, int name>
void set_option(Tcp::socket& socket, int value) {
  boost::system::error_code ignored;
  socket.set_option(asio::detail::socket_option::integer<level, name>(value), ignored);
}

}  // namespace

void tune(Tcp::socket& socket, std::chrono::milliseconds unacknowledged_max) {
  boost::system::error_code ignored;
  socket.set_option(Tcp::no_delay(true), ignored);
  socket.set_option(Tcp::socket::keep_alive(true), ignored);
  // Engines ping sooner than this; TCP's own probes are for the side whose engine waits.
  set_option<IPPROTO_TCP, TCP_KEEPIDLE>(socket, 150);
  set_option<IPPROTO_TCP, TCP_KEEPINTVL>(socket, 20);
  set_option<IPPROTO_TCP, TCP_KEEPCNT>(socket, 3);
  set_option<IPPROTO_TCP, TCP_USER_TIMEOUT>(socket, static_cast<int>(unacknowledged_max.count()));
}

}  // namespace ward::runtime
