#pragma once

#include <string>

namespace ward::runtime {

/// The folder where programs keep what belongs to the person of this account of the operating system alone: $XDG_RUNTIME_DIR/wardsync,
/// which ends with the log-in to the machine, or ~/.local/state/wardsync; Windows: %LOCALAPPDATA%\Wardsync. Empty when there is none.
[[nodiscard]] std::string own_state();

}  // namespace ward::runtime
