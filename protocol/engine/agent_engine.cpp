#include "protocol/engine/agent_engine.hpp"

#include "protocol/base/limits.hpp"
#include "protocol/base/overloaded.hpp"
#include "protocol/engine/pace.hpp"
#include "protocol/engine/policy_parts.hpp"
#include "protocol/engine/voice.hpp"
#include "protocol/run/run.hpp"

#include <algorithm>
#include <set>

namespace ward::engine::agent {
namespace {

using namespace std::chrono_literals;

constexpr auto greeting_max = 90s;  ///< the slowest link: 1.2 s round trip, 9.6 kbit/s, losses
constexpr auto silence_max = 45s;   ///< nothing at all came, and something of ours is unanswered: dial again
constexpr auto answer_max = 10min;  ///< the centre talks, but not of what it was asked
constexpr auto ping_after = 60s;    ///< idle: ≈ 250 B an exchange with all headers, 15 KiB an hour
constexpr auto doubts_every = 1h;   ///< the store is asked on a quiet line; it says when a day has passed
constexpr std::size_t small_segment_bytes = 512;
constexpr std::size_t row_overhead_max = 192;  ///< what a row costs in a run beside its body, unpacked, at most
constexpr std::size_t statement_bytes_max = 512;

using SegmentName = std::pair<Incarnation, Seq>;
SegmentName name_of(const segment::Rows& rows) { return {rows.statement.statement.incarnation, rows.statement.statement.first}; }

struct Preparing {
  Array<32> entropy{};
};
struct Greeting {
  noise::Handshake handshake;
  LinkPrepared prepared;
  Instant sent_at{};
};
/// A run that waits for its receipt.
struct RunSent {
  Instant at{};
  std::size_t bytes = 0;
  bool sealed = false;
  std::set<SegmentName> segments;
};
/// Dossiers whose records, or whose summaries, were asked for.
struct Fetching {
  std::vector<Did> dossiers;
  bool summaries = false;
  std::uint64_t from = 0;          ///< log index
  std::optional<Instant> asked{};  ///< none while an answer is on its way into the store
};
/// Heads that the centre was asked to join to its log of now.
struct Doubting {
  Doubts heads;
  Instant asked{};
};
struct Open {
  sync::Channel channel;
  std::uint8_t version = 0;  ///< of the link
  std::uint64_t cursor = 0;
  Epoch policy_count = 0;
  std::uint64_t fill = 0;
  bool reading = false;        ///< a ReadOutbox is on its way to the store
  bool applying = false;       ///< a delivery is on its way into the store
  bool grew = false;           ///< more was saved meanwhile
  bool storing_heads = false;  ///< all heads came, and are on their way into the store
  bool restored = false;       ///< what this device wrote is missing here, so that some of what waits is held back
  bool keys_changed = false;   ///< the centre's receipts need a newer policy log than ours
  std::optional<RunSent> run{};
  std::optional<Fetching> fetching{};
  std::optional<Doubting> doubting{};
  Instant doubts_at{};   ///< when the store is next asked what of the log is to be proved
  Incarnation centre{};  ///< that signs this link's receipts
  sync::AuditEnd audit_said{};
  std::optional<Instant> asked_heads{}, pinged{};
  std::set<SegmentName> want_sealed{};  ///< the centre asked for them in sealed form
  std::set<SegmentName> refused{};      ///< on this link: not again
  std::set<SegmentName> postponed{};    ///< what must come first is not at the centre yet: again when something came from there
};
struct Closed {};

/// As many of the first as a run may hold when it is unpacked; the others are read again.
std::vector<segment::Rows> that_fit(const std::vector<segment::Rows>& all, const std::set<SegmentName>& without) {
  std::vector<segment::Rows> out;
  std::size_t bytes = 0;
  for (const auto& rows : all) {
    if (without.contains(name_of(rows))) continue;
    bytes += statement_bytes_max;
    for (const auto& row : rows.rows) bytes += segment::header_of(row).length + row_overhead_max;
    if (!out.empty() && (bytes > limits::run_bytes_max || out.size() == limits::run_segments_max)) break;
    out.push_back(rows);
  }
  return out;
}

}  // namespace

struct AgentEngine::State {
  Identity identity;
  Voice<Effect> voice;
  std::variant<Preparing, Greeting, Open, Closed> phase;
  sync::FrameReader frames;
  Pace pace;
  Instant last_arrival{};
  std::optional<Instant> armed;
  Now now;

  explicit State(Identity who) : identity(std::move(who)) {}

  void ask(StoreEffect effect) { voice.ask(std::move(effect)); }
  void close(Error reason) { voice.close(std::move(reason)); }

  // ---- deadlines ----
  /// Since when something of ours is unanswered.
  static std::optional<Instant> waiting_since(const Open& open) {
    std::optional<Instant> out = open.run ? std::optional(open.run->at) : std::nullopt;
    const auto doubting = open.doubting ? std::optional(open.doubting->asked) : std::nullopt;
    for (const auto& since : {open.asked_heads, open.pinged, open.fetching ? open.fetching->asked : std::nullopt, doubting})
      if (since && (!out || *since < *out)) out = since;
    return out;
  }
  Instant deadline(const Open& open) const {
    const auto since = waiting_since(open);
    if (!since) return last_arrival + ping_after;
    return std::min(std::max(*since, last_arrival) + silence_max, *since + answer_max);
  }
  void arm(const Open& open) {
    const auto at = std::min(deadline(open), open.doubts_at);
    if (armed && *armed <= at) return;
    armed = at;
    voice.arm(at);
  }

  void timer() {
    armed.reset();
    auto* open = std::get_if<Open>(&phase);
    if (open == nullptr) return close(fail(Fault::timeout, "the centre did not answer the greeting"));
    if (now.monotonic >= deadline(*open)) {
      if (waiting_since(*open)) return close(fail(Fault::timeout, "the link went silent"));
      open->pinged = now.monotonic;
      voice.say(open->channel, sync::Ping{});
    }
    if (now.monotonic >= open->doubts_at) read_doubts(*open);
    arm(*open);
  }

  // ---- the greeting ----
  void start(const LinkUp& up) {
    phase = Preparing{up.entropy};
    last_arrival = now.monotonic;
    ask(PrepareLink{pace.segment_records(), small_segment_bytes});
    voice.arm(now.monotonic + greeting_max);
  }

  void greet(LinkPrepared prepared) {
    auto* preparing = std::get_if<Preparing>(&phase);
    if (preparing == nullptr) return;
    auto& hello = prepared.hello;
    if (hello.unreceipted.size() > sync::unreceipted_max) hello.unreceipted.resize(sync::unreceipted_max);
    auto payload = sync::encode_hello(hello);
    if (payload.size() > limits::hello_bytes_max) {
      hello.segment.clear();
      payload = sync::encode_hello(hello);
    }
    const auto prologue = sync::prologue(sync::Purpose::sync, identity.ends.org, identity.centre_static);
    auto handshake = noise::Handshake::initiator(noise::Pattern::ik, prologue, identity.noise.clone(), identity.centre_static,
                                                 crypto::DhSecret(preparing->entropy));
    const auto message = handshake.write(payload);
    if (message.has_error()) return close(message.error());
    Bytes bytes = copy(sync::encode_preface(sync::Purpose::sync));
    append(bytes, sync::frame(*message));
    phase = Greeting{std::move(handshake), std::move(prepared), now.monotonic};
    voice.send(std::move(bytes));
  }

  void arrive(BytesView bytes) {
    last_arrival = now.monotonic;
    frames.feed(bytes);
    while (!voice.closed()) {
      const auto content = frames.next();
      if (!content) return;
      if (auto* greeting = std::get_if<Greeting>(&phase))
        welcome(*greeting, *content);
      else if (auto* open = std::get_if<Open>(&phase))
        receive(*open, *content);
      else
        return close(fail(Fault::malformed, "link: bytes before a greeting"));
    }
  }

  void welcome(Greeting& greeting, BytesView content) {
    const auto payload = greeting.handshake.read(content);
    if (payload.has_error()) return close(payload.error());
    auto welcome = sync::decode_welcome(*payload, identity.ends);
    if (welcome.has_error()) return close(welcome.error());
    if (const auto* refusal = std::get_if<sync::Refusal>(&*welcome))
      return close(ended_by_peer(refusal->fault, refusal->fault == Fault::unsupported
                                                     ? "the centre does not speak this program's version: update the older of the two"
                                                     : "the centre refuses this device"));
    pace.small_answered(now.monotonic - greeting.sent_at);
    const auto prepared = std::move(greeting.prepared);
    sync::Channel channel(std::move(greeting.handshake).split());
    auto& open = phase.emplace<Open>(Open{.channel = std::move(channel),
                                          .version = prepared.hello.version,
                                          .cursor = prepared.cursor,
                                          .policy_count = prepared.hello.policy_count,
                                          .fill = prepared.fill,
                                          .restored = prepared.report.restored,
                                          .doubts_at = now.monotonic + ping_after});
    const auto held_there = std::get<sync::Receipted>(*welcome).policy_count;
    const auto log_size = std::get<sync::Receipted>(*welcome).receipt.size;
    take_receipt(open, std::get<sync::Receipted>(*std::move(welcome)));
    if (prepared.holds_nothing && !open.keys_changed && open.version >= sync::version_with_summaries) open.fill = log_size;
    if (held_there < open.policy_count) ask(ReadPolicy{held_there});
    pull(open, prepared.report, prepared.audit);
    fetch(open, prepared.wanted);
    fetch(open, prepared.resting, true);
    doubt(open, prepared.doubts);
    arm(open);
  }

  /// A receipt that does not verify may be signed by a key that a policy entry names which is not held yet; or which a centre does not hold
  /// that was restored from a copy. Then the policy log comes first, and another link, on which both know the key.
  void take_receipt(Open& open, sync::Receipted receipted) {
    if (auto ok = log::verify(receipted.receipt, receipted.signature, identity.receipt_key); ok.has_error()) {
      if (receipted.policy_count == open.policy_count) return close(ok.error());
      open.keys_changed = true;
      return;
    }
    open.centre = receipted.receipt.centre;
    ask(StoreReceipt{std::move(receipted), now});
  }

  // ---- what the centre says ----
  void receive(Open& open, BytesView content) {
    if (auto ok = open.channel.open(content); ok.has_error()) return close(ok.error());
    while (!voice.closed()) {
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
                   [&](sync::Delivery& m) { delivery_came(open, m); },
                   [&](sync::Fetched& m) { fetched_came(open, m); },
                   [&](sync::PolicyEntries& m) { ask(StorePolicy{std::move(m.entries)}); },
                   [&](sync::Applied& m) { applied_came(std::move(m)); },
                   [&](sync::NeedSealed& m) { need_sealed_came(open, m); },
                   [&](sync::SegmentRefused& m) { refusal_came(open, m); },
                   [&](sync::AllHeads& m) { all_heads_came(open, std::move(m)); },
                   [&](sync::Joins& m) { joins_came(open, std::move(m)); },
                   [&](sync::Ping&) { voice.say(open.channel, sync::Pong{}); },
                   [&](sync::Pong&) {
                     if (open.pinged) pace.small_answered(now.monotonic - *open.pinged);
                     open.pinged.reset();
                   },
                   [&](sync::Refusal& m) { close(ended_by_peer(m.fault, "the centre ends the exchange")); },
                   [&](auto&) { close(fail(Fault::malformed, "link: a message that a centre does not send")); },
               },
               message);
    arm(open);
  }

  void receipt_came(Open& open, sync::Receipted receipted) {
    if (open.run) pace.run_answered(now.monotonic - open.run->at, open.run->bytes);
    open.run.reset();
    take_receipt(open, std::move(receipted));
  }

  void applied_came(sync::Applied applied) {
    if (auto ok = sync::verify_applied(applied, identity.ends.org, identity.receipt_key); ok.has_error()) return close(ok.error());
    ask(StoreApplied{std::move(applied)});
  }

  /// Comes before the receipt of the run that it is about. Who wants again what it got sealed would want it for ever.
  void need_sealed_came(Open& open, const sync::NeedSealed& need) {
    for (const auto& name : need.segments) {
      if (!open.run || !open.run->segments.contains(name) || open.run->sealed)
        return close(fail(Fault::malformed, "link: the centre cannot take a sealed segment"));
      open.want_sealed.insert(name);
    }
  }

  void refusal_came(Open& open, const sync::SegmentRefused& refused) {
    const SegmentName name{refused.incarnation, refused.first};
    if (open.run && open.run->segments.contains(name))
      (reaction_to(refused.fault) == Reaction::retry ? open.postponed : open.refused).insert(name);
    ask(StoreRefused{refused});
  }

  /// A centre that was restored counts anew: what it delivers on this link was asked for by the old count, so this link ends with the
  /// heads.
  void all_heads_came(Open& open, sync::AllHeads all) {
    if (!open.asked_heads) return close(fail(Fault::malformed, "link: heads that nobody asked for"));
    open.storing_heads = true;
    ask(StoreHeads{std::move(all.heads)});
  }

  void delivery_came(Open& open, const sync::Delivery& delivery) {
    if (open.storing_heads) return;
    if (open.applying || delivery.cursor < open.cursor) return close(fail(Fault::malformed, "link: a delivery that nobody asked for"));
    ApplyDelivery apply{delivery.cursor, {}, open.fill};
    if (!decode(delivery.run, apply.rows)) return;
    open.applying = true;
    ask(std::move(apply));
  }

  void fetched_came(Open& open, const sync::Fetched& fetched) {
    if (open.storing_heads) return;
    auto& fetching = open.fetching;
    if (!fetching || !fetching->asked || (fetched.next != 0 && fetched.next <= fetching->from))
      return close(fail(Fault::malformed, "link: records that nobody asked for"));
    ApplyFetched apply{fetching->dossiers, {}, fetched.next == 0, fetching->summaries};
    if (!decode(fetched.run, apply.rows)) return;
    fetching->from = fetched.next;
    fetching->asked.reset();
    ask(std::move(apply));
  }

  /// An answer that is signed is kept, right or wrong: judging is the store's.
  void joins_came(Open& open, sync::Joins answer) {
    if (!open.doubting || (!answer.joins.empty() && answer.joins.size() != open.doubting->heads.size()))
      return close(fail(Fault::malformed, "link: an answer that nobody asked for"));
    const auto asked = std::move(open.doubting->heads);
    open.doubting.reset();
    if (auto ok = log::verify(answer.receipt, answer.receipt_signature, identity.receipt_key); ok.has_error()) return close(ok.error());
    if (answer.receipt.centre != open.centre) return close(fail(Fault::malformed, "link: a proof of another log than its receipts'"));
    if (auto ok = log::verify_joins(answer.receipt, asked, answer.joins, answer.signature, identity.receipt_key); ok.has_error())
      return close(ok.error());
    ask(StoreJoins{asked, std::move(answer)});
  }

  /// False when it is none: then the link has ended.
  bool decode(BytesView run, std::vector<segment::Rows>& to) {
    if (run.empty()) return true;
    auto decoded = run::decode_run(run);
    if (decoded.has_error()) {
      close(decoded.error());
      return false;
    }
    to = *std::move(decoded);
    return true;
  }

  // ---- what is said to the centre ----
  void pull(Open& open, const sync::Report& report, const sync::AuditEnd& audit) {
    if (open.version >= sync::version_with_joins && audit != open.audit_said) voice.say(open.channel, audit);
    open.audit_said = audit;
    const auto fill = open.version >= sync::version_with_summaries ? open.fill : 0;
    voice.say(open.channel, sync::Pull{open.cursor, open.policy_count, report, fill});
  }

  /// By a timer of its own: how often the other side speaks decides nothing. On a link of an older version the store still counts the days.
  void read_doubts(Open& open) {
    open.doubts_at = now.monotonic + doubts_every;
    if (!open.doubting && !open.keys_changed) ask(ReadDoubts{});
  }

  void doubt(Open& open, const Doubts& doubts) {
    if (doubts.empty() || open.doubting || open.version < sync::version_with_joins || open.keys_changed) return;
    open.doubting = Doubting{doubts, now.monotonic};
    voice.say(open.channel, sync::AskJoins{doubts});
    arm(open);
  }

  /// Some dossiers at a time.
  void fetch(Open& open, const Wanted& wanted, bool summaries = false) {
    const auto since = summaries ? sync::version_with_own_work : sync::version_with_summaries;
    if (wanted.empty() || open.fetching || open.version < since) return;
    open.fetching = Fetching{wanted, summaries};
    ask_for_records(open);
  }

  void ask_for_records(Open& open) {
    open.fetching->asked = now.monotonic;
    voice.say(open.channel, sync::FetchDossiers{open.fetching->dossiers, open.fetching->from, open.fetching->summaries});
    arm(open);
  }

  void ask_heads(Open& open) {
    if (open.asked_heads) return;
    open.asked_heads = now.monotonic;
    voice.say(open.channel, sync::AskHeads{});
  }

  /// One run at a time, and none before the heads are known where they are asked for.
  void push(Open& open) {
    open.grew = true;
    if (open.reading || open.run || open.asked_heads || open.keys_changed) return;
    open.reading = true;
    open.grew = false;
    ask(ReadOutbox{pace.window(), pace.segment_records(), !open.want_sealed.empty()});
  }

  void outbox_read(Open& open, const OutboxRead& outbox) {
    open.reading = false;
    fetch(open, outbox.wanted);
    auto without = open.refused;
    without.insert(open.postponed.begin(), open.postponed.end());
    const auto rows = that_fit(outbox.rows, without);
    if (!rows.empty())
      send_run(open, rows);
    else if (open.grew)
      push(open);
  }

  void send_run(Open& open, const std::vector<segment::Rows>& rows) {
    RunSent sent{now.monotonic, 0, !open.want_sealed.empty(), {}};
    for (const auto& one : rows) {
      sent.segments.insert(name_of(one));
      open.want_sealed.erase(name_of(one));
    }
    sync::Push push{run::encode_run(rows)};
    sent.bytes = push.run.size();
    open.run = std::move(sent);
    voice.say(open.channel, std::move(push));
    arm(open);
  }

  // ---- what the store did ----
  void receipt_stored(Open& open, const ReceiptStored& stored) {
    if (stored.centre_is_new) ask_heads(open);
    if (stored.unsent || open.grew || !open.want_sealed.empty()) push(open);
    arm(open);
  }

  void policy_stored(Open& open, const PolicyStored& stored) {
    open.policy_count = stored.policy_count;
    if (open.keys_changed) return close(fail(Fault::io, "the centre's keys changed; the next link knows them"));
    if (stored.unsent) push(open);
  }

  /// Entries are signed, so a centre that lost them may have them from anyone.
  void policy_read(Open& open, const PolicyRead& read) {
    for (auto& part : split_policy(read.entries)) voice.say(open.channel, std::move(part));
  }

  void delivery_applied(Open& open, const DeliveryApplied& applied) {
    open.applying = false;
    open.cursor = applied.cursor;
    pull(open, applied.report, applied.audit);
    fetch(open, applied.wanted);
    const bool complete_again = std::exchange(open.restored, applied.report.restored) && !applied.report.restored;
    if (open.postponed.empty() && !complete_again) return;
    open.postponed.clear();
    push(open);
  }

  void fetched_applied(Open& open, const FetchedApplied& applied) {
    if (open.fetching->from != 0) return ask_for_records(open);
    open.fetching.reset();
    fetch(open, applied.wanted);
    fetch(open, applied.resting, true);
  }

  void doubts_read(Open& open, const DoubtsRead& read) {
    doubt(open, read.doubts);
    fetch(open, read.resting, true);
  }

  template <class Step>
  void if_open(Step&& step) {
    if (auto* open = std::get_if<Open>(&phase)) step(*open);
  }

  void handle(const Event& event) {
    std::visit(overloaded{
                   [&](const LinkUp& e) { start(e); },
                   [&](const BytesArrived& e) { arrive(e.bytes); },
                   [&](const TimerFired&) { timer(); },
                   [&](const StorageFailed& e) { close(e.error); },
                   [&](const OutboxGrew&) { if_open([&](Open& open) { push(open); }); },
                   [&](const LinkPrepared& e) { greet(e); },
                   [&](const OutboxRead& e) { if_open([&](Open& open) { outbox_read(open, e); }); },
                   [&](const ReceiptStored& e) { if_open([&](Open& open) { receipt_stored(open, e); }); },
                   [&](const PolicyStored& e) { if_open([&](Open& open) { policy_stored(open, e); }); },
                   [&](const PolicyRead& e) { if_open([&](Open& open) { policy_read(open, e); }); },
                   [&](const DeliveryApplied& e) { if_open([&](Open& open) { delivery_applied(open, e); }); },
                   [&](const FetchedApplied& e) { if_open([&](Open& open) { fetched_applied(open, e); }); },
                   [&](const DoubtsRead& e) { if_open([&](Open& open) { doubts_read(open, e); }); },
                   [&](const Done&) {},
                   [&](const HeadsStored&) { close(fail(Fault::io, "the centre was restored; the next link begins from its heads")); },
               },
               event);
  }
};

AgentEngine::AgentEngine(Identity identity) : state_(std::make_unique<State>(std::move(identity))) {}
AgentEngine::~AgentEngine() = default;
AgentEngine::AgentEngine(AgentEngine&&) noexcept = default;
AgentEngine& AgentEngine::operator=(AgentEngine&&) noexcept = default;

std::vector<Effect> AgentEngine::on(const Event& event, Now now) {
  if (state_->voice.closed()) return {};
  state_->now = now;
  state_->handle(event);
  return state_->voice.take();
}

Standing AgentEngine::standing() const noexcept {
  const bool open = std::holds_alternative<Open>(state_->phase) && !state_->voice.closed();
  return {open, state_->pace.rtt_ms()};
}

}  // namespace ward::engine::agent
