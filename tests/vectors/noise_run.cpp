#include "tests/vectors/noise_vectors.hpp"
#include "tests/vectors/vector_file.hpp"

#include "protocol/noise/noise.hpp"

namespace ward::vectors {
namespace {

constexpr std::string_view ik = "Noise_IK_25519_ChaChaPoly_SHA256";
constexpr std::string_view ikpsk2 = "Noise_IKpsk2_25519_ChaChaPoly_SHA256";
constexpr std::size_t handshake_messages = 2;

crypto::DhSecret secret(const Bytes& bytes) { return crypto::DhSecret(BytesView(bytes)); }

/// What a run needs that the vector does not have, or has in another size.
std::string lack(const NoiseVector& vector) {
  if (vector.messages.size() < handshake_messages) return "fewer than two messages";
  for (const auto* side : {&vector.initiator, &vector.responder}) {
    if (side->static_secret.size() != 32 || side->ephemeral.size() != 32) return "a static or ephemeral secret is not 32 bytes";
    if (vector.protocol == ikpsk2 && (side->psks.size() != 1 || side->psks[0].size() != 32)) return "not one psk of 32 bytes";
  }
  const auto known = crypto::public_of(secret(vector.responder.static_secret));
  if (vector.initiator.remote_static && *vector.initiator.remote_static != copy(known.view())) return "init_remote_static is another key";
  return {};
}

noise::Handshake start(const NoiseVector& vector, bool as_initiator) {
  const auto pattern = vector.protocol == ik ? noise::Pattern::ik : noise::Pattern::ikpsk2;
  const auto& own = as_initiator ? vector.initiator : vector.responder;
  auto out = as_initiator ? noise::Handshake::initiator(pattern, own.prologue, secret(own.static_secret),
                                                        crypto::public_of(secret(vector.responder.static_secret)), secret(own.ephemeral))
                          : noise::Handshake::responder(pattern, own.prologue, secret(own.static_secret), secret(own.ephemeral));
  if (pattern == noise::Pattern::ikpsk2) out.set_psk(fixed_from<Hash>(own.psks[0]).bytes);
  return out;
}

std::string compare(const Result<Bytes>& got, const Bytes& expected, const std::string& what) {
  if (got.has_error()) return what + ": " + name_of(got.error().fault);
  if (*got != expected) return what + ": other bytes";
  return {};
}

std::string run_role(const NoiseVector& vector, bool as_initiator) {
  const std::string role = as_initiator ? "as initiator, " : "as responder, ";
  auto handshake = start(vector, as_initiator);
  std::optional<noise::Transport> transport;
  for (std::size_t i = 0; i < vector.messages.size(); ++i) {
    const auto& [payload, ciphertext] = vector.messages[i];
    const bool is_ours = (i % 2 == 0) == as_initiator;
    const bool in_handshake = i < handshake_messages;
    const auto what = role + (is_ours ? "write message " : "read message ") + std::to_string(i + 1);
    const auto wrong = is_ours ? compare(in_handshake ? handshake.write(payload) : transport->seal(payload), ciphertext, what)
                               : compare(in_handshake ? handshake.read(ciphertext) : transport->open(ciphertext), payload, what);
    if (!wrong.empty()) return wrong;
    if (i + 1 != handshake_messages) continue;
    if (vector.hash && *vector.hash != copy(handshake.hash().view())) return role + "handshake hash: other bytes";
    transport.emplace(std::move(handshake).split());
  }
  return {};
}

}  // namespace

bool is_spoken(const NoiseVector& vector) { return vector.protocol == ik || vector.protocol == ikpsk2; }

std::string run_noise_vector(const NoiseVector& vector) {
  if (const auto missing = lack(vector); !missing.empty()) return missing;
  const auto wrong = run_role(vector, true);
  return wrong.empty() ? run_role(vector, false) : wrong;
}

Tally run_noise_file(const std::string& path, std::ostream& out) {
  Tally tally;
  for (const auto& vector : parse_noise_vectors(read_file(path), path)) {
    if (!is_spoken(vector)) {
      ++tally.not_applicable;
      out << "not applicable: " << vector.id << '\n';
      continue;
    }
    const auto wrong = run_noise_vector(vector);
    if (wrong.empty()) {
      ++tally.passed;
    } else {
      ++tally.failed;
      out << "failed: " << vector.id << ": " << wrong << '\n';
    }
  }
  return tally;
}

}  // namespace ward::vectors
