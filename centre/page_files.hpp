#pragma once

#include "runtime/page.hpp"

namespace ward::centre {

/// The page's files, as the build put them into the program (cross/page.cmake).
[[nodiscard]] std::span<const runtime::PageFile> page_files();

}  // namespace ward::centre
