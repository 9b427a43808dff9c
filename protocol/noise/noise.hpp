#pragma once

#include "protocol/base/bytes.hpp"
#include "protocol/base/error.hpp"
#include "protocol/base/ids.hpp"
#include "protocol/crypto/keys.hpp"

#include <memory>
#include <optional>

/// The Noise Protocol Framework, revision 34: the patterns IK and IKpsk2 with 25519, ChaChaPoly, SHA256. Nothing else is spoken, nothing is
/// negotiated.
namespace ward::noise {

enum class Pattern { ik, ikpsk2 };

/// One direction's key and counter each way. Rekeys itself after `rekey_messages` messages (both ends count alike); `rekey` by the hour is
/// the caller's.
class Transport {
 public:
  Transport(const Array<32>& send_key, const Array<32>& receive_key);
  Transport(Transport&&) noexcept;
  Transport& operator=(Transport&&) noexcept;
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;
  ~Transport();

  static constexpr std::uint64_t rekey_messages = 65'536;

  /// Ciphertext with its 16-byte tag. `too_large` past limits::frame_bytes_max.
  [[nodiscard]] Result<Bytes> seal(BytesView plain);
  /// `bad_signature` on anything that was not sealed as the next message by the other end; the transport is then dead and stays so.
  [[nodiscard]] Result<Bytes> open(BytesView sealed);
  /// Rekey() of the specification, §4.2, for one direction.
  void rekey_send();
  void rekey_receive();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// One side of one handshake. Message 1 goes from the initiator, message 2 from the responder; then `split`. After any failure the object
/// is dead: every further call fails with `bad_signature`.
class Handshake {
 public:
  /// `ephemeral`: 32 fresh secret bytes (hedged by the caller, records.md §9). `psk` is needed for ikpsk2 before message 2.
  [[nodiscard]] static Handshake initiator(Pattern pattern, BytesView prologue, crypto::DhSecret own_static, const DhKey& remote_static,
                                           crypto::DhSecret ephemeral);
  [[nodiscard]] static Handshake responder(Pattern pattern, BytesView prologue, crypto::DhSecret own_static, crypto::DhSecret ephemeral);
  Handshake(Handshake&&) noexcept;
  Handshake& operator=(Handshake&&) noexcept;
  ~Handshake();

  void set_psk(const Array<32>& psk);

  [[nodiscard]] Result<Bytes> write(BytesView payload);  ///< the next message of ours
  [[nodiscard]] Result<Bytes> read(BytesView message);   ///< the payload of the next message of theirs
  [[nodiscard]] const DhKey& remote_static() const;      ///< known to a responder once message 1 was read
  [[nodiscard]] bool finished() const noexcept;
  [[nodiscard]] Hash hash() const;     ///< h, for channel binding; after the last message
  [[nodiscard]] Transport split() &&;  ///< after the last message

 private:
  struct State;
  explicit Handshake(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace ward::noise
