#pragma once

#include "protocol/base/bytes.hpp"
#include "tests/vectors/tally.hpp"

#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace ward::vectors {

/// One handshake with the transport messages that follow, as other implementations publish it.
struct NoiseVector {
  struct Side {
    Bytes prologue;
    Bytes static_secret, ephemeral;
    std::optional<Bytes> remote_static;
    std::vector<Bytes> psks;
  };
  struct Message {
    Bytes payload, ciphertext;
  };
  std::string id;        ///< its place in the file and its name
  std::string protocol;  ///< e.g. Noise_IK_25519_ChaChaPoly_SHA256
  Side initiator, responder;
  std::vector<Message> messages;  ///< initiator and responder in turn
  std::optional<Bytes> hash;
};

/// The text form of flynn/noise (`key=value`, a blank line between vectors) or JSON in the form of cacophony (also snow, noise-c): `text`
/// is what `path` holds. Vectors of protocols that the project does not speak are named only. Throws `BadFile`.
[[nodiscard]] std::vector<NoiseVector> parse_noise_vectors(std::string_view text, const std::string& path);

/// Does the project speak this protocol?
[[nodiscard]] bool is_spoken(const NoiseVector& vector);
/// Empty when we write and read every message of a spoken protocol in both roles exactly as the vector says; otherwise what went wrong.
[[nodiscard]] std::string run_noise_vector(const NoiseVector& vector);

[[nodiscard]] Tally run_noise_file(const std::string& path, std::ostream& out);

}  // namespace ward::vectors
