#pragma once

#include "protocol/engine/link_effects.hpp"
#include "protocol/sync/channel.hpp"
#include "protocol/sync/messages.hpp"
#include "protocol/ticket/introduction.hpp"

#include <memory>
#include <optional>
#include <variant>
#include <vector>

/// The centre's side of one link, for syncing wards and for enrolments. Pure, single-threaded, lives for one link. It asks for one storage
/// effect at a time, and waits for its event before the next message is looked at.
namespace ward::engine::centre {

/// Who has this Noise static, and what does the centre hold of it?
struct ReadPeer {
  DhKey noise;
  std::vector<sync::Unstamped> incarnations;
};
/// Verify, store, stamp: one transaction for all of them. Duplicates keep their first stamp.
struct Admit {
  DeviceId device;
  std::vector<segment::Rows> rows;
  WallTime at;
};
/// The rows from `cursor` on that this device may have, about `bytes_max` of them.
struct ReadDelivery {
  DeviceId device;
  std::uint64_t cursor = 0;
  std::size_t bytes_max = 0;
  bool own = false;        ///< its own segments too: it lost some
  bool keys = true;        ///< the ward takes dossier keys with the rows; else what it may lack a key for goes sealed
  std::uint64_t fill = 0;  ///< of the pull
};
/// The rows of these dossiers, from that log index on, that this device may have.
struct ReadDossiers {
  DeviceId device;
  std::vector<Did> dossiers;
  std::uint64_t from = 0;
  std::size_t bytes_max = 0;
  bool own = false;        ///< what it wrote itself too: it may have let that go
  bool summaries = false;  ///< of each the summary that stands for all of them, and nothing else
};
struct ReadPolicy {
  Epoch from = 0;
};
/// Policy entries that a ward holds and this centre, which was restored from a copy, does not.
struct StorePolicy {
  DeviceId device;
  std::vector<policy::Entry> entries;
  WallTime at;
};
/// What was heard of a device on a proved link.
struct StoreReport {
  DeviceId device;
  std::uint64_t cursor = 0;
  Epoch policy_count = 0;  ///< entries that the device holds
  sync::Report report;
  WallTime at;
  bool obeys = false;  ///< of the entries that it holds, it has done what they order to erase
};
struct ReadHeads {
  DeviceId device;
};
/// How the log of now goes on from those that somebody was shown.
struct ReadJoins {
  std::vector<log::HeadName> heads;
};
struct StoreAuditEnd {
  DeviceId device;
  sync::AuditEnd end;
  WallTime at;
};
struct ReadTicket {
  KeyId ticket;
  DhKey noise;  ///< who shows it: the device that used it may come again when it lost the answer
  WallTime at;
};
struct Enrol {
  KeyId ticket;
  sync::EnrolRequest request;
  std::string fingerprint;
  WallTime at;
};
using StoreEffect = std::variant<ReadPeer, Admit, ReadDelivery, ReadDossiers, ReadPolicy, StorePolicy, StoreReport, ReadHeads, ReadJoins,
                                 StoreAuditEnd, ReadTicket, Enrol>;
using Effect = std::variant<StoreEffect, LinkEffect>;

/// What a receipt says of the log. The engine signs.
struct LogView {
  Incarnation centre;
  std::uint64_t size = 0;
  Hash root;
  std::uint64_t archived = 0;
  WallTime time;
  Epoch policy_count = 0;
  std::uint64_t applied = 0;  ///< the registry merged everything of the log before it, but for the exceptions
  std::vector<Did> applied_exceptions;
  std::uint64_t places = 0;  ///< of deliveries: what a ward's cursor counts
};
struct PeerRead {
  struct Known {
    DeviceId device;
    UnitCode unit;
    std::vector<log::DeviceHead> heads;
    LogView log;
    std::vector<sync::OwnStamp> stamps;  ///< of those that it did not hear of, at most limits::run_segments_max
  };
  std::variant<Known, Fault> peer;  ///< not_member (unknown, or not approved yet) or revoked
};
struct Admitted {
  std::vector<log::DeviceHead> heads;
  std::vector<sync::OwnStamp> stamps;
  std::vector<std::pair<Incarnation, Seq>> need_sealed;
  std::vector<sync::SegmentRefused> refused;
  LogView log;
};
struct DeliveryRead {
  std::vector<segment::Rows> rows;
  std::uint64_t cursor = 0;
  bool more = false;
  Epoch policy_count = 0;  ///< entries that the ward must hold to take these rows, beside those that their statements name
};
struct DossiersRead {
  std::vector<segment::Rows> rows;
  std::uint64_t next = 0;  ///< 0: that was all
  Epoch policy_count = 0;  ///< as in DeliveryRead
};
struct PolicyRead {
  std::vector<policy::Entry> entries;
};
struct PolicyStored {
  Epoch policy_count = 0;
  std::optional<Fault> refused;  ///< nothing of it was taken
};
struct ReportStored {};
struct AuditEndStored {};
/// One for each head, in order; none: this centre's log is damaged, and proves nothing.
struct JoinsRead {
  std::vector<log::Join> joins;
  LogView log;
};
struct HeadsRead {
  std::vector<log::DeviceHead> heads;
};
/// `psk` empty: no such ticket. `refused`: it is used or expired, and whoever holds its secret is told so.
struct TicketRead {
  std::optional<Array<32>> psk;
  std::optional<Fault> refused;
  UnitCode unit{};
  WallTime expires{};
  std::optional<ticket::Introduction::Used> used{};
};
struct Enrolled {
  std::variant<sync::EnrolAnswer, Fault> answer;
};
/// Another link's segment was admitted, or the policy log grew: told to every engine.
struct LogGrew {
  Epoch policy_count = 0;
};
/// The registry merged up to here, and may have found by it that a unit reads a dossier now.
struct AppliedGrew {
  std::uint64_t applied = 0;
  std::vector<Did> exceptions;
  std::uint64_t places = 0;
};
using Event = std::variant<LinkUp, BytesArrived, TimerFired, StorageFailed, PeerRead, Admitted, DeliveryRead, DossiersRead, PolicyRead,
                           PolicyStored, ReportStored, AuditEndStored, HeadsRead, JoinsRead, TicketRead, Enrolled, LogGrew, AppliedGrew>;

struct Identity {
  OrgId org;
  crypto::DhSecret noise;
  crypto::SignSeed receipt_key;
  SignKey root;
  std::vector<crypto::DhSecret> earlier_noise{};  ///< a ward that was away while the static was renewed calls an earlier one
};

class CentreEngine {
 public:
  explicit CentreEngine(Identity identity);
  ~CentreEngine();
  CentreEngine(CentreEngine&&) noexcept;
  CentreEngine& operator=(CentreEngine&&) noexcept;

  [[nodiscard]] std::vector<Effect> on(const Event& event, Now now);
  /// The proved peer of this link, once its first transport frame has come.
  [[nodiscard]] std::optional<DeviceId> peer() const noexcept;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ward::engine::centre
