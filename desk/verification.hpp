#pragma once

#include "desk/site.hpp"
#include "runtime/http.hpp"
#include "storage/dossiers.hpp"

#include <boost/json/object.hpp>

namespace ward::desk {

/// What a verification found, as both programs answer it: `records`, `segments`, `dossiers`, and a line for each `damage`.
[[nodiscard]] boost::json::object json_of(const storage::Verification& found);

/// Verifies the site's data; what is found damaged stands in its audit log.
[[nodiscard]] runtime::Response verify(Site& site, const runtime::Request& request);

}  // namespace ward::desk
