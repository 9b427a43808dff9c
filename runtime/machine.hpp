#pragma once

#include "runtime/asio.hpp"

#include <memory>
#include <string_view>

/// Signals, the service manager, the network's state.
namespace ward::runtime {

/// Until SIGTERM or SIGINT (Windows: Ctrl-C, Ctrl-Break, the service manager); the signal's number.
[[nodiscard]] asio::awaitable<int> wait_for_stop();

/// Tells systemd, where it asked to be told (sd_notify): "READY=1", "STATUS=…", "STOPPING=1", "WATCHDOG=1".
void notify_service(std::string_view state);

/// Notices that an address, a route or a cable came or went.
class NetworkWatch {
 public:
  /// Where the kernel gives no such news, `changed` waits for ever.
  explicit NetworkWatch(const asio::any_io_executor& executor);
  ~NetworkWatch();
  /// Until something changed; several changes at once are one.
  [[nodiscard]] asio::awaitable<void> changed();

 private:
  struct News;  ///< the system's own
  std::unique_ptr<News> news_;
};

/// A daemon that holds little should give back what a burst took, and not keep an arena per thread.
void keep_memory_small();
/// After a burst (an import, a merge): free pages go back to the system.
void give_memory_back();

/// Resident memory of this process; 0 when unknown.
[[nodiscard]] std::uint64_t resident_bytes();

}  // namespace ward::runtime
