#include "protocol/base/limits.hpp"
#include "protocol/noise/noise.hpp"
#include "protocol/noise/symmetric.hpp"

#include <sodium/utils.h>

namespace ward::noise {
namespace {

constexpr std::size_t key_size = DhKey::size;
constexpr std::size_t message_1_overhead = key_size + (key_size + tag_size) + tag_size;  ///< e, sealed s, tag of the payload
constexpr std::size_t message_2_overhead = key_size + tag_size;

std::string_view name_of(Pattern pattern) {
  return pattern == Pattern::ik ? "Noise_IK_25519_ChaChaPoly_SHA256" : "Noise_IKpsk2_25519_ChaChaPoly_SHA256";
}

/// Whose turn is next; `failed` for ever after the first failure.
enum class Stage { message_1, message_2, finished, failed };

}  // namespace

/// IK: `<- s`, then message 1 `-> e, es, s, ss` and message 2 `<- e, ee, se`, to which IKpsk2 adds `psk`.
struct Handshake::State {
  bool is_initiator;
  Pattern pattern;
  Symmetric symmetric;
  crypto::DhSecret own_static;
  crypto::DhSecret own_ephemeral;
  DhKey remote_static;
  DhKey remote_ephemeral;
  Key psk;
  bool has_psk = false;
  Stage stage = Stage::message_1;

  /// The `e` token: in a pattern with a psk the key is mixed in too (§9.2).
  void mix_ephemeral(const DhKey& ephemeral) {
    symmetric.mix_hash(ephemeral.view());
    if (pattern == Pattern::ikpsk2) symmetric.mix_key(ephemeral.view());
  }
  Result<void> mix_dh(const crypto::DhSecret& own, const DhKey& theirs) {
    auto shared = crypto::dh(own, theirs);
    if (shared.has_error()) return std::move(shared).error();
    symmetric.mix_key(*shared);
    sodium_memzero(shared->data(), shared->size());
    return {};
  }
  void mix_psk() {
    if (pattern != Pattern::ikpsk2) return;
    WARD_ASSERT(has_psk);
    symmetric.mix_key_and_hash(psk.view());
  }

  Result<Bytes> write_message_1(BytesView payload);
  Result<Bytes> read_message_1(BytesView message);
  Result<Bytes> write_message_2(BytesView payload);
  Result<Bytes> read_message_2(BytesView message);

  Result<Bytes> settle(Result<Bytes> result, Stage next) {
    stage = result.has_error() ? Stage::failed : next;
    return result;
  }
};

Result<Bytes> Handshake::State::write_message_1(BytesView payload) {
  if (payload.size() > limits::frame_bytes_max - message_1_overhead) return fail(Fault::too_large, "noise: message 1");
  const auto ephemeral = crypto::public_of(own_ephemeral);
  Bytes out = copy(ephemeral.view());
  mix_ephemeral(ephemeral);
  WARD_CHECK(mix_dh(own_ephemeral, remote_static));
  append(out, symmetric.encrypt_and_hash(crypto::public_of(own_static).view()));
  WARD_CHECK(mix_dh(own_static, remote_static));
  append(out, symmetric.encrypt_and_hash(payload));
  return out;
}

Result<Bytes> Handshake::State::read_message_1(BytesView message) {
  if (message.size() < message_1_overhead || message.size() > limits::frame_bytes_max) return fail(Fault::malformed, "noise: message 1");
  remote_ephemeral = fixed_from<DhKey>(message.first(key_size));
  mix_ephemeral(remote_ephemeral);
  WARD_CHECK(mix_dh(own_static, remote_ephemeral));
  WARD_TRY(const auto opened, symmetric.decrypt_and_hash(message.subspan(key_size, key_size + tag_size)));
  remote_static = fixed_from<DhKey>(opened);
  WARD_CHECK(mix_dh(own_static, remote_static));
  return symmetric.decrypt_and_hash(message.subspan(2 * key_size + tag_size));
}

Result<Bytes> Handshake::State::write_message_2(BytesView payload) {
  if (payload.size() > limits::frame_bytes_max - message_2_overhead) return fail(Fault::too_large, "noise: message 2");
  const auto ephemeral = crypto::public_of(own_ephemeral);
  Bytes out = copy(ephemeral.view());
  mix_ephemeral(ephemeral);
  WARD_CHECK(mix_dh(own_ephemeral, remote_ephemeral));
  WARD_CHECK(mix_dh(own_ephemeral, remote_static));
  mix_psk();
  append(out, symmetric.encrypt_and_hash(payload));
  return out;
}

Result<Bytes> Handshake::State::read_message_2(BytesView message) {
  if (message.size() < message_2_overhead || message.size() > limits::frame_bytes_max) return fail(Fault::malformed, "noise: message 2");
  remote_ephemeral = fixed_from<DhKey>(message.first(key_size));
  mix_ephemeral(remote_ephemeral);
  WARD_CHECK(mix_dh(own_ephemeral, remote_ephemeral));
  WARD_CHECK(mix_dh(own_static, remote_ephemeral));
  mix_psk();
  return symmetric.decrypt_and_hash(message.subspan(key_size));
}

Handshake::Handshake(std::unique_ptr<State> state) : state_(std::move(state)) {}
Handshake::Handshake(Handshake&&) noexcept = default;
Handshake& Handshake::operator=(Handshake&&) noexcept = default;
Handshake::~Handshake() = default;

Handshake Handshake::initiator(Pattern pattern, BytesView prologue, crypto::DhSecret own_static, const DhKey& remote_static,
                               crypto::DhSecret ephemeral) {
  auto state = std::make_unique<State>(
      State{true, pattern, Symmetric(name_of(pattern), prologue), std::move(own_static), std::move(ephemeral), remote_static, {}, {}});
  state->symmetric.mix_hash(remote_static.view());
  return Handshake(std::move(state));
}

Handshake Handshake::responder(Pattern pattern, BytesView prologue, crypto::DhSecret own_static, crypto::DhSecret ephemeral) {
  auto state = std::make_unique<State>(
      State{false, pattern, Symmetric(name_of(pattern), prologue), std::move(own_static), std::move(ephemeral), {}, {}, {}});
  state->symmetric.mix_hash(crypto::public_of(state->own_static).view());
  return Handshake(std::move(state));
}

void Handshake::set_psk(const Array<32>& psk) {
  WARD_ASSERT(state_ != nullptr && state_->pattern == Pattern::ikpsk2);
  state_->psk = Key(psk);
  state_->has_psk = true;
}

Result<Bytes> Handshake::write(BytesView payload) {
  WARD_ASSERT(state_ != nullptr);
  if (state_->stage == Stage::failed) return fail(Fault::bad_signature, "noise: the handshake failed before");
  if (state_->is_initiator) {
    WARD_ASSERT(state_->stage == Stage::message_1);
    return state_->settle(state_->write_message_1(payload), Stage::message_2);
  }
  WARD_ASSERT(state_->stage == Stage::message_2);
  return state_->settle(state_->write_message_2(payload), Stage::finished);
}

Result<Bytes> Handshake::read(BytesView message) {
  WARD_ASSERT(state_ != nullptr);
  if (state_->stage == Stage::failed) return fail(Fault::bad_signature, "noise: the handshake failed before");
  if (state_->is_initiator) {
    WARD_ASSERT(state_->stage == Stage::message_2);
    return state_->settle(state_->read_message_2(message), Stage::finished);
  }
  WARD_ASSERT(state_->stage == Stage::message_1);
  return state_->settle(state_->read_message_1(message), Stage::message_2);
}

const DhKey& Handshake::remote_static() const {
  WARD_ASSERT(state_ != nullptr && (state_->is_initiator || state_->stage == Stage::message_2 || state_->stage == Stage::finished));
  return state_->remote_static;
}

bool Handshake::finished() const noexcept { return state_ != nullptr && state_->stage == Stage::finished; }

Hash Handshake::hash() const {
  WARD_ASSERT(finished());
  return state_->symmetric.hash();
}

Transport Handshake::split() && {
  WARD_ASSERT(finished());
  const auto [from_initiator, from_responder] = state_->symmetric.split();
  auto send = fixed_from<Hash>((state_->is_initiator ? from_initiator : from_responder).view());
  auto receive = fixed_from<Hash>((state_->is_initiator ? from_responder : from_initiator).view());
  state_.reset();
  Transport out(send.bytes, receive.bytes);
  sodium_memzero(send.bytes.data(), Hash::size);
  sodium_memzero(receive.bytes.data(), Hash::size);
  return out;
}

}  // namespace ward::noise
