#pragma once

#include "storage/store.hpp"

#include <optional>
#include <string>
#include <vector>

/// What waits for a person, over all dossiers.
namespace ward::storage {

/// A conflict; or a proposal or refused act that no conflict is about. Exactly one of the two optionals is there.
struct InboxItem {
  std::optional<merge::Conflict> conflict;
  std::optional<merge::Unapplied> unapplied;
  bool proposal = false;  ///< of `unapplied`: approving it makes it apply

  [[nodiscard]] const record::Path& path() const;
  [[nodiscard]] const merge::Decider& decider() const;
  /// What was said; of a conflict by op id, so that letters follow the order.
  [[nodiscard]] std::vector<merge::Said> values() const;
  /// When the last of them was said: by its stamp, or as long as it has none by its writer's clock.
  [[nodiscard]] WallTime since() const;
};
/// Conflicts first, then proposals, then refused acts.
[[nodiscard]] std::vector<InboxItem> items_of(const merge::DossierState& state);

struct InboxDossier {
  Did did;
  merge::DossierState state;
};
struct InboxPage {
  std::vector<InboxDossier> dossiers;
  std::string next;  ///< cursor; empty: no more
};
/// Dossiers in which something waits, the oldest first; at most 500.
[[nodiscard]] Result<InboxPage> list_inbox(Store& store, std::string_view after = {}, std::size_t limit = 500);
/// The dossier that holds this conflict now; `not_found` when it is gone or was decided.
[[nodiscard]] Result<InboxDossier> find_conflict(Store& store, std::string_view conflict_id_hex);

/// How much waits: what `list_inbox` lists.
struct InboxCounts {
  std::uint64_t conflicts = 0;
  std::uint64_t attention = 0;  ///< proposals and refused acts that no conflict is about
};
[[nodiscard]] Result<InboxCounts> count_inbox(Store& store);

/// The same, by whether this person may decide it. What was read once is remembered until it changes: asked often, over all dossiers.
struct InboxShare {
  std::uint64_t mine = 0, others = 0;
};
[[nodiscard]] Result<InboxShare> share_inbox(Store& store, const UnitCode& unit, const std::string& user);

/// The same for two items that one look decides: one kind, one field, one decider, and the same people said the same.
[[nodiscard]] Bytes likeness_of(const InboxItem& item);
struct Alike {
  InboxDossier dossier;
  InboxItem item;
};
/// Every item that is like this one, itself among them; at most `most`.
[[nodiscard]] Result<std::vector<Alike>> alike(Store& store, const InboxItem& item, std::size_t most);

}  // namespace ward::storage
