#include "tests/protocol/engine/town.hpp"

#include "protocol/crypto/hash.hpp"

#include <catch2/catch.hpp>

#include <functional>

/// Enrolment: who gets in, and what a device believes of the city that lets it in.
namespace ward::test {
namespace {

using namespace engine;

struct Newcomer {
  City city;
  Pc pc{30};
  FakeCentre centre{city};
  ticket::Ticket shown;

  explicit Newcomer(bool approved = true) {
    if (approved) city.enter(pc.entry(city));
    shown = {filled<16>(5), city.org(), crypto::public_of(city.root), crypto::public_of(city.centre_noise), "127.0.0.1:7400", "W-VYDA", {}};
    centre.ticket = shown;
  }
};

struct Result_of_enrolment {
  std::vector<std::string> steps;
  std::optional<enrol::Enrolled> enrolled;
  std::optional<Error> ward_closed, centre_closed;
};

/// One attempt; `cut` before that step. `between` may change what the centre says before it is sent.
struct Attempt {
  std::size_t cut = SIZE_MAX;
  std::size_t chunk = SIZE_MAX;
  std::function<void(centre::Event&)> answer = [](centre::Event&) {};
  std::function<void(std::size_t step, Bytes&)> tamper = [](std::size_t, Bytes&) {};
  bool typed = false;
};

class Line {
 public:
  Line(Newcomer& with, Attempt how)
      : with_(with), how_(std::move(how)), ward_(given(), with.pc.keys, "desk 3"), centre_(with.city.centre_identity()) {}

  Result_of_enrolment run() {
    centre_hears(LinkUp{filled<32>(61)});
    ward_hears(LinkUp{filled<32>(62)});
    while (!events_.empty() && !cut_) {
      const auto event = std::move(events_.front());
      events_.pop_front();
      event();
    }
    return std::move(out_);
  }

 private:
  [[nodiscard]] ticket::Given given() const {
    if (how_.typed) return ticket::Typed{with_.shown.secret, with_.shown.address};
    return with_.shown;
  }
  bool begins(std::string name) {
    cut_ = cut_ || out_.steps.size() == how_.cut;
    if (!cut_) out_.steps.push_back(std::move(name));
    return !cut_;
  }
  template <class Hear>
  void send(const char* who, Bytes bytes, Hear&& hear) {
    if (!begins(std::string(who) + " sends")) return;
    how_.tamper(out_.steps.size() - 1, bytes);
    for (std::size_t at = 0; at < bytes.size(); at += std::min(how_.chunk, bytes.size() - at))
      hear(BytesArrived{copy(BytesView(bytes).subspan(at, std::min(how_.chunk, bytes.size() - at)))});
  }
  void ward_hears(enrol::Event event) {
    events_.push_back([this, happened = std::move(event)] {
      for (auto& effect : ward_.on(happened, now_)) {
        if (auto* enrolled = std::get_if<enrol::Enrolled>(&effect))
          out_.enrolled = std::move(*enrolled);
        else
          link(std::get<LinkEffect>(effect), "ward", out_.ward_closed, [&](BytesArrived b) { centre_hears(std::move(b)); });
      }
    });
  }
  void centre_hears(centre::Event event) {
    events_.push_back([this, happened = std::move(event)] {
      for (const auto& effect : centre_.on(happened, now_)) {
        if (const auto* wanted = std::get_if<centre::StoreEffect>(&effect)) {
          if (!begins("centre: " + name_of(*wanted))) return;
          auto event_back = with_.centre.perform(*wanted);
          how_.answer(event_back);
          centre_hears(std::move(event_back));
        } else {
          link(std::get<LinkEffect>(effect), "centre", out_.centre_closed, [&](BytesArrived b) { ward_hears(std::move(b)); });
        }
      }
    });
  }
  template <class Hear>
  void link(const LinkEffect& effect, const char* who, std::optional<Error>& closed, Hear&& hear) {
    if (const auto* bytes = std::get_if<SendBytes>(&effect)) send(who, bytes->bytes, hear);
    if (const auto* close = std::get_if<CloseLink>(&effect)) closed = close->reason;
  }

  Newcomer& with_;
  Attempt how_;
  enrol::EnrolEngine ward_;
  centre::CentreEngine centre_;
  Now now_{Instant{std::chrono::hours(1)}, {1'760'000'000'000}};
  bool cut_ = false;
  Result_of_enrolment out_;
  std::deque<std::function<void()>> events_;
};

Result_of_enrolment attempt(Newcomer& with, Attempt how = {}) { return Line(with, std::move(how)).run(); }

}  // namespace

TEST_CASE("enrolment: a ticket, three messages, and both screens show the same digits") {
  Newcomer town;
  const auto result = attempt(town);
  CHECK(result.steps == std::vector<std::string>{"ward sends", "centre: ReadTicket", "centre sends", "ward sends", "centre: Enrol",
                                                 "centre sends", "centre: ReadPolicy", "centre sends"});
  REQUIRE(result.enrolled);
  CHECK(result.enrolled->answer.approved);
  CHECK(result.enrolled->answer.unit == "W-VYDA");
  CHECK(result.enrolled->policy == town.city.policy.entries());
  REQUIRE(town.centre.disk.applicants.size() == 1);
  CHECK(result.enrolled->fingerprint == town.centre.disk.applicants[0]);
}

TEST_CASE("enrolment: a ticket from before the centre's static was renewed is good; one for a static that no entry names is not") {
  Newcomer town;
  town.city.renew_noise(120);
  policy::Delegation delegation;
  delegation.centre_noise = crypto::public_of(town.city.centre_noise);
  town.city.enter(delegation);
  CHECK(attempt(town).enrolled);
  Newcomer other;
  other.city.earlier_noise.push_back(made_secret<crypto::DhSecret>(121));
  other.shown.centre_static = crypto::public_of(other.city.earlier_noise.front());
  const auto result = attempt(other);
  REQUIRE(result.ward_closed);
  CHECK(result.ward_closed->fault == Fault::wrong_key);
}

TEST_CASE("enrolment: without approval the device waits, and holds the policy log but no entry of its own") {
  Newcomer town(false);
  const auto result = attempt(town);
  REQUIRE(result.enrolled);
  CHECK_FALSE(result.enrolled->answer.approved);
  CHECK(result.enrolled->policy.size() == 2);
}

TEST_CASE("enrolment: cut anywhere, the same device may come again with its ticket") {
  const auto steps = [] {
    Newcomer town;
    return attempt(town).steps.size();
  }();
  for (std::size_t cut = 0; cut < steps; ++cut) {
    INFO("cut before step " << cut);
    Newcomer town;
    CHECK_FALSE(attempt(town, Attempt{.cut = cut}).enrolled);
    CHECK(attempt(town).enrolled);
  }
}

TEST_CASE("enrolment: messages may arrive byte by byte") {
  Newcomer town;
  CHECK(attempt(town, Attempt{.chunk = 1}).enrolled);
}

TEST_CASE("enrolment: a flipped bit in any byte enrols nobody") {
  Newcomer sizes;
  std::vector<std::size_t> sent;
  attempt(sizes, Attempt{.tamper = [&](std::size_t, Bytes& bytes) { sent.push_back(bytes.size()); }});
  for (std::size_t message = 0; message < sent.size(); ++message) {
    for (std::size_t byte = 0; byte < sent[message]; byte += message < 3 ? 1 : 13) {
      INFO("message " << message << " byte " << byte);
      Newcomer town;
      std::size_t number = 0;
      const auto result = attempt(town, Attempt{.tamper = [&](std::size_t, Bytes& bytes) {
                                    if (number++ == message) bytes.at(byte) ^= static_cast<std::uint8_t>(1U << (byte % 8));
                                  }});
      REQUIRE_FALSE(result.enrolled);
      if (message < 3) CHECK(town.centre.disk.applicants.empty());
    }
  }
}

TEST_CASE("enrolment: an unknown ticket and a wrong secret look alike from outside: the line is closed") {
  Newcomer unknown;
  unknown.shown.secret = filled<16>(6);
  const auto nothing = attempt(unknown);
  CHECK(nothing.steps == std::vector<std::string>{"ward sends", "centre: ReadTicket"});
  CHECK(nothing.centre_closed->fault == Fault::not_found);
  CHECK(unknown.centre.disk.applicants.empty());

  Newcomer wrong;
  const auto result = attempt(wrong, Attempt{.answer = [](centre::Event& event) {
                                if (auto* read = std::get_if<centre::TicketRead>(&event)) read->psk = filled<32>(8);
                              }});
  REQUIRE(result.ward_closed);
  CHECK(result.ward_closed->fault == Fault::bad_signature);
  CHECK_FALSE(result.enrolled);
  CHECK(wrong.centre.disk.applicants.empty());
}

TEST_CASE("enrolment: who holds the secret of a used ticket is told so") {
  Newcomer town;
  CHECK(attempt(town).enrolled);
  town.pc = Pc(35);
  const auto result = attempt(town);
  REQUIRE(result.ward_closed);
  CHECK(result.ward_closed->fault == Fault::ticket_used);
  CHECK(town.centre.disk.applicants.size() == 1);
}

TEST_CASE("enrolment: 28 letters and an address are enough, cut anywhere and byte by byte") {
  const auto steps = [] {
    Newcomer town;
    const auto result = attempt(town, Attempt{.typed = true});
    REQUIRE(result.enrolled);
    CHECK(result.enrolled->ticket == town.shown);
    CHECK(result.enrolled->fingerprint == town.centre.disk.applicants.at(0));
    return result.steps;
  }();
  CHECK(steps == std::vector<std::string>{"ward sends", "centre: ReadTicket", "centre sends", "ward sends", "centre: ReadTicket",
                                          "centre sends", "ward sends", "centre: Enrol", "centre sends", "centre: ReadPolicy",
                                          "centre sends"});
  for (std::size_t cut = 0; cut < steps.size(); ++cut) {
    INFO("cut before step " << cut);
    Newcomer town;
    CHECK_FALSE(attempt(town, Attempt{.cut = cut, .typed = true}).enrolled);
    CHECK(attempt(town, Attempt{.chunk = 1, .typed = true}).enrolled);
  }
}

TEST_CASE("enrolment: of an introduction that was changed on the way nothing is believed, and no key of the PC is sent") {
  Newcomer sizes;
  std::vector<std::size_t> sent;
  attempt(sizes, Attempt{.tamper = [&](std::size_t, Bytes& bytes) { sent.push_back(bytes.size()); }, .typed = true});
  for (std::size_t byte = 0; byte < sent.at(1); ++byte) {
    Newcomer town;
    std::size_t number = 0;
    const auto result = attempt(town, Attempt{.tamper =
                                                  [&](std::size_t, Bytes& bytes) {
                                                    if (number++ == 1) bytes.at(byte) ^= 1U;
                                                  },
                                              .typed = true});
    REQUIRE_FALSE(result.enrolled);
    REQUIRE(number == 2);
  }
}

TEST_CASE("enrolment: letters that no ticket has get nothing but a dead line; a used ticket's get the name of who used it") {
  Newcomer unknown;
  unknown.shown.secret = filled<16>(6);
  CHECK(attempt(unknown, Attempt{.typed = true}).steps == std::vector<std::string>{"ward sends", "centre: ReadTicket"});
  Newcomer town;
  const auto result = attempt(town, Attempt{.answer =
                                                [](centre::Event& event) {
                                                  if (auto* read = std::get_if<centre::TicketRead>(&event))
                                                    read->used = ticket::Introduction::Used{made<DeviceId>(9), "quầy 2"};
                                                },
                                            .typed = true});
  REQUIRE(result.ward_closed);
  CHECK(result.ward_closed->fault == Fault::ticket_used);
  CHECK(result.ward_closed->detail.find("quầy 2") != std::string::npos);
  CHECK(town.centre.disk.applicants.empty());
}

TEST_CASE("enrolment: a centre introduces itself once on a connection, and to eight bytes only") {
  Newcomer town;
  const auto closes = [&](const std::vector<Bytes>& said) {
    centre::CentreEngine engine(town.city.centre_identity());
    const Now now{Instant{std::chrono::hours(1)}, {1'760'000'000'000}};
    std::size_t answers = 0;
    std::optional<Error> closed;
    const std::function<void(const centre::Event&)> hears = [&](const centre::Event& event) {
      for (const auto& effect : engine.on(event, now)) {
        if (const auto* wanted = std::get_if<centre::StoreEffect>(&effect)) hears(town.centre.perform(*wanted));
        const auto* link = std::get_if<LinkEffect>(&effect);
        if (link == nullptr) continue;
        answers += std::holds_alternative<SendBytes>(*link) ? 1U : 0U;
        if (const auto* close = std::get_if<CloseLink>(link)) closed = close->reason;
      }
    };
    hears(LinkUp{filled<32>(61)});
    for (const auto& bytes : said) hears(BytesArrived{copy(bytes)});
    return std::pair(answers, closed.has_value());
  };
  const auto ask = [&](BytesView id) {
    Bytes out = copy(sync::encode_preface(sync::Purpose::introduce));
    append(out, sync::frame(id));
    return out;
  };
  const auto id = ticket::ticket_id(town.shown.secret);
  CHECK(closes({ask(id.view())}) == std::pair<std::size_t, bool>(1, false));
  CHECK(closes({ask(id.view()), ask(id.view())}) == std::pair<std::size_t, bool>(1, true));
  auto both = ask(id.view());
  append(both, ask(id.view()));
  CHECK(closes({both}) == std::pair<std::size_t, bool>(1, true));
  CHECK(closes({ask(BytesView(id.view()).first(7))}) == std::pair<std::size_t, bool>(0, true));
  CHECK(closes({ask(Bytes(9))}) == std::pair<std::size_t, bool>(0, true));
}

TEST_CASE("enrolment: keys that the caller does not hold enrol nobody") {
  const Pc victim{40};
  const auto fault_when = [&](const std::function<void(sync::EnrolRequest&, const Hash&, const Pc&)>& lie) {
    Newcomer town;
    centre::CentreEngine engine(town.city.centre_identity());
    const Now now{Instant{std::chrono::hours(1)}, {1'760'000'000'000}};
    std::deque<Bytes> sent;
    std::optional<Error> closed;
    const std::function<void(const centre::Event&)> hears = [&](const centre::Event& event) {
      for (const auto& effect : engine.on(event, now)) {
        if (const auto* wanted = std::get_if<centre::StoreEffect>(&effect)) hears(town.centre.perform(*wanted));
        const auto* link = std::get_if<LinkEffect>(&effect);
        if (link == nullptr) continue;
        if (const auto* bytes = std::get_if<SendBytes>(link)) sent.push_back(bytes->bytes);
        if (const auto* close = std::get_if<CloseLink>(link)) closed = close->reason;
      }
    };
    auto handshake =
        noise::Handshake::initiator(noise::Pattern::ikpsk2, sync::prologue(sync::Purpose::enrol, town.shown.org, town.shown.centre_static),
                                    town.pc.keys.noise.clone(), town.shown.centre_static, crypto::DhSecret(filled<32>(62)));
    handshake.set_psk(ticket::psk_of(town.shown.secret, town.shown.org));
    Bytes greeting = copy(sync::encode_preface(sync::Purpose::enrol));
    append(greeting,
           sync::frame(*handshake.write(sync::encode_enrol_hello({sync::protocol_version, ticket::ticket_id(town.shown.secret)}))));
    hears(LinkUp{filled<32>(61)});
    hears(BytesArrived{greeting});
    REQUIRE(sent.size() == 1);
    REQUIRE(handshake.read(BytesView(sent.front()).subspan(2)).has_value());
    const auto hash = handshake.hash();
    sync::Channel channel(std::move(handshake).split());
    sync::EnrolRequest request{
        crypto::public_of(town.pc.keys.sign), crypto::public_of(town.pc.keys.noise), crypto::public_of(town.pc.keys.sealing), "desk 3", {}};
    lie(request, hash, town.pc);
    hears(BytesArrived{*channel.seal(sync::encode_message(request))});
    CHECK(town.centre.disk.applicants.size() == (closed ? 0U : 1U));
    return closed ? std::optional(closed->fault) : std::nullopt;
  };
  const auto sign = [](sync::EnrolRequest& request, const Hash& hash, const Pc& with) {
    request.signature = crypto::sign(with.keys.sign, sync::enrol_prefix, sync::enrol_signed_bytes(hash, request));
  };
  CHECK(fault_when(sign) == std::nullopt);
  CHECK(fault_when([&](sync::EnrolRequest& request, const Hash& hash, const Pc& own) {
          request.noise = crypto::public_of(victim.keys.noise);
          sign(request, hash, own);
        }) == Fault::wrong_key);
  CHECK(fault_when([&](sync::EnrolRequest& request, const Hash& hash, const Pc& own) {
          request.sign = crypto::public_of(victim.keys.sign);
          sign(request, hash, own);
        }) == Fault::bad_signature);
  CHECK(fault_when([&](sync::EnrolRequest& request, const Hash&, const Pc& own) { sign(request, Hash{}, own); }) == Fault::bad_signature);
}

TEST_CASE("enrolment: a refusal after the keys were shown is told") {
  Newcomer town;
  const auto result = attempt(town, Attempt{.answer = [](centre::Event& event) {
                                if (auto* enrolled = std::get_if<centre::Enrolled>(&event)) enrolled->answer = Fault::ticket_expired;
                              }});
  REQUIRE(result.ward_closed);
  CHECK(result.ward_closed->fault == Fault::ticket_expired);
}

TEST_CASE("enrolment: a policy log that the ticket's root key does not stand behind is not believed") {
  const auto fault_when = [](const std::function<void(Newcomer&, centre::Event&)>& lie) {
    Newcomer town;
    const auto result = attempt(town, Attempt{.answer = [&](centre::Event& event) { lie(town, event); }});
    REQUIRE_FALSE(result.enrolled);
    REQUIRE(result.ward_closed);
    return result.ward_closed->fault;
  };
  const auto in_policy = [](const auto& change) {
    return [change](Newcomer& town, centre::Event& event) {
      if (auto* read = std::get_if<centre::PolicyRead>(&event)) change(town, read->entries);
    };
  };
  CHECK(fault_when(in_policy([](Newcomer& town, auto& entries) {
          // Another city's log: its genesis is well signed, by another root.
          auto genesis = std::get<policy::Genesis>(entries[0].body);
          const auto other = made_secret<crypto::SignSeed>(150);
          genesis.root = crypto::public_of(other);
          entries[0].body = genesis;
          policy::sign(entries[0], crypto::org_of(genesis.root), other);
          CHECK(town.city.org() != crypto::org_of(genesis.root));
        })) == Fault::wrong_organisation);
  CHECK(fault_when(in_policy([](Newcomer&, auto& entries) { entries[1].signature.bytes[0] ^= 1U; })) == Fault::bad_signature);
  CHECK(fault_when(in_policy([](Newcomer& town, auto& entries) {
          std::get<policy::Device>(entries[2].body).sealing = made<DhKey>(3);
          policy::sign(entries[2], town.city.org(), town.city.operations);
        })) == Fault::wrong_key);
  CHECK(fault_when([](Newcomer&, centre::Event& event) {
          if (auto* enrolled = std::get_if<centre::Enrolled>(&event)) std::get<sync::EnrolAnswer>(enrolled->answer).unit = "W-OTHER";
        }) == Fault::wrong_key);
}

TEST_CASE("enrolment: approved in words but not in the policy log is not approved") {
  Newcomer town(false);
  const auto result = attempt(town, Attempt{.answer = [](centre::Event& event) {
                                if (auto* enrolled = std::get_if<centre::Enrolled>(&event))
                                  std::get<sync::EnrolAnswer>(enrolled->answer).approved = true;
                              }});
  REQUIRE(result.ward_closed);
  CHECK(result.ward_closed->fault == Fault::not_member);
}

TEST_CASE("enrolment: a ticket of a unit that has an heir by now is good for the heir, and for no other unit") {
  Newcomer town;
  policy::Unit old;
  old.code = town.shown.unit = town.centre.ticket->unit = "W-OLD";
  old.unit_public = made<DhKey>(7);
  town.city.enter(old);
  const auto before = attempt(town);
  REQUIRE(before.ward_closed);
  CHECK(before.ward_closed->fault == Fault::wrong_key);
  town.city.enter(policy::Succession{"W-OLD", "W-VYDA", "1675/NQ-UBTVQH15"});
  CHECK(attempt(town).enrolled);
}

TEST_CASE("enrolment: either side gives up on a silent other") {
  Newcomer town;
  const Now start{Instant{std::chrono::hours(1)}, {}};
  enrol::EnrolEngine ward(town.shown, town.pc.keys, "desk");
  CHECK(ward.on(LinkUp{}, start).size() == 2);
  Now later = start;
  later.monotonic += std::chrono::seconds(91);
  const auto end = ward.on(TimerFired{}, later);
  REQUIRE(end.size() == 1);
  CHECK(std::get<CloseLink>(std::get<LinkEffect>(end[0])).reason.fault == Fault::timeout);
  CHECK(ward.on(LinkUp{}, later).empty());
}

}  // namespace ward::test
