#include "runtime/session_file.hpp"

#include "runtime/clock.hpp"
#include "runtime/log.hpp"

namespace ward::runtime {
namespace {

void warn(const Error& error) { log_warning(Happened::storage_failed, {Field::error(error)}); }

}  // namespace

void keep_sessions(Sessions& sessions, const DataDir& directory) {
  const auto path = directory.file("page.sessions");
  if (file_exists(path)) {
    const auto lines = read_private_file(path, sessions_bytes_max);
    if (lines.has_error())
      warn(lines.error());
    else
      sessions.restore(text_of(*lines), read_clock());
  }
  sessions.on_change([&sessions, path] {
    const auto written = write_private_file(path, view(sessions.kept(read_clock())), true);
    if (written.has_error()) warn(written.error());
  });
}

}  // namespace ward::runtime
