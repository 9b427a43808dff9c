#include "runtime/file_facts.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace ward::runtime {
Error file_error(const std::string& what, int error) {
  Fault fault = Fault::io;
  if (error == ENOENT) fault = Fault::not_found;
  if (error == ENOSPC || error == EDQUOT || error == EFBIG) fault = Fault::storage_full;
  if (error == EROFS || error == EACCES || error == EPERM) fault = Fault::storage_read_only;
  return fail(fault, what + ": " + std::strerror(error));
}

Result<FileFacts> file_facts(const std::string& path) {
  struct stat found{};
  if (::stat(path.c_str(), &found) != 0) return file_error(path, errno);
  FileFacts out;
  out.is_directory = S_ISDIR(found.st_mode);
  out.bytes = static_cast<std::uint64_t>(found.st_size);
  out.written = WallTime{std::int64_t{found.st_mtim.tv_sec} * 1000 + found.st_mtim.tv_nsec / 1'000'000};
  char mode[8];
  std::snprintf(mode, sizeof mode, "%04o", static_cast<unsigned>(found.st_mode & 07777U));
  out.mode = mode;
  out.is_secret = (found.st_mode & (S_IRWXG | S_IRWXO)) == 0;
  out.is_guarded = (found.st_mode & (S_IWGRP | S_IRWXO)) == 0;
  return out;
}

Result<void> check_writable(const std::string& path) {
  struct stat found{};
  const bool is_directory = ::stat(path.c_str(), &found) == 0 && S_ISDIR(found.st_mode);
  if (::access(path.c_str(), is_directory ? W_OK | X_OK : W_OK) != 0) return file_error(path, errno);
  return {};
}

}  // namespace ward::runtime
