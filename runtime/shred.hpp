#pragma once

#include "protocol/base/error.hpp"

#include <string>

namespace ward::runtime {

/// A file with secrets: overwritten before it goes, unless another name has the same file. What a journal, a copy-on-write disk or flash
/// keeps of earlier bytes nobody reaches. Nothing happens when there is no such file.
[[nodiscard]] Result<void> shred_file(const std::string& path);

}  // namespace ward::runtime
