#pragma once

#include "protocol/base/codec.hpp"
#include "protocol/base/error.hpp"
#include "protocol/base/ids.hpp"
#include "protocol/base/time.hpp"
#include "protocol/code/code.hpp"
#include "protocol/crypto/keys.hpp"
#include "protocol/policy/admission.hpp"
#include "protocol/policy/erasure.hpp"
#include "protocol/policy/resend.hpp"

#include <map>
#include <optional>
#include <string>
#include <unordered_map>
#include <variant>
#include <vector>

/// The policy log: the only place where names bind to keys (records.md §7, WIRE.md §5). Entry number = policy epoch, genesis is 0.
namespace ward::policy {

inline constexpr std::size_t addresses_max = 8;
inline constexpr std::size_t address_bytes_max = 253 + 6;  ///< a DNS name, a colon, a port
/// host:port, of letters that no line, shell or log takes for anything else.
[[nodiscard]] bool is_address(std::string_view text);

/// First entry, signed by the root key that it names; org is derived from that key.
struct Genesis {
  std::string organisation;  ///< name, as people call it
  SignKey root;
  Hash next_root;  ///< hash of the root key that a rotation must reveal: B(32, "wsync-next-root", –, key)
  SignKey operations;
  SignKey receipt;
  DhKey centre_noise;
  friend bool operator==(const Genesis&, const Genesis&) = default;
};
/// Root key: new day-to-day keys. An absent one stays.
struct Delegation {
  std::optional<SignKey> operations;
  std::optional<SignKey> receipt;
  std::optional<DhKey> centre_noise;
  friend bool operator==(const Delegation&, const Delegation&) = default;
};
/// The next root key, which the one before committed to, takes its place: signed by it. Whatever the one before signs from here on is void.
struct RootRotation {
  SignKey root;
  Hash next_root;  ///< of the one after it, as in the genesis
  friend bool operator==(const RootRotation&, const RootRotation&) = default;
};
/// What a genesis and a rotation commit to.
[[nodiscard]] Hash commitment_to(const SignKey& next_root);
/// Operations key: a unit, or a new seed epoch of one.
struct Unit {
  UnitCode code;
  std::string name_vi, name_en, kind, parent, identification;
  Epoch unit_epoch = 0;
  DhKey unit_public;  ///< of the seed of that epoch: what others grant to
  friend bool operator==(const Unit&, const Unit&) = default;
};
/// Operations key: a device is approved for a unit, and given the unit's seed, wrapped to its sealing key (keys::wrap_seed).
struct Device {
  SignKey sign;
  DhKey noise;
  DhKey sealing;
  UnitCode unit;
  std::string label;
  Epoch unit_epoch = 0;
  Bytes wrapped_seed;
  friend bool operator==(const Device&, const Device&) = default;
};
/// Operations key.
struct RevokeDevice {
  DeviceId device;
  std::string reason;
  friend bool operator==(const RevokeDevice&, const RevokeDevice&) = default;
};
/// Operations key: where wards reach the centre, the best first; replaces what an earlier entry said. An address proves nothing: the Noise
/// static does.
struct Addresses {
  std::vector<std::string> at;  ///< host:port, 1 to `addresses_max`, none twice
  friend bool operator==(const Addresses&, const Addresses&) = default;
};
/// Operations key: on each day of the period, `device` may number new dossiers with these serials under its unit's identification code. No
/// other device ever may, so PCs that never meet give no code twice; those of a revoked device stay reserved.
struct CodeBlock {
  std::string identification;
  DeviceId device;
  std::uint32_t first = 0, last = 0;  ///< serials, 1 to `code::serial_max`
  code::Day from, to;                 ///< both included, at most `code_block_days_max`
  friend bool operator==(const CodeBlock&, const CodeBlock&) = default;
};
inline constexpr int code_block_days_max = 5 * 366;
/// Operations key: `unit` was merged into another or renamed; its custody, offers and rights are its heir's from here on. Of a unit that is
/// split, the heir takes the rest. For ever: a unit has one heir.
struct Succession {
  UnitCode unit, heir;
  std::string reason;  ///< the decision that says so
  friend bool operator==(const Succession&, const Succession&) = default;
};
/// Operations key: what a user of a unit may do from here on; replaces what an earlier entry said of him. Of whom no entry speaks
/// everything is believed.
struct UserStanding {
  UnitCode unit;
  std::string name;
  bool enabled = true;
  bool leader = false, accountant = false, administrator = false;
  std::string reason;
  friend bool operator==(const UserStanding&, const UserStanding&) = default;
};
/// What an account is for. Numbers are on the wire.
enum class Role : std::uint8_t {
  clerk = 1,
  desk_head = 2,      ///< and answers for the till
  leader = 3,         ///< of the unit: decides what goes one level up, and for the till
  technician = 4,     ///< looks after PCs, writes no dossiers
  administrator = 5,  ///< of the centre
  auditor = 6,        ///< reads only
  accountant = 7,
};
inline constexpr Role all_roles[] = {Role::clerk,         Role::desk_head, Role::leader,    Role::technician,
                                     Role::administrator, Role::auditor,   Role::accountant};
[[nodiscard]] const char* name_of(Role role) noexcept;
[[nodiscard]] std::optional<Role> role_named(std::string_view name) noexcept;
[[nodiscard]] bool writes(Role role) noexcept;
[[nodiscard]] bool reads(Role role) noexcept;

/// Operations key: a user's account from here on; replaces what an earlier entry of either kind said of him.
struct Account {
  UnitCode unit;
  std::string name;     ///< as it stands in changes, 1 to 64 bytes
  std::string display;  ///< as people call him; may be empty
  Role role = Role::clerk;
  bool enabled = true;
  std::optional<SignKey> key;  ///< that signs his acts
  std::string reason;
  friend bool operator==(const Account&, const Account&) = default;
};
/// Operations key: whoever has the secret may choose the account's PIN, once at each PC of its unit and until `expires`. PINs that were
/// chosen by an earlier such entry open nothing any more.
struct Activation {
  UnitCode unit;
  std::string name;
  Hash hash;  ///< activation_hash
  WallTime expires;
  friend bool operator==(const Activation&, const Activation&) = default;
};
/// B(32, "wsync-activate", secret, org ‖ text unit ‖ text name). 128 bits cannot be guessed, so this is no slow hash.
[[nodiscard]] Hash activation_hash(const Array<16>& secret, const OrgId& org, std::string_view unit, std::string_view name);

/// Operations key: which days of some years are worked and which are off, as decided, or as expected while nothing is decided. For each
/// year that it names it takes the place of all that was known of that year. Appointments that were given do not move.
struct Calendar {
  struct Exception {
    code::Day day;
    bool works = false;    ///< a Saturday or Sunday that makes up for another day; else a day off
    bool decided = false;  ///< by a decision that is published
    std::string name;      ///< as people call it
    friend bool operator==(const Exception&, const Exception&) = default;
  };
  std::vector<Exception> exceptions;  ///< 1 to `calendar_exceptions_max`, by day, none twice
  friend bool operator==(const Calendar&, const Calendar&) = default;
};
inline constexpr std::size_t calendar_exceptions_max = 1000;
/// Operations key: who gets the seed of a unit's newest epoch, and the earlier seeds that it opens. It follows the unit's entry of that
/// epoch, after a revocation or when two units become one.
struct SeedShares {
  struct Held {
    UnitCode unit;
    Epoch unit_epoch = 0;
    Bytes sealed;  ///< 64 bytes (keys::seal_held_seed)
    friend bool operator==(const Held&, const Held&) = default;
  };
  struct Share {
    DeviceId device;
    Bytes wrapped;  ///< 96 bytes (keys::wrap_seed)
    friend bool operator==(const Share&, const Share&) = default;
  };
  UnitCode unit;
  Epoch unit_epoch = 0;
  std::vector<Held> held;     ///< at most `held_seeds_max`, sorted by unit, then epoch
  std::vector<Share> shares;  ///< at most `seed_shares_max`, sorted by device
  friend bool operator==(const SeedShares&, const SeedShares&) = default;
};
inline constexpr std::size_t held_seeds_max = 64;    ///< its own last one, and those of units that become one with it
inline constexpr std::size_t seed_shares_max = 400;  ///< PCs of one unit; all of them fit a body
/// A type that this build does not know: verified, kept and carried.
/// Operations key: people must know that these dossiers have one code; none is renumbered for that. Of a code the newest entry counts.
struct SharedCode {
  struct Sharer {
    Did did;
    UnitCode unit;  ///< that holds it
    friend bool operator==(const Sharer&, const Sharer&) = default;
  };
  std::string code;
  std::vector<Sharer> dossiers;  ///< by id, none twice; 2 to `sharers_max`, or none: it is settled
  friend bool operator==(const SharedCode&, const SharedCode&) = default;
};
inline constexpr std::size_t sharers_max = 16;
/// Operations key: bounds for each PC of a unit, or, with no unit, of every unit that has none of its own. Of a unit the newest entry
/// counts, in all that it says.
struct Limits {
  UnitCode unit;                 ///< may be empty
  std::uint64_t day_bytes = 0;   ///< of records that the centre takes of one PC in a day; 0: as it was built
  std::uint16_t lease_days = 0;  ///< so long a PC shows dossiers without having heard the centre; 0: for ever
  friend bool operator==(const Limits&, const Limits&) = default;
};
inline constexpr std::uint16_t lease_days_max = 3'660;
struct Unknown {
  std::uint8_t type = 0;
  Bytes bytes;
  friend bool operator==(const Unknown&, const Unknown&) = default;
};
using Body = std::variant<Genesis, Delegation, Unit, Device, RevokeDevice, Addresses, CodeBlock, Succession, UserStanding, Calendar,
                          SeedShares, Account, SharedCode, Activation, Erasure, RootRotation, Admission, Limits, Resend, Unknown>;

/// `from_index`, `time`: the size of the centre's log when the entry was signed, and its clock; both never go back. Stamps at or past
/// `from_index` are judged with this entry in force.
struct Entry {
  Epoch epoch = 0;
  Hash previous;  ///< hash_of the entry before; zero for genesis
  std::uint64_t from_index = 0;
  WallTime time;
  Body body;
  Signature signature;
  friend bool operator==(const Entry&, const Entry&) = default;
};

[[nodiscard]] Bytes encode_entry(const Entry& entry);
[[nodiscard]] Result<Entry> decode_entry(BytesView bytes);
/// B(32, "wsync-policy", –, org ‖ encoded entry).
[[nodiscard]] Hash hash_of(const Entry& entry, const OrgId& org);
/// Signs "wsync-policy-v1\0" ‖ org ‖ epoch ‖ previous ‖ type ‖ body (from_index and time are its first fields).
void sign(Entry& entry, const OrgId& org, const crypto::SignSeed& key);
[[nodiscard]] Result<void> verify(const Entry& entry, const OrgId& org, const SignKey& key);

struct DeviceStanding {
  DeviceId id;
  Device device;
  Epoch approved = 0;                ///< policy epoch of its entry
  std::uint64_t approved_index = 0;  ///< log index from which it counts
  std::optional<Epoch> revoked;
  std::optional<std::uint64_t> revoked_index;
};

/// When a receipt key may have signed what is receipted. A root key signs the delegation of the next one some time before that is put in
/// force; until then the last one goes on signing.
struct ReceiptKey {
  SignKey key;
  WallTime from;
  std::optional<WallTime> until;
  [[nodiscard]] bool counts_at(WallTime time) const noexcept { return !(time < from) && (!until || time < *until); }
};
inline constexpr std::chrono::days receipt_key_overlap{7};

/// A verified policy log. Only grows. Copyable: a value.
class PolicyLog {
 public:
  /// A log holds at least its genesis. `bad_signature`, `malformed`; `wrong_organisation` when `org` is given and differs.
  [[nodiscard]] static Result<PolicyLog> start(const Entry& genesis, const std::optional<OrgId>& org = std::nullopt);

  /// The next entry. `gap` when its epoch is further on; the same entry again is fine. `bad_signature` unless the key whose business it is
  /// signed it; `fork` when it is well signed, but another one with its epoch is held or it continues another log (an alarm). `not_found`:
  /// it names a unit or device that is not there; `revoked`: that device is revoked already; `invalid`: a key that stands already, a seed
  /// epoch that goes back, serials that another device may give on one of those days, a second heir or a circle of heirs, a dossier that
  /// was ordered to be erased before, what a device that stands can send itself, or a number of which a record stands already. Nothing
  /// changes on failure.
  [[nodiscard]] Result<void> append(const Entry& entry);

  [[nodiscard]] const OrgId& org() const noexcept { return org_; }
  [[nodiscard]] Epoch count() const noexcept { return static_cast<Epoch>(entries_.size()); }
  [[nodiscard]] const std::vector<Entry>& entries() const noexcept { return entries_; }
  [[nodiscard]] const Genesis& genesis() const noexcept;
  [[nodiscard]] const SignKey& operations() const noexcept { return operations_; }
  [[nodiscard]] const SignKey& receipt_key() const noexcept { return receipt_; }
  [[nodiscard]] const DhKey& centre_noise() const noexcept { return centre_noise_; }
  /// Now, or by an earlier entry.
  [[nodiscard]] bool was_centre_noise(const DhKey& key) const noexcept;
  /// Who signs delegations now, and what the next root key must be. The city's name (`org`) stays that of its first.
  [[nodiscard]] const SignKey& root() const noexcept { return roots_.root; }
  [[nodiscard]] const Hash& next_root() const noexcept { return roots_.next; }
  /// Nothing that the receipt key in force signs is older.
  [[nodiscard]] WallTime receipt_key_since() const noexcept { return receipt_since_; }
  [[nodiscard]] const Hash& last_hash() const noexcept { return last_hash_; }

  /// Every receipt key that ever counted, in its order.
  [[nodiscard]] std::vector<ReceiptKey> receipt_keys() const;

  /// Null when the device was never approved.
  [[nodiscard]] const DeviceStanding* device(const DeviceId& id) const noexcept;
  [[nodiscard]] const DeviceStanding* device_by_noise(const DhKey& noise) const noexcept;
  [[nodiscard]] std::vector<const DeviceStanding*> devices() const;  ///< in order of approval
  /// The newest epoch of a unit; null when there is no such unit.
  [[nodiscard]] const Unit* unit(std::string_view code) const noexcept;
  [[nodiscard]] std::vector<const Unit*> units() const;  ///< sorted by code

  /// Null while the unit has none.
  [[nodiscard]] const UnitCode* heir(std::string_view unit) const noexcept;

  /// What the newest entry says of an account; null when there is none.
  [[nodiscard]] const Account* account(std::string_view unit, std::string_view name) const noexcept;
  [[nodiscard]] std::vector<const Account*> accounts() const;  ///< by unit, then name

  struct Activated {
    Activation entry;
    Epoch epoch = 0;
  };
  /// The newest one of an account; null when there is none.
  [[nodiscard]] const Activated* activation(std::string_view unit, std::string_view name) const noexcept;
  /// People of the unit log in: one of them was given an activation. For ever.
  [[nodiscard]] bool logs_in(std::string_view unit) const noexcept;

  /// Of the newest such entry; empty before the first.
  [[nodiscard]] const std::vector<std::string>& addresses() const noexcept { return addresses_; }

  /// Every block of that identification code, in the order in which they were given.
  [[nodiscard]] const std::vector<CodeBlock>& code_blocks(std::string_view identification) const noexcept;
  /// Those that are not settled, by their code.
  [[nodiscard]] const std::map<std::string, SharedCode, std::less<>>& shared_codes() const noexcept { return shared_codes_; }

  /// The dossiers that were ordered to be erased, with the entry that says so.
  [[nodiscard]] const std::map<Did, Epoch>& erasures() const noexcept { return erasures_; }
  /// Null: it was not ordered to be erased.
  [[nodiscard]] const Erasure* erasure(const Did& did) const noexcept;
  /// What holds for a unit's PCs: its own, else the city's, else none.
  [[nodiscard]] Limits limits_of(std::string_view unit) const;
  [[nodiscard]] const std::map<UnitCode, Limits, std::less<>>& limits() const noexcept { return limits_; }
  /// Of the records with this number the one that stands, whichever came; null: no entry says.
  [[nodiscard]] const Rid* standing_at(const Position& position) const noexcept;
  /// What its device handed in after its revocation under this number counts as if it stood.
  [[nodiscard]] bool admitted_in_full(const Position& position) const noexcept;
  /// The key that signs this user's acts by the newest word on him; none: his acts need no signature.
  [[nodiscard]] const SignKey* act_key(std::string_view unit, std::string_view name) const noexcept;

  /// What the newest entry that names a year says of it.
  struct CalendarYear {
    Epoch entry = 0;
    std::vector<Calendar::Exception> exceptions;  ///< by day
  };
  [[nodiscard]] const std::map<std::chrono::year, CalendarYear>& calendar() const noexcept { return calendar_; }

  /// An entry for `body` that fits at the end; unsigned.
  [[nodiscard]] Entry next(Body body, std::uint64_t from_index, WallTime time) const;

 private:
  PolicyLog() = default;
  struct Roots {
    SignKey root;
    Hash next;
  };
  [[nodiscard]] SignKey operations_at(Epoch epoch) const;
  [[nodiscard]] Roots roots_at(Epoch epoch) const;
  [[nodiscard]] Result<void> check_signature(const Entry& entry) const;
  [[nodiscard]] Result<void> check(const Entry& entry) const;
  [[nodiscard]] Result<void> check(const Unit& body) const;
  [[nodiscard]] Result<void> check(const Device& body) const;
  [[nodiscard]] Result<void> check(const RevokeDevice& body) const;
  [[nodiscard]] Result<void> check(const CodeBlock& body) const;
  [[nodiscard]] Result<void> check(const Succession& body) const;
  [[nodiscard]] Result<void> check(const UserStanding& body) const;
  [[nodiscard]] Result<void> check(const SeedShares& body) const;
  [[nodiscard]] Result<void> check(const Account& body) const;
  [[nodiscard]] Result<void> check(const Erasure& body) const;
  [[nodiscard]] Result<void> check(const Activation& body) const;
  [[nodiscard]] Result<void> check(const Admission& body) const;
  [[nodiscard]] Result<void> check(const Limits& body) const;
  [[nodiscard]] Result<void> check(const Resend& body) const;
  /// Of one incarnation, in their order.
  [[nodiscard]] const std::vector<Admission>& admissions_of(const DeviceId& device, const Incarnation& incarnation) const noexcept;
  void enter(const Entry& entry);
  void enter(const Calendar& body, Epoch entry);

  OrgId org_;
  std::vector<Entry> entries_;
  std::vector<Hash> hashes_;
  Hash last_hash_;
  Roots roots_;
  SignKey operations_, receipt_;
  WallTime receipt_since_;
  DhKey centre_noise_;
  std::unordered_map<DeviceId, DeviceStanding, FixedHash> devices_;
  std::unordered_map<DhKey, DeviceId, FixedHash> by_noise_;
  std::map<UnitCode, Unit, std::less<>> units_;
  std::map<UnitCode, UnitCode, std::less<>> heirs_;
  std::map<std::pair<UnitCode, std::string>, Account> accounts_;
  std::map<std::pair<UnitCode, std::string>, Activated> activations_;
  std::map<std::string, SharedCode, std::less<>> shared_codes_;
  std::map<Did, Epoch> erasures_;
  std::map<std::pair<DeviceId, Incarnation>, std::vector<Admission>> admissions_;
  std::map<UnitCode, Limits, std::less<>> limits_;
  std::vector<std::string> addresses_;
  std::map<std::string, std::vector<CodeBlock>, std::less<>> code_blocks_;
  std::map<std::chrono::year, CalendarYear> calendar_;
};

/// The account stands, may administer, and its owner was given a way to log in.
[[nodiscard]] bool administers(const PolicyLog& log, const Account& account);

}  // namespace ward::policy
