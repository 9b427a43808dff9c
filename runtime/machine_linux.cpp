#include "runtime/machine.hpp"

#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/signal_set.hpp>

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <malloc.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace ward::runtime {

asio::awaitable<int> wait_for_stop() {
  asio::signal_set signals(co_await asio::this_coro::executor, SIGINT, SIGTERM);
  const auto [error, number] = co_await signals.async_wait(as_values);
  co_return number;
}

void notify_service(std::string_view state) {
  const char* path = std::getenv("NOTIFY_SOCKET");
  sockaddr_un to{};
  if (path == nullptr || (path[0] != '/' && path[0] != '@') || std::strlen(path) >= sizeof to.sun_path) return;
  const int fd = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (fd < 0) return;
  to.sun_family = AF_UNIX;
  const auto size = std::strlen(path);
  std::memcpy(to.sun_path, path, size);
  if (path[0] == '@') to.sun_path[0] = '\0';
  const auto to_size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + size);
  (void)::sendto(fd, state.data(), state.size(), MSG_NOSIGNAL, reinterpret_cast<const sockaddr*>(&to), to_size);
  ::close(fd);
}

struct NetworkWatch::News {
  asio::posix::stream_descriptor socket;
  Signal never;
};

NetworkWatch::NetworkWatch(const asio::any_io_executor& executor)
    : news_(new News{asio::posix::stream_descriptor(executor), Signal(executor)}) {
  const int fd = ::socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_ROUTE);
  if (fd < 0) return;
  sockaddr_nl at{};
  at.nl_family = AF_NETLINK;
  at.nl_groups = RTMGRP_LINK | RTMGRP_IPV4_IFADDR | RTMGRP_IPV6_IFADDR | RTMGRP_IPV4_ROUTE;
  if (::bind(fd, reinterpret_cast<const sockaddr*>(&at), sizeof at) != 0) {
    ::close(fd);
    return;
  }
  news_->socket.assign(fd);
}
NetworkWatch::~NetworkWatch() = default;

asio::awaitable<void> NetworkWatch::changed() {
  auto& socket = news_->socket;
  if (!socket.is_open()) co_return co_await news_->never.wait();
  co_await socket.async_wait(asio::posix::stream_descriptor::wait_read, as_values);
  // One plugged cable is a dozen messages within a second.
  asio::steady_timer settled(socket.get_executor(), std::chrono::milliseconds(300));
  co_await settled.async_wait(as_values);
  std::array<char, 8192> buffer;
  while (::recv(socket.native_handle(), buffer.data(), buffer.size(), MSG_DONTWAIT) > 0) {
  }
}

void keep_memory_small() {
  mallopt(M_ARENA_MAX, 1);
  mallopt(M_TRIM_THRESHOLD, 128 * 1024);
  mallopt(M_MMAP_THRESHOLD, 128 * 1024);
}

void give_memory_back() { malloc_trim(0); }

std::uint64_t resident_bytes() {
  std::FILE* file = std::fopen("/proc/self/statm", "re");
  if (file == nullptr) return 0;
  unsigned long total = 0, resident = 0;
  const bool read = std::fscanf(file, "%lu %lu", &total, &resident) == 2;
  std::fclose(file);
  return read ? std::uint64_t{resident} * static_cast<std::uint64_t>(sysconf(_SC_PAGESIZE)) : 0;
}

}  // namespace ward::runtime
