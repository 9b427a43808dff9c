#include "protocol/engine/centre_session.hpp"

#include "protocol/base/limits.hpp"
#include "protocol/base/overloaded.hpp"
#include "protocol/run/run.hpp"
#include "protocol/ticket/ticket.hpp"

#include <algorithm>

namespace ward::engine::centre {
namespace {

using namespace std::chrono_literals;

constexpr auto proof_max = 40s;     ///< from message 2 to the first transport frame: one round trip of the worst link, and its losses
constexpr auto silence_max = 150s;  ///< a ward pings after 60 s
constexpr auto quick_pull = 1s;
constexpr auto slow_pull = 5s;
constexpr std::size_t delivery_bytes_first = 16 * 1024;
constexpr std::size_t delivery_bytes_min = 2 * 1024;
constexpr std::size_t delivery_bytes_max = 256 * 1024;
/// Log entries that concern a ward not at all are skipped here and not told, unless there are so many that reading past them again at its
/// next link would cost.
constexpr std::uint64_t untold_max = 4'096;

bool order_to_erase(const std::vector<policy::Entry>& entries) {
  return std::any_of(entries.begin(), entries.end(), [](const auto& entry) { return std::holds_alternative<policy::Erasure>(entry.body); });
}

}  // namespace

sync::Receipted receipt_for(const Identity& identity, const DeviceId& device, std::vector<log::DeviceHead> heads,
                            std::vector<sync::OwnStamp> stamps, const LogView& log) {
  std::sort(heads.begin(), heads.end(), [](const auto& a, const auto& b) { return a.incarnation < b.incarnation; });
  sync::Receipted out;
  out.receipt = {identity.org, log::Role::registry, log.centre, log.size, log.root, log.time, log.archived, device, std::move(heads)};
  out.signature = log::sign(out.receipt, identity.receipt_key);
  out.stamps = std::move(stamps);
  out.policy_count = log.policy_count;
  return out;
}

SyncSession::SyncSession(const Identity& identity, CentreVoice& voice, sync::Channel channel, std::uint8_t version, PeerRead::Known known,
                         Now now)
    : identity_(identity),
      voice_(voice),
      channel_(std::move(channel)),
      version_(version),
      device_(known.device),
      now_(now),
      last_arrival_(now.monotonic),
      delivery_bytes_(delivery_bytes_first) {
  learn(known.log);
  voice_.arm(last_arrival_ + proof_max);
}

std::optional<DeviceId> SyncSession::proved_peer() const noexcept {
  if (!proved_) return std::nullopt;
  return device_;
}

void SyncSession::frame(BytesView content, Now now) {
  now_ = now;
  last_arrival_ = now.monotonic;
  if (auto ok = channel_.open(content); ok.has_error()) return voice_.close(ok.error());
  proved_ = true;
  work();
}

void SyncSession::timer(Now now) {
  const auto deadline = last_arrival_ + (proved_ ? std::chrono::milliseconds(silence_max) : std::chrono::milliseconds(proof_max));
  if (now.monotonic >= deadline) return voice_.close(fail(Fault::timeout, "the ward went silent"));
  voice_.arm(deadline);
}

void SyncSession::learn(const LogView& log) {
  policy_here_ = std::max(policy_here_, log.policy_count);
  if (log.applied > applied_.applied) applied_ = {log.applied, log.applied_exceptions, log.places};
}

void SyncSession::begin(Work work, StoreEffect effect) {
  WARD_ASSERT(work_ == Work::none);
  work_ = work;
  grew_ = false;
  voice_.ask(std::move(effect));
}

/// One thing after the other, the ward's own messages first. Policy entries come before whatever the ward can check only with them.
void SyncSession::work() {
  while (work_ == Work::none && !voice_.closed()) {
    if (take_message()) continue;
    if (!proved_ || !pulling_) return;
    if (policy_there_ < policy_here_) {
      begin(Work::policy, ReadPolicy{policy_there_});
      continue;
    }
    say_applied();
    if (fetched_)
      say_fetched();
    else if (ready_)
      deliver();
    else if (!pulling_->sent && !pulling_->caught_up)
      begin(Work::delivery,
            ReadDelivery{device_, pulling_->cursor, delivery_bytes_, pulling_->own, version_ >= sync::version_with_keys, pulling_->fill});
    else
      return;
  }
}

bool SyncSession::take_message() {
  auto bytes = channel_.next();
  if (bytes.has_error()) {
    voice_.close(bytes.error());
    return false;
  }
  if (!*bytes) return false;
  auto message = sync::decode_message(**bytes, {identity_.org, device_});
  if (message.has_error() && message.error().fault == Fault::unsupported) voice_.say(channel_, sync::Refusal{Fault::unsupported});
  if (message.has_error())
    voice_.close(message.error());
  else
    hear(*std::move(message));
  return true;
}

void SyncSession::hear(sync::Message message) {
  std::visit(overloaded{
                 [&](sync::Pull& m) { hear_pull(m); },
                 [&](sync::Push& m) { hear_push(m); },
                 [&](sync::PolicyEntries& m) { hear_policy(m); },
                 [&](sync::AskHeads&) { begin(Work::heads, ReadHeads{device_}); },
                 [&](sync::FetchDossiers& m) {
                   const bool own = version_ >= sync::version_with_own_work;
                   begin(Work::dossiers, ReadDossiers{device_, std::move(m.dossiers), m.from, delivery_bytes_, own, m.summaries});
                 },
                 [&](sync::AskJoins& m) {
                   asked_ = std::move(m.heads);
                   begin(Work::joins, ReadJoins{asked_});
                 },
                 [&](sync::AuditEnd& m) { begin(Work::audit_end, StoreAuditEnd{device_, m, now_.wall}); },
                 [&](sync::Ping&) { voice_.say(channel_, sync::Pong{}); },
                 [&](sync::Pong&) {},
                 [&](auto&) { voice_.close(fail(Fault::malformed, "link: a message that a ward does not send")); },
             },
             message);
}

void SyncSession::hear_pull(const sync::Pull& pull) {
  if (pulling_ && pulling_->sent) {
    const auto took = now_.monotonic - pulling_->sent_at;
    if (took <= quick_pull) delivery_bytes_ = std::min(delivery_bytes_ * 2, delivery_bytes_max);
    if (took >= slow_pull) delivery_bytes_ = std::max(delivery_bytes_ / 2, delivery_bytes_min);
  }
  pulling_ = Pulling{pull.cursor, pull.cursor, pull.fill, pull.report.restored};
  ready_.reset();
  policy_there_ = pull.policy_count;
  begin(Work::report,
        StoreReport{device_, pull.cursor, pull.policy_count, pull.report, now_.wall, version_ >= sync::version_with_erasures});
}

void SyncSession::hear_push(const sync::Push& push) {
  auto rows = run::decode_run(push.run);
  if (rows.has_error()) return voice_.close(rows.error());
  begin(Work::admit, Admit{device_, *std::move(rows), now_.wall});
}

/// What the ward postponed for want of an order that it knows can be sent after the next delivery.
void SyncSession::hear_policy(sync::PolicyEntries& message) {
  if (order_to_erase(message.entries)) ask_for_pull();
  begin(Work::take_policy, StorePolicy{device_, std::move(message.entries), now_.wall});
}

void SyncSession::report_stored(Now now) {
  now_ = now;
  work_ = Work::none;
  work();
}

/// The receipt ends the answer to a run: what it must know before it goes on comes first.
void SyncSession::admitted(const Admitted& admitted, Now now) {
  now_ = now;
  work_ = Work::none;
  learn(admitted.log);
  if (!admitted.need_sealed.empty()) voice_.say(channel_, sync::NeedSealed{admitted.need_sealed});
  for (const auto& refused : admitted.refused) voice_.say(channel_, refused);
  voice_.say(channel_, receipt_for(identity_, device_, admitted.heads, admitted.stamps, admitted.log));
  work();
}

void SyncSession::heads_read(const HeadsRead& read, Now now) {
  now_ = now;
  work_ = Work::none;
  voice_.say(channel_, sync::AllHeads{read.heads});
  work();
}

void SyncSession::joins_read(const JoinsRead& read, Now now) {
  now_ = now;
  work_ = Work::none;
  auto now_signed = receipt_for(identity_, device_, {}, {}, read.log);
  const auto signature = log::sign_joins(now_signed.receipt, asked_, read.joins, identity_.receipt_key);
  voice_.say(channel_, sync::Joins{std::move(now_signed.receipt), now_signed.signature, read.joins, signature});
  work();
}

void SyncSession::policy_read(const PolicyRead& read, Now now) {
  now_ = now;
  work_ = Work::none;
  for (const auto& entry : read.entries) {
    const auto* revocation = std::get_if<policy::RevokeDevice>(&entry.body);
    if (revocation == nullptr || revocation->device != device_) continue;
    voice_.say(channel_, sync::Refusal{Fault::revoked});
    return voice_.close(fail(Fault::revoked, "the device was revoked"));
  }
  for (auto& part : split_policy(read.entries)) voice_.say(channel_, std::move(part));
  if (order_to_erase(read.entries)) ask_for_pull();
  policy_there_ += static_cast<Epoch>(read.entries.size());
  if (read.entries.empty() && !grew_) policy_here_ = policy_there_;
  work();
}

void SyncSession::policy_stored(const PolicyStored& stored, Now now) {
  now_ = now;
  work_ = Work::none;
  if (stored.refused) {
    voice_.say(channel_, sync::Refusal{*stored.refused});
    return voice_.close(fail(*stored.refused, "the ward's policy entries are not taken"));
  }
  policy_here_ = std::max(policy_here_, stored.policy_count);
  policy_there_ = std::max(policy_there_, stored.policy_count);
  work();
}

bool SyncSession::names_unknown_policy(const std::vector<segment::Rows>& rows) const {
  return std::any_of(rows.begin(), rows.end(), [&](const auto& one) { return one.statement.statement.policy_epoch >= policy_there_; });
}

void SyncSession::delivery_read(const DeliveryRead& read, Now now) {
  now_ = now;
  work_ = Work::none;
  pulling_->cursor = read.cursor;
  pulling_->caught_up = !read.more && !grew_ && pulling_->cursor >= applied_.places;
  const bool wants_pull = std::exchange(wants_pull_, false);
  if (!read.rows.empty() || read.cursor - pulling_->held_cursor >= untold_max || wants_pull) {
    ready_ = read;
    wait_for_policy_of(read.rows, read.policy_count);
  }
  work();
}

/// The log may have grown between the two reads: whoever wrote these rows must be known to the ward when it checks them.
void SyncSession::wait_for_policy_of(const std::vector<segment::Rows>& rows, Epoch needed) {
  policy_here_ = std::max(policy_here_, needed);
  if (names_unknown_policy(rows)) policy_here_ = std::max(policy_here_, policy_there_ + 1);
}

void SyncSession::dossiers_read(const DossiersRead& read, Now now) {
  now_ = now;
  work_ = Work::none;
  fetched_ = read;
  wait_for_policy_of(read.rows, read.policy_count);
  work();
}

/// By a delivery, though it be empty: the ward answers with what it holds by now.
void SyncSession::ask_for_pull() {
  wants_pull_ = true;
  if (pulling_) pulling_->caught_up = false;
}

void SyncSession::say_fetched() {
  sync::Fetched fetched{fetched_->next, {}};
  if (!fetched_->rows.empty()) fetched.run = run::encode_run(fetched_->rows);
  fetched_.reset();
  voice_.say(channel_, std::move(fetched));
}

void SyncSession::deliver() {
  sync::Delivery delivery{ready_->cursor, {}};
  if (!ready_->rows.empty()) delivery.run = run::encode_run(ready_->rows);
  ready_.reset();
  pulling_->sent = true;
  pulling_->sent_at = now_.monotonic;
  voice_.say(channel_, std::move(delivery));
}

void SyncSession::log_grew(Epoch policy_count, Now now) {
  now_ = now;
  policy_here_ = std::max(policy_here_, policy_count);
  grew_ = true;
  if (pulling_) pulling_->caught_up = false;
  work();
}

void SyncSession::applied_grew(const AppliedGrew& grew, Now now) {
  now_ = now;
  if (grew.applied >= applied_.applied) applied_ = grew;
  if (pulling_ && pulling_->cursor < applied_.places) pulling_->caught_up = false;
  work();
}

void SyncSession::say_applied() {
  if (applied_.applied <= applied_said_ || applied_.exceptions.size() > sync::applied_exceptions_max) return;
  applied_said_ = applied_.applied;
  sync::Applied message{applied_.applied, applied_.exceptions, {}};
  message.signature = sync::sign_applied(message, identity_.org, identity_.receipt_key);
  voice_.say(channel_, std::move(message));
}

EnrolSession::EnrolSession(const Identity& identity, CentreVoice& voice, sync::Channel channel, KeyId ticket, DhKey remote_static,
                           Hash handshake, Now now)
    : identity_(identity),
      voice_(voice),
      channel_(std::move(channel)),
      ticket_(ticket),
      remote_static_(remote_static),
      handshake_(handshake) {
  voice_.arm(now.monotonic + silence_max);
}

void EnrolSession::frame(BytesView content, Now now) {
  if (auto ok = channel_.open(content); ok.has_error()) return voice_.close(ok.error());
  auto bytes = channel_.next();
  if (bytes.has_error()) return voice_.close(bytes.error());
  if (!*bytes) return;
  auto message = sync::decode_message(**bytes, {identity_.org, {}});
  if (message.has_error()) return voice_.close(message.error());
  auto* request = std::get_if<sync::EnrolRequest>(&*message);
  if (request == nullptr || asked_) return voice_.close(fail(Fault::malformed, "enrolment: a message that does not belong here"));
  asked_ = true;
  if (auto ok = crypto::verify(request->sign, sync::enrol_prefix, sync::enrol_signed_bytes(handshake_, *request), request->signature);
      ok.has_error())
    return voice_.close(ok.error());
  if (request->noise != remote_static_) return voice_.close(fail(Fault::wrong_key, "enrolment: another key than the one that called"));
  auto digits = ticket::fingerprint(identity_.root, handshake_, request->sign, request->noise, request->sealing);
  voice_.ask(StoreEffect{Enrol{ticket_, *std::move(request), std::move(digits), now.wall}});
}

void EnrolSession::enrolled(const Enrolled& enrolled) {
  if (const auto* fault = std::get_if<Fault>(&enrolled.answer)) {
    voice_.say(channel_, sync::Refusal{*fault});
    return voice_.close(fail(*fault, "enrolment refused"));
  }
  const auto& answer = std::get<sync::EnrolAnswer>(enrolled.answer);
  policy_wanted_ = answer.policy_count;
  voice_.say(channel_, answer);
  voice_.ask(StoreEffect{ReadPolicy{0}});
}

void EnrolSession::policy_read(const PolicyRead& read) {
  for (auto& part : split_policy(read.entries)) voice_.say(channel_, std::move(part));
  policy_sent_ += static_cast<Epoch>(read.entries.size());
  if (policy_sent_ < policy_wanted_ && !read.entries.empty()) voice_.ask(StoreEffect{ReadPolicy{policy_sent_}});
}

}  // namespace ward::engine::centre
