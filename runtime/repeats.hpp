#pragma once

#include "protocol/base/ids.hpp"
#include "runtime/http.hpp"

/// Idempotency-Key: a write is answered once, and a repeat of it gets the first answer. Storing answers is the caller's.
namespace ward::runtime {

/// What a key was used for: method, address, caller, who is logged in, and body, without `sign`. `invalid`: the key is too long.
[[nodiscard]] Result<Hash> name_of_request(const Request& request);
/// An answer as it is stored, and back; what does not decode is our own mistake.
[[nodiscard]] Bytes encode_answer(const Response& response);
[[nodiscard]] Response decode_answer(BytesView bytes);

}  // namespace ward::runtime
