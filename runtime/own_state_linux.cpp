#include "runtime/own_state.hpp"

#include <cstdlib>

namespace ward::runtime {

std::string own_state() {
  for (const auto& [name, under] :
       {std::pair{"XDG_RUNTIME_DIR", "/wardsync"}, {"XDG_STATE_HOME", "/wardsync"}, {"HOME", "/.local/state/wardsync"}})
    if (const char* at = std::getenv(name); at != nullptr && *at == '/') return std::string(at) + under;
  return {};
}

}  // namespace ward::runtime
