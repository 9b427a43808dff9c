#pragma once

#include "desk/site.hpp"
#include "runtime/http.hpp"
#include "runtime/trouble.hpp"

namespace ward::desk {

/// The change of a dossier that a request asks for.
struct Edit {
  Did did;
  record::Change change;
};
[[nodiscard]] Result<Edit> edit_of(storage::Store& store, const runtime::Request& request);
/// What became of a change: `id`, `version`, `clock_believed`.
[[nodiscard]] boost::json::object saved_json(const storage::Saved& saved);

/// What becomes of an ordinary edit.
struct Look {
  std::optional<runtime::Trouble> trouble;  ///< it would enter a status that does not apply: it is not taken
  bool proposed = false;                    ///< something of it waits until the unit that holds the dossier accepts it
};
[[nodiscard]] Result<Look> look_at_edit(Site& site, const Did& did, const record::Change& change);

/// `exists` when a dossier with that code is here; no code is free.
[[nodiscard]] std::optional<runtime::Trouble> must_be_free(storage::Store& store, const std::string& code);

}  // namespace ward::desk
