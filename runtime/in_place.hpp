#pragma once

#include "protocol/base/bytes.hpp"
#include "protocol/base/error.hpp"

#include <string>

namespace ward::runtime {

/// Over the first bytes of a file that is there, which takes no room on the disk; durable when this returns. What is as long as a sector is
/// not torn by a power cut where it lies in one. `not_found`, `io`.
[[nodiscard]] Result<void> write_in_place(const std::string& path, BytesView bytes);

}  // namespace ward::runtime
