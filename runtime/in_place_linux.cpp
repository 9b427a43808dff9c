#include "runtime/in_place.hpp"

#include "runtime/file_facts.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace ward::runtime {

Result<void> write_in_place(const std::string& path, BytesView bytes) {
  const int fd = ::open(path.c_str(), O_WRONLY | O_NOFOLLOW | O_CLOEXEC);
  if (fd < 0) return file_error("opening " + path, errno);
  const auto wrote = ::pwrite(fd, bytes.data(), bytes.size(), 0);
  const bool whole = wrote == static_cast<ssize_t>(bytes.size()) && ::fdatasync(fd) == 0;
  const int error = wrote < 0 || whole ? errno : EIO;
  ::close(fd);
  if (!whole) return file_error("writing " + path, error);
  return {};
}

}  // namespace ward::runtime
