#include "protocol/engine/agent_engine.hpp"

#include "protocol/base/limits.hpp"
#include "protocol/base/overloaded.hpp"
#include "protocol/run/run.hpp"

#include <algorithm>

namespace ward::engine::agent {
namespace {

using namespace std::chrono_literals;

constexpr auto greeting_max = 90s;     ///< the slowest link: 1.2 s round trip, 9.6 kbit/s, losses
constexpr auto answer_max = 45s;       ///< silence while something of ours is unanswered: dial again
constexpr auto ping_after = 60s;       ///< idle: ≈ 250 B an exchange with all headers, 15 KiB an hour
constexpr auto quick_answer = 2s;
constexpr auto slow_answer = 8s;
constexpr std::size_t first_window = 4;
constexpr std::size_t row_bytes_guess = 20;   ///< a small change in an open run, measured (ADR 0001)
constexpr std::size_t small_segment_bytes = 512;

struct Preparing {
  Array<32> entropy{};
};
struct Greeting {
  noise::Handshake handshake;
  LinkPrepared prepared;
};
struct Open {
  sync::Channel channel;
  std::uint64_t cursor = 0;
  Epoch policy_count = 0;
  bool reading = false;    ///< a ReadOutbox is on its way to the store
  bool in_flight = false;  ///< a run waits for its receipt
  bool grew = false;       ///< more was saved meanwhile
  bool sealed = false;     ///< the centre wants the next run sealed
  bool asked_heads = false;
  Instant sent_at{};
  std::size_t sent_bytes = 0;
};
struct Closed {};

}  // namespace

struct AgentEngine::State {
  Identity identity;
  std::variant<Preparing, Greeting, Open, Closed> phase;
  sync::FrameReader frames;
  Instant last_arrival{};
  std::optional<Instant> waiting_since;
  std::size_t window = first_window;
  std::size_t segment_records = limits::segment_records_max;
  std::int64_t rtt_ms = -1;
  std::vector<Effect> effects;
  Now now;

  explicit State(Identity who) : identity(std::move(who)) {}

  // ---- saying things ----
  void ask(StoreEffect effect) { effects.emplace_back(std::move(effect)); }
  void send_raw(Bytes bytes) { effects.emplace_back(LinkEffect{SendBytes{std::move(bytes)}}); }
  void close(Error reason) {
    effects.emplace_back(LinkEffect{CloseLink{std::move(reason)}});
    phase = Closed{};
  }
  void send(Open& open, const sync::Message& message) {
    auto sealed = open.channel.seal(sync::encode_message(message));
    if (sealed.has_error()) return close(sealed.error());
    send_raw(*std::move(sealed));
  }
  void expect_answer() {
    if (!waiting_since) waiting_since = now.monotonic;
    arm();
  }
  void arm() {
    const auto at = waiting_since ? std::max(*waiting_since, last_arrival) + answer_max : last_arrival + ping_after;
    effects.emplace_back(LinkEffect{ArmTimer{at}});
  }

  // ---- the steps of a link ----
  void start(const LinkUp& up) {
    phase = Preparing{up.entropy};
    last_arrival = now.monotonic;
    ask(PrepareLink{segment_records, small_segment_bytes});
    effects.emplace_back(LinkEffect{ArmTimer{now.monotonic + greeting_max}});
  }

  void greet(LinkPrepared prepared) {
    auto* preparing = std::get_if<Preparing>(&phase);
    if (preparing == nullptr) return;
    const auto prologue = sync::prologue(sync::Purpose::sync, identity.ends.org, identity.centre_static);
    auto handshake = noise::Handshake::initiator(noise::Pattern::ik, prologue, identity.noise.clone(), identity.centre_static,
                                                 crypto::DhSecret(preparing->entropy));
    auto message = handshake.write(sync::encode_hello(prepared.hello));
    if (message.has_error()) return close(message.error());
    Bytes bytes = copy(sync::encode_preface(sync::Purpose::sync));
    append(bytes, sync::frame(*message));
    phase = Greeting{std::move(handshake), std::move(prepared)};
    send_raw(std::move(bytes));
  }

  void arrive(BytesView bytes) {
    last_arrival = now.monotonic;
    frames.feed(bytes);
    while (auto content = frames.next()) {
      if (auto* greeting = std::get_if<Greeting>(&phase)) welcome(*greeting, *content);
      else if (auto* open = std::get_if<Open>(&phase)) receive(*open, *content);
      else return;
    }
  }

  void welcome(Greeting& greeting, BytesView content) {
    const auto payload = greeting.handshake.read(content);
    if (payload.has_error()) return close(payload.error());
    auto welcome = sync::decode_welcome(*payload, identity.ends);
    if (welcome.has_error()) return close(welcome.error());
    if (const auto* refusal = std::get_if<sync::Refusal>(&*welcome))
      return close(fail(refusal->fault, "the centre refuses this device"));
    auto& receipted = std::get<sync::Receipted>(*welcome);
    Open open{sync::Channel(std::move(greeting.handshake).split()), greeting.prepared.cursor, greeting.prepared.hello.policy_count};
    const auto report = greeting.prepared.report;
    phase = std::move(open);
    auto& now_open = std::get<Open>(phase);
    take_receipt(std::move(receipted));
    if (std::holds_alternative<Closed>(phase)) return;
    send(now_open, sync::Pull{now_open.cursor, now_open.policy_count, report});
    arm();
  }

  void take_receipt(sync::Receipted receipted) {
    if (auto ok = log::verify(receipted.receipt, receipted.signature, identity.receipt_key); ok.has_error()) return close(ok.error());
    ask(StoreReceipt{std::move(receipted), now});
  }

  void receive(Open& open, BytesView content) {
    if (auto ok = open.channel.open(content); ok.has_error()) return close(ok.error());
    while (std::holds_alternative<Open>(phase)) {
      auto bytes = open.channel.next();
      if (bytes.has_error()) return close(bytes.error());
      if (!*bytes) return;
      auto message = sync::decode_message(**bytes, identity.ends);
      if (message.has_error()) return close(message.error());
      hear(open, *std::move(message));
    }
  }

  void hear(Open& open, sync::Message message) {
    std::visit(overloaded{
                   [&](sync::Receipted& m) { receipt_came(open, std::move(m)); },
                   [&](sync::Delivery& m) { delivery_came(std::move(m)); },
                   [&](sync::PolicyEntries& m) { ask(StorePolicy{std::move(m.entries)}); },
                   [&](sync::Applied& m) {
                     if (auto ok = sync::verify_applied(m, identity.ends.org, identity.receipt_key); ok.has_error()) return close(ok.error());
                     ask(StoreApplied{std::move(m)});
                   },
                   [&](sync::NeedSealed&) { open.sealed = true; },
                   [&](sync::SegmentRefused& m) { ask(StoreRefused{m}); },
                   [&](sync::AllHeads& m) { ask(StoreHeads{std::move(m.heads)}); },
                   [&](sync::Ping&) { send(open, sync::Pong{}); },
                   [&](sync::Pong&) {
                     if (!open.in_flight) answered(open.sent_at);
                   },
                   [&](sync::Refusal& m) { close(fail(m.fault, "the centre ends the exchange")); },
                   [&](auto&) { close(fail(Fault::malformed, "link: a message that a centre does not send")); },
               },
               message);
  }

  void answered(Instant since) {
    rtt_ms = (now.monotonic - since).count();
    waiting_since.reset();
    arm();
  }

  void receipt_came(Open& open, sync::Receipted receipted) {
    if (open.in_flight) {
      const auto took = now.monotonic - open.sent_at;
      answered(open.sent_at);
      if (took <= quick_answer) window = std::min(window * 2, limits::run_segments_max);
      if (took >= slow_answer) window = std::max<std::size_t>(window / 2, 1);
      const auto per_second = open.sent_bytes * 1000 / static_cast<std::size_t>(std::max<std::int64_t>(took.count(), 1));
      segment_records = std::clamp(per_second / row_bytes_guess, limits::segment_records_min, limits::segment_records_max);
    }
    open.in_flight = false;
    take_receipt(std::move(receipted));
  }

  void delivery_came(sync::Delivery delivery) {
    std::vector<segment::Rows> rows;
    if (!delivery.run.empty()) {
      auto decoded = run::decode_run(delivery.run);
      if (decoded.has_error()) return close(decoded.error());
      rows = *std::move(decoded);
    }
    ask(ApplyDelivery{delivery.cursor, std::move(rows)});
  }

  // ---- what the store answered ----
  void push(Open& open) {
    if (open.reading || open.in_flight) {
      open.grew = true;
      return;
    }
    open.reading = true;
    open.grew = false;
    ask(ReadOutbox{window, segment_records, open.sealed});
  }

  void outbox_read(Open& open, const OutboxRead& outbox) {
    open.reading = false;
    if (outbox.rows.empty()) {
      if (open.grew) push(open);
      return;
    }
    auto bytes = run::encode_run(outbox.rows);
    open.sent_at = now.monotonic;
    open.sent_bytes = bytes.size();
    open.in_flight = true;
    open.sealed = false;
    send(open, sync::Push{std::move(bytes)});
    expect_answer();
  }

  void receipt_stored(Open& open, const ReceiptStored& stored) {
    if (stored.centre_is_new && !open.asked_heads) {
      open.asked_heads = true;
      send(open, sync::AskHeads{});
      expect_answer();
    }
    if (stored.unsent || open.grew || open.sealed) push(open);
  }

  void heads_stored(Open& open) {
    waiting_since.reset();
    push(open);
    arm();
  }

  void delivery_applied(Open& open, const DeliveryApplied& applied) {
    open.cursor = applied.cursor;
    send(open, sync::Pull{open.cursor, open.policy_count, applied.report});
  }

  void timer() {
    if (std::holds_alternative<Preparing>(phase) || std::holds_alternative<Greeting>(phase))
      return close(fail(Fault::timeout, "the centre did not answer the greeting"));
    auto* open = std::get_if<Open>(&phase);
    if (open == nullptr) return;
    if (waiting_since) {
      if (now.monotonic >= std::max(*waiting_since, last_arrival) + answer_max) return close(fail(Fault::timeout, "the link went silent"));
    } else if (now.monotonic >= last_arrival + ping_after) {
      open->sent_at = now.monotonic;
      send(*open, sync::Ping{});
      return expect_answer();
    }
    arm();
  }

  template <class Step>
  void if_open(Step&& step) {
    if (auto* open = std::get_if<Open>(&phase)) step(*open);
  }
};

AgentEngine::AgentEngine(Identity identity) : state_(std::make_unique<State>(std::move(identity))) {}
AgentEngine::~AgentEngine() = default;
AgentEngine::AgentEngine(AgentEngine&&) noexcept = default;
AgentEngine& AgentEngine::operator=(AgentEngine&&) noexcept = default;

std::vector<Effect> AgentEngine::on(const Event& event, Now now) {
  auto& s = *state_;
  s.now = now;
  s.effects.clear();
  if (std::holds_alternative<Closed>(s.phase)) return {};
  std::visit(overloaded{
                 [&](const LinkUp& e) { s.start(e); },
                 [&](const BytesArrived& e) { s.arrive(e.bytes); },
                 [&](const TimerFired&) { s.timer(); },
                 [&](const StorageFailed& e) { s.close(e.error); },
                 [&](const OutboxGrew&) { s.if_open([&](Open& open) { s.push(open); }); },
                 [&](const LinkPrepared& e) { s.greet(e); },
                 [&](const OutboxRead& e) { s.if_open([&](Open& open) { s.outbox_read(open, e); }); },
                 [&](const ReceiptStored& e) { s.if_open([&](Open& open) { s.receipt_stored(open, e); }); },
                 [&](const PolicyStored& e) { s.if_open([&](Open& open) { open.policy_count = e.policy_count; }); },
                 [&](const DeliveryApplied& e) { s.if_open([&](Open& open) { s.delivery_applied(open, e); }); },
                 [&](const Done&) {},
                 [&](const HeadsStored&) { s.if_open([&](Open& open) { s.heads_stored(open); }); },
             },
             event);
  return std::move(s.effects);
}

Standing AgentEngine::standing() const noexcept {
  return {std::holds_alternative<Open>(state_->phase), state_->rtt_ms};
}

}  // namespace ward::engine::agent
