#include "runtime/shred.hpp"

#include "protocol/base/bytes.hpp"
#include "runtime/file_facts.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace ward::runtime {
namespace {

/// 0, or why not.
int overwrite(int fd) {
  struct stat found{};
  if (::fstat(fd, &found) != 0) return errno;
  if (found.st_nlink != 1 || !S_ISREG(found.st_mode)) return 0;
  const Bytes zeros(static_cast<std::size_t>(found.st_size));
  for (std::size_t done = 0; done < zeros.size();) {
    const auto wrote = ::write(fd, zeros.data() + done, zeros.size() - done);
    if (wrote < 0 && errno != EINTR) return errno;
    if (wrote > 0) done += static_cast<std::size_t>(wrote);
  }
  return ::fsync(fd) == 0 ? 0 : errno;
}

}  // namespace

Result<void> shred_file(const std::string& path) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0 && errno == ENOENT) return {};
  if (fd < 0) return file_error("opening " + path, errno);
  const int failed = overwrite(fd);
  ::close(fd);
  if (failed != 0) return file_error("overwriting " + path, failed);
  if (::unlink(path.c_str()) != 0) return file_error("removing " + path, errno);
  return {};
}

}  // namespace ward::runtime
