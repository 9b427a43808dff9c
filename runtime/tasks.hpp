#pragma once

#include "runtime/asio.hpp"

#include <boost/asio/cancellation_signal.hpp>

#include <list>

namespace ward::runtime {

/// The coroutines that an accept loop has started. None is detached: each is counted and can be ended, and an exception out of one leaves
/// io_context::run. To end: `cancel`, let io_context::run return, then destroy.
class Tasks {
 public:
  explicit Tasks(asio::any_io_executor executor) : executor_(std::move(executor)) {}
  Tasks(const Tasks&) = delete;
  Tasks& operator=(const Tasks&) = delete;

  void start(asio::awaitable<void> work);
  [[nodiscard]] std::size_t running() const noexcept { return signals_.size(); }
  /// Ends what still runs; each unwinds at its next wait.
  void cancel();

 private:
  asio::any_io_executor executor_;
  std::list<asio::cancellation_signal> signals_;
  bool stopping_ = false;  ///< then an exception is the cancellation itself
};

}  // namespace ward::runtime
