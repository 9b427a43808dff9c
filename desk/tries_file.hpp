#pragma once

#include "runtime/data_dir.hpp"
#include "storage/spare_tries.hpp"

namespace ward::desk {

/// The file of the data directory in which tries are counted while the disk is full; made when it is missing. None where that fails: then
/// nobody logs in until there is room.
[[nodiscard]] storage::SpareTries spare_tries_in(const runtime::DataDir& directory);

}  // namespace ward::desk
