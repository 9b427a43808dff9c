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
/// The change that begins a dossier.
struct Beginning {
  record::Change change;
  std::string code;                         ///< that it asks for; empty: none
  std::optional<runtime::Trouble> trouble;  ///< it is not taken: the code is not free
};
[[nodiscard]] Result<Beginning> beginning_of(storage::Store& store, const runtime::Request& request);
/// What became of a change: `id`, `version`, `clock_believed`.
[[nodiscard]] boost::json::object saved_json(const storage::Saved& saved);

/// Why the status that it enters must wait (desk/linked); nothing where it enters none.
[[nodiscard]] Result<std::optional<runtime::Trouble>> must_wait(storage::Store& store, const Did& did, const record::Change& change);

/// What becomes of an ordinary edit.
struct Look {
  std::optional<runtime::Trouble> trouble;  ///< it would enter a status that does not apply: it is not taken
  bool proposed = false;                    ///< something of it waits until the unit that holds the dossier accepts it
};
[[nodiscard]] Result<Look> look_at_edit(Site& site, const Did& did, const record::Change& change);

}  // namespace ward::desk
