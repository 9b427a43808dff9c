#pragma once

#include "protocol/segment/elided.hpp"
#include "storage/store.hpp"

/// Segments as they lie in the database, and the rows of one as they travel.
namespace ward::storage {

struct StoredSegment {
  std::int64_t id = 0;
  std::int64_t writer = 0;
  segment::SignedStatement signed_statement;
  Hash hash;
  std::optional<Stamp> stamp;
  bool receipted = false;
  bool forked = false;
  std::optional<Array<32>> key_seed;

  [[nodiscard]] Seq end() const noexcept { return signed_statement.statement.first + signed_statement.statement.count; }
};

struct NewSegment {
  std::int64_t writer = 0;
  const segment::SignedStatement& signed_statement;
  Hash hash;
  std::optional<Stamp> stamp;
  bool receipted = false;
  bool forked = false;
  std::uint64_t bytes = 0;  ///< of its records, for the queue's size
  std::optional<Array<32>> key_seed{};
};
std::int64_t put_segment(Store& store, const NewSegment& segment);
[[nodiscard]] std::optional<StoredSegment> find_segment(Store& store, const Hash& hash);
[[nodiscard]] std::optional<StoredSegment> find_segment(Store& store, std::int64_t id);
/// Throws `storage_damaged` unless it is what its hash names and its device signed.
void check_statement(Store& store, const StoredSegment& segment);
/// Of the chain of `writer`, the one that begins at `first`, or that ends before `end`; forked ones aside.
[[nodiscard]] std::optional<StoredSegment> segment_from(Store& store, std::int64_t writer, Seq first);
[[nodiscard]] std::optional<StoredSegment> segment_until(Store& store, std::int64_t writer, Seq end);

/// In leaf order; those that are held.
[[nodiscard]] std::vector<StoredRecord> records_of_segment(Store& store, const StoredSegment& segment);
/// Of a segment that is held in part: which leaves came together, and what proves them.
[[nodiscard]] std::vector<segment::Subset> proofs_of(Store& store, std::int64_t segment);
/// Notes that a record, which an earlier segment holds, is a leaf of this forked one too.
void share_record(Store& store, std::int64_t segment, std::uint8_t leaf, std::int64_t record);
/// Dossiers of the segment's records whose state depends on its stamp.
[[nodiscard]] std::vector<std::int64_t> dossiers_that_stamps_change(Store& store, const StoredSegment& segment);
/// Of `writer`, from `from` on, in order: what waits in the outbox.
[[nodiscard]] std::vector<StoredRecord> waiting_records(Store& store, std::int64_t writer, Seq from, std::size_t limit);

/// In clear when its key is held and opens it, else as stored.
[[nodiscard]] segment::Row open_row(Store& store, const record::Sealed& sealed);
[[nodiscard]] segment::Row open_row(Store& store, const StoredRecord& stored);
[[nodiscard]] segment::Row sealed_row(const StoredRecord& stored);

/// Meta, of a ward: sealed; from it come the keys of the new dossiers that wait outside any segment.
inline constexpr std::string_view outbox_seed_key = "outbox seed";

/// A receipt tells no more incarnations than these of which it was not asked.
inline constexpr std::size_t strangers_told_max = 8;

/// Chain of one incarnation: how far it is held without a gap, and the statement that ends there.
struct Chain {
  Seq count = 0;
  Hash head;  ///< zero when `count` is
  std::int64_t segment = 0;
};
[[nodiscard]] Chain chain_of(Store& store, std::int64_t writer);
void set_chain(Store& store, std::int64_t writer, const Chain& chain);

/// The change that a verified record holds; nothing when it is none, or cannot be read here.
[[nodiscard]] std::optional<record::Change> read_change(Store& store, const record::Sealed& sealed);
[[nodiscard]] inline std::optional<record::Change> read_change(Store& store, const segment::Verified& verified) {
  return read_change(store, verified.record);
}
/// The grant that a verified record holds; nothing when it is none, or its body is not there.
[[nodiscard]] std::optional<record::GrantBody> read_grant(Store& store, const segment::Verified& verified);

/// The dossier and the key of the change at a position; nothing when it is not held.
[[nodiscard]] std::optional<segment::Holding> find_holding(Store& store, const Position& position);
/// Puts back the dossiers that `rows` left out; false when a change that they build on is not held.
[[nodiscard]] bool name_dossiers(Store& store, segment::Rows& rows);

/// Puts into the ring what `rows` need to be verified: keys of open rows that are held.
void load_keys(Store& store, const segment::Rows& rows);

}  // namespace ward::storage
