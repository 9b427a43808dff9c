#pragma once

#include <functional>
#include <string>
#include <string_view>

/// The process itself, as its operating system starts it.
namespace ward::runtime {

/// First in main. Files are made for this account alone, and a closed pipe, or a file that may not grow, is an error instead of the end.
/// Windows: the words of the command line, our variables of the environment and what is printed are UTF-8, and lines end as they do
/// everywhere. libsodium picks what is fastest on this processor.
void begin_process(int& argc, char**& argv);

/// Runs `daemon` and gives its exit code. Windows: as a service, when the service manager has started this process; it is told of
/// `notify_service`, and its wish to stop comes as SIGTERM.
[[nodiscard]] int run_daemon(const std::function<int()>& daemon);

/// Where things lie when nobody names another place: /var/lib/wardsync and /etc/wardsync/FILE; Windows: %ProgramData%\Wardsync\data and
/// %ProgramData%\Wardsync\FILE.
[[nodiscard]] std::string default_data();
[[nodiscard]] std::string default_config(std::string_view file);

}  // namespace ward::runtime
