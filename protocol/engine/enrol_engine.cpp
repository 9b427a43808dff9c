#include "protocol/engine/enrol_engine.hpp"

#include "protocol/base/limits.hpp"
#include "protocol/base/overloaded.hpp"
#include "protocol/crypto/hash.hpp"
#include "protocol/engine/voice.hpp"
#include "protocol/keys/keys.hpp"

namespace ward::engine::enrol {
namespace {

using namespace std::chrono_literals;

constexpr auto silence_max = 90s;  ///< the slowest link: 1.2 s round trip, 9.6 kbit/s, losses

struct Waiting {
  ticket::Given given;
};
/// The letters were typed; the centre is asked for the rest.
struct Introducing {
  ticket::Typed typed;
  Array<32> entropy{};
};
struct Greeting {
  noise::Handshake handshake;
};
/// The keys are on their way; the answer and then the policy log come.
struct Asked {
  sync::Channel channel;
  std::string fingerprint;
  std::optional<sync::EnrolAnswer> answer;
  std::vector<policy::Entry> policy;
};

}  // namespace

struct EnrolEngine::State {
  ticket::Ticket ticket;
  const DeviceKeys& keys;
  std::string label;
  Voice<Effect> voice;
  std::variant<Waiting, Introducing, Greeting, Asked> phase;
  sync::FrameReader frames;
  Instant last_arrival{};
  bool finished = false;

  State(ticket::Given given, const DeviceKeys& own, std::string name)
      : keys(own), label(std::move(name)), phase(Waiting{std::move(given)}) {}

  void begin(const LinkUp& up, Now now) {
    last_arrival = now.monotonic;
    voice.arm(last_arrival + silence_max);
    const auto* waiting = std::get_if<Waiting>(&phase);
    if (waiting == nullptr) return;
    const auto given = waiting->given;
    if (const auto* whole = std::get_if<ticket::Ticket>(&given)) return greet(*whole, up.entropy);
    ask_for_rest(std::get<ticket::Typed>(given), up.entropy);
  }

  void ask_for_rest(const ticket::Typed& typed, const Array<32>& entropy) {
    Bytes bytes = copy(sync::encode_preface(sync::Purpose::introduce));
    append(bytes, sync::frame(ticket::ticket_id(typed.secret).view()));
    phase = Introducing{typed, entropy};
    voice.send(std::move(bytes));
  }

  void hear_rest(const Introducing& asking, BytesView content) {
    const auto rest = ticket::decode_introduction(content, asking.typed.secret);
    if (rest.has_error()) return voice.close(rest.error());
    const auto own = crypto::device_of(crypto::public_of(keys.sign));
    if (rest->used && rest->used->device != own && !rest->used->device.is_zero())
      return voice.close(
          fail(Fault::ticket_used, "the PC " + rest->used->label + ", device " + hex(rest->used->device.view()) + ", used it first"));
    greet(ticket::completed(asking.typed, *rest), asking.entropy);
  }

  void greet(ticket::Ticket whole, const Array<32>& entropy) {
    ticket = std::move(whole);
    const auto prologue = sync::prologue(sync::Purpose::enrol, ticket.org, ticket.centre_static);
    auto handshake =
        noise::Handshake::initiator(noise::Pattern::ikpsk2, prologue, keys.noise.clone(), ticket.centre_static, crypto::DhSecret(entropy));
    handshake.set_psk(ticket::psk_of(ticket.secret, ticket.org));
    const auto message = handshake.write(sync::encode_enrol_hello({sync::oldest_version, ticket::ticket_id(ticket.secret)}));
    if (message.has_error()) return voice.close(message.error());
    Bytes bytes = copy(sync::encode_preface(sync::Purpose::enrol));
    append(bytes, sync::frame(*message));
    phase = Greeting{std::move(handshake)};
    voice.send(std::move(bytes));
  }

  void arrive(BytesView bytes, Now now) {
    last_arrival = now.monotonic;
    frames.feed(bytes);
    while (!voice.closed() && !finished) {
      const auto content = frames.next();
      if (!content) return;
      if (const auto* asking = std::get_if<Introducing>(&phase))
        hear_rest(Introducing{*asking}, *content);
      else if (auto* greeting = std::get_if<Greeting>(&phase))
        welcome(*greeting, *content);
      else if (auto* asked = std::get_if<Asked>(&phase))
        receive(*asked, *content);
      else
        return voice.close(fail(Fault::malformed, "enrolment: bytes before a greeting"));
    }
  }

  void welcome(Greeting& greeting, BytesView content) {
    const auto payload = greeting.handshake.read(content);
    if (payload.has_error()) return voice.close(payload.error());
    if (!payload->empty()) return refused(*payload);
    const auto hash = greeting.handshake.hash();
    sync::EnrolRequest request{crypto::public_of(keys.sign), crypto::public_of(keys.noise), crypto::public_of(keys.sealing), label, {}};
    request.signature = crypto::sign(keys.sign, sync::enrol_prefix, sync::enrol_signed_bytes(hash, request));
    auto digits = ticket::fingerprint(ticket.root, hash, request.sign, request.noise, request.sealing);
    sync::Channel channel(std::move(greeting.handshake).split());
    auto& asked = phase.emplace<Asked>(Asked{std::move(channel), std::move(digits), std::nullopt, {}});
    voice.say(asked.channel, request);
  }

  void refused(BytesView payload) {
    const auto welcome = sync::decode_welcome(payload, {ticket.org, {}});
    if (welcome.has_error()) return voice.close(welcome.error());
    const auto* refusal = std::get_if<sync::Refusal>(&*welcome);
    if (refusal == nullptr) return voice.close(fail(Fault::malformed, "enrolment: an answer that does not belong here"));
    voice.close(ended_by_peer(refusal->fault, "the centre refuses this ticket"));
  }

  void receive(Asked& asked, BytesView content) {
    if (auto ok = asked.channel.open(content); ok.has_error()) return voice.close(ok.error());
    while (!voice.closed() && !finished) {
      auto bytes = asked.channel.next();
      if (bytes.has_error()) return voice.close(bytes.error());
      if (!*bytes) return;
      auto message = sync::decode_message(**bytes, {ticket.org, {}});
      if (message.has_error()) return voice.close(message.error());
      hear(asked, *std::move(message));
    }
  }

  void hear(Asked& asked, sync::Message message) {
    if (auto* refusal = std::get_if<sync::Refusal>(&message))
      return voice.close(ended_by_peer(refusal->fault, "the centre refuses this enrolment"));
    auto* answer = std::get_if<sync::EnrolAnswer>(&message);
    auto* entries = std::get_if<sync::PolicyEntries>(&message);
    if (answer != nullptr && !asked.answer)
      asked.answer = std::move(*answer);
    else if (entries != nullptr && asked.answer)
      asked.policy.insert(asked.policy.end(), entries->entries.begin(), entries->entries.end());
    else
      return voice.close(fail(Fault::malformed, "enrolment: a message that does not belong here"));
    if (asked.policy.size() > limits::policy_entries_max) return voice.close(fail(Fault::too_large, "enrolment: policy log"));
    if (entries != nullptr && asked.policy.size() >= asked.answer->policy_count) finish(asked);
  }

  void finish(Asked& asked) {
    if (auto ok = check(*asked.answer, asked.policy); ok.has_error()) return voice.close(ok.error());
    finished = true;
    voice.ask(Enrolled{std::move(*asked.answer), std::move(asked.fingerprint), std::move(asked.policy), ticket});
  }

  /// Nothing of the answer is believed that the root key of the ticket does not stand behind.
  Result<void> check(const sync::EnrolAnswer& answer, const std::vector<policy::Entry>& entries) const {
    WARD_TRY(auto log, policy::PolicyLog::start(entries.front(), ticket.org));
    for (std::size_t i = 1; i < entries.size(); ++i) WARD_CHECK(log.append(entries[i]));
    if (log.genesis().root != ticket.root) return fail(Fault::wrong_organisation, "enrolment: another root key than the ticket's");
    if (!log.was_centre_noise(ticket.centre_static)) return fail(Fault::wrong_key, "enrolment: another centre than the ticket's");
    if (answer.unit != ticket.unit) return fail(Fault::wrong_key, "enrolment: another unit than the ticket's");
    return answer.approved ? check_own_entry(log) : Result<void>{};
  }

  Result<void> check_own_entry(const policy::PolicyLog& log) const {
    const auto id = crypto::device_of(crypto::public_of(keys.sign));
    const auto* own = log.device(id);
    if (own == nullptr || own->revoked) return fail(Fault::not_member, "enrolment: approved, but the policy log says otherwise");
    const auto& device = own->device;
    auto unit = ticket.unit;
    while (const auto* heir = log.heir(unit)) unit = *heir;
    if ((device.unit != ticket.unit && device.unit != unit) || device.noise != crypto::public_of(keys.noise) ||
        device.sealing != crypto::public_of(keys.sealing))
      return fail(Fault::wrong_key, "enrolment: the policy log names other keys of this device");
    const auto seed = keys::unwrap_seed(device.wrapped_seed, ticket.org, device.unit, device.unit_epoch, id, keys.sealing);
    if (seed.has_error()) return seed.error();
    return {};
  }

  void timer(Now now) {
    const auto deadline = last_arrival + silence_max;
    if (now.monotonic >= deadline) return voice.close(fail(Fault::timeout, "the centre does not answer"));
    voice.arm(deadline);
  }
};

EnrolEngine::EnrolEngine(ticket::Given ticket, const DeviceKeys& keys, std::string label)
    : state_(std::make_unique<State>(std::move(ticket), keys, std::move(label))) {}
EnrolEngine::~EnrolEngine() = default;

std::vector<Effect> EnrolEngine::on(const Event& event, Now now) {
  auto& s = *state_;
  if (s.voice.closed() || s.finished) return {};
  std::visit(overloaded{
                 [&](const LinkUp& e) { s.begin(e, now); },
                 [&](const BytesArrived& e) { s.arrive(e.bytes, now); },
                 [&](const TimerFired&) { s.timer(now); },
             },
             event);
  return s.voice.take();
}

}  // namespace ward::engine::enrol
