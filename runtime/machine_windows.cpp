#include "runtime/machine.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/signal_set.hpp>

// In this order: the later ones need what the first declares.
#include <winsock2.h>
#include <ws2ipdef.h>
#include <iphlpapi.h>
#include <psapi.h>

#include <csignal>
#include <malloc.h>

namespace ward::runtime {

asio::awaitable<int> wait_for_stop() {
  asio::signal_set signals(co_await asio::this_coro::executor, SIGINT, SIGTERM, SIGBREAK);
  const auto [error, number] = co_await signals.async_wait(as_values);
  co_return number;
}

/// Windows calls on a thread of its own; all that thread does is to post.
struct NetworkWatch::News {
  explicit News(asio::any_io_executor on) : executor(std::move(on)), signal(std::make_shared<Signal>(executor)) {}

  static void CALLBACK arrived(void* self, MIB_UNICASTIPADDRESS_ROW*, MIB_NOTIFICATION_TYPE) {
    auto& news = *static_cast<News*>(self);
    asio::post(news.executor, [waiting = std::weak_ptr<Signal>(news.signal)] {
      if (const auto signal = waiting.lock()) signal->raise();
    });
  }

  asio::any_io_executor executor;
  std::shared_ptr<Signal> signal;
  HANDLE subscription = nullptr;
};

NetworkWatch::NetworkWatch(const asio::any_io_executor& executor) : news_(new News(executor)) {
  if (NotifyUnicastIpAddressChange(AF_UNSPEC, &News::arrived, news_.get(), FALSE, &news_->subscription) != NO_ERROR)
    news_->subscription = nullptr;
}
NetworkWatch::~NetworkWatch() {
  if (news_->subscription != nullptr) CancelMibChangeNotify2(news_->subscription);  // waits for a call that is on its way
}

asio::awaitable<void> NetworkWatch::changed() {
  co_await news_->signal->wait();
  // One plugged cable is several calls within a second.
  asio::steady_timer settled(news_->executor, std::chrono::milliseconds(300));
  co_await settled.async_wait(as_values);
}

void keep_memory_small() {}

void give_memory_back() { _heapmin(); }

std::uint64_t resident_bytes() {
  PROCESS_MEMORY_COUNTERS counters{};
  return GetProcessMemoryInfo(GetCurrentProcess(), &counters, sizeof counters) ? counters.WorkingSetSize : 0;
}

}  // namespace ward::runtime
