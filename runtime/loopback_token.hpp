#pragma once

#include "runtime/data_dir.hpp"

namespace ward::runtime {

/// The token by which programs of this machine may use the loopback port: made once, kept in a file that only this account reads.
[[nodiscard]] Result<std::string> loopback_token(const DataDir& directory);

}  // namespace ward::runtime
