#pragma once

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

/// What every coroutine here uses of Asio: errors come as values, never as exceptions, but for cancellation, which unwinds.
namespace ward::runtime {

namespace asio = boost::asio;

inline constexpr auto as_values = asio::as_tuple(asio::use_awaitable);

/// Wakes one waiting coroutine of the same thread. A raise that nobody waited for is kept until the next wait.
class Signal {
 public:
  explicit Signal(const asio::any_io_executor& executor) : timer_(executor) {}

  void raise() {
    raised_ = true;
    timer_.cancel();
  }
  [[nodiscard]] asio::awaitable<void> wait();
  /// False when `after` passed without a raise.
  [[nodiscard]] asio::awaitable<bool> wait_for(std::chrono::milliseconds after);

 private:
  asio::steady_timer timer_;
  bool raised_ = false;
};

}  // namespace ward::runtime
