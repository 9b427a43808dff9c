#pragma once

#include "runtime/data_dir.hpp"
#include "runtime/sessions.hpp"

namespace ward::runtime {

/// Sessions outlive the daemon: they are read from a file of the data directory, which only this account may read, and written there at
/// each change from now on. A file that cannot be read, or that others may read, logs everybody out; one that cannot be written is logged,
/// and the sessions last as long as the daemon.
void keep_sessions(Sessions& sessions, const DataDir& directory);

}  // namespace ward::runtime
