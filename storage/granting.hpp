#pragma once

#include "protocol/record/change.hpp"
#include "storage/grants.hpp"

#include <functional>

namespace ward::storage {

/// Under which key a device writes to a dossier, and to whom it gives that key (ADR 0008). All of it runs inside a transaction of the
/// caller.
class Granting {
 public:
  /// 32 bytes that never repeat.
  using Draw = std::function<Array<32>(std::string_view label)>;
  /// Writes a grant as the device's next record.
  using Put = std::function<void(const Did&, const record::GrantBody&)>;
  Granting(Store& store, UnitCode unit, Draw draw, Put put);

  [[nodiscard]] SeedHolder newest_seed() { return newest_seed(unit_); }
  /// The grant of a new dossier's key to the device's own unit.
  [[nodiscard]] record::GrantBody first(const Did& did, const KeyId& id, const crypto::DossierKey& key);
  /// The key for what is written to the dossier now: a new one, where those that are held are known to units that shall not read it.
  /// `missing_key`.
  [[nodiscard]] Result<KeyId> writing_key(std::int64_t dossier, const Did& did);
  /// Offers name a unit that exists, and the past that goes with them. `dossier` 0: it has none yet. `not_found`.
  [[nodiscard]] Result<void> complete_offers(record::Change& change, std::int64_t dossier);
  /// The digest of all that a change which saw these builds on.
  [[nodiscard]] Hash past(std::int64_t dossier, const std::vector<Position>& seen);
  /// After a change, once it is stored: to whom the dossier was offered gets its keys; who accepted it writes under one of his own.
  void follow_custody(const record::Change& change, const Position& at, std::int64_t dossier, const Did& did);

 private:
  struct Audience;
  [[nodiscard]] SeedHolder newest_seed(const UnitCode& unit);
  [[nodiscard]] record::GrantBody::Wrap wrap_for(const SeedHolder& holder, const Did& did, const crypto::DossierKey& key);
  [[nodiscard]] Audience audience_of(std::int64_t dossier, const Did& did);
  [[nodiscard]] std::vector<KeyLine> believed(std::int64_t dossier, std::vector<KeyLine> tips);
  [[nodiscard]] std::optional<KeyId> key_of_our_own(std::int64_t dossier, const std::vector<KeyLine>& tips);
  KeyId put_new_key(std::int64_t dossier, const Did& did, const std::vector<KeyLine>& tips, const Audience& audience);

  Store& store_;
  UnitCode unit_;
  Draw draw_;
  Put put_;
};

}  // namespace ward::storage
