#include "protocol/engine/centre_engine.hpp"

#include "protocol/base/limits.hpp"
#include "protocol/base/overloaded.hpp"
#include "protocol/engine/centre_session.hpp"
#include "protocol/run/run.hpp"

#include <algorithm>

namespace ward::engine::centre {
namespace {

using namespace std::chrono_literals;

constexpr auto greeting_max = 10s;  ///< for the whole of message 1: who dribbles it holds a socket no longer
constexpr std::size_t dh_size = 32;
/// Preface, length, and message 1: e, s with its tag, the payload with its tag. Nobody may send more before he was answered.
constexpr std::size_t unanswered_bytes_max =
    sync::preface_size + 2 + dh_size + (dh_size + limits::noise_overhead) + limits::hello_bytes_max + limits::noise_overhead;

struct Listening {
  Array<32> entropy{};
};
struct Called {
  sync::Purpose purpose;
  Array<32> entropy{};
};
/// Somebody named a ticket; the store is asked what it is.
struct Introducing {
  Array<32> entropy{};
};
/// Message 1 was read; the store is asked who that is.
struct Identifying {
  noise::Handshake handshake;
  sync::Hello hello;
};
/// The segment of message 1 is on its way into the store.
struct AdmittingFirst {
  noise::Handshake handshake;
  std::uint8_t version;
  PeerRead::Known known;
};
struct CheckingTicket {
  noise::Handshake handshake;
  sync::EnrolHello hello;
};
struct Closed {};

/// Those of `newer` replace those of the same incarnation.
std::vector<log::DeviceHead> joined(std::vector<log::DeviceHead> older, const std::vector<log::DeviceHead>& newer) {
  for (const auto& head : newer) {
    std::erase_if(older, [&](const auto& old) { return old.incarnation == head.incarnation; });
    older.push_back(head);
  }
  return older;
}

std::vector<sync::OwnStamp> joined(std::vector<sync::OwnStamp> older, const std::vector<sync::OwnStamp>& newer) {
  for (const auto& stamp : newer)
    if (std::find(older.begin(), older.end(), stamp) == older.end()) older.push_back(stamp);
  return older;
}

}  // namespace

struct CentreEngine::State {
  Identity identity;
  CentreVoice voice;
  std::variant<Listening, Called, Introducing, Identifying, AdmittingFirst, CheckingTicket, SyncSession, EnrolSession, Closed> phase;
  sync::FrameReader frames;
  bool introduced = false;
  LogGrew log_grew;  ///< told while there was no session yet; what the store was asked before may be older
  AppliedGrew applied_grew;
  Now now;

  explicit State(Identity who) : identity(std::move(who)) {}

  void close(Error reason) {
    voice.close(std::move(reason));
    phase = Closed{};
  }

  void start(const LinkUp& up) {
    phase = Listening{up.entropy};
    voice.arm(now.monotonic + greeting_max);
  }

  void arrive(BytesView bytes) {
    frames.feed(bytes);
    if (auto* listening = std::get_if<Listening>(&phase)) read_preface(*listening);
    if (auto* called = std::get_if<Called>(&phase)) {
      if (const auto content = frames.next())
        called->purpose == sync::Purpose::introduce ? read_ticket_id(called->entropy, *content) : read_first(Called{*called}, *content);
    }
    if (auto* session = std::get_if<SyncSession>(&phase)) return feed(*session);
    if (auto* session = std::get_if<EnrolSession>(&phase)) return feed(*session);
    if (frames.waiting() > unanswered_bytes_max) close(fail(Fault::too_large, "link: more than a greeting"));
  }

  template <class Session>
  void feed(Session& session) {
    while (!voice.closed()) {
      const auto content = frames.next();
      if (!content) return;
      session.frame(*content, now);
    }
  }

  void read_preface(const Listening& listening) {
    const auto bytes = frames.take(sync::preface_size);
    if (!bytes) return;
    const auto purpose = sync::decode_preface(*bytes);
    if (purpose.has_error()) return close(purpose.error());
    if (*purpose == sync::Purpose::introduce && introduced) return close(fail(Fault::malformed, "link: introduced twice"));
    phase = Called{*purpose, listening.entropy};
  }

  /// Message 1 is for one of this centre's statics, and opens with no other.
  void read_first(const Called& called, BytesView content) {
    const auto purpose = called.purpose;
    const auto pattern = purpose == sync::Purpose::sync ? noise::Pattern::ik : noise::Pattern::ikpsk2;
    const auto opened_by = [&](const crypto::DhSecret& own) {
      const auto prologue = sync::prologue(purpose, identity.org, crypto::public_of(own));
      auto handshake = noise::Handshake::responder(pattern, prologue, own.clone(), crypto::DhSecret(called.entropy));
      const auto payload = handshake.read(content);
      if (payload.has_error()) return payload.error();
      if (payload->size() > limits::hello_bytes_max)
        close(fail(Fault::too_large, "link: greeting"));
      else
        purpose == sync::Purpose::sync ? identify(std::move(handshake), *payload) : check_ticket(std::move(handshake), *payload);
      return Error{};
    };
    const auto first = opened_by(identity.noise);
    if (std::holds_alternative<Called>(phase)) {
      for (const auto& earlier : identity.earlier_noise) {
        (void)opened_by(earlier);
        if (!std::holds_alternative<Called>(phase)) return;
      }
      close(first);
    }
  }

  // ---- a ward that syncs ----
  void identify(noise::Handshake handshake, BytesView payload) {
    auto hello = sync::decode_hello(payload);
    // Told, not cut: a newer ward calls again in the version that this centre speaks.
    if (hello.has_error() && hello.error().fault == Fault::unsupported) return refuse(handshake, Fault::unsupported);
    if (hello.has_error()) return close(hello.error());
    voice.ask(StoreEffect{ReadPeer{handshake.remote_static(), hello->unreceipted}});
    phase = Identifying{std::move(handshake), *std::move(hello)};
  }

  void peer_read(Identifying& identifying, const PeerRead& read) {
    if (const auto* fault = std::get_if<Fault>(&read.peer)) return refuse(identifying.handshake, *fault);
    const auto& known = std::get<PeerRead::Known>(read.peer);
    if (identifying.hello.segment.empty()) return welcome(identifying.handshake, identifying.hello.version, known);
    auto rows = run::decode_small(identifying.hello.segment, known.device);
    if (rows.has_error()) return close(rows.error());
    Admit admit{known.device, {}, now.wall};
    admit.rows.push_back(*std::move(rows));
    voice.ask(StoreEffect{std::move(admit)});
    phase = AdmittingFirst{std::move(identifying.handshake), identifying.hello.version, known};
  }

  /// What was wanted sealed or was refused is not told: the ward has no receipt for it, so it comes again in a run, and there it is.
  void first_admitted(AdmittingFirst& first, const Admitted& admitted) {
    auto known = std::move(first.known);
    known.heads = joined(std::move(known.heads), admitted.heads);
    known.stamps = joined(std::move(known.stamps), admitted.stamps);
    known.log = admitted.log;
    welcome(first.handshake, first.version, known);
  }

  void welcome(noise::Handshake& handshake, std::uint8_t version, const PeerRead::Known& known) {
    auto receipted = receipt_for(identity, known.device, known.heads, known.stamps, known.log);
    const auto message = handshake.write(sync::encode_welcome(std::move(receipted)));
    if (message.has_error()) return close(message.error());
    voice.send(sync::frame(*message));
    auto& session = phase.emplace<SyncSession>(identity, voice, sync::Channel(std::move(handshake).split()), version, known, now);
    session.log_grew(log_grew.policy_count, now);
    session.applied_grew(applied_grew, now);
    feed(session);
  }

  void refuse(noise::Handshake& handshake, Fault fault) {
    const auto message = handshake.write(sync::encode_welcome(sync::Refusal{fault}));
    if (message.has_value()) voice.send(sync::frame(*message));
    close(fail(fault, "link: the caller is refused"));
  }

  // ---- a device that enrols ----
  void read_ticket_id(Array<32> entropy, BytesView content) {
    if (content.size() != sizeof(KeyId::bytes)) return close(fail(Fault::malformed, "enrolment: not a ticket's name"));
    voice.ask(StoreEffect{ReadTicket{fixed_from<KeyId>(content), {}, now.wall}});
    phase = Introducing{entropy};
  }

  /// A stranger, who names no ticket, learns no more than that the line is dead.
  void introduce(const Introducing& introducing, const TicketRead& read) {
    if (!read.psk) return close(fail(Fault::not_found, "enrolment: no such ticket"));
    const ticket::Introduction said{identity.org, identity.root, crypto::public_of(identity.noise), read.unit, read.expires, read.used};
    voice.send(sync::frame(ticket::encode_introduction(said, *read.psk)));
    introduced = true;
    phase = Listening{introducing.entropy};
    voice.arm(now.monotonic + greeting_max);
    arrive({});
  }

  void check_ticket(noise::Handshake handshake, BytesView payload) {
    const auto hello = sync::decode_enrol_hello(payload);
    if (hello.has_error()) return close(hello.error());
    voice.ask(StoreEffect{ReadTicket{hello->ticket, handshake.remote_static(), now.wall}});
    phase = CheckingTicket{std::move(handshake), *hello};
  }

  /// Without the ticket's secret no message 2 can be made, so a stranger learns no more than that the line is dead.
  void ticket_read(CheckingTicket& checking, const TicketRead& read) {
    if (!read.psk) return close(fail(Fault::not_found, "enrolment: no such ticket"));
    checking.handshake.set_psk(*read.psk);
    if (checking.hello.version > sync::protocol_version) return refuse(checking.handshake, Fault::unsupported);
    if (read.refused) return refuse(checking.handshake, *read.refused);
    const auto message = checking.handshake.write({});
    if (message.has_error()) return close(message.error());
    voice.send(sync::frame(*message));
    const auto hash = checking.handshake.hash();
    const auto remote = checking.handshake.remote_static();
    const auto ticket = checking.hello.ticket;
    sync::Channel channel(std::move(checking.handshake).split());
    phase.emplace<EnrolSession>(identity, voice, std::move(channel), ticket, remote, hash, now);
    feed(std::get<EnrolSession>(phase));
  }

  void timer() {
    if (auto* session = std::get_if<SyncSession>(&phase)) return session->timer(now);
    close(fail(Fault::timeout, "the caller did not finish"));
  }

  template <class Phase, class Step>
  void in(Step&& step) {
    if (auto* held = std::get_if<Phase>(&phase)) step(*held);
  }

  void handle(const Event& event) {
    std::visit(overloaded{
                   [&](const LinkUp& e) { start(e); },
                   [&](const BytesArrived& e) { arrive(e.bytes); },
                   [&](const TimerFired&) { timer(); },
                   [&](const StorageFailed& e) { close(e.error); },
                   [&](const PeerRead& e) { in<Identifying>([&](auto& p) { peer_read(p, e); }); },
                   [&](const Admitted& e) {
                     if (auto* first = std::get_if<AdmittingFirst>(&phase)) return first_admitted(*first, e);
                     in<SyncSession>([&](auto& s) { s.admitted(e, now); });
                   },
                   [&](const DeliveryRead& e) { in<SyncSession>([&](auto& s) { s.delivery_read(e, now); }); },
                   [&](const DossiersRead& e) { in<SyncSession>([&](auto& s) { s.dossiers_read(e, now); }); },
                   [&](const PolicyRead& e) {
                     in<SyncSession>([&](auto& s) { s.policy_read(e, now); });
                     in<EnrolSession>([&](auto& s) { s.policy_read(e); });
                   },
                   [&](const PolicyStored& e) { in<SyncSession>([&](auto& s) { s.policy_stored(e, now); }); },
                   [&](const ReportStored&) { in<SyncSession>([&](auto& s) { s.report_stored(now); }); },
                   [&](const AuditEndStored&) { in<SyncSession>([&](auto& s) { s.report_stored(now); }); },
                   [&](const JoinsRead& e) { in<SyncSession>([&](auto& s) { s.joins_read(e, now); }); },
                   [&](const HeadsRead& e) { in<SyncSession>([&](auto& s) { s.heads_read(e, now); }); },
                   [&](const TicketRead& e) {
                     if (const auto* asked = std::get_if<Introducing>(&phase)) return introduce(Introducing{*asked}, e);
                     in<CheckingTicket>([&](auto& p) { ticket_read(p, e); });
                   },
                   [&](const Enrolled& e) { in<EnrolSession>([&](auto& s) { s.enrolled(e); }); },
                   [&](const LogGrew& e) {
                     log_grew = e;
                     in<SyncSession>([&](auto& s) { s.log_grew(e.policy_count, now); });
                   },
                   [&](const AppliedGrew& e) {
                     applied_grew = e;
                     in<SyncSession>([&](auto& s) { s.applied_grew(e, now); });
                   },
               },
               event);
  }
};

CentreEngine::CentreEngine(Identity identity) : state_(std::make_unique<State>(std::move(identity))) {}
CentreEngine::~CentreEngine() = default;
CentreEngine::CentreEngine(CentreEngine&&) noexcept = default;
CentreEngine& CentreEngine::operator=(CentreEngine&&) noexcept = default;

std::vector<Effect> CentreEngine::on(const Event& event, Now now) {
  if (state_->voice.closed()) return {};
  state_->now = now;
  state_->handle(event);
  return state_->voice.take();
}

std::optional<DeviceId> CentreEngine::peer() const noexcept {
  const auto* session = std::get_if<SyncSession>(&state_->phase);
  return session == nullptr ? std::nullopt : session->proved_peer();
}

}  // namespace ward::engine::centre
