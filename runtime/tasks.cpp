#include "runtime/tasks.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>

#include <exception>

namespace ward::runtime {

asio::awaitable<void> Signal::wait() {
  while (!raised_) {
    timer_.expires_at(asio::steady_timer::time_point::max());
    co_await timer_.async_wait(as_values);
  }
  raised_ = false;
}

asio::awaitable<bool> Signal::wait_for(std::chrono::milliseconds after) {
  const auto until = std::chrono::steady_clock::now() + after;
  while (!raised_ && std::chrono::steady_clock::now() < until) {
    timer_.expires_at(until);
    co_await timer_.async_wait(as_values);
  }
  co_return std::exchange(raised_, false);
}

void Tasks::start(asio::awaitable<void> work) {
  const auto signal = signals_.emplace(signals_.end());
  auto ended = [this, signal](std::exception_ptr failure) {
    signals_.erase(signal);
    if (failure && !stopping_) std::rethrow_exception(failure);
  };
  asio::co_spawn(executor_, std::move(work), asio::bind_cancellation_slot(signal->slot(), std::move(ended)));
}

void Tasks::cancel() {
  stopping_ = true;
  for (auto next = signals_.begin(); next != signals_.end();) (next++)->emit(asio::cancellation_type::terminal);
}

}  // namespace ward::runtime
