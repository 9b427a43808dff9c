#pragma once

#include "protocol/base/error.hpp"
#include "protocol/base/ids.hpp"
#include "protocol/base/stamp.hpp"
#include "protocol/record/change.hpp"

#include <optional>
#include <string>
#include <vector>

/// A dossier's state is a pure function of its readable changes, their stamps, the policy log and the schemas (records.md §5). The laws and
/// their reasons: MERGE.md; each is a test of the same name. Order of `facts` means nothing; a repeated fact means nothing.
namespace ward::merge {

/// How the policy log at the change's stamp judges its device: `proposal` after its revocation, `waiting` while the record names a policy
/// entry that is not held.
enum class Admission : std::uint8_t { admitted, proposal, waiting };

struct Fact {
  Position position;
  Rid rid;  ///< two rids at one position are a fork: neither merges
  Hlc hlc;
  std::optional<Stamp> stamp;  ///< none while only this site has it
  UnitCode unit;               ///< of the device, by the policy log
  Admission admission = Admission::admitted;
  record::Change change;
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
  friend bool operator==(const Said&, const Said&) = default;
};

using ConflictId =
    Fixed<struct ConflictIdTag, 16>;  ///< B(16, "wsync-conflict", –, did ‖ path ‖ heads): the same at every site, another once decided

enum class ConflictKind : std::uint8_t {
  choose_value,        ///< concurrent values of a field that a person must choose from
  removed_but_edited,  ///< an element was removed here and edited there; it stays until somebody decides
  payment_differs,     ///< one receipt number, two contents
};
[[nodiscard]] const char* name_of(ConflictKind kind) noexcept;

struct Conflict {
  ConflictId id;
  ConflictKind kind = ConflictKind::choose_value;
  record::Path path;
  std::vector<Said> values;  ///< sorted by op id; letters A, B, … follow this order
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

struct DossierState {
  Did did;
  std::vector<Position> version;        ///< the dossier's heads, sorted: what a writer has seen
  std::vector<std::string> codes;       ///< aliases, the official first
  record::Map fields;                   ///< shown top-level values; a field in conflict has none
  std::vector<Collection> collections;  ///< sorted by name, only those with live elements
  std::vector<Conflict> conflicts;      ///< sorted by path
  std::vector<Said> proposals;          ///< written after a revocation, or (later) from outside custody
  std::vector<Said> not_applied;        ///< operations of a kind that this build does not know, malformed paths
  UnitCode custody;                     ///< the creating unit (until hand-overs exist)
  std::optional<Position> created;
  std::uint64_t changes = 0;  ///< merged
  std::uint64_t waiting =
      0;  ///< whose past, policy entry or schema is not held, which are forked, or which are past the bound of a dossier
  friend bool operator==(const DossierState&, const DossierState&) = default;
};

/// Merges. `facts` are all of one dossier. Never fails: what cannot merge is counted and shown.
[[nodiscard]] DossierState merge(const Did& did, const std::vector<Fact>& facts);

/// The state as bytes, for the sealed rows of one site's disk; not a wire format.
[[nodiscard]] Bytes encode_state(const DossierState& state);
[[nodiscard]] Result<DossierState> decode_state(BytesView bytes);

/// Every operation that ever was, in causal order (ties as in a log), with what it replaced and whether it shows now.
struct HistoryEntry {
  Said said;
  std::vector<OpId> replaced;
  enum class Standing : std::uint8_t { shown, replaced, lost, in_conflict, proposed, not_applied, waiting } standing = Standing::shown;
};
[[nodiscard]] std::vector<HistoryEntry> history(const Did& did, const std::vector<Fact>& facts);

/// The operation that decides `conflict` for `values[which]` (which < values.size()). Its writer must have seen the state that showed the
/// conflict. Of a removed element: the removal stays, or the element does.
[[nodiscard]] record::Op keep(const Conflict& conflict, std::size_t which);

/// The operation that takes a `set` or a `remove` back: what it replaced stands again, a conflict with it.
[[nodiscard]] record::Op undo(const HistoryEntry& entry);

/// The identity of the element that `op` (an add or an append) puts into its collection: its key fields' values, or the operation where the
/// collection has none or one of them is missing or empty.
[[nodiscard]] std::string element_of(const record::Op& op, const OpId& id);

/// Bad: before 2020, from 2080 on, or more than five minutes past its stamp (records.md §5.3).
[[nodiscard]] bool clock_good(Hlc hlc, const std::optional<Stamp>& stamp) noexcept;

}  // namespace ward::merge
