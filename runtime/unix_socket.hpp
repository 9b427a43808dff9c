#pragma once

#include <string>

/// What the operating system knows of Unix sockets and of the accounts that use them.
namespace ward::runtime {

/// A name by which a socket file can be bound and reached although its path is longer than a socket address holds (108 bytes): through this
/// process's own descriptor of the directory. Valid while the object lives.
class SocketPath {
 public:
  explicit SocketPath(const std::string& path);
  SocketPath(const SocketPath&) = delete;
  SocketPath& operator=(const SocketPath&) = delete;
  ~SocketPath();
  [[nodiscard]] const std::string& text() const noexcept { return text_; }

 private:
  int directory_ = -1;
  std::string text_;
};

/// Mode 0660 and, where it exists, group `wardsync`. False when the mode could not be set.
[[nodiscard]] bool open_to_group(const std::string& socket_path);

/// The peer's account when it may use the socket: root, this process's own account, a member of the group `wardsync`. Empty otherwise.
/// `owner`: it is one of the first two.
[[nodiscard]] std::string permitted_account(int socket, bool& owner);

/// The name of this process's own account.
[[nodiscard]] std::string own_account();

}  // namespace ward::runtime
