#pragma once

#include "storage/centre_store.hpp"
#include "storage/entitlement.hpp"
#include "storage/segments.hpp"

/// The parts of a centre's store, each in its own file. All of them run inside a transaction of CentreStore.
namespace ward::storage {

/// Takes segments into the log: all that one `Admit` brings, in order.
struct Admission {
  Admission(CentreStore& centre, const DeviceId& device, WallTime at);

  void admit(segment::Rows& rows);
  /// Writes down where the log ends. Nothing may be admitted after it.
  void finish();
  /// After the commit: what the store remembers.
  void keep();
  [[nodiscard]] std::uint64_t log_size() const noexcept { return frontier_.size; }

  engine::centre::Admitted out;
  bool by_a_person = false;  ///< who lets in what a revoked device had written
  bool full = false;         ///< so much was taken of the device today that nothing more is

 private:
  using Fault = ward::Fault;
  [[nodiscard]] bool fill(segment::Rows& rows);
  [[nodiscard]] bool fill_if_whole(segment::Rows& rows);
  [[nodiscard]] bool fill_root(segment::ReceiptSeen& seen);
  [[nodiscard]] std::optional<std::vector<segment::Verified>> verify(segment::Rows& rows);
  void take(const segment::Rows& rows, const std::vector<segment::Verified>& verified);
  void duplicate(const StoredSegment& held);
  void mend(const segment::Rows& rows, const std::vector<segment::Verified>& verified);
  [[nodiscard]] bool is_in_log(std::int64_t id, const segment::Statement& statement);
  void overlap(const segment::Rows& rows, const std::vector<segment::Verified>& verified, const Chain& chain);
  [[nodiscard]] std::optional<Fault> judge(const std::vector<segment::Verified>& verified);
  [[nodiscard]] std::optional<Fault> judge_one(const segment::Verified& verified, std::set<Did>& created);
  [[nodiscard]] bool builds_on_what_is_missing(const segment::Verified& verified);
  void append(const segment::Rows& rows, const std::vector<segment::Verified>& verified, bool forked);
  void put_rows(const std::vector<segment::Verified>& verified, std::int64_t segment, const Stamp& stamp);
  void learn_key(const segment::Verified& verified, std::int64_t dossier, const std::map<std::int64_t, KeyId>& created);
  void route(const std::set<std::int64_t>& dossiers, const Stamp& stamp);
  [[nodiscard]] const std::vector<DossierReader>& readers(std::int64_t dossier);
  [[nodiscard]] bool may_write(std::int64_t dossier);
  [[nodiscard]] bool is_our_own() const;
  [[nodiscard]] bool is_full(const segment::Statement& statement);
  [[nodiscard]] bool is_a_refill(const segment::Statement& statement);
  void settle(std::int64_t dossier);
  void refuse(const segment::Statement& statement, Fault fault);
  void need_sealed(const segment::Statement& statement);

  CentreStore& centre_;
  Store& store_;
  DeviceId device_;
  WallTime at_;
  UnitCode unit_;
  std::int64_t writer_ = 0;
  Hash hash_;
  log::Frontier frontier_;
  WallTime last_stamp_;
  bool accepted_ = false;
  std::optional<std::uint64_t> taken_;                          ///< bytes, of the device today
  std::map<std::int64_t, std::vector<DossierReader>> readers_;  ///< of dossiers that this transaction looked at
};

/// Who may become a device, and who is one.
struct Enrolment {
  explicit Enrolment(CentreStore& of);

  CentreStore& centre;
  Store& store;

  [[nodiscard]] Result<engine::centre::Enrolled> enrol(const engine::centre::Enrol& enrol);
  [[nodiscard]] Result<void> approve(const DeviceId& device, WallTime now);
  [[nodiscard]] Result<void> revoke(const DeviceId& device, std::string_view reason, WallTime now);
  [[nodiscard]] Result<void> append(policy::Body body, WallTime now);
  /// `not_found`; `invalid`: there are no such serials to give.
  [[nodiscard]] Result<policy::CodeBlock> give_codes(const WantedBlock& wanted, WallTime now);
  /// The device by which this centre's own officials write.
  [[nodiscard]] Result<void> admit_desk(const struct DeskKeys& keys, std::string label, WallTime now);
  [[nodiscard]] Result<void> renew_seed(const UnitCode& unit, WallTime now, const std::optional<UnitCode>& joined = std::nullopt);
  [[nodiscard]] Result<void> add_unit(policy::Unit unit, WallTime now);
  [[nodiscard]] Result<void> merge_unit(const UnitCode& unit, const UnitCode& heir, std::string_view reason, WallTime now);
  /// `invalid`: it is there already, is no name, or no role for its unit, or its key is somebody else's.
  [[nodiscard]] Result<void> add_account(policy::Account account, WallTime now, const std::optional<NewActivation>& activation);
  /// Another word on one that is there. `not_found`, and as above; `invalid` too when nobody who may administer would be left.
  [[nodiscard]] Result<void> change_account(policy::Account account, WallTime now, const std::optional<NewActivation>& activation);
  /// For ever. `not_found`; `invalid`: no reason, or no unit of the kind `centre` to order it; `erased`: it was before.
  [[nodiscard]] Result<void> erase(const WantedErasure& wanted, WallTime now);
  /// Entries that this centre signed before it was restored from a copy.
  [[nodiscard]] Result<void> take_back(const std::vector<policy::Entry>& entries);

 private:
  struct Applicant {
    SignKey sign;
    DhKey noise;
    DhKey sealing;
    UnitCode unit;
    std::string label;
  };
  [[nodiscard]] Result<void> add_device(const Applicant& applicant, WallTime now);
  [[nodiscard]] Result<void> give_first_codes(const DeviceId& device, WallTime now);
  [[nodiscard]] Result<void> give_codes_of_heir(const UnitCode& heir, WallTime now);
  [[nodiscard]] Result<void> put_account(policy::Account account, WallTime now, const std::optional<NewActivation>& activation);
  void judge_anew(Epoch from);
  void give_resent(Epoch from);
};

/// A segment that is not as it was written; `id` 0: its row is gone.
struct DamagedSegment {
  std::uint64_t stamp_index = 0;
  std::int64_t id = 0;
  std::string why;
  bool withheld = true;  ///< from everybody; false: something beside it cannot be read
};
struct WholeSegment {
  StoredSegment segment;
  std::vector<StoredRecord> records;
};
/// `storage_damaged`, saying why, unless the segment and all its records are what its device signed. `id` 0: there is none.
[[nodiscard]] Result<WholeSegment> whole_segment(Store& store, std::int64_t id);
/// A row cannot be used, though the file can be read.
[[nodiscard]] bool is_damaged_row(const Failure& failure) noexcept;
void put_damaged(Store& store, const DamagedSegment& found, WallTime at);

inline constexpr std::string_view awaits_policy_key = "awaits policy";  ///< meta
inline constexpr std::string_view restored_at_key = "restored at";      ///< meta

/// This device holds so many policy entries, and has done what they order to erase.
void note_obeyed(Store& store, const DeviceId& device, Epoch policy_count, bool obeys, WallTime at);
/// What this device brought was not taken: for health.
void note_refusal(Store& store, const DeviceId& device, WallTime at, Fault fault);
void note_fork(Store& store, const DeviceId& device, WallTime at);
/// Once none of its numbers is in question.
void forget_fork(Store& store, const DeviceId& device);
[[nodiscard]] Bytes encode_report(const sync::Report& report);
[[nodiscard]] sync::Report decode_report(BytesView bytes);

}  // namespace ward::storage
