#pragma once

#include "runtime/data_dir.hpp"
#include "storage/centre_store.hpp"

namespace ward::centre {

/// The data directory of a centre that `init` has made; `not_found` says so when it has not.
[[nodiscard]] Result<runtime::DataDir> find_data(const std::string& path);
/// Reads centre.key and opens centre.db.
[[nodiscard]] Result<storage::CentreStore> open_store(const runtime::DataDir& directory, storage::OpenMode mode);

}  // namespace ward::centre
