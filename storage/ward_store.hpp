#pragma once

#include "protocol/engine/agent_engine.hpp"
#include "protocol/engine/enrol_engine.hpp"
#include "storage/changes.hpp"
#include "storage/dossiers.hpp"
#include "storage/numbering.hpp"
#include "storage/store.hpp"

#include <optional>
#include <string>
#include <vector>

/// A ward PC's durable side. "Saved" is what a function here says after its commit. One thread; one process per file (the data directory's
/// lock).
namespace ward::storage {

/// What lies in DATA/device.key (mode 0600), beside the database.
struct WardKeys {
  engine::enrol::DeviceKeys device;
  crypto::LocalKey local;
  Array<32> hedge{};  ///< device hedge secret of records.md §9

  [[nodiscard]] static WardKeys make(const Random& random);
  [[nodiscard]] Bytes encode() const;
  [[nodiscard]] static Result<WardKeys> decode(BytesView bytes);
};

/// Where this PC belongs, from its enrolment.
struct Membership {
  OrgId org;
  SignKey root;
  DhKey centre_static;
  std::string centre_address;
  DeviceId device;
  UnitCode unit;
};

/// How long this PC keeps the records of dossiers that ended (docs/adr/0018).
struct KeepPlan {
  std::chrono::milliseconds rest = std::chrono::days(90);  ///< since the newest of them reached the centre; 0: all are kept
  std::chrono::milliseconds pass_every = std::chrono::days(7);
  bool ended_only = true;
};

/// What would be lost if this PC broke now: dossiers with records that no receipt covers.
struct Exposure {
  std::uint64_t dossiers = 0;
  WallTime oldest;  ///< 0: none
};
struct WaitingDossier {
  Did did;
  std::string code, owner;
  WallTime since;  ///< when the oldest of these records was saved
  std::uint64_t records = 0;
  std::string refused;  ///< the fault for which the centre will not take one of them; empty: none
};
struct WaitingPage {
  std::vector<WaitingDossier> dossiers;
  std::string next;  ///< cursor; empty: no more
};

class WardStore {
 public:
  /// Writes a new data file after an enrolment. Fails if there is one.
  [[nodiscard]] static Result<void> create(const std::string& path, const WardKeys& keys, const Membership& membership,
                                           const std::vector<policy::Entry>& policy);
  [[nodiscard]] static Result<WardStore> open(const std::string& path, WardKeys keys, Random random, OpenMode mode = OpenMode::read_write,
                                              const schema::Edition& edition = schema::edition());

  [[nodiscard]] Store& store() noexcept { return store_; }
  [[nodiscard]] const Membership& membership() const noexcept { return membership_; }
  [[nodiscard]] const WardKeys& keys() const noexcept { return keys_; }

  /// Seals and commits changes: all of them, or none. When it returns a value, a power cut loses nothing of it. `not_member`: this PC is
  /// not approved yet, so it holds no key to write with. `invalid`, `too_large`: names what is wrong with which change; nothing was saved.
  /// A new dossier that does not fit one record is saved as several changes.
  /// `also` runs in the same transaction, after the changes: what it writes is saved exactly when they are.
  [[nodiscard]] Result<std::vector<Saved>> save(const std::vector<NewChange>& changes, Now now, const AlsoSave& also = {});

  /// From now on new dossiers without a code get one. Until this is called they get a provisional one.
  [[nodiscard]] Result<void> keep_codes_by(CodeMark mark);
  [[nodiscard]] Result<CodesStanding> codes(Now now);
  /// Gives dossiers with a provisional code their official one, some at a time; empty when there is nothing to do, or none can be given.
  [[nodiscard]] Result<std::vector<Saved>> give_official_codes(Now now);

  void set_keep_plan(const KeepPlan& plan) noexcept { keep_plan_ = plan; }

  [[nodiscard]] Result<sync::Report> report(Now now);
  /// What the runtime measured last; goes into reports.
  void set_disk_free(std::uint64_t bytes) noexcept { disk_free_bytes_ = bytes; }
  struct Progress {
    std::uint64_t receipted_through = 0;  ///< own records under a receipt
    WallTime receipted_at;
    std::uint64_t applied = 0;  ///< log index
    Incarnation incarnation;    ///< zero before the first write of this run
    std::uint64_t dossiers = 0;
    std::uint64_t at_centre = 0;  ///< of these, those whose records are at the centre only
    std::uint64_t refused_segments = 0;
    std::int64_t clock_offset_ms = 0;  ///< this PC minus the centre, at the last signed time
    bool clock_trusted = true;
    std::string alarm;  ///< `rollback`: the centre holds less than it had receipted; `two_faces`: it signed two histories;
                        ///< `told_otherwise`: another PC says that it was shown another history; `summary`: what it said of a dossier is
                        ///< not what its records say; `archive`: records that were let go are not there any more; `unproved`: it
                        ///< proves its log to nobody; else empty
    bool evidence = false;  ///< of the alarm, to be shown to others: `contradiction`
    bool restored = false;  ///< this file is an older copy of itself; what it lacks is being fetched
    WallTime full_until;    ///< the centre takes no more of this PC before; 0: it does
  };
  [[nodiscard]] Result<Progress> progress(Now now);
  [[nodiscard]] Result<Exposure> exposure();
  /// How long dossiers are shown without a receipt from the centre (docs/adr/0015).
  struct Lease {
    std::uint16_t days = 0;  ///< 0: for ever
    WallTime contact;        ///< when the centre was heard last, by its clock
    bool over = false;
  };
  [[nodiscard]] Result<Lease> lease(Now now);
  /// A lease is set, and so many quarters of it went by since the centre was heard.
  [[nodiscard]] bool is_unheard(Now now, int quarters);
  /// The dossiers that it counts, the one that waits longest first. `after`: the cursor of the page before; at most 500.
  [[nodiscard]] Result<WaitingPage> list_waiting(std::string_view after, std::size_t limit);
  /// What no receipt covers, or no archive holds that the last one tells of, whole and sealed, for somebody to bring to the centre: from
  /// the `after`th segment on, as much as fits a request.
  [[nodiscard]] Result<std::vector<segment::Rows>> hand_in(std::size_t after);
  /// The newest receipt that covers this dossier's own records, as signed, for people and for export.
  [[nodiscard]] Result<std::optional<sync::Receipted>> last_receipt();
  /// The first two signed words of the centre, or of it and another PC, that cannot both be true (evidence::encode_contradiction).
  [[nodiscard]] Result<std::optional<Bytes>> contradiction();

  // What the engine asks for; each is one transaction. See engine/agent_engine.hpp.
  [[nodiscard]] Result<engine::agent::LinkPrepared> prepare_link(const engine::agent::PrepareLink& wanted, Now now);
  [[nodiscard]] Result<engine::agent::OutboxRead> read_outbox(const engine::agent::ReadOutbox& wanted, Now now);
  [[nodiscard]] Result<engine::agent::ReceiptStored> store_receipt(const engine::agent::StoreReceipt& receipt, Now now);
  [[nodiscard]] Result<engine::agent::PolicyStored> store_policy(const engine::agent::StorePolicy& entries, Now now);
  [[nodiscard]] Result<engine::agent::PolicyRead> read_policy(const engine::agent::ReadPolicy& wanted) const;
  [[nodiscard]] Result<engine::agent::DeliveryApplied> apply_delivery(engine::agent::ApplyDelivery delivery, Now now);
  [[nodiscard]] Result<engine::agent::FetchedApplied> apply_fetched(engine::agent::ApplyFetched fetched, Now now);
  [[nodiscard]] Result<void> store_applied(const engine::agent::StoreApplied& applied);
  [[nodiscard]] Result<void> store_refused(const engine::agent::StoreRefused& refused);
  [[nodiscard]] Result<void> store_heads(const engine::agent::StoreHeads& heads, Now now);
  [[nodiscard]] Result<engine::agent::DoubtsRead> read_doubts(Now now);
  [[nodiscard]] Result<void> store_joins(const engine::agent::StoreJoins& joins, Now now);

  /// The dossiers that deliveries changed since this was asked last; at most some hundred.
  [[nodiscard]] std::vector<Did> take_arrived() { return std::exchange(arrived_, {}); }

  [[nodiscard]] engine::agent::Identity engine_identity() const;
  /// Whether what this PC's clock says may be taken for the time.
  [[nodiscard]] bool believes(Now now) const;
  /// The centre does not speak the version of the last link: the next one is in the version before, and after the oldest in ours again.
  void speak_other_version() noexcept;

 private:
  WardStore(Store store, WardKeys keys, Membership membership);
  /// Has this PC's own keys of its unit ready; again after each policy entry. True when there are new ones.
  bool learn_unit_seeds();
  /// `not_member`, `revoked`, `missing_key`.
  [[nodiscard]] Result<void> may_write() const;
  [[nodiscard]] sync::Report report_in_transaction(Now now);
  Error found_copy();
  /// By what this file ever knew of the time: no clock that is set back changes it.
  [[nodiscard]] WallTime latest(Now now);
  /// The centre signed that it was `time`, at `at`.
  void heard(WallTime time, Instant at, Now now);
  [[nodiscard]] std::uint16_t lease_days();
  /// Dossiers whose records are to be fetched on this link.
  [[nodiscard]] std::vector<Did> to_fetch();
  /// Whose records could be let go on this link.
  [[nodiscard]] std::vector<Did> resting();

  Store store_;
  WardKeys keys_;
  Membership membership_;
  std::optional<Incarnation> incarnation_;                   ///< drawn at the first write
  WallTime signed_time_;                                     ///< the newest that the centre signed
  std::optional<std::pair<WallTime, Instant>> centre_time_;  ///< the same, since this start
  bool clock_believed_ = true;
  WallTime latest_;                     ///< it was as late as that, by the centre or by a clock that was believed
  std::optional<Instant> latest_at_;    ///< when `latest_` was looked at last, since this start
  WallTime latest_kept_;                ///< as the file has it
  std::optional<WallTime> full_until_;  ///< the centre takes no more today
  std::uint64_t disk_free_bytes_ = 0;
  KeepPlan keep_plan_;
  std::optional<CodeMark> code_mark_;
  [[nodiscard]] bool knows_day(Now now);
  std::set<Incarnation> postponed_;  ///< the centre takes no more of these before something came from there: it lacks what must come first
  std::vector<Did> arrived_;
  std::uint8_t link_version_ = sync::protocol_version;
  bool asked_own_ = false;  ///< this link's pulls ask for this device's own segments too

  friend struct WardWriter;
  friend class Numbering;
  friend struct Outbox;
  friend struct Receipts;
  friend struct Deliveries;
  friend struct LogWatch;
  friend struct LettingGo;
};

/// Performs one store effect: what the driver and the simulator both call. A failure is an event too.
[[nodiscard]] engine::agent::Event perform(engine::agent::StoreEffect effect, WardStore& store, Now now);

}  // namespace ward::storage
