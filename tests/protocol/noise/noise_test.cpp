#include "protocol/base/limits.hpp"
#include "protocol/noise/noise.hpp"
#include "tests/vectors/noise_vectors.hpp"
#include "tests/vectors/vector_file.hpp"

#include <catch2/catch.hpp>

using namespace ward;
using noise::Handshake;
using noise::Pattern;
using noise::Transport;

namespace {

crypto::DhSecret secret(std::uint8_t first) {
  Array<32> bytes;
  for (std::size_t i = 0; i < bytes.size(); ++i) bytes[i] = static_cast<std::uint8_t>(first + i);
  return crypto::DhSecret(bytes);
}

const Bytes prologue = copy(view("prologue"));
const Bytes first_payload = copy(view("hello"));
const Bytes second_payload = copy(view("welcome"));
constexpr Array<32> psk{7, 7, 7};

struct Pair {
  Handshake initiator, responder;
};

Pair handshakes(Pattern pattern) {
  Pair out{Handshake::initiator(pattern, prologue, secret(1), crypto::public_of(secret(2)), secret(3)),
           Handshake::responder(pattern, prologue, secret(2), secret(4))};
  if (pattern == Pattern::ikpsk2) {
    out.initiator.set_psk(psk);
    out.responder.set_psk(psk);
  }
  return out;
}

struct Link {
  Transport initiator, responder;
};

Link link(Pattern pattern = Pattern::ik) {
  auto pair = handshakes(pattern);
  REQUIRE(pair.responder.read(pair.initiator.write(first_payload).value()).value() == first_payload);
  REQUIRE(pair.initiator.read(pair.responder.write(second_payload).value()).value() == second_payload);
  return {std::move(pair.initiator).split(), std::move(pair.responder).split()};
}

Fault fault_of(const Result<Bytes>& result) {
  REQUIRE(result.has_error());
  return result.error().fault;
}

Bytes flipped(Bytes bytes, std::size_t at, unsigned bit) {
  bytes[at] = static_cast<std::uint8_t>(bytes[at] ^ (1U << bit));
  return bytes;
}

}  // namespace

TEST_CASE("noise: all official vectors of IK and IKpsk2 hold in both roles") {
  const std::string path = "tests/data/vectors/noise-ik.txt";
  const auto vectors = vectors::parse_noise_vectors(vectors::read_file(path), path);
  REQUIRE(vectors.size() == 8);
  for (const auto& vector : vectors) {
    INFO(vector.id);
    CHECK(vectors::is_spoken(vector));
    CHECK(vectors::run_noise_vector(vector).empty());
  }
}

TEST_CASE("noise: a vector with one changed bit anywhere does not hold") {
  const std::string path = "tests/data/vectors/noise-ik.txt";
  const auto vectors = vectors::parse_noise_vectors(vectors::read_file(path), path);
  for (const std::size_t message : {0U, 1U, 2U, 3U}) {
    auto changed = vectors.at(7);
    auto& ciphertext = changed.messages.at(message).ciphertext;
    ciphertext = flipped(ciphertext, ciphertext.size() / 2, 0);
    CHECK_FALSE(vectors::run_noise_vector(changed).empty());
  }
}

TEMPLATE_TEST_CASE_SIG("noise: both ends agree on hash, identity and messages", "", ((Pattern pattern), pattern), Pattern::ik,
                       Pattern::ikpsk2) {
  auto [initiator, responder] = handshakes(pattern);
  CHECK(responder.read(initiator.write(first_payload).value()).value() == first_payload);
  CHECK(responder.remote_static() == crypto::public_of(secret(1)));
  CHECK_FALSE(responder.finished());
  CHECK(initiator.read(responder.write(second_payload).value()).value() == second_payload);
  CHECK((initiator.finished() && responder.finished()));
  CHECK(initiator.hash() == responder.hash());
  auto near = std::move(initiator).split();
  auto far = std::move(responder).split();
  for (const std::string text : {"", "a", "longer"}) {
    CHECK(text_of(far.open(near.seal(view(text)).value()).value()) == text);
    CHECK(text_of(near.open(far.seal(view(text)).value()).value()) == text);
  }
}

TEMPLATE_TEST_CASE_SIG("noise: one flipped bit in any byte of message 1 fails", "", ((Pattern pattern), pattern), Pattern::ik,
                       Pattern::ikpsk2) {
  const auto message = handshakes(pattern).initiator.write(first_payload).value();
  for (std::size_t at = 0; at < message.size(); ++at) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      INFO("byte " << at << " bit " << bit);
      // The top bit of an X25519 key is ignored by the curve (RFC 7748 §5), but it is hashed, so that the message fails all the same.
      auto pair = handshakes(pattern);
      CHECK(fault_of(pair.responder.read(flipped(message, at, bit))) == Fault::bad_signature);
    }
  }
}

TEMPLATE_TEST_CASE_SIG("noise: one flipped bit in any byte of message 2 fails", "", ((Pattern pattern), pattern), Pattern::ik,
                       Pattern::ikpsk2) {
  auto first = handshakes(pattern);
  const auto message_1 = first.initiator.write(first_payload).value();
  REQUIRE(first.responder.read(message_1).has_value());
  const auto message_2 = first.responder.write(second_payload).value();
  for (std::size_t at = 0; at < message_2.size(); ++at) {
    for (unsigned bit = 0; bit < 8; ++bit) {
      INFO("byte " << at << " bit " << bit);
      auto pair = handshakes(pattern);
      REQUIRE(pair.initiator.write(first_payload).value() == message_1);
      CHECK(fault_of(pair.initiator.read(flipped(message_2, at, bit))) == Fault::bad_signature);
    }
  }
}

TEMPLATE_TEST_CASE_SIG("noise: a handshake message cut at any byte or with a byte more fails", "", ((Pattern pattern), pattern),
                       Pattern::ik, Pattern::ikpsk2) {
  auto whole = handshakes(pattern);
  const auto message_1 = whole.initiator.write(first_payload).value();
  REQUIRE(whole.responder.read(message_1).has_value());
  auto message_2 = whole.responder.write(second_payload).value();
  for (std::size_t size = 0; size <= message_1.size() + 1; ++size) {
    if (size == message_1.size()) continue;
    auto cut = message_1;
    cut.resize(size);
    CHECK(handshakes(pattern).responder.read(cut).has_error());
  }
  for (std::size_t size = 0; size <= message_2.size() + 1; ++size) {
    if (size == message_2.size()) continue;
    auto cut = message_2;
    cut.resize(size);
    auto pair = handshakes(pattern);
    REQUIRE(pair.initiator.write(first_payload).has_value());
    CHECK(pair.initiator.read(cut).has_error());
  }
}

TEST_CASE("noise: after a failure the handshake is dead") {
  auto [initiator, responder] = handshakes(Pattern::ik);
  const auto message = initiator.write(first_payload).value();
  CHECK(responder.read(flipped(message, 40, 3)).has_error());
  CHECK(fault_of(responder.read(message)) == Fault::bad_signature);
  CHECK(fault_of(responder.write({})) == Fault::bad_signature);
  CHECK_FALSE(responder.finished());

  CHECK(initiator.read(Bytes(48)).has_error());
  CHECK(fault_of(initiator.read(Bytes(48))) == Fault::bad_signature);
  CHECK(fault_of(initiator.write({})) == Fault::bad_signature);
  CHECK_FALSE(initiator.finished());
}

TEST_CASE("noise: another prologue, key or psk fails") {
  const auto message = handshakes(Pattern::ik).initiator.write(first_payload).value();
  CHECK(Handshake::responder(Pattern::ik, view("Prologue"), secret(2), secret(4)).read(message).has_error());
  CHECK(Handshake::responder(Pattern::ik, prologue, secret(5), secret(4)).read(message).has_error());
  CHECK(Handshake::responder(Pattern::ikpsk2, prologue, secret(2), secret(4)).read(message).has_error());

  auto pair = handshakes(Pattern::ikpsk2);
  pair.responder.set_psk({8});
  REQUIRE(pair.responder.read(pair.initiator.write(first_payload).value()).has_value());
  CHECK(fault_of(pair.initiator.read(pair.responder.write(second_payload).value())) == Fault::bad_signature);
}

TEST_CASE("noise: a key that gives an all-zero shared secret is refused") {
  // The points of small order on Curve25519 (RFC 7748 §6.1, https://cr.yp.to/ecdh.html#validate).
  for (const auto* point : {"0000000000000000000000000000000000000000000000000000000000000000",
                            "0100000000000000000000000000000000000000000000000000000000000000",
                            "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
                            "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
                            "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                            "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                            "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"}) {
    INFO(point);
    const auto small = unhex(point);
    auto to_small = Handshake::initiator(Pattern::ik, prologue, secret(1), fixed_from<DhKey>(small), secret(3));
    CHECK(fault_of(to_small.write(first_payload)) == Fault::bad_signature);

    auto message = handshakes(Pattern::ik).initiator.write(first_payload).value();
    std::copy(small.begin(), small.end(), message.begin());
    CHECK(fault_of(handshakes(Pattern::ik).responder.read(message)) == Fault::bad_signature);
  }
}

TEST_CASE("noise: a payload that does not fit is refused") {
  auto [initiator, responder] = handshakes(Pattern::ik);
  CHECK(fault_of(initiator.write(Bytes(limits::frame_bytes_max))) == Fault::too_large);
  auto fits = handshakes(Pattern::ik);
  const auto message = fits.initiator.write(Bytes(limits::frame_bytes_max - 96)).value();
  CHECK(message.size() == limits::frame_bytes_max);
  CHECK(fits.responder.read(message).has_value());
}

TEST_CASE("noise: one flipped bit in any byte of a transport message fails, and the transport is then dead") {
  const auto sealed = link().initiator.seal(first_payload).value();
  for (std::size_t at = 0; at < sealed.size(); ++at) {
    auto ends = link();
    CHECK(fault_of(ends.responder.open(flipped(sealed, at, at % 8))) == Fault::bad_signature);
    CHECK(fault_of(ends.responder.open(sealed)) == Fault::bad_signature);
    CHECK(fault_of(ends.responder.seal({})) == Fault::bad_signature);
  }
}

TEST_CASE("noise: a transport message that is lost, repeated, reordered, cut or from the other direction fails") {
  auto ends = link();
  const auto first = ends.initiator.seal(first_payload).value();
  const auto second = ends.initiator.seal(first_payload).value();
  CHECK(first != second);
  CHECK(link().responder.open(second).has_error());
  CHECK(ends.initiator.open(first).has_error());
  CHECK(ends.responder.open(first).has_value());
  CHECK(ends.responder.open(first).has_error());
  for (std::size_t size = 0; size < first.size(); ++size) CHECK(link().responder.open(BytesView(first).first(size)).has_error());
}

TEST_CASE("noise: a transport message holds a frame and no more") {
  auto ends = link();
  const auto sealed = ends.initiator.seal(Bytes(limits::frame_bytes_max - limits::noise_overhead)).value();
  CHECK(sealed.size() == limits::frame_bytes_max);
  CHECK(ends.responder.open(sealed).has_value());
  CHECK(fault_of(ends.initiator.seal(Bytes(limits::frame_bytes_max - limits::noise_overhead + 1))) == Fault::too_large);
  CHECK(ends.responder.open(ends.initiator.seal({}).value()).has_value());
  CHECK(ends.responder.open(Bytes(limits::frame_bytes_max + 1)).has_error());
}

TEST_CASE("noise: both ends change keys by themselves after the same number of messages") {
  // The expected bytes were computed with another implementation of ChaCha20-Poly1305: the last message under the first key, the next one
  // under the first 32 bytes of ENCRYPT(k, 2^64-1, "", 32 zeros); the nonce goes on (specification §4.2).
  Transport near(Array<32>{1}, Array<32>{2});
  Transport far(Array<32>{2}, Array<32>{1});
  for (std::uint64_t i = 0; i + 1 < Transport::rekey_messages; ++i) REQUIRE(far.open(near.seal({}).value()).has_value());
  const auto last = near.seal({}).value();
  const auto next = near.seal({}).value();
  CHECK(hex(last) == "ff9a254aee27d575fccf5bbe61097770");
  CHECK(hex(next) == "bbf0b48e3bcce4f368675fc440c1ae3c");
  CHECK(far.open(last).has_value());
  CHECK(far.open(next).has_value());
  CHECK(near.open(far.seal(second_payload).value()).value() == second_payload);
}

TEST_CASE("noise: a rekey by hand changes one direction and must happen at both ends") {
  auto ends = link();
  ends.initiator.rekey_send();
  ends.responder.rekey_receive();
  CHECK(ends.responder.open(ends.initiator.seal(first_payload).value()).value() == first_payload);
  CHECK(ends.initiator.open(ends.responder.seal(second_payload).value()).value() == second_payload);

  ends.initiator.rekey_send();
  CHECK(ends.responder.open(ends.initiator.seal(first_payload).value()).has_error());

  Transport golden(Array<32>{1}, Array<32>{2});
  golden.rekey_send();
  CHECK(hex(golden.seal({}).value()) == "120f699a3ab5d76259228f58491d364a");
}
