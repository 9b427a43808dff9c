#pragma once

#include "storage/store.hpp"

#include <map>
#include <optional>
#include <set>

/// The centre's: which units may have which records of a dossier (records.md §7). A unit is a *reader* while it holds custody or an offer
/// of it stands, and of a part of what it lodged always (protocol/course/linked); then its devices get everything, the whole past first.
/// Afterwards they get no more than what had come until then, and what their own unit still writes. It follows from the merged state, so a
/// grant that stands on no such event gives nobody anything. All of it runs inside a transaction of the caller.
namespace ward::storage {

/// One unit's.
struct DossierReader {
  UnitCode unit;
  std::optional<std::uint64_t> until;  ///< the log index by which it ceased to; none: it reads on
};
[[nodiscard]] std::vector<DossierReader> readers_of(Store& store, std::int64_t dossier);

/// The unit that a device writes for when it creates a dossier.
void put_first_reader(Store& store, std::int64_t dossier, const UnitCode& unit);
/// Makes the readers those of the merged state: who is new gets the dossier's past, who is no reader any more nothing past the present end
/// of the log.
void settle_readers(Store& store, std::int64_t dossier, const merge::DossierState& state);

/// The units that are one by now, `unit` among them.
[[nodiscard]] std::vector<UnitCode> house_members(Store& store, const UnitCode& unit);

/// Deliveries go by *places*: each segment has one for every unit that it concerns, in the order of the log; a dossier's past takes more of
/// them when a unit becomes a reader. A place is never less than the log index that was the newest when it was given.
void put_route(Store& store, const std::set<UnitCode>& units, std::uint64_t stamp_index);
/// All that were told of this segment are told again.
void route_again(Store& store, std::int64_t stamp_index);
[[nodiscard]] std::uint64_t places(Store& store);  ///< that were given
/// Before two houses become one: each gets the other's past, and of its own what the other's keys open.
void join_routes(Store& store, const UnitCode& unit, const UnitCode& heir);

/// What the devices of one unit may have.
class Entitlement {
 public:
  Entitlement(Store& store, const UnitCode& unit);

  /// Whether they may have this record, which a device of `writer` wrote, of the segment at `stamp_index`.
  [[nodiscard]] bool covers(const StoredRecord& record, const UnitCode& writer, std::uint64_t stamp_index);
  /// Whether they may have all of a dossier that the log holds before `index`.
  [[nodiscard]] bool covers_all_before(const Did& did, std::uint64_t index);
  /// The key under which it lies, where the grants that give it to them may come after it: a dossier's past comes at places of its own, and
  /// what of it lies in segments that concern them for other dossiers too comes before. Also within one unit: of two incarnations of a
  /// device the centre may take the later one first, which writes under a key that the earlier one granted.
  [[nodiscard]] const crypto::DossierKey* missing_key(const StoredRecord& record);

 private:
  struct Reach {
    bool ever = false, reader = false;
    std::uint64_t until = 0;
    bool stayed = false;                   ///< nobody but this very unit ever read it
    std::set<KeyId> open;                  ///< the keys that were granted to these units, and what these open
    std::map<KeyId, std::uint64_t> given;  ///< where it stayed and has several: by which log index they were
  };
  [[nodiscard]] const Reach& reach(const Did& did);
  [[nodiscard]] KeyId key_of(const StoredRecord& record);

  Store& store_;
  UnitCode unit_;
  std::set<UnitCode> house_;
  std::map<Did, Reach> reach_;
};

}  // namespace ward::storage
