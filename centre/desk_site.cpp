#include "centre/desk_site.hpp"

namespace ward::centre {

/// A city without a unit of the kind `centre` reads all the same, as nobody.
Result<storage::Author> DeskSite::author() { return store_.desk(now().wall).value_or(storage::Author{{}, {}, now().wall}); }

Result<std::vector<storage::Saved>> DeskSite::save(const std::vector<storage::NewChange>& changes, Now now, const storage::AlsoSave& also) {
  auto saved = store_.save(changes, now, also);
  if (saved.has_value())
    hub_.wrote();
  else if (reaction_to(saved.error().fault) == Reaction::stop)
    hub_.fail_with(saved.error());
  return saved;
}

Result<audit::Export> DeskSite::export_audit(std::uint64_t from) {
  return storage::export_audit(store_.store(), from, {}, store_.keys().receipt, store_.log_view(now().wall).time);
}

}  // namespace ward::centre
