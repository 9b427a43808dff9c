#pragma once

#include "protocol/merge/merge.hpp"
#include "storage/segments.hpp"

#include <set>

/// What waits at the centre for a person's word (docs/adr/0015): what a revoked device wrote before it knew, brought as a file, and records
/// with one number. All of it runs inside a transaction of CentreStore.
namespace ward::storage {

/// What was brought of one incarnation of a revoked device.
struct HandedIn {
  DeviceId device;
  Incarnation incarnation;
  UnitCode unit;
  std::string label;
  Seq first = 0, end = 0;
  std::uint64_t segments = 0, records = 0, bytes = 0;
  WallTime at;           ///< when the first of it was brought
  std::string rejected;  ///< why; empty: it waits
};
/// Records of one segment whose numbers were given to others, too, with no word yet on which stands.
struct ForkSide {
  Hash segment;
  DeviceId device;
  Incarnation incarnation;
  UnitCode unit;
  std::string label;
  std::map<Seq, Rid> records;
  WallTime at;  ///< of its stamp
  bool came_first = false;
};
/// A change as people are shown it before they decide about it.
struct ShownChange {
  Did did;
  std::string code;  ///< of its dossier here; may be empty
  std::vector<merge::Said> said;
};
struct ShownChanges {
  std::vector<ShownChange> changes;
  std::uint64_t more = 0;    ///< past `shown_changes_max`
  std::uint64_t unread = 0;  ///< their key, or this build, does not open them
  std::uint64_t grants = 0;  ///< they give keys of dossiers to units

  [[nodiscard]] bool all() const noexcept { return more == 0 && unread == 0; }
};
/// What an admission makes of one dossier.
struct Outcome {
  merge::DossierState before, after;
  std::string code;  ///< may be empty
};
struct HandedInShown {
  ShownChanges shown;
  Seq end = 0;
  Hash head;  ///< of the last statement, and so exactly of these bytes
  std::vector<Outcome> outcomes;
};
struct ForkShown {
  ShownChanges shown, set_aside;  ///< `set_aside`: what never counts once this side is admitted
  std::uint64_t waiting = 0;      ///< records of the same dossiers that wait until the fork is settled
  Hash head;                      ///< over the records of both
  std::vector<Outcome> outcomes;
};

struct WantedHandedIn {
  DeviceId device;
  Incarnation incarnation;
  std::optional<Seq> until;  ///< only what ends there, or before
  bool in_full = false;
  std::string reason;
  Hash head;  ///< of the last statement of what was shown: to admit it, and where it is named to reject it
};

inline constexpr std::size_t handed_in_segments_max = 4'096;  ///< of one device
inline constexpr std::uint64_t handed_in_bytes_max = std::uint64_t{32} * 1024 * 1024;
inline constexpr std::size_t shown_changes_max = 1'000;
inline constexpr std::int64_t forked_segments_max = 64;  ///< of one incarnation; no more are kept

/// Keeps one segment aside. False: it is in the log, or aside already. `not_member`; `invalid`: its device stands, so it sends it itself;
/// `malformed`: it is not whole and sealed; `bad_signature`; `too_large`: so much of one device is not kept.
[[nodiscard]] Result<bool> keep_aside(Store& store, segment::Rows& rows, WallTime now);
[[nodiscard]] std::vector<HandedIn> handed_in(Store& store);
/// What waits of an incarnation, in its order. `not_found`.
[[nodiscard]] Result<std::vector<segment::Rows>> waiting_of(Store& store, const WantedHandedIn& wanted);
void drop_handed_in(Store& store, const WantedHandedIn& wanted);
/// Dossiers as their records merge now, but those that cannot be read; of one that is not here, nothing.
using States = std::map<Did, merge::DossierState>;
[[nodiscard]] States states_of(Store& store, const std::set<Did>& dossiers);
/// As one line. `act`: what needs it, "an admission". `invalid`: there is none.
[[nodiscard]] Result<std::string> reason_of(const char* act, std::string_view reason);
/// What waits is not what somebody looked at.
[[nodiscard]] Error not_as_shown();
/// All that waits of it, or what ends before `until`. `not_found`; `invalid`: no reason, or not what was shown.
[[nodiscard]] Result<void> reject_handed_in(Store& store, const WantedHandedIn& wanted);

[[nodiscard]] std::vector<ForkSide> fork_sides(Store& store);
/// `not_found`.
[[nodiscard]] Result<ForkSide> fork_side(Store& store, const Hash& segment);

/// Every record that is held with a number from `first` on and before `end`.
[[nodiscard]] std::vector<StoredRecord> records_under(Store& store, std::int64_t writer, Seq first, Seq end);

/// `not_found`.
[[nodiscard]] Result<ForkShown> show_side(Store& store, const Hash& segment);

/// At most `shown_changes_max`.
[[nodiscard]] ShownChanges shown_changes(Store& store, const std::vector<record::Sealed>& records);

/// An order of erasure reaches what is kept aside.
void erase_handed_in(Store& store, const Did& did);

}  // namespace ward::storage
