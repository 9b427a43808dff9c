#pragma once

#include "protocol/segment/rows.hpp"

#include <functional>
#include <optional>

namespace ward::segment {

/// What a receiver knows of a change that it holds.
struct Holding {
  Did did;
  KeyId key_id;
};
/// The change at a position; nothing when it is not held.
using FindHolding = std::function<std::optional<Holding>(const Position&)>;

/// Puts back what `elided.dossiers` left out: each change is of the dossier, and under the key, of the first head that it names; then the
/// rows are in leaf order. Nothing is verified: `verify_rows` does. False when a head is not held; the rows are then of no use.
[[nodiscard]] bool name_dossiers(Rows& rows, const FindHolding& find);

}  // namespace ward::segment
