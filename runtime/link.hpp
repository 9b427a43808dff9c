#pragma once

#include "protocol/base/error.hpp"
#include "protocol/engine/link_effects.hpp"
#include "runtime/asio.hpp"
#include "runtime/clock.hpp"
#include "runtime/tasks.hpp"

#include <boost/asio/ip/tcp.hpp>

#include <deque>
#include <functional>
#include <optional>
#include <string>
#include <variant>

/// A TCP connection as engines see it: bytes come, bytes go, one timer.
namespace ward::runtime {

using Tcp = asio::ip::tcp;

struct HostPort {
  std::string host;
  std::uint16_t port = 0;
};
/// `host:port`, `[v6]:port`; port 0 is allowed. `invalid` names what is wrong.
[[nodiscard]] Result<HostPort> parse_host_port(std::string_view text);

/// Why nobody can listen there, for the person who chose the address.
[[nodiscard]] Error cannot_listen(const char* whom, const HostPort& at, boost::system::error_code error);

/// Connects within `timeout`, to the first address of a name that answers. `io`, `timeout`.
[[nodiscard]] asio::awaitable<Result<Tcp::socket>> dial(HostPort to, std::chrono::milliseconds timeout);

/// Nothing is held back, a dead peer is noticed: data that nobody acknowledged for `unacknowledged_max` breaks the connection (TCP alone
/// would sleep through the short windows of a bad line).
void tune(Tcp::socket& socket, std::chrono::milliseconds unacknowledged_max);

inline constexpr std::chrono::seconds ward_unacknowledged_max{20};
inline constexpr std::chrono::seconds centre_unacknowledged_max{60};

class Link {
 public:
  explicit Link(Tcp::socket socket);

  struct Woken {};
  struct Lost {
    Error reason;
  };
  using Happening = std::variant<engine::BytesArrived, engine::TimerFired, Woken, Lost>;
  /// What happened next. After Lost nothing more comes.
  [[nodiscard]] asio::awaitable<Happening> next();
  void obey(engine::LinkEffect effect);
  /// Makes `next` return Woken: something outside the link happened.
  void wake();
  /// The engine asked to close; what was sent before is flushed, for a few seconds at most, then the connection ends.
  [[nodiscard]] const std::optional<Error>& closing() const noexcept { return closing_; }
  [[nodiscard]] asio::awaitable<void> finish();
  /// Reads and writes until the link is closed.
  [[nodiscard]] asio::awaitable<void> pump();
  /// Ends everything at once; `next` then gives Lost.
  void close();
  /// The address from which this link was made is not this machine's any more: nothing will come back on it.
  [[nodiscard]] bool local_address_gone();

 private:
  [[nodiscard]] asio::awaitable<void> read();
  [[nodiscard]] asio::awaitable<void> write();
  void lose(Error reason);

  Tcp::socket socket_;
  Signal happened_;
  Signal taken_;  ///< what arrived was taken: read on
  Signal to_send_;
  Bytes arrived_;
  std::deque<Bytes> outgoing_;
  std::size_t outgoing_bytes_ = 0;
  std::optional<Instant> armed_;
  std::optional<Error> closing_;
  std::optional<Error> lost_;
  bool woken_ = false;
  bool closed_ = false;
};

/// Accepts connections. To end: `stop`, then let io_context::run return.
class LinkServer {
 public:
  explicit LinkServer(asio::any_io_executor executor) : acceptor_(executor), links_(executor) {}
  /// The port that was bound. `io` when it is taken, naming it.
  [[nodiscard]] Result<std::uint16_t> listen(const HostPort& at);
  /// Until cancelled: starts `serve` with each connection; at most `links_max` live at a time, more are closed at once.
  [[nodiscard]] asio::awaitable<void> run(std::size_t links_max, std::function<asio::awaitable<void>(Tcp::socket)> serve);
  void stop();
  [[nodiscard]] std::size_t links() const noexcept { return links_.running(); }

 private:
  Tcp::acceptor acceptor_;
  Tasks links_;
};

}  // namespace ward::runtime
