#pragma once

#include "storage/dossiers.hpp"

#include <boost/json/object.hpp>

namespace ward::desk {

/// What a verification found, as both programs answer it: `records`, `segments`, `dossiers`, and a line for each `damage`.
[[nodiscard]] boost::json::object json_of(const storage::Verification& found);

}  // namespace ward::desk
