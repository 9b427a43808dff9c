#pragma once

#include "protocol/record/value.hpp"

#include <optional>
#include <string>
#include <vector>

namespace ward::record {

/// What an operation does to its path. Numbers are on the wire; an unknown number is kept, carried and shown, never applied. A path is
/// never empty, since older programs would not read such a change: acts of custody stand at `BanGiao`, `approve` and `dismiss` at the place
/// that they are about, where merging does not look.
enum class OpKind : std::uint8_t {
  set = 1,       ///< path = a field, or a field of an element; a write that replaces two or more heads is a resolution
  add = 2,       ///< path = a collection; value = map of the element's fields, its key fields among them
  remove = 3,    ///< path = a collection, an element: cancels the liveness marks in this change's past
  append = 4,    ///< path = a ledger or a log; value = map, or text for a note
  offer = 5,     ///< of custody; value = map {to: unit} and, where given, note, expires (yyyyMMddHHmmss), past
  accept = 6,    ///< value = the offer, as Heads of one
  decline = 7,   ///< value = the offer
  recall = 8,    ///< value = the offer
  approve = 9,   ///< value = proposals that now apply, as if this change had said them
  dismiss = 10,  ///< value = operations that are dealt with: proposals, refused acts, what a notice is about, dismissals
  status = 11,   ///< path = TrangThaiHoSo; value = map {TrangThaiHoSo: code} and the fields that ride with it
};

struct Op {
  OpKind kind = OpKind::set;
  Path path;
  Value value;
  /// Only where the operation replaces fewer than all heads of its path in the causal past of `seen`.
  std::optional<std::vector<OpId>> replaces;
  friend bool operator==(const Op&, const Op&) = default;
};

/// What one user did to one dossier in one act: atomic in storage and transport (records.md §2, §5).
struct Change {
  std::string user;            ///< who the device says it was, 1 to 64 bytes
  std::vector<Position> seen;  ///< the dossier's heads that the writer saw, sorted; empty only in the creating change
  std::vector<Op> ops;         ///< in order
  std::string reason;          ///< why, where the act asks for it; may be empty
  Bytes act;                   ///< an official's signature over a legal act; empty for ordinary edits
  friend bool operator==(const Change&, const Change&) = default;
};

/// The canonical body, unpadded. Our own limits are the caller's duty: `check_change` first.
[[nodiscard]] Bytes encode_change(const Change& change, const Position& own);

/// `plain` = P of records.md §2, with its padding.
[[nodiscard]] Result<Change> decode_change(BytesView plain, const Position& own);

/// `invalid` or `too_large`, naming the field, when the change would not fit a record or is not NFC (text.hpp).
[[nodiscard]] Result<void> check_change(const Change& change, const Position& own);

}  // namespace ward::record
