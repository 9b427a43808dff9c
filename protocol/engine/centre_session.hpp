#pragma once

#include "protocol/engine/centre_engine.hpp"
#include "protocol/engine/policy_parts.hpp"
#include "protocol/engine/voice.hpp"

#include <deque>

/// What follows a handshake at the centre. A session does one thing at a time: while one storage effect is under way, later messages wait
/// in the channel, which bounds them.
namespace ward::engine::centre {

using CentreVoice = Voice<Effect>;

/// A receipt over `heads` as of `log`, signed.
[[nodiscard]] sync::Receipted receipt_for(const Identity& identity, const DeviceId& device, std::vector<log::DeviceHead> heads,
                                          std::vector<sync::OwnStamp> stamps, const LogView& log);

/// A ward that syncs: takes its runs, hands out what others wrote. `identity` and `voice` outlive the session.
class SyncSession {
 public:
  SyncSession(const Identity& identity, CentreVoice& voice, sync::Channel channel, std::uint8_t version, PeerRead::Known known, Now now);

  void frame(BytesView content, Now now);
  void admitted(const Admitted& admitted, Now now);
  void delivery_read(const DeliveryRead& read, Now now);
  void dossiers_read(const DossiersRead& read, Now now);
  void policy_read(const PolicyRead& read, Now now);
  void policy_stored(const PolicyStored& stored, Now now);
  void report_stored(Now now);
  void heads_read(const HeadsRead& read, Now now);
  void joins_read(const JoinsRead& read, Now now);
  void log_grew(Epoch policy_count, Now now);
  void applied_grew(const AppliedGrew& grew, Now now);
  void timer(Now now);

  [[nodiscard]] std::optional<DeviceId> proved_peer() const noexcept;

 private:
  /// Which answer of the store is awaited.
  enum class Work { none, admit, report, audit_end, heads, joins, policy, take_policy, delivery, dossiers };
  /// Where the ward's last Pull stands.
  struct Pulling {
    std::uint64_t cursor = 0;       ///< nothing for this ward lies before it
    std::uint64_t held_cursor = 0;  ///< what the ward said
    std::uint64_t fill = 0;         ///< the same
    bool own = false;               ///< it lacks segments of its own
    bool caught_up = false;         ///< nothing more in the log, when it was last read
    bool sent = false;              ///< a Delivery is under way; its Pull comes next
    Instant sent_at{};
  };

  void work();
  [[nodiscard]] bool take_message();
  void hear(sync::Message message);
  void hear_pull(const sync::Pull& pull);
  void hear_push(const sync::Push& push);
  void begin(Work work, StoreEffect effect);
  void deliver();
  void say_fetched();
  void hear_policy(sync::PolicyEntries& message);
  void ask_for_pull();
  void wait_for_policy_of(const std::vector<segment::Rows>& rows, Epoch needed);
  void say_applied();
  void learn(const LogView& log);
  [[nodiscard]] bool names_unknown_policy(const std::vector<segment::Rows>& rows) const;

  const Identity& identity_;
  CentreVoice& voice_;
  sync::Channel channel_;
  std::uint8_t version_;  ///< of the link
  DeviceId device_;
  Now now_;
  Instant last_arrival_{};
  bool proved_ = false;
  Work work_ = Work::none;
  bool grew_ = false;        ///< the log or the policy log did, since `work_` began: what that reads may be older
  bool wants_pull_ = false;  ///< the ward is to say anew what it holds
  std::optional<Pulling> pulling_;
  std::optional<DeliveryRead> ready_;    ///< read, and waiting for the policy entries that it names
  std::optional<DossiersRead> fetched_;  ///< the same
  std::vector<log::HeadName> asked_;     ///< whose joins are being read
  Epoch policy_here_ = 0;
  Epoch policy_there_ = 0;
  std::size_t delivery_bytes_;
  AppliedGrew applied_;  ///< the newest
  std::uint64_t applied_said_ = 0;
};

/// A device that enrols.
class EnrolSession {
 public:
  EnrolSession(const Identity& identity, CentreVoice& voice, sync::Channel channel, KeyId ticket, DhKey remote_static, Hash handshake,
               Now now);

  void frame(BytesView content, Now now);
  void enrolled(const Enrolled& enrolled);
  void policy_read(const PolicyRead& read);

 private:
  const Identity& identity_;
  CentreVoice& voice_;
  sync::Channel channel_;
  KeyId ticket_;
  DhKey remote_static_;
  Hash handshake_;
  bool asked_ = false;
  Epoch policy_wanted_ = 0;
  Epoch policy_sent_ = 0;
};

}  // namespace ward::engine::centre
