#include "protocol/base/limits.hpp"
#include "protocol/noise/noise.hpp"
#include "protocol/noise/symmetric.hpp"

namespace ward::noise {

struct Transport::State {
  Cipher send, receive;
  bool dead = false;
};

namespace {

bool is_rekey_due(const Cipher& cipher) { return cipher.nonce() % Transport::rekey_messages == 0; }

Error dead_transport() { return fail(Fault::bad_signature, "noise: the link failed before"); }

}  // namespace

Transport::Transport(const Array<32>& send_key, const Array<32>& receive_key)
    : state_(std::make_unique<State>(State{Cipher(Key(send_key)), Cipher(Key(receive_key)), false})) {}
Transport::Transport(Transport&&) noexcept = default;
Transport& Transport::operator=(Transport&&) noexcept = default;
Transport::~Transport() = default;

Result<Bytes> Transport::seal(BytesView plain) {
  WARD_ASSERT(state_ != nullptr);
  if (state_->dead) return dead_transport();
  if (plain.size() > limits::frame_bytes_max - tag_size) return fail(Fault::too_large, "noise: seal a message");
  auto out = state_->send.encrypt({}, plain);
  if (is_rekey_due(state_->send)) state_->send.rekey();
  return out;
}

Result<Bytes> Transport::open(BytesView sealed) {
  WARD_ASSERT(state_ != nullptr);
  if (state_->dead) return dead_transport();
  auto out = state_->receive.decrypt({}, sealed);
  if (out.has_error())
    state_->dead = true;
  else if (is_rekey_due(state_->receive))
    state_->receive.rekey();
  return out;
}

void Transport::rekey_send() {
  WARD_ASSERT(state_ != nullptr);
  state_->send.rekey();
}

void Transport::rekey_receive() {
  WARD_ASSERT(state_ != nullptr);
  state_->receive.rekey();
}

}  // namespace ward::noise
