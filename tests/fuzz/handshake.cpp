#include "protocol/noise/noise.hpp"
#include "protocol/sync/channel.hpp"
#include "protocol/sync/messages.hpp"
#include "tests/fuzz/laws.hpp"
#include "tests/support/made.hpp"

namespace ward::fuzz {
namespace {

using noise::Handshake;
using noise::Pattern;
using test::filled;
using test::made_secret;

constexpr std::size_t payload_bytes_max = 256;

bool preface(BytesView bytes) {
  return one_form(bytes, sync::decode_preface(bytes), [](sync::Purpose purpose) { return copy(sync::encode_preface(purpose)); });
}

struct Pair {
  Handshake caller, centre;
};
Pair pair_of(Pattern pattern) {
  const auto centre = made_secret<crypto::DhSecret>(1);
  const auto prologue =
      sync::prologue(pattern == Pattern::ik ? sync::Purpose::sync : sync::Purpose::enrol, OrgId{{1}}, crypto::public_of(centre));
  Pair out{Handshake::initiator(pattern, prologue, made_secret<crypto::DhSecret>(2), crypto::public_of(centre),
                                made_secret<crypto::DhSecret>(3)),
           Handshake::responder(pattern, prologue, centre.clone(), made_secret<crypto::DhSecret>(4))};
  if (pattern == Pattern::ikpsk2)
    for (auto* one : {&out.caller, &out.centre}) one->set_psk(filled<32>(5));
  return out;
}

/// What arrives in place of an honest message: `bytes` over it, and then to its end or beyond; empty: the message itself.
Bytes instead_of(const Bytes& honest, BytesView bytes) {
  Bytes out = honest;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i < out.size())
      out[i] = static_cast<std::uint8_t>(out[i] ^ bytes[i]);
    else
      out.push_back(bytes[i]);
  }
  return out;
}

/// Only the honest message is read, and says what was written; after anything else this end reads nothing any more.
bool read_at(Handshake& end, BytesView came, const Bytes& honest, BytesView payload) {
  const bool same = std::equal(came.begin(), came.end(), honest.begin(), honest.end());
  const auto read = end.read(came);
  WARD_ASSERT(read.has_value() == same);
  if (same) return std::equal(read->begin(), read->end(), payload.begin(), payload.end());
  WARD_ASSERT(end.read(honest).has_error());
  return false;
}

/// `input`: a payload, after its length, then what is done to the message.
bool message(Pattern pattern, bool second, BytesView input) {
  Reader from(input);
  const auto payload = from.bytes(payload_bytes_max);
  if (!from.ok()) return false;
  auto [caller, centre] = pair_of(pattern);
  const auto first = caller.write(second ? BytesView{} : payload).value();
  const auto changes = input.last(from.remaining());
  if (!second) return read_at(centre, instead_of(first, changes), first, payload);
  WARD_ASSERT(centre.read(first).has_value());
  const auto answer = centre.write(payload).value();
  return read_at(caller, instead_of(answer, changes), answer, payload);
}

/// The same of a transport frame.
bool frame(BytesView input) {
  Reader from(input);
  const auto payload = from.bytes(payload_bytes_max);
  if (!from.ok()) return false;
  noise::Transport here(filled<32>(6), filled<32>(7)), there(filled<32>(7), filled<32>(6));
  const auto honest = here.seal(payload).value();
  const auto came = instead_of(honest, input.last(from.remaining()));
  const auto opened = there.open(came);
  WARD_ASSERT(opened.has_value() == (came == honest));
  if (opened.has_value()) return std::equal(opened->begin(), opened->end(), payload.begin(), payload.end());
  WARD_ASSERT(there.open(honest).has_error());
  return false;
}

/// However the line cuts a stream, the frames are the same.
bool stream(BytesView input) {
  const auto [cut, bytes] = choose(input, 64);
  sync::FrameReader whole, pieces;
  whole.feed(bytes);
  std::vector<Bytes> frames, same;
  while (auto one = whole.next()) frames.push_back(*std::move(one));
  for (auto rest = bytes; !rest.empty();) {
    const auto part = rest.first(std::min(cut + 1, rest.size()));
    rest = rest.subspan(part.size());
    pieces.feed(part);
    while (auto one = pieces.next()) same.push_back(*std::move(one));
  }
  WARD_ASSERT(frames == same && whole.waiting() == pieces.waiting());
  return !frames.empty();
}

}  // namespace

bool handshake(BytesView input) {
  const auto [which, bytes] = choose(input, 7);
  switch (which) {
    case 0: return preface(bytes);
    case 1: return message(Pattern::ik, false, bytes);
    case 2: return message(Pattern::ik, true, bytes);
    case 3: return message(Pattern::ikpsk2, false, bytes);
    case 4: return message(Pattern::ikpsk2, true, bytes);
    case 5: return frame(bytes);
    default: return stream(bytes);
  }
}

}  // namespace ward::fuzz
