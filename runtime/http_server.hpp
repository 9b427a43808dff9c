#pragma once

#include "runtime/asio.hpp"
#include "runtime/doorkeeper.hpp"
#include "runtime/http.hpp"
#include "runtime/link.hpp"
#include "runtime/local_door.hpp"

/// HTTP/1.1 for a local API: through one door for accounts of this machine, over loopback TCP for whoever the doorkeeper lets in.
namespace ward::runtime {

struct HttpLimits {
  std::uint32_t header_bytes_max = 16 * 1024;
  std::uint64_t body_bytes_max = 8 * 1024 * 1024;
  std::size_t connections_max = 64;  ///< of each door, so that who blocks one does not block the other
  std::size_t event_streams_max = 32;
  std::chrono::seconds idle_max{60};     ///< waiting for a request
  std::chrono::seconds request_max{30};  ///< a request's whole arrival; an answer's whole departure; some events' departure
  std::chrono::seconds heartbeat{15};    ///< between two signs of life of a stream of events
};

/// `router` must outlive it.
class HttpServer {
 public:
  HttpServer(asio::any_io_executor executor, const Router& router, HttpLimits limits = {});

  /// For accounts of this machine (local_door.hpp).
  [[nodiscard]] Result<void> listen_unix(const std::string& path);
  /// Only loopback addresses (`invalid` otherwise). The port that was bound; `io` when it is taken.
  [[nodiscard]] Result<std::uint16_t> listen_loopback(const HostPort& at, std::string token);
  /// Serves until cancelled. To end: `stop`, then let io_context::run return.
  [[nodiscard]] asio::awaitable<void> run();
  void stop();

  /// Keeps the loopback port's sessions.
  [[nodiscard]] Doorkeeper& doorkeeper() noexcept { return doorkeeper_; }

 private:
  using Socket = LocalDoor::Socket;
  class Streaming;
  [[nodiscard]] asio::awaitable<void> accept_unix();
  [[nodiscard]] asio::awaitable<void> welcome(Socket socket);
  [[nodiscard]] asio::awaitable<void> accept_loopback();
  /// Without an account the doorkeeper asks for a proof.
  [[nodiscard]] asio::awaitable<void> serve(Socket socket, Visitor visitor);

  const Router& router_;
  HttpLimits limits_;
  Doorkeeper doorkeeper_;
  LocalDoor door_;
  Tcp::acceptor loopback_;
  Tasks unix_connections_;
  Tasks loopback_connections_;
  std::size_t event_streams_ = 0;
};

}  // namespace ward::runtime
