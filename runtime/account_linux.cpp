#include "runtime/account.hpp"

#include "protocol/base/error.hpp"

#include <grp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>

namespace ward::runtime {

AsOwnerOf::AsOwnerOf(const std::string& directory) {
  struct stat found{};
  if (::geteuid() != 0 || ::stat(directory.c_str(), &found) != 0 || found.st_uid == 0) return;
  // Groups first: afterwards there is no right to change them.
  changed_ = ::setgroups(0, nullptr) == 0 && ::setegid(found.st_gid) == 0 && ::seteuid(found.st_uid) == 0;
}

AsOwnerOf::~AsOwnerOf() {
  if (!changed_) return;
  WARD_ASSERT(::seteuid(0) == 0 && ::setegid(0) == 0);
}

std::string foreign_file_in(const std::string& directory) {
  struct stat owner{};
  if (::stat(directory.c_str(), &owner) != 0) return {};
  std::error_code error;
  for (const auto& entry : std::filesystem::directory_iterator(directory, error)) {
    struct stat found{};
    if (::lstat(entry.path().c_str(), &found) == 0 && found.st_uid != owner.st_uid) return entry.path().filename().string();
  }
  return {};
}

}  // namespace ward::runtime
