#pragma once

#include "desk/site.hpp"
#include "runtime/trouble.hpp"

namespace ward::desk {

/// What becomes of an ordinary edit.
struct Look {
  std::optional<runtime::Trouble> trouble;  ///< it would enter a status that does not apply: it is not taken
  bool proposed = false;                    ///< something of it waits until the unit that holds the dossier accepts it
};
[[nodiscard]] Result<Look> look_at_edit(Site& site, const Did& did, const record::Change& change);

/// `exists` when a dossier with that code is here; no code is free.
[[nodiscard]] std::optional<runtime::Trouble> must_be_free(storage::Store& store, const std::string& code);

}  // namespace ward::desk
