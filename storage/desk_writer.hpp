#pragma once

#include "storage/changes.hpp"
#include "storage/centre_parts.hpp"
#include "storage/granting.hpp"
#include "storage/numbering.hpp"

#include <map>
#include <set>

/// Writes changes of the centre's own officials: by a device like any other, whose segments go straight into the log. Its keys follow from
/// the registry's master secret, so that a restored centre has the same device; each run of the program is an incarnation of its own, as at
/// a ward. It gets a policy entry with the first change. All of it runs inside a transaction of CentreStore.
namespace ward::storage {

struct DeskKeys {
  UnitCode unit;
  crypto::SignSeed sign;
  crypto::DhSecret noise, sealing;
  DeviceId device;
};
[[nodiscard]] DeskKeys desk_keys(const CentreKeys& keys, const UnitCode& unit);

struct DeskWriter {
  DeskWriter(CentreStore& centre, Enrolment& enrolment, DeskKeys keys, Now now);

  /// `missing_key`, `gap`: it has no policy entry, and none can be made here or now. `revoked`.
  [[nodiscard]] Result<void> begin();
  [[nodiscard]] Result<Saved> save(const NewChange& wanted);
  /// An official code beside those that it has; nothing: none can be given.
  [[nodiscard]] Result<std::optional<Saved>> number(const Did& did, const std::string& user, const std::string& reason);
  /// False: no key is here of which all who read it know.
  [[nodiscard]] Result<bool> summarise(std::int64_t dossier, const record::SummaryBody& body);
  /// Signs what was written, takes it into the log, and merges what it touched.
  [[nodiscard]] Result<void> finish();
  /// After the commit: what the store remembers.
  void keep();

 private:
  struct Written {
    record::Sealed record;
    Rid rid;
  };
  struct Act {
    Did did;
    Position at;
    record::Change change;
  };
  [[nodiscard]] Array<32> draw(std::string_view label);
  void start_incarnation();
  [[nodiscard]] Position next_position() const { return {keys_.device, incarnation_, next_}; }
  void put(record::Type type, const Did& did, BytesView plain, const crypto::DossierKey& key);
  void put_grant(const Did& did, const record::GrantBody& grant);
  [[nodiscard]] Result<Saved> create(const record::Change& change);
  [[nodiscard]] Numbering& numbering();
  [[nodiscard]] Result<Saved> edit(const Did& did, NewChange wanted);
  [[nodiscard]] segment::Rows cut(std::size_t from, std::size_t count);
  /// Into the log, all that was written.
  [[nodiscard]] Result<void> admit();
  /// The same, and then the grants that go with its acts of custody.
  [[nodiscard]] Result<void> flush();

  CentreStore& centre_;
  Enrolment& enrolment_;
  Store& store_;
  DeskKeys keys_;
  Now now_;
  Granting granting_;
  Incarnation incarnation_;
  std::int64_t writer_ = 0;
  Seq next_ = 0;
  Hlc last_;
  std::vector<Written> written_;
  std::size_t admitted_ = 0;  ///< of these
  std::vector<Act> acts_;     ///< whose grants are not written yet
  std::map<Did, std::vector<Position>> heads_;
  std::set<Did> touched_;
  std::optional<Admission> admission_;
  std::optional<Numbering> numbering_;  ///< once this transaction gives codes
};

}  // namespace ward::storage
