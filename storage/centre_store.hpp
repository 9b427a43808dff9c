#pragma once

#include "protocol/engine/centre_engine.hpp"
#include "protocol/log/tree.hpp"
#include "protocol/policy/request.hpp"
#include "protocol/ticket/ticket.hpp"
#include "storage/centre_codes.hpp"
#include "storage/centre_summaries.hpp"
#include "storage/changes.hpp"
#include "storage/dossiers.hpp"
#include "storage/quarantine.hpp"
#include "storage/store.hpp"
#include "storage/trial.hpp"

#include <functional>
#include <optional>
#include <string>
#include <vector>

/// The centre's durable side on SQLite: relay and registry in one process. One thread; one process per file.
namespace ward::storage {

/// What lies in DATA/centre.key (mode 0600). `operations` signs approvals; it may be kept elsewhere and then is absent. Of each kind one is
/// in force, which the policy log names; the others were, or wait for a root key's signature.
struct CentreKeys {
  crypto::DhSecret noise;
  crypto::SignSeed receipt;
  std::optional<crypto::SignSeed> operations;
  crypto::LocalKey local;
  Array<32> unit_master{};  ///< the registry's: every unit seed derives from it
  std::vector<crypto::DhSecret> other_noise{};
  std::vector<crypto::SignSeed> other_receipt{}, other_operations{};

  [[nodiscard]] static CentreKeys make(const Random& random);
  [[nodiscard]] Bytes encode() const;
  [[nodiscard]] static Result<CentreKeys> decode(BytesView bytes);
  /// Puts those in force that the policy log names. `wrong_organisation`: they are not here.
  [[nodiscard]] Result<void> settle(const policy::PolicyLog& policy);
  /// By which something of this centre may be signed; the one in force first.
  [[nodiscard]] std::vector<SignKey> receipt_publics() const;
};

enum class KeyKind { operations, receipt, noise, root };
/// An entry that waits for a root key's signature.
struct KeyRequest {
  policy::Entry entry;
  WallTime made;
  bool is_void = false;  ///< the policy log has grown since: it must be made again
};
/// What a receipt key signs while a request for the next one is away must count: no longer than its overlap.
inline constexpr auto key_request_life = policy::receipt_key_overlap;
/// Writes the key file, durable when it returns.
using KeepKeys = std::function<Result<void>(const CentreKeys& keys)>;

struct NewTicket {
  UnitCode unit;
  std::string label;
  std::string address;  ///< host:port that the device will call
  bool pre_approved = false;
  WallTime expires;
};

struct DeviceLine {
  DeviceId device;
  UnitCode unit;
  std::string label;
  enum class Standing { waiting, approved, revoked } standing = Standing::waiting;
  std::string fingerprint;              ///< while waiting
  WallTime contact, accepted, refused;  ///< 0: never
  std::string refused_why;
  WallTime forked;               ///< when a number that it gave twice was last seen, unless that is settled; 0: never
  std::uint64_t fork_sides = 0;  ///< that wait for a person's word
  sync::Report report;
  WallTime report_at;
  std::uint64_t cursor = 0;
  std::uint64_t records = 0;      ///< of this device, stored here
  bool numbers = false;           ///< its unit has an identification code, so it is to give dossier codes
  code::Day codes_until;          ///< the last day of its blocks
  std::uint64_t provisional = 0;  ///< dossiers with nothing but a provisional code of this device
  WallTime copied;                ///< when it was last seen to run twice; 0: never
  WallTime audit_back;            ///< when it last told of an audit log that is shorter or another than it had told; 0: never
};

/// Of records that are taken of one PC in a day, where no policy entry says otherwise: more than a ward writes, and than a restored centre
/// is brought.
inline constexpr std::uint64_t day_bytes_built_in = std::uint64_t{1024} * 1024 * 1024;

/// How well this centre's data is kept elsewhere.
struct Keeping {
  WallTime backup_at;             ///< of the newest verified backup; 0: there is none
  std::uint64_t backup_size = 0;  ///< of the log, in it
  std::uint64_t archived = 0;     ///< the prefix of the log that a copy on another machine holds; receipts say so
  WallTime restored_at;           ///< 0: this data was never restored from a backup
  std::uint64_t restored_size = 0;
  std::uint64_t not_back = 0;  ///< approved devices that have not called since
  bool awaits_policy = false;  ///< policy entries that the backup lacked may still come: none can be added before a device has called
};

/// What lets the owner of an account choose a PIN at his PC.
struct NewActivation {
  Array<16> secret{};  ///< unpredictable; the policy log gets its hash
  WallTime expires;
};

/// What a backup holds of this centre; `CentreStore::note_backup` compares it with what is here.
struct BackupFacts {
  OrgId org;
  Incarnation centre;
  std::uint64_t size = 0;
  Hash root;
  Epoch policy_count = 0;
};

/// Orders within a day for which one person's word suffices; another's, for as many again.
inline constexpr std::size_t erasures_a_day = 20;
struct WantedErasure {
  Did did;
  std::string user, reason;  ///< by which official of the centre's first unit, and why
  /// The official's own signature over the order as that entry of the policy log; none: his account has no key.
  std::function<Signature(const policy::Erasure& order, Epoch entry)> sign{};
};
/// An order to erase, and how far it got.
struct ErasureStanding {
  Epoch number = 0;  ///< of its policy entry
  policy::Erasure order;
  WallTime at;
  bool done_here = true;  ///< false: it is still in this centre's write-ahead log
  struct Of {
    DeviceId device;
    UnitCode unit;
    std::string label;
    bool revoked = false;  ///< it is never told of the order
    bool read = false;     ///< its unit had the dossier
    WallTime done;         ///< when it said so; 0: not yet
    WallTime contact;      ///< when it was heard last; 0: never
  };
  std::vector<Of> devices;  ///< those that were approved before
};

/// More work in an act's transaction, after the act: both are stored, or neither. Throws `Failure`.
using Also = std::function<void()>;

class CentreStore {
 public:
  /// `entries`: the policy log that `init` made, genesis first. Fails if there is a data file.
  [[nodiscard]] static Result<void> create(const std::string& path, const CentreKeys& keys, const std::vector<policy::Entry>& entries);
  [[nodiscard]] static Result<CentreStore> open(const std::string& path, CentreKeys keys, Random random,
                                                OpenMode mode = OpenMode::read_write, const schema::Edition& edition = schema::edition());

  [[nodiscard]] Store& store() noexcept { return store_; }
  [[nodiscard]] const CentreKeys& keys() const noexcept { return keys_; }
  [[nodiscard]] engine::centre::Identity engine_identity() const;
  [[nodiscard]] engine::centre::LogView log_view(WallTime now) const;

  // For the centre's own officials.
  /// In whose name they write: the first unit of the kind `centre`; nothing when there is none.
  [[nodiscard]] std::optional<Author> desk(WallTime now);
  /// As at a ward; what is saved is in the log at once. The first one gives the centre's own device a policy entry.
  [[nodiscard]] Result<std::vector<Saved>> save(const std::vector<NewChange>& changes, Now now, const AlsoSave& also = {});

  // For the administrator.
  [[nodiscard]] Result<ticket::Ticket> new_ticket(const NewTicket& wanted, const std::function<void(const ticket::Ticket&)>& also = {});
  [[nodiscard]] Result<std::vector<DeviceLine>> devices();
  /// The same inside an act's transaction, as the act leaves them.
  [[nodiscard]] std::vector<DeviceLine> devices_in_transaction();
  /// `not_found`, or `invalid` when it does not wait for approval.
  [[nodiscard]] Result<void> approve(const DeviceId& device, WallTime now, const Also& also = {});
  [[nodiscard]] Result<void> revoke(const DeviceId& device, std::string_view reason, WallTime now, const Also& also = {});
  /// A unit that nobody heard of. `not_found`: its parent is not there; `invalid`: it is there already.
  [[nodiscard]] Result<void> add_unit(policy::Unit unit, WallTime now, const Also& also = {});
  /// From now on `heir` has what `unit` had: custody, offers, keys; their PCs read the same dossiers. For ever. `not_found`; `invalid` when
  /// it has an heir, or would be its own.
  [[nodiscard]] Result<void> merge_unit(const UnitCode& unit, const UnitCode& heir, std::string_view reason, WallTime now,
                                        const Also& also = {});
  /// Keys that are given to the unit from now on open only with a new seed, which its PCs that stand get. `not_found`.
  [[nodiscard]] Result<void> renew_seed(const UnitCode& unit, WallTime now, const Also& also = {});
  /// An account that its unit does not have. `not_found`: the unit; `invalid`: it has it, or the account is none that can be.
  /// `activation`: signed behind it, in the same transaction.
  [[nodiscard]] Result<void> add_account(policy::Account account, WallTime now, const Also& also = {},
                                         const std::optional<NewActivation>& activation = {});
  /// What holds of an account from now on. `not_found`; `invalid`, also when nobody who may administer would be left.
  [[nodiscard]] Result<void> change_account(policy::Account account, WallTime now, const Also& also = {},
                                            const std::optional<NewActivation>& activation = {});
  /// Destroys a dossier here, and everywhere else as soon as it is heard of. For ever. See `Enrolment::erase`. `invalid` past
  /// `erasures_a_day`.
  [[nodiscard]] Result<void> order_erasure(const WantedErasure& wanted, WallTime now, const Also& also = {});
  /// As many more may be ordered within a day as one person's word suffices for. `invalid`: while one word suffices still, by one who
  /// ordered some of them, or whose account is not a day old.
  [[nodiscard]] Result<void> confirm_erasures(const std::string& user, WallTime now, const Also& also = {});
  /// All orders, the newest first.
  [[nodiscard]] Result<std::vector<ErasureStanding>> erasures();
  [[nodiscard]] std::vector<ErasureStanding> erasures_in_transaction();
  struct Brought {
    std::size_t taken = 0, known = 0;  ///< records
  };
  using TellBrought = std::function<void(const Brought& brought)>;
  /// Keeps aside what a revoked device wrote before it knew. See `keep_aside`.
  [[nodiscard]] Result<Brought> take_handed_in(std::vector<segment::Rows> all, WallTime now, const TellBrought& also = {});
  [[nodiscard]] Result<std::vector<HandedIn>> handed_in();
  /// What would come of it. Fails as `admit_handed_in` would.
  [[nodiscard]] Result<HandedInShown> look_at_handed_in(const WantedHandedIn& wanted, WallTime now);
  /// Into the log, as proposals or in full, by a signed entry; all of it or nothing. `not_found`; `invalid`: no reason, not what was shown,
  /// or not all of it was; `gap`: what comes before is missing; `not_member`: its unit may not write there.
  [[nodiscard]] Result<void> admit_handed_in(const WantedHandedIn& wanted, WallTime now, const Also& also = {});
  [[nodiscard]] Result<void> reject_handed_in(const WantedHandedIn& wanted, const Also& also = {});
  [[nodiscard]] Result<std::vector<ForkSide>> forks();
  [[nodiscard]] Result<ForkShown> look_at_side(const Hash& segment, WallTime now);
  /// Its records stand from now on, others with their numbers never. `head`: of what was shown. `not_found`; `invalid`: no reason, or not
  /// what was shown.
  [[nodiscard]] Result<void> admit_side(const Hash& segment, const std::optional<Hash>& head, std::string_view reason, WallTime now,
                                        const Also& also = {});
  /// What PCs of a unit, or of all, may bring in a day, and how long they show dossiers without having heard the centre. `not_found`,
  /// `invalid`.
  [[nodiscard]] Result<void> set_limits(const policy::Limits& bounds, WallTime now, const Also& also = {});
  /// Devices that brought all that they may on a day before `today`, each once: they can go on.
  [[nodiscard]] std::vector<DeviceId> take_renewed(code::Day today);
  /// Where wards call from now on, the best first. `malformed`, `too_large`.
  [[nodiscard]] Result<void> set_addresses(std::vector<std::string> addresses, WallTime now, const Also& also = {});
  /// For each year that it names, this takes the place of what was known of that year. `malformed`, `too_large`.
  [[nodiscard]] Result<void> set_calendar(policy::Calendar calendar, WallTime now, const Also& also = {});
  /// From now on PCs get their codes so; those of `CodePlan` before.
  void set_code_plan(const CodePlan& plan) { code_plan_ = plan; }
  [[nodiscard]] Result<std::vector<DeviceCodes>> codes(WallTime now);
  [[nodiscard]] std::vector<DeviceCodes> codes_in_transaction(WallTime now);
  /// By hand. `not_found`; `invalid`: no such period, or not so many free serials.
  [[nodiscard]] Result<policy::CodeBlock> give_codes(const WantedBlock& wanted, WallTime now,
                                                     const std::function<void(const policy::CodeBlock&)>& also = {});
  /// What PCs lack by the plan. True when something was given.
  [[nodiscard]] Result<bool> refill_codes(WallTime now);
  /// As at a ward: what its own officials lodge gets codes from now on.
  [[nodiscard]] Result<void> keep_codes_by(Beside mark);
  /// Beside the provisional ones that its own officials' dossiers got. True: some were given.
  [[nodiscard]] Result<bool> give_official_codes(Now now);
  /// Tells the wards of codes that dossiers of several units share, and of those that are settled. True when something was said.
  [[nodiscard]] Result<bool> tell_shared_codes(WallTime now);
  /// From now on summaries are written so; as `SummaryPlan` has it before.
  void set_summary_plan(const SummaryPlan& plan) { summary_plan_ = plan; }
  struct Summarised {
    std::size_t written = 0;
    bool more = false;
  };
  /// Of some dossiers that rest (the registry's work); nothing while there is no unit of the kind `centre`.
  [[nodiscard]] Result<Summarised> write_summaries(Now now);
  [[nodiscard]] Result<Keeping> keeping();
  [[nodiscard]] Keeping keeping_in_transaction();
  [[nodiscard]] BackupFacts backup_facts() const;
  /// Segments that are not as they were written. They go to nobody, and everything else goes on without them.
  [[nodiscard]] Result<std::uint64_t> damaged_segments();
  /// Asks the writers of what was set aside for it again, by entries. True: there is one more.
  [[nodiscard]] Result<bool> ask_again(WallTime now);
  /// A verified backup exists; `elsewhere`: on another machine or medium. Then receipts call the log archived up to there, unless devices
  /// have not been heard since a restore: they must begin again from where that was. `invalid` when it is not of this centre.
  [[nodiscard]] Result<void> note_backup(const BackupFacts& facts, WallTime at, bool elsewhere, const Also& also = {});
  /// This data is a copy that a restore puts into place: a new incarnation, no unused tickets. `alone`: no device will bring what the copy
  /// lacks, so none is waited for.
  [[nodiscard]] Result<void> become_restored(WallTime now, bool alone);
  /// Merges up to `dossiers` of those whose records changed (the registry's work). True while more waits.
  [[nodiscard]] Result<bool> apply_pending(std::size_t dossiers);

  // Keys of the city.
  /// A new key of that kind, which is kept aside, and the entry that the root key must sign before it counts. While it is away, entries
  /// that the centre adds by itself wait, as long as `key_request_life`; what a person does goes on, and makes it void.
  [[nodiscard]] Result<policy::RootRequest> request_key(KeyKind kind, WallTime now, const KeepKeys& keep, const Also& also = {});
  /// The signed entry: from now on the new key counts. Again is fine. `gap`: the request is void or too old; `missing_key`: its key is not
  /// here; `bad_signature`.
  [[nodiscard]] Result<void> apply_signed(const policy::Entry& entry, WallTime now, const KeepKeys& keep, const Also& also = {});
  [[nodiscard]] Result<std::optional<KeyRequest>> key_request();
  /// Drops the earlier statics of the line: who calls one of them is not answered any more. How many.
  [[nodiscard]] Result<std::size_t> forget_noise(const KeepKeys& keep, const Also& also = {});

  // What the engine asks for; each is one transaction.
  [[nodiscard]] Result<engine::centre::PeerRead> read_peer(const engine::centre::ReadPeer& wanted, WallTime now);
  [[nodiscard]] Result<engine::centre::Admitted> admit(engine::centre::Admit admit);
  [[nodiscard]] Result<engine::centre::DeliveryRead> read_delivery(const engine::centre::ReadDelivery& wanted);
  [[nodiscard]] Result<engine::centre::DossiersRead> read_dossiers(const engine::centre::ReadDossiers& wanted);
  [[nodiscard]] Result<engine::centre::PolicyRead> read_policy(const engine::centre::ReadPolicy& wanted);
  [[nodiscard]] Result<engine::centre::PolicyStored> store_policy(const engine::centre::StorePolicy& given);
  [[nodiscard]] Result<void> store_report(const engine::centre::StoreReport& report);
  [[nodiscard]] Result<engine::centre::HeadsRead> read_heads(const engine::centre::ReadHeads& wanted);
  [[nodiscard]] Result<engine::centre::JoinsRead> read_joins(const engine::centre::ReadJoins& wanted, WallTime now);
  [[nodiscard]] Result<void> store_audit_end(const engine::centre::StoreAuditEnd& told);
  [[nodiscard]] Result<engine::centre::TicketRead> read_ticket(const engine::centre::ReadTicket& wanted);
  [[nodiscard]] Result<engine::centre::Enrolled> enrol(const engine::centre::Enrol& enrol);

 private:
  CentreStore(Store store, CentreKeys keys);
  /// Keeps what a delivery or a merge found out of all that follow.
  [[nodiscard]] Result<void> quarantine(const std::vector<struct DamagedSegment>& found);
  void set_aside(std::int64_t dossier, std::string_view why);
  [[nodiscard]] Result<HandedInShown> let_in(struct Enrolment& enrolment, std::optional<struct Admission>& admission,
                                             const WantedHandedIn& wanted, WallTime now);
  void take_back_what_is_whole();
  void give_again(std::int64_t index, std::int64_t id, std::string_view why);
  friend struct Admission;
  friend struct Enrolment;
  friend struct DeskWriter;
  friend class Numbering;
  [[nodiscard]] bool knows_day(Now now) const;

  /// How far the registry has merged, and which dossiers it cannot merge as they are.
  struct Applied {
    std::uint64_t index = 0;
    std::vector<Did> exceptions;
    std::uint64_t places = 0;
  };
  [[nodiscard]] Result<policy::Body> body_for(KeyKind kind);
  [[nodiscard]] bool has_secrets_for(const policy::Delegation& body);
  [[nodiscard]] std::vector<crypto::DhSecret> earlier_noise() const;
  [[nodiscard]] Result<void> settle_keys();
  [[nodiscard]] std::optional<KeyRequest> key_request_in_transaction();
  [[nodiscard]] bool waits_for_root(WallTime now);
  void drop_key_request();
  void note_policy_count(Epoch theirs);
  [[nodiscard]] std::uint64_t not_back(WallTime since);
  [[nodiscard]] Applied read_applied(std::uint64_t log_size);
  [[nodiscard]] Result<void> load(OpenMode mode);
  void learn_unit_seeds();
  [[nodiscard]] Result<bool> give_all(const std::vector<WantedBlock>& all, WallTime now);
  [[nodiscard]] DeviceLine line_of(const policy::DeviceStanding& standing);
  /// One transaction whose work may append policy entries; they are forgotten when it fails.
  template <class Work>
  [[nodiscard]] auto change_policy(const char* name, Work&& work, const Also& also = {})
      -> decltype(work(std::declval<struct Enrolment&>()));
  /// What of a device's other incarnations is newer than those that it names: a device whose data is an older copy, or runs twice, learns
  /// of it so.
  [[nodiscard]] std::vector<log::DeviceHead> heads_of(const DeviceId& device, const std::vector<sync::Unstamped>& named);
  [[nodiscard]] std::vector<sync::OwnStamp> stamps_of(const DeviceId& device, const std::vector<sync::Unstamped>& wanted);

  Store store_;
  CentreKeys keys_;
  log::Frontier frontier_;
  std::vector<Hash> log_blocks_;  ///< roots of the log's first subtrees of a fixed size
  Incarnation centre_;            ///< drawn at the first opening of the data file, and again at each restore
  WallTime last_stamp_;           ///< stamps strictly increase
  std::uint64_t archived_ = 0;
  Applied applied_;
  CodePlan code_plan_;
  SummaryPlan summary_plan_;
  std::map<DeviceId, code::Day> full_;           ///< what brought all that it may, and when
  std::optional<Beside> code_mark_;              ///< none: its own officials' dossiers get no codes
  std::optional<Incarnation> desk_incarnation_;  ///< of this run, once its own officials wrote
};

[[nodiscard]] engine::centre::Event perform(engine::centre::StoreEffect effect, CentreStore& store, WallTime now);

}  // namespace ward::storage
