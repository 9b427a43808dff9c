#pragma once

#include "protocol/evidence/evidence.hpp"
#include "storage/granting.hpp"
#include "storage/log_watch.hpp"
#include "storage/segments.hpp"
#include "storage/ward_store.hpp"

/// The parts of a ward's store, each in its own file. All of them run inside a transaction of WardStore.
namespace ward::storage {

/// Where the PC of this data file belongs. Begins its own transaction.
[[nodiscard]] Result<Membership> stored_membership(Database& db);

/// Brings an own writer's figures in line with its records and segments.
void count_waiting(Store& store, std::int64_t writer);

/// Writes changes of this PC.
struct WardWriter {
  WardWriter(WardStore& ward, Now now);

  [[nodiscard]] Result<Saved> save(const NewChange& wanted);
  /// An official code beside those that the dossier has; nothing when none can be given.
  [[nodiscard]] Result<std::optional<Saved>> number(const Did& did, const std::string& user, const std::string& reason);
  /// Writes down where this incarnation is. What was touched is merged later (`settle`), unless it is much.
  void finish();
  /// After the commit: what the store remembers of it.
  void keep();

 private:
  void begin();
  void start_incarnation();
  [[nodiscard]] Hlc next_hlc();
  [[nodiscard]] Position next_position() const { return {ward_.membership_.device, incarnation_, next_}; }
  std::int64_t put(record::Type type, const Did& did, BytesView plain, const crypto::DossierKey& key);  ///< the dossier's row
  [[nodiscard]] const crypto::DossierKey& new_dossier_key();
  void put_grant(const Did& did, const record::GrantBody& grant);
  [[nodiscard]] Numbering& numbering();
  [[nodiscard]] Array<32> draw(std::string_view label);
  [[nodiscard]] Result<Saved> create(const record::Change& change);
  [[nodiscard]] Result<Saved> edit(const Did& did, NewChange wanted);
  [[nodiscard]] std::vector<Position> heads_of(std::int64_t dossier);
  void set_heads(std::int64_t dossier, const std::vector<Position>* heads);

  WardStore& ward_;
  Store& store_;
  Now now_;
  Granting granting_;
  Incarnation incarnation_;
  std::int64_t writer_ = 0;
  Seq next_ = 0;
  Hlc last_;
  bool believed_ = true;
  std::uint64_t bytes_ = 0;
  std::set<std::int64_t> touched_;      ///< not merged yet
  std::optional<Numbering> numbering_;  ///< once this transaction gives codes
};

/// A size of the queue, for reports.
struct QueueSize {
  std::uint64_t records = 0;
  std::uint64_t bytes = 0;
  WallTime oldest;
};

/// Own records that no receipt covers.
struct Outbox {
  WardStore& ward;
  Store& store;

  explicit Outbox(WardStore& of);
  /// The next `segments` segments, oldest first; cuts what waits outside any segment when there are not so many.
  [[nodiscard]] std::vector<StoredSegment> next(std::size_t segments, std::size_t segment_records);
  /// Something can be sent on this link.
  [[nodiscard]] bool unsent();
  /// Notes what entries from `from` on ask this PC for (policy::Resend). True: there is something.
  bool note_resend(Epoch from);
  /// The centre has it, or will not take it.
  void sent_again(const Incarnation& incarnation, Seq first);
  [[nodiscard]] QueueSize size();
  /// The oldest segment, if it is small enough for a greeting; encoded.
  [[nodiscard]] Bytes small_segment(std::size_t bytes_max);
  /// Those that no receipt covers, or that the centre's archive did not have at the last one, sealed, from the `after`th on; what waits
  /// outside any segment is cut first.
  [[nodiscard]] std::vector<segment::Rows> sealed_unreceipted(std::size_t after, std::size_t bytes_max);
  /// Incarnations that the greeting names: the newest one with a receipt, so that the centre can tell of what is newer, then those with
  /// something unreceipted.
  [[nodiscard]] std::vector<sync::Unstamped> named_in_hello();
  [[nodiscard]] segment::Rows rows_of(const StoredSegment& segment, bool sealed);
  /// Writers of segments that the centre had once, so that their records were let go, and does not have any more: it was restored from a
  /// copy that is older than the one it spoke of. They cannot be sent.
  [[nodiscard]] std::set<std::int64_t> let_go_unreceipted();

 private:
  struct Writer {
    std::int64_t id = 0;
    Incarnation incarnation;
    Seq chained = 0;
    Seq written = 0;
  };
  [[nodiscard]] std::vector<Writer> writers(bool sendable_only);
  [[nodiscard]] std::vector<StoredSegment> unreceipted(const Writer& writer, std::size_t limit);
  [[nodiscard]] std::optional<StoredSegment> cut(Writer& writer, std::size_t records_max);
  void forget_seed_when_empty();
  [[nodiscard]] std::vector<StoredSegment> wanted_again(std::size_t limit);
};

inline constexpr std::string_view latest_key = "latest time";  ///< meta: WardStore::latest
inline constexpr std::string_view fill_key = "fill";           ///< meta: sync::Pull::fill

/// What the centre says that it holds of this device, beyond what this file holds.
[[nodiscard]] std::vector<log::DeviceHead> lost_heads(Store& store);
void set_lost_heads(Store& store, const std::vector<log::DeviceHead>& heads);
/// Up to there this file has what `writer` (0: nobody) wrote. The statement names those before it, so the numbers alone are not believed.
[[nodiscard]] bool accounts_for(Store& store, std::int64_t writer, const log::DeviceHead& head);
inline constexpr std::string_view own_wanted_key = "own wanted";  ///< meta: own segments before that log index may be missing here
/// The next pulls ask for what this device wrote itself, too.
[[nodiscard]] bool asks_for_own(Store& store);
/// The incarnation that a receipt must speak of to tell everything that this device wrote since the last one that did, here or on a copy:
/// a centre names what it took after the first segment of an incarnation that it is asked about. Nothing: any receipt does.
[[nodiscard]] std::optional<Incarnation> own_known_since(Store& store);

/// The centre's receipts and heads.
struct Receipts {
  WardStore& ward;
  Store& store;
  Now now;

  Receipts(WardStore& of, Now at);
  struct Outcome {
    bool centre_is_new = false;
    bool is_copy = false;  ///< newly found: this file is an older copy of itself
    bool rewound = false;  ///< the next pull must begin further back
  };
  [[nodiscard]] Outcome take(const engine::agent::StoreReceipt& receipt);
  [[nodiscard]] Outcome take_all(const std::vector<log::DeviceHead>& heads);

  /// Health shows it from now on, and the audit log tells when it came.
  void raise(std::string_view alarm);

 private:
  void compare(const sync::Receipted& last, const sync::Receipted& receipt);
  void took_back(std::int64_t writer, const sync::Receipted& receipt);
  void note_stamps(const std::vector<sync::OwnStamp>& stamps);
  /// Marks what `head` covers; false when this file does not hold what it names.
  [[nodiscard]] bool cover(const log::DeviceHead& head);
  [[nodiscard]] bool tells_all(const log::Receipt& receipt);
  [[nodiscard]] bool note_lost(const std::vector<log::DeviceHead>& heads);
  [[nodiscard]] bool holds_receipted(std::int64_t writer, Seq from);
  void take_back(std::int64_t writer, Seq from);
  [[nodiscard]] bool rewind(std::int64_t index);
  void touch(const StoredSegment& segment);
  void remerge_touched();

  std::set<std::int64_t> touched_;
};
[[nodiscard]] std::optional<sync::Receipted> stored_receipt(Store& store);
/// By a receipt key that the city had once.
[[nodiscard]] bool is_signed(const Store& store, const log::Receipt& receipt, const Signature& signature);
/// The newest receipt that names this writer among its heads.
[[nodiscard]] std::optional<evidence::SignedReceipt> kept_receipt(Store& store, std::int64_t writer);

/// Rows that the centre delivers.
struct Deliveries {
  WardStore& ward;
  Store& store;
  Now now;

  Deliveries(WardStore& of, Now at);
  [[nodiscard]] Result<void> apply(std::vector<segment::Rows>& all);

 private:
  [[nodiscard]] Result<void> apply_one(segment::Rows& rows);
  [[nodiscard]] Result<void> fill(segment::Rows& rows);
  void keep(const segment::Rows& rows, const std::vector<segment::Verified>& verified, const Hash& hash);
  void restamp(const StoredSegment& held, const Stamp& stamp);
  [[nodiscard]] std::int64_t put_new(const segment::Rows& rows, std::int64_t writer, const Hash& hash);
  void claim(const Put& put, std::int64_t segment, std::uint8_t leaf);
  void release(std::int64_t writer, std::int64_t first);
  void follow(std::int64_t writer);
  void take_grant(const segment::Verified& verified, std::int64_t dossier);
  void take_given(const segment::Rows& rows, const std::vector<segment::Verified>& verified);

  std::set<std::int64_t> touched_;
  std::vector<segment::SignedStatement> said_;                             ///< of other devices
  std::set<std::int64_t> regranted_;                                       ///< what was held of these before may be readable now
  std::map<std::pair<DeviceId, Incarnation>, std::pair<Seq, Hash>> ends_;  ///< of the segments of this delivery
};

inline constexpr std::size_t arrived_max = 256;  ///< dossiers that are remembered as arrived

inline constexpr std::string_view program_version = WARD_VERSION;

}  // namespace ward::storage
