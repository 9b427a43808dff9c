#pragma once

#include "protocol/base/bytes.hpp"
#include "protocol/base/error.hpp"
#include "protocol/base/time.hpp"

#include <variant>

/// What every engine may ask of its link, and what its link may tell it.
namespace ward::engine {

struct SendBytes {
  Bytes bytes;
};
/// One timer per engine; a later one replaces it.
struct ArmTimer {
  Instant at;
};
/// Nothing more comes from this engine. What was sent is flushed first. `reason.fault` decides the next attempt (`reaction_to`).
struct CloseLink {
  Error reason;
};
using LinkEffect = std::variant<SendBytes, ArmTimer, CloseLink>;

/// The link stands. `entropy`: 32 bytes for this handshake's ephemeral, hedged by the caller (records.md §9).
struct LinkUp {
  Array<32> entropy{};
};
struct BytesArrived {
  Bytes bytes;
};
struct TimerFired {};
/// A storage effect that did not happen; nothing of it is durable.
struct StorageFailed {
  Error error;
};

}  // namespace ward::engine
