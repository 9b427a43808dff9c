#pragma once

#include "protocol/base/stamp.hpp"
#include "protocol/record/record.hpp"
#include "protocol/segment/statement.hpp"

#include <map>
#include <optional>
#include <unordered_map>
#include <variant>
#include <vector>

/// A segment on its way: the statement and its rows in leaf order (records.md §3). Which form a row has is the sender's choice; all forms
/// give the receiver the same sealed bytes.
namespace ward::segment {

/// The body in clear, for a peer that may read it; the receiver seals it again and gets the identical bytes.
struct OpenRow {
  record::Header header;
  Bytes plain;  ///< P, with its padding
  friend bool operator==(const OpenRow&, const OpenRow&) = default;
};
/// As it is stored: for a relay, and where re-sealing did not verify.
struct SealedRow {
  record::Sealed record;
  friend bool operator==(const SealedRow&, const SealedRow&) = default;
};
/// A body that is not there any more, or not for this peer: its id still verifies.
struct HashRow {
  record::Header header;
  Hash body_hash;
  friend bool operator==(const HashRow&, const HashRow&) = default;
};
/// A grant to the dossier's own unit whose wrap the receiver can compute: it holds the unit's seed, and the dossier key comes from the
/// segment's `key_seed`.
struct GrantRow {
  record::Header header;
  UnitCode unit;
  Epoch unit_epoch = 0;
  friend bool operator==(const GrantRow&, const GrantRow&) = default;
};
using Row = std::variant<OpenRow, SealedRow, HashRow, GrantRow>;

[[nodiscard]] const record::Header& header_of(const Row& row);

/// What a segment on the wire leaves out because the receiver holds it. The receiver's store puts it back before it verifies.
struct Elided {
  bool previous = false;      ///< the previous statement's hash of this incarnation
  bool receipt_root = false;  ///< the root that the centre's log had at `receipt_seen.size`
  bool dossiers = false;      ///< dossier and key of changes to dossiers that the receiver holds; the rows are then in the order of their
                              ///< numbers (elided.hpp)
  friend bool operator==(const Elided&, const Elided&) = default;
};

struct Rows {
  SignedStatement statement;          ///< its root is not on the wire: `verify_rows` fills it in
  std::vector<Row> rows;              ///< in leaf order
  std::optional<Subset> subset;       ///< absent: the whole segment
  std::optional<Array<32>> key_seed;  ///< the new dossiers' keys of this segment come from it (records.md §7)
  std::optional<Stamp> stamp;         ///< present from the centre
  std::vector<Array<32>> keys{};      ///< from the centre: dossier keys of these rows that no grant may have brought the receiver yet
  Elided elided;
  friend bool operator==(const Rows&, const Rows&) = default;
};

/// The keys that a peer holds for one set of rows.
struct KeyRing {
  std::unordered_map<KeyId, crypto::DossierKey, FixedHash> dossier_keys;
  std::map<std::pair<UnitCode, Epoch>, crypto::UnitSeed> unit_seeds;
};

/// A record with what the segment says of it.
struct Verified {
  record::Sealed record;  ///< body empty for a hash row
  Hash body_hash;
  Rid rid;
  std::uint8_t leaf = 0;
};

/// Seals open rows again, checks that seqs are those of the statement (each once), that the headers name its device and incarnation, the
/// root, and the signature. The root is computed here, not believed: it is written into `rows.statement`, and the signature must cover it.
/// Adds to `keys` the dossier keys that `key_seed` and `rows.keys` give, and those that grants among the rows (open or sealed) wrap to
/// units whose seed is in `keys`, or seal under a key that is; the order of the rows does not matter. Nothing is returned, and nothing
/// added to `keys`, unless everything verifies. `missing_key`: an open row's key is not held (ask for the sealed form). `bad_signature`:
/// anything that does not verify.
[[nodiscard]] Result<std::vector<Verified>> verify_rows(Rows& rows, const OrgId& org, const SignKey& device, KeyRing& keys);

/// The order in which a writer puts records into a segment: by dossier, then seq; records that concern no dossier first. One device writes
/// for one unit, so that grouping by unit is implied.
[[nodiscard]] std::vector<std::size_t> leaf_order(const std::vector<record::Header>& headers);

}  // namespace ward::segment
