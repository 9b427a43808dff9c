#pragma once

#include "protocol/base/error.hpp"
#include "protocol/base/ids.hpp"
#include "protocol/base/stamp.hpp"
#include "protocol/merge/context.hpp"
#include "protocol/record/change.hpp"

#include <optional>
#include <string>
#include <vector>

/// A dossier's state is a pure function of its readable changes, their stamps, the policy log and the schemas (records.md §5). The laws and
/// their reasons: MERGE.md; each is a test of the same name. Order of `facts` means nothing; a repeated fact means nothing.
namespace ward::merge {

/// How the policy log at the change's stamp judges its device: `proposal` after its revocation, `waiting` while the record names a policy
/// entry that is not held. `set_aside`: an entry names another record that stands under its number.
enum class Admission : std::uint8_t { admitted, proposal, waiting, set_aside };

struct Fact {
  Position position;
  Rid rid;  ///< two rids at one position are a fork: neither merges, but for one beside which the others are set aside
  Hlc hlc;
  std::optional<Stamp> stamp;  ///< none while only this site has it
  UnitCode unit;               ///< of the device, by the policy log
  Admission admission = Admission::admitted;
  record::Change change;
  std::uint16_t schema = 1;   ///< the version of the schema by which it was written: its record's writer version
  bool act_verified = false;  ///< its `act` is the signature of its user's key, as the policy log names it at the stamp
};

/// One operation as people are shown it.
struct Said {
  OpId op;
  record::OpKind kind = record::OpKind::set;
  record::Path path;
  record::Value value;
  std::string user;
  UnitCode unit;
  Hlc hlc;
  bool clock_good = true;
  std::optional<Stamp> stamp;
  std::string reason;
  std::string author;      ///< of a value that stands by an approval: who had proposed it; else empty
  UnitCode author_unit;    ///< the same
  bool is_signed = false;  ///< by its user's own key
  friend bool operator==(const Said&, const Said&) = default;
};

/// Who may decide something. Whoever decided while he might keeps being right when custody moves on.
struct Decider {
  enum class Role : std::uint8_t {
    custodian_clerk,  ///< anybody of the unit that holds custody
    officer_centre,   ///< the same, where that unit is a centre
    user,             ///< the one who wrote it, or a leader of the custodian
    accountant,       ///< of the custodian
    leader,           ///< of the custodian
    centre_admin,     ///< of a centre, whoever holds custody
  };
  Role role = Role::custodian_clerk;
  std::string user;  ///< of a named user, with his unit
  UnitCode unit;
  friend bool operator==(const Decider&, const Decider&) = default;
};
[[nodiscard]] const char* name_of(Decider::Role role) noexcept;

/// Why an operation does not apply, or not yet.
enum class Refusal : std::uint8_t {
  outside_custody,     ///< its unit did not hold custody, by what its writer had seen
  after_revocation,    ///< of its device
  disabled_user,       ///< by the policy log, its writer might not act any more
  not_the_decider,     ///< it decides what another must decide
  illegal_transition,  ///< of the status
  lost_to_transition,  ///< a concurrent status weighs more
  not_offered,         ///< an accept or decline by another unit than the one that was asked
  offer_closed,        ///< the offer was accepted, declined or recalled, or custody lies elsewhere
  lost_custody,        ///< an act on a branch of custody that lost to another
  unknown_kind,
  bad_path,           ///< the operation has no meaning at this place
  wrong_type,         ///< nor with this value
  missing_reference,  ///< it refers to what its writer had not seen, or to the wrong sort of operation
  unsigned_act,       ///< its user has a key, and this act is not signed with it
  set_aside,          ///< another record with its number was let in; only in the history
};
[[nodiscard]] const char* name_of(Refusal refusal) noexcept;

/// An operation that does not apply: a proposal, which an `approve` makes apply, or a refused act. It is listed until one of the right
/// people approves or dismisses it.
struct Unapplied {
  Said said;
  Refusal why = Refusal::outside_custody;
  Decider decider;
  friend bool operator==(const Unapplied&, const Unapplied&) = default;
};

using ConflictId = Fixed<struct ConflictIdTag, 16>;  ///< the same at every site, another when the operations are others (MERGE.md §8)

/// What people are told. A question stands until somebody writes; a notice until somebody dismisses it, or writes over it.
enum class ConflictKind : std::uint8_t {
  choose_value,                ///< question: concurrent values of a field that a person must choose from; none shows
  removed_but_edited,          ///< question: an element was removed here and edited there; it stays
  payment_differs,             ///< question: one receipt number, two contents
  status_differs,              ///< question: two statuses of equal weight; what was before shows
  contradicting_decisions,     ///< two legal acts that cannot both hold; the weightier shows
  withdrawal_after_result,     ///< withdrawn here, finished there
  recall_supplement,           ///< papers were asked for, but the dossier went another way
  two_supplement_letters,      ///< papers were asked for twice in one round
  lost_to_transition,          ///< another status that lost
  illegal_transition,          ///< a status that cannot follow the one before
  act_by_revoked_user,         ///< a legal act after its device or user was revoked
  refused_act,                 ///< another legal act that does not apply
  competing_accepts,           ///< two units took custody
  changed_after_offer,         ///< the giver changed this while the receiver took over
  lost_custody_edit,           ///< written under custody that lost to another: the other's value shows
  lost_to_bad_clock,           ///< a value lost only because its clock was wrong
  overpaid,                    ///< more was paid than is due
  fee_does_not_fit_procedure,  ///< each was changed without sight of the other
};
[[nodiscard]] const char* name_of(ConflictKind kind) noexcept;
[[nodiscard]] bool is_question(ConflictKind kind) noexcept;

struct Conflict {
  ConflictId id;
  ConflictKind kind = ConflictKind::choose_value;
  record::Path path;         ///< `BanGiao` when it is about custody
  std::vector<Said> values;  ///< sorted by op id; letters A, B, … follow this order
  Decider decider;
  std::vector<std::string> blocks;  ///< statuses that must not be entered until it is decided; programs refuse them
  friend bool operator==(const Conflict&, const Conflict&) = default;
};

/// A live element of a collection. `fields` hold the shown values; a nested collection is a List of Maps there; a note's text is the field
/// `text`.
struct Element {
  std::string id;
  record::Map fields;
  std::string user;  ///< who entered it first, with unit and clock
  UnitCode unit;
  Hlc hlc;
  friend bool operator==(const Element&, const Element&) = default;
};
struct Collection {
  std::string name;
  std::vector<Element> elements;  ///< set: by id; ledger: by id; log: causal order, ties by stamp then clock rule
  friend bool operator==(const Collection&, const Collection&) = default;
};

struct Offer {
  OpId op;
  UnitCode from, to;
  std::string user;  ///< who offered
  Hlc hlc;
  std::optional<Stamp> stamp;
  std::string note, expires;  ///< `expires` as written: it is shown, and nothing follows from it
  friend bool operator==(const Offer&, const Offer&) = default;
};
struct Custody {
  UnitCode unit;               ///< of a unit that is no more, its heir
  std::optional<OpId> since;   ///< the accept; none since the creation
  Hlc hlc;                     ///< of that, or of the creation
  std::optional<Stamp> stamp;  ///< of the accept
  std::vector<Offer> pending;  ///< open offers, by op
  friend bool operator==(const Custody&, const Custody&) = default;
};
/// A row of the control slip: one unit's time with the dossier.
struct Stay {
  UnitCode unit;  ///< as it was then
  UnitCode given_by_unit;
  std::string given_by, taken_by;  ///< the officials who offered and accepted; in the first row, who created
  std::string note;
  std::optional<Hlc> offered;
  Hlc from;
  std::optional<Stamp> from_stamp;  ///< of the accept
  std::optional<Hlc> until;         ///< none: it is there now
  std::optional<Stamp> until_stamp;
  bool given_signed = false, taken_signed = false;  ///< the offer and the accept, with their officials' own keys
  friend bool operator==(const Stay&, const Stay&) = default;
};

struct DossierState {
  Did did;
  std::vector<Position> version;        ///< the dossier's heads, sorted: what a writer has seen
  std::vector<std::string> codes;       ///< aliases, the official first
  record::Map fields;                   ///< shown top-level values; a field in conflict has none
  std::vector<Collection> collections;  ///< sorted by name, only those with live elements
  std::vector<Conflict> conflicts;      ///< sorted by path, then kind, then operations
  std::vector<Unapplied> proposals;     ///< in causal order, without those that were approved or dismissed
  std::vector<Unapplied> not_applied;   ///< the same
  Custody custody;
  std::vector<Stay> slip;
  std::optional<Position> created;
  bool erased = false;        ///< by order: codes, status and custody are all that is left
  std::uint64_t changes = 0;  ///< merged
  std::uint64_t waiting =
      0;  ///< whose past, policy entry or schema is not held, which are forked, or which are past the bound of a dossier
  friend bool operator==(const DossierState&, const DossierState&) = default;
};

/// Merges. `facts` are all of one dossier. Never fails: what cannot merge is counted and shown.
[[nodiscard]] DossierState merge(const Did& did, const std::vector<Fact>& facts, const Context& context = {});

/// The state as bytes, for the sealed rows of one site's disk and for summaries (WIRE.md §4.2). One state has one form. Bytes of another
/// layout are `unsupported`: merge anew, or ask for the records.
inline constexpr std::uint8_t state_layout = 4;
[[nodiscard]] Bytes encode_state(const DossierState& state);
[[nodiscard]] Result<DossierState> decode_state(BytesView bytes);

/// Every operation that ever was, in causal order (ties as in a log), with what it replaced and whether it shows now.
struct HistoryEntry {
  Said said;
  std::vector<OpId> replaced;
  std::vector<OpId> given_back;  ///< by its undo: those of them that stood at `place`; what had ridden comes with its status
  enum class Standing : std::uint8_t {
    shown,        ///< or in force: acts of custody, dismissals
    replaced,     ///< by a writer who had seen it
    lost,         ///< by clock, or by its branch of custody
    in_conflict,  ///< it waits for a decision
    proposed,     ///< it waits for an approval
    not_applied,
    approved,   ///< a proposal that another operation made apply
    dismissed,  ///< a proposal or refused act that was dealt with
    waiting,
    erased,
  } standing = Standing::shown;
  std::optional<Refusal> why;  ///< of what is, or was, proposed or not applied
  record::Path place;          ///< where it writes: `said.path`, or where the one proposal that it approves does; else empty
};
[[nodiscard]] std::vector<HistoryEntry> history(const Did& did, const std::vector<Fact>& facts, const Context& context = {});

/// Whether `keep` has a meaning: somebody may choose one of the values.
[[nodiscard]] bool can_keep(const Conflict& conflict) noexcept;
/// The operation that decides `conflict` for `values[which]` (which < values.size()). Its writer must have seen the state that showed the
/// conflict. Of a removed element: the removal stays, or the element does.
[[nodiscard]] record::Op keep(const Conflict& conflict, std::size_t which);

/// The operations that settle what is shown, by a writer who has seen it.
[[nodiscard]] record::Op dismiss(const Conflict& notice);
[[nodiscard]] record::Op dismiss(const Unapplied& unapplied);
[[nodiscard]] record::Op approve(const Unapplied& proposal);

/// Acts of custody and status. `rides`: fields that stand and fall with the status.
[[nodiscard]] record::Op offer(UnitCode to, std::string note = {}, std::string expires = {});
[[nodiscard]] record::Op accept(const OpId& offer);
[[nodiscard]] record::Op decline(const OpId& offer);
[[nodiscard]] record::Op recall(const OpId& offer);
[[nodiscard]] record::Op status(std::string code, record::Map rides = {});

/// Whether `user` of `unit` may decide it now; what programs ask before they offer a button.
[[nodiscard]] bool may_decide(const Decider& decider, const UnitCode& custodian, const Context& context, const UnitCode& unit,
                              const std::string& user);
[[nodiscard]] inline bool may_decide(const Decider& decider, const DossierState& state, const Context& context, const UnitCode& unit,
                                     const std::string& user) {
  return may_decide(decider, state.custody.unit, context, unit, user);
}

/// Whether two dossiers look like one citizen's same matter, lodged twice: the same identity number and procedure, neither void. They are
/// shown to an administrator, never merged.
[[nodiscard]] bool may_be_duplicates(const DossierState& a, const DossierState& b);

/// Whether `undo` has a meaning: a set, a removal, a status, a dismissal, or an approval of one proposal that did not add an element.
[[nodiscard]] bool can_undo(const HistoryEntry& entry) noexcept;
/// The operation that takes it back: what it replaced stands again, a conflict with it.
[[nodiscard]] record::Op undo(const HistoryEntry& entry);

/// The identity of the element that `op` (an add or an append) puts into its collection: its key fields' values, or the operation where the
/// collection has none or one of them is missing or empty.
[[nodiscard]] std::string element_of(const record::Op& op, const OpId& id);

/// Bad: before 2020, from 2080 on, or more than five minutes past its stamp (records.md §5.3).
[[nodiscard]] bool clock_good(Hlc hlc, const std::optional<Stamp>& stamp) noexcept;

}  // namespace ward::merge
