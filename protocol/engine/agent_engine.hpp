#pragma once

#include "protocol/engine/link_effects.hpp"
#include "protocol/sync/channel.hpp"
#include "protocol/sync/messages.hpp"

#include <memory>
#include <optional>
#include <variant>
#include <vector>

/// The ward's side of one link: greet, push what is unreceipted, pull what others wrote, hold the line. An engine lives for one link;
/// only storage survives it. Pure: no clock, no entropy, no I/O. Single-threaded.
namespace ward::engine::agent {

/// Cut the outbox into segments of at most `segment_records` and read what a link begins with: one transaction.
struct PrepareLink {
  std::size_t segment_records = 0;
  std::size_t small_segment_bytes = 0;  ///< offer one unreceipted segment for message 1 if it is no larger
};
/// The next segments that no receipt covers, oldest first; records that wait outside any segment are cut first.
struct ReadOutbox {
  std::size_t segments = 0;
  std::size_t segment_records = 0;
  bool sealed = false;  ///< in sealed form: the centre asked for it
};
struct StoreReceipt {
  sync::Receipted receipted;
  Now at;
};
struct StorePolicy {
  std::vector<policy::Entry> entries;
};
/// The policy entries from `from` on: the centre was restored from a copy that lacks them.
struct ReadPolicy {
  Epoch from = 0;
};
/// Rows and cursor in one transaction.
struct ApplyDelivery {
  std::uint64_t cursor = 0;
  std::vector<segment::Rows> rows;
  std::uint64_t fill = 0;  ///< by which they were asked for (sync::Pull)
};
/// Rows of dossiers that were asked for, outside of the cursor.
struct ApplyFetched {
  std::vector<Did> dossiers;
  std::vector<segment::Rows> rows;
  bool all = false;        ///< that was everything that the centre has of them for this device
  bool summaries = false;  ///< not their records: their summaries were asked for
};
struct StoreApplied {
  sync::Applied applied;
};
/// A segment that the centre will not take: shown to a person, never dropped.
struct StoreRefused {
  sync::SegmentRefused refused;
};
/// The centre holds less than it once receipted (restored from a backup): push again from these heads.
struct StoreHeads {
  std::vector<log::DeviceHead> heads;
};
/// Once an hour: what of the centre's log is still to be proved, and what could be let go?
struct ReadDoubts {};
/// The centre's answer, whose signatures hold: each join is for the head of the same place.
struct StoreJoins {
  std::vector<log::HeadName> asked;
  sync::Joins answer;
};
using StoreEffect = std::variant<PrepareLink, ReadOutbox, StoreReceipt, StorePolicy, ReadPolicy, ApplyDelivery, ApplyFetched, StoreApplied,
                                 StoreRefused, StoreHeads, ReadDoubts, StoreJoins>;
using Effect = std::variant<StoreEffect, LinkEffect>;

/// Dossiers whose records are at the centre and are needed here, at most sync::fetched_dossiers_max.
using Wanted = std::vector<Did>;
/// Logs that the centre showed, and has not proved to be the beginning of its log of now; at most log::asked_heads_max.
using Doubts = std::vector<log::HeadName>;
struct LinkPrepared {
  sync::Hello hello;  ///< with its small segment, when there is one
  std::uint64_t cursor = 0;
  sync::Report report;
  std::uint64_t fill = 0;      ///< as the pulls before said it
  bool holds_nothing = false;  ///< of what the log holds: this is the first pull
  Wanted wanted{};
  Doubts doubts{};  ///< those that cannot wait until the line is quiet
  sync::AuditEnd audit{};
  Wanted resting{};  ///< as in FetchedApplied
};
struct OutboxRead {
  std::vector<segment::Rows> rows;
  Wanted wanted{};
};
struct ReceiptStored {
  bool unsent = false;         ///< more waits
  bool centre_is_new = false;  ///< another centre incarnation than the last receipt's
  sync::Report report;
};
struct PolicyStored {
  Epoch policy_count = 0;
  bool unsent = false;  ///< the centre asks for something again
};
struct PolicyRead {
  std::vector<policy::Entry> entries;
};
struct DeliveryApplied {
  std::uint64_t cursor = 0;
  sync::Report report;
  Wanted wanted{};
  sync::AuditEnd audit{};
};
/// `resting`: dossiers whose records could be let go if they have a summary; asked for when nothing is wanted.
struct FetchedApplied {
  Wanted wanted;
  Wanted resting{};
};
struct DoubtsRead {
  Doubts doubts;
  Wanted resting{};
};
struct Done {};  ///< of StoreApplied, StoreRefused, StoreJoins
struct HeadsStored {};
/// Something was saved here, a person asked for a sync now, or a dossier's records are needed.
struct OutboxGrew {};
using Event = std::variant<LinkUp, BytesArrived, TimerFired, StorageFailed, OutboxGrew, LinkPrepared, OutboxRead, ReceiptStored,
                           PolicyStored, PolicyRead, DeliveryApplied, FetchedApplied, Done, HeadsStored, DoubtsRead>;

struct Identity {
  sync::Ends ends;
  DhKey centre_static;
  crypto::DhSecret noise;
  SignKey receipt_key;
};

/// How the link is doing, for status.
struct Standing {
  bool open = false;         ///< the handshake is done
  std::int64_t rtt_ms = -1;  ///< of the last answered run or ping
};

class AgentEngine {
 public:
  explicit AgentEngine(Identity identity);
  ~AgentEngine();
  AgentEngine(AgentEngine&&) noexcept;
  AgentEngine& operator=(AgentEngine&&) noexcept;

  /// Effects in the order in which they must happen. After a CloseLink every further event gives none.
  [[nodiscard]] std::vector<Effect> on(const Event& event, Now now);
  [[nodiscard]] Standing standing() const noexcept;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ward::engine::agent
