#pragma once

#include "agent/ward.hpp"
#include "runtime/backoff.hpp"
#include "runtime/link.hpp"
#include "runtime/machine.hpp"

/// The ward's side of the network: dials the centre, holds the link, and knows when to try again.
namespace ward::agent {

inline constexpr std::chrono::hours greeting_every{1};  ///< at most, while a lease ends
/// A greeting is answered with a receipt, which renews a lease; older centres give none by themselves on a quiet line. `asked`: somebody
/// wants to sync now.
[[nodiscard]] bool must_greet_anew(storage::WardStore& store, Now now, Instant opened, bool asked);

class Connection {
 public:
  /// `ward` outlives it.
  Connection(Ward& ward, const asio::any_io_executor& executor);

  /// Until cancelled, or until the store failed (`Ward::failure`).
  [[nodiscard]] asio::awaitable<void> run();

 private:
  [[nodiscard]] asio::awaitable<Error> attempt();
  [[nodiscard]] asio::awaitable<Error> call(std::string address);
  [[nodiscard]] asio::awaitable<Error> hold(runtime::Tcp::socket socket);
  [[nodiscard]] asio::awaitable<void> watch(runtime::Link& link);
  [[nodiscard]] asio::awaitable<void> rest(const Error& reason);
  void note(const Error& reason);
  [[nodiscard]] runtime::Backoff& pace_for(const Error& reason);

  Ward& ward_;
  runtime::NetworkWatch network_;
  runtime::Backoff lost_;     ///< after a broken or missing link
  runtime::Backoff refused_;  ///< after an answer that another attempt will hardly change
  Instant attempted_{};
  bool answered_ = false;  ///< whoever was called last proved to be the centre
};

}  // namespace ward::agent
