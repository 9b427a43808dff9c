#pragma once

#include "protocol/base/limits.hpp"
#include "protocol/base/stamp.hpp"
#include "protocol/log/consistency.hpp"
#include "protocol/policy/policy.hpp"
#include "protocol/segment/rows.hpp"

#include <optional>
#include <string>
#include <variant>
#include <vector>

/// What the two ends of a link say to each other (WIRE.md §8). Decoded once, completely; bounded by limits.hpp.
namespace ward::sync {

inline constexpr std::uint8_t protocol_version = 6;
inline constexpr std::uint8_t oldest_version = 1;          ///< that a centre still speaks
inline constexpr std::uint8_t version_with_keys = 2;       ///< deliveries may give dossier keys (segment::Rows::keys)
inline constexpr std::uint8_t version_with_summaries = 3;  ///< Pull::fill, FetchDossiers, Fetched
inline constexpr std::uint8_t version_with_erasures = 4;   ///< whoever holds a policy entry has done what it orders
inline constexpr std::uint8_t version_with_joins = 5;      ///< AskJoins, Joins, AuditEnd
inline constexpr std::uint8_t version_with_own_work = 6;   ///< what is fetched has the device's own records, too; FetchDossiers::summaries
inline constexpr std::size_t fetched_dossiers_max = 64;    ///< dossiers in one FetchDossiers
inline constexpr std::size_t unreceipted_max = 16;         ///< incarnations in one hello: starts of the daemon without a link
inline constexpr std::size_t own_stamps_max = 2 * limits::run_segments_max;  ///< a run's, and those of one whose answer was lost
inline constexpr std::size_t policy_message_entries_max = 1'024;             ///< entries in one PolicyEntries
inline constexpr std::size_t applied_exceptions_max = 4'096;                 ///< dossiers in one Applied

/// First bytes on every connection, before Noise: the magic and what the caller wants. Part of the Noise prologue.
/// `introduce`: who holds a ticket's letters only asks for the rest of it (ticket/introduction.hpp); the same connection then goes on with
/// `enrol`.
enum class Purpose : std::uint8_t { sync = 1, enrol = 2, introduce = 3 };
inline constexpr std::size_t preface_size = 5;
[[nodiscard]] Array<preface_size> encode_preface(Purpose purpose);
[[nodiscard]] Result<Purpose> decode_preface(BytesView bytes);
/// preface ‖ org ‖ the centre's Noise static.
[[nodiscard]] Bytes prologue(Purpose purpose, const OrgId& org, const DhKey& centre_static);

/// Of one incarnation of this device: from which segment on its stamps were not heard. A cut can swallow the answer that named them.
struct Unstamped {
  Incarnation incarnation;
  Seq from = 0;
  friend bool operator==(const Unstamped&, const Unstamped&) = default;
};

/// Payload of Noise message 1 for `sync`; `unsupported` when its version is none that we speak. Nothing in it is judged before the first
/// transport frame, except a validly signed segment.
struct Hello {
  std::uint8_t version = protocol_version;
  Epoch policy_count = 0;              ///< policy entries held
  std::vector<Unstamped> unreceipted;  ///< incarnations of this device with segments that no receipt or no stamp is known of, at most 16
  Bytes segment;                       ///< one segment in sealed form (run::encode_small), or empty
};

/// Payload of Noise message 1 for `enrol`. Every version begins with these fields, so that a newer caller can be told to call otherwise.
struct EnrolHello {
  std::uint8_t version = oldest_version;  ///< nothing of an enrolment has changed since
  KeyId ticket;                           ///< ticket::ticket_id
};

/// A stamp that the centre gave to one of this device's segments.
struct OwnStamp {
  Incarnation incarnation;
  Seq first = 0;
  Stamp stamp;
  friend bool operator==(const OwnStamp&, const OwnStamp&) = default;
};

/// Payload of Noise message 2, and the answer to every run: what is durable at the centre.
struct Receipted {
  log::Receipt receipt;
  Signature signature;
  std::vector<OwnStamp> stamps;
  Epoch policy_count = 0;  ///< entries that the centre holds
};

/// Why the centre ends this exchange. The whole text is chosen from a table by `fault`: nothing of a peer's is echoed.
struct Refusal {
  Fault fault = Fault::not_member;
};

using Welcome = std::variant<Receipted, Refusal>;

/// What a device says of itself, for health.
struct Report {
  std::uint64_t queue_records = 0;
  std::uint64_t queue_bytes = 0;
  WallTime queue_oldest;  ///< 0: the queue is empty
  std::uint64_t conflicts = 0;
  std::uint64_t waiting = 0;  ///< changes whose past is not held
  std::uint64_t quarantined = 0;
  WallTime wall;  ///< the device's own clock, for its offset
  std::uint64_t disk_free_bytes = 0;
  std::string version;
  bool restored = false;  ///< its data is an older copy of itself: what it once sent is missing there, deliver that too
  friend bool operator==(const Report&, const Report&) = default;
};

/// Ward → centre: deliver what lies in the log from `cursor` on. Everything before it is durable here.
struct Pull {
  std::uint64_t cursor = 0;
  Epoch policy_count = 0;
  Report report;
  /// The size that the log had when this device began with nothing: of dossiers that had a summary by then, and rested since, it takes that
  /// in place of the records (docs/adr/0010). 0: it takes none.
  std::uint64_t fill = 0;
};
/// Ward → centre: segments, as a run (run::encode_run).
struct Push {
  Bytes run;
};
/// Centre → ward: rows of others, as a run; applied together with the cursor.
struct Delivery {
  std::uint64_t cursor = 0;
  Bytes run;  ///< empty: nothing for this ward up to `cursor`
};
/// Centre → ward.
struct PolicyEntries {
  std::vector<policy::Entry> entries;
};
/// Centre → ward: these segments in sealed form, please: a key is missing here, or re-sealing did not verify.
struct NeedSealed {
  std::vector<std::pair<Incarnation, Seq>> segments;
};
/// Centre → ward: the registry has merged everything of the log before `index`, but for the dossiers named. Signed with the receipt key.
struct Applied {
  std::uint64_t index = 0;
  std::vector<Did> exceptions;
  Signature signature;
};
/// Centre → ward: of segments that begin at `first` nothing more is taken; for the person who asks why.
struct SegmentRefused {
  Incarnation incarnation;
  Seq first = 0;
  Fault fault = Fault::malformed;
};
/// Ward → centre, when a new centre incarnation says less than the last receipt: all heads of this device, please.
struct AskHeads {};
struct AllHeads {
  std::vector<log::DeviceHead> heads;
};
/// Ward → centre: all records of these dossiers, from that log index on.
struct FetchDossiers {
  std::vector<Did> dossiers;
  std::uint64_t from = 0;
  bool summaries = false;  ///< not the records: of each the summary that stands for all of them, where there is one
};
/// Centre → ward: some of them, outside of the cursor.
struct Fetched {
  std::uint64_t next = 0;  ///< the log index from which the others come when they are asked for; 0: that was all
  Bytes run;               ///< empty: there are none
};
/// Ward → centre, when idle: how does the log of now go on from these?
struct AskJoins {
  std::vector<log::HeadName> heads;
};
/// Centre → ward: a receipt of now, of no heads, and how its log joins each head that was asked for. None: it cannot tell.
struct Joins {
  log::Receipt receipt;
  Signature receipt_signature;
  std::vector<log::Join> joins;
  Signature signature;  ///< of `joins` (log::sign_joins)
};
/// Ward → centre, when it has moved: where this device's audit log ends.
struct AuditEnd {
  std::uint64_t count = 0;
  Hash hash;
  friend bool operator==(const AuditEnd&, const AuditEnd&) = default;
};
struct Ping {};
struct Pong {};

/// Ward → centre, first transport frame of an enrolment: the keys that it made, signed over the handshake hash.
struct EnrolRequest {
  SignKey sign;
  DhKey noise;
  DhKey sealing;
  std::string label;
  Signature signature;  ///< by `sign` over "wsync-enrol-v1\0" ‖ handshake hash ‖ the three keys
};
/// Centre → ward: taken; the policy entries follow. `approved`: it may sync at once.
struct EnrolAnswer {
  bool approved = false;
  UnitCode unit;
  std::uint32_t policy_count = 0;
};

using Message = std::variant<Pull, Push, Delivery, PolicyEntries, NeedSealed, Applied, SegmentRefused, AskHeads, AllHeads, Ping, Pong,
                             Receipted, Refusal, EnrolRequest, EnrolAnswer, FetchDossiers, Fetched, AskJoins, Joins, AuditEnd>;

/// Receipts travel short: what both ends know (org, device) is filled in on decoding.
struct Ends {
  OrgId org;
  DeviceId device;
};

[[nodiscard]] Bytes encode_hello(const Hello& hello);
[[nodiscard]] Result<Hello> decode_hello(BytesView bytes);
[[nodiscard]] Bytes encode_enrol_hello(const EnrolHello& hello);
[[nodiscard]] Result<EnrolHello> decode_enrol_hello(BytesView bytes);
[[nodiscard]] Bytes encode_welcome(const Welcome& welcome);
[[nodiscard]] Result<Welcome> decode_welcome(BytesView bytes, const Ends& ends);

[[nodiscard]] Bytes encode_message(const Message& message);
[[nodiscard]] Result<Message> decode_message(BytesView bytes, const Ends& ends);

[[nodiscard]] Signature sign_applied(const Applied& applied, const OrgId& org, const crypto::SignSeed& receipt_key);
[[nodiscard]] Result<void> verify_applied(const Applied& applied, const OrgId& org, const SignKey& receipt_key);
[[nodiscard]] Bytes enrol_signed_bytes(const Hash& handshake, const EnrolRequest& request);
inline constexpr std::string_view enrol_prefix{"wsync-enrol-v1\0", 15};

}  // namespace ward::sync
