#pragma once

#include "tests/vectors/tally.hpp"

#include <ostream>
#include <string>

namespace ward::vectors {

/// Ed25519: the form of C2SP CCTV (no verdicts: libsodium's is the norm, and how many it accepts is printed) or of Wycheproof (its verdict
/// is the norm too, `acceptable` is not applicable). A vector passes when the project's own verification gives the norm's verdict. Throws
/// `BadFile`.
[[nodiscard]] Tally run_signature_file(const std::string& path, std::ostream& out);

}  // namespace ward::vectors
