#include "tests/fuzz/laws.hpp"
#include "tests/fuzz/line.hpp"
#include "tests/protocol/engine/town.hpp"

namespace ward::fuzz {
namespace {

using namespace engine;
using noise::Pattern;
using sync::Purpose;
using test::filled;
using test::made_secret;

/// As in test::Rig, so that what was recorded there is a seed here.
constexpr std::uint8_t centre_entropy = 50, ward_entropy = 51;
constexpr std::size_t hello_bytes_max = 512;

/// A town with two segments at its centre, one waiting at a ward, and a device that shows a ticket.
struct Scene {
  test::Town town;
  ticket::Ticket ticket;

  Scene() {
    town.other.save(60, 2);
    town.other.save(60, 3);
    test::exchange(town.other, town.centre);
    town.ward.save(61, 4);
    ticket = {filled<16>(5),
              town.city.org(),
              crypto::public_of(town.city.root),
              crypto::public_of(town.city.centre_noise),
              "127.0.0.1:7400",
              "W-VYDA",
              {}};
    town.centre.ticket = ticket;
  }
};
Scene& scene() {
  static Scene out;
  return out;
}

auto centre_line(test::FakeCentre& store) {
  return line_with<centre::Event>([&store] { return centre::CentreEngine(store.city->centre_identity()); },
                                  [&store](const centre::StoreEffect& wanted) { return std::optional(store.perform(wanted)); },
                                  filled<32>(centre_entropy));
}

/// The rows that a stranger made up verify nowhere: a store refuses or keeps them, and says what it holds then.
auto ward_line(test::FakeWard& store) {
  return line_with<agent::Event>([&store] { return agent::AgentEngine(store.pc->identity(*store.city)); },
                                 [&store](const agent::StoreEffect& wanted) -> std::optional<agent::Event> {
                                   if (const auto* apply = std::get_if<agent::ApplyDelivery>(&wanted))
                                     return agent::DeliveryApplied{apply->cursor, {}, {}};
                                   if (std::holds_alternative<agent::ApplyFetched>(wanted)) return agent::FetchedApplied{};
                                   return store.perform(wanted);
                                 },
                                 filled<32>(ward_entropy));
}

auto enrolment_line(const test::Pc& pc) {
  return line_with<enrol::Event>([&pc] { return enrol::EnrolEngine(scene().ticket, pc.keys, "desk 3"); },
                                 [](const enrol::Enrolled& enrolled) -> std::optional<enrol::Event> {
                                   WARD_ASSERT(!enrolled.policy.empty());
                                   return std::nullopt;
                                 },
                                 filled<32>(ward_entropy));
}

/// A stranger's bytes, in two pieces. Taken: the engine had something to say.
template <class AnyLine>
bool feed(AnyLine line, BytesView input) {
  (void)line.said();
  const auto [cut, bytes] = choose(input, 256);
  line.hear(bytes.first(std::min(cut, bytes.size())));
  line.hear(bytes.subspan(std::min(cut, bytes.size())));
  const bool taken = !line.said().empty();
  line.fall_silent();
  return taken;
}

/// The first message of a stream with its length; all of it where it holds no whole one.
BytesView first_message(BytesView stream) {
  Reader from(stream);
  (void)from.bytes(stream.size());
  const auto whole = from.ok() ? stream.first(stream.size() - from.remaining()) : stream;
  return whole.first(std::min(whole.size(), sync::Channel::chunk));
}

/// Messages of somebody who holds the right keys, through his end of the channel; the store answers between them. Taken: he was not hung
/// up on.
template <class AnyLine>
bool talk(AnyLine& line, noise::Transport transport, BytesView stream) {
  while (!stream.empty() && !line.over()) {
    const auto part = first_message(stream);
    stream = stream.subspan(part.size());
    line.hear(sync::frame(transport.seal(part).value()));
  }
  const bool taken = !line.hung_up();
  line.fall_silent();
  return taken;
}

/// `input`: his greeting's payload, after its length, then the stream of his messages.
bool caller_at_centre(Purpose purpose, BytesView input) {
  Reader from(input);
  const auto payload = from.bytes(hello_bytes_max);
  if (!from.ok()) return false;
  auto& city = scene().town.city;
  auto store = scene().town.centre;
  auto line = centre_line(store);
  const bool syncs = purpose == Purpose::sync;
  auto own = syncs ? scene().town.pc.keys.noise.clone() : made_secret<crypto::DhSecret>(31);
  const auto remote = city.policy.centre_noise();
  auto handshake = noise::Handshake::initiator(syncs ? Pattern::ik : Pattern::ikpsk2, sync::prologue(purpose, city.org(), remote),
                                               std::move(own), remote, made_secret<crypto::DhSecret>(ward_entropy));
  if (!syncs) handshake.set_psk(ticket::psk_of(scene().ticket.secret, city.org()));
  Bytes greeting = copy(sync::encode_preface(purpose));
  append(greeting, sync::frame(handshake.write(payload).value()));
  line.hear(greeting);
  const auto answer = first_frame(line.said(), 0);
  if (!answer || !handshake.read(*answer).has_value() || line.over()) {
    line.fall_silent();
    return false;
  }
  return talk(line, std::move(handshake).split(), input.last(from.remaining()));
}

/// The same of whoever has the centre's keys: `input` begins with the payload of his answer.
template <class AnyLine>
bool answer_at(AnyLine line, Purpose purpose, BytesView input) {
  Reader from(input);
  const auto payload = from.bytes(hello_bytes_max);
  if (!from.ok()) return false;
  auto& city = scene().town.city;
  const auto remote = city.policy.centre_noise();
  auto handshake =
      noise::Handshake::responder(purpose == Purpose::sync ? Pattern::ik : Pattern::ikpsk2, sync::prologue(purpose, city.org(), remote),
                                  city.centre_noise.clone(), made_secret<crypto::DhSecret>(centre_entropy));
  if (purpose == Purpose::enrol) handshake.set_psk(ticket::psk_of(scene().ticket.secret, city.org()));
  const auto greeting = first_frame(line.said(), sync::preface_size);
  WARD_ASSERT(greeting && handshake.read(*greeting).has_value());
  line.hear(sync::frame(handshake.write(payload).value()));
  return talk(line, std::move(handshake).split(), input.last(from.remaining()));
}

}  // namespace

bool engine(BytesView input) {
  const auto [which, bytes] = choose(input, 7);
  static const test::Pc newcomer(30);
  auto centre = scene().town.centre;
  auto ward = scene().town.ward;
  switch (which) {
    case 0: return feed(centre_line(centre), bytes);
    case 1: return feed(ward_line(ward), bytes);
    case 2: return feed(enrolment_line(newcomer), bytes);
    case 3: return caller_at_centre(Purpose::sync, bytes);
    case 4: return caller_at_centre(Purpose::enrol, bytes);
    case 5: return answer_at(ward_line(ward), Purpose::sync, bytes);
    default: return answer_at(enrolment_line(newcomer), Purpose::enrol, bytes);
  }
}

}  // namespace ward::fuzz
