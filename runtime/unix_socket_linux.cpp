#include "runtime/unix_socket.hpp"

#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <optional>

namespace ward::runtime {
namespace {

constexpr const char* group_name = "wardsync";

std::string account_of(uid_t uid) {
  std::array<char, 4096> buffer;
  passwd entry{};
  passwd* found = nullptr;
  if (getpwuid_r(uid, &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr) return found->pw_name;
  return "uid:" + std::to_string(uid);
}

std::optional<gid_t> wardsync_group() {
  std::array<char, 16384> buffer;
  group entry{};
  group* found = nullptr;
  if (getgrnam_r(group_name, &entry, buffer.data(), buffer.size(), &found) == 0 && found != nullptr) return found->gr_gid;
  return std::nullopt;
}

bool is_member(int socket, const ucred& peer) {
  const auto wanted = wardsync_group();
  if (!wanted) return false;
  std::array<gid_t, 256> groups{};
  socklen_t size = sizeof groups;
  if (getsockopt(socket, SOL_SOCKET, SO_PEERGROUPS, groups.data(), &size) != 0) size = 0;
  const auto end = groups.begin() + static_cast<std::ptrdiff_t>(size / sizeof(gid_t));
  return peer.gid == *wanted || std::find(groups.begin(), end, *wanted) != end;
}

}  // namespace

SocketPath::SocketPath(const std::string& path) : text_(path) {
  if (path.size() < sizeof(sockaddr_un::sun_path)) return;
  const auto slash = path.rfind('/');
  if (slash == std::string::npos) return;
  directory_ = ::open(path.substr(0, slash).c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (directory_ >= 0) text_ = "/proc/self/fd/" + std::to_string(directory_) + path.substr(slash);
}

SocketPath::~SocketPath() {
  if (directory_ >= 0) ::close(directory_);
}

bool open_to_group(const std::string& socket_path) {
  if (::chmod(socket_path.c_str(), S_IRUSR | S_IWUSR | S_IRGRP | S_IWGRP) != 0) return false;
  // Only root and members may give a file to the group; without it the socket stays this account's own.
  if (const auto group = wardsync_group()) (void)!::chown(socket_path.c_str(), static_cast<uid_t>(-1), *group);
  return true;
}

std::string permitted_account(int socket, bool& owner) {
  ucred peer{};
  socklen_t size = sizeof peer;
  if (getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return {};
  owner = peer.uid == 0 || peer.uid == geteuid();
  if (owner || is_member(socket, peer)) return account_of(peer.uid);
  return {};
}

std::string own_account() { return account_of(geteuid()); }

}  // namespace ward::runtime
