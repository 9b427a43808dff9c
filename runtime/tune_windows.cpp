#include "runtime/link.hpp"

#include <mstcpip.h>

namespace ward::runtime {
namespace {

/// Windows knows it by this number, the headers of the compiler by no name: the seconds after which data that nobody acknowledged break the
/// connection.
constexpr int tcp_maxrt = 5;

}  // namespace

void tune(Tcp::socket& socket, std::chrono::milliseconds unacknowledged_max) {
  boost::system::error_code ignored;
  socket.set_option(Tcp::no_delay(true), ignored);
  // Engines ping sooner than this; TCP's own probes are for the side whose engine waits.
  tcp_keepalive probes{1, 150'000, 20'000};
  DWORD got = 0;
  WSAIoctl(socket.native_handle(), SIO_KEEPALIVE_VALS, &probes, sizeof probes, nullptr, 0, &got, nullptr, nullptr);
  const auto seconds = static_cast<int>(std::chrono::duration_cast<std::chrono::seconds>(unacknowledged_max).count());
  socket.set_option(asio::detail::socket_option::integer<IPPROTO_TCP, tcp_maxrt>(seconds), ignored);
}

}  // namespace ward::runtime
