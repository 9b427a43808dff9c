#pragma once

#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

/// A command line's connection to the daemon of this machine.
namespace ward::runtime {

/// Through the socket file (Windows: through the port that the file at its place names). Every wait ends at one deadline. The functions
/// give an errno; 0 is success.
class LocalConnection {
 public:
  explicit LocalConnection(std::chrono::milliseconds timeout);
  LocalConnection(const LocalConnection&) = delete;
  LocalConnection& operator=(const LocalConnection&) = delete;
  ~LocalConnection();

  /// ENOENT, ECONNREFUSED: nobody listens there. EACCES, EPERM: this account may not.
  [[nodiscard]] int connect(const std::string& path);
  [[nodiscard]] int write(std::string_view bytes);
  /// At the end `got` is 0.
  [[nodiscard]] int read(std::span<char> into, std::size_t& got);

 private:
  [[nodiscard]] int wait_after(int error, short events);

  std::intptr_t socket_;
  std::chrono::steady_clock::time_point deadline_;
};

}  // namespace ward::runtime
