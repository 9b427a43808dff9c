#pragma once

#include "protocol/segment/rows.hpp"
#include "tests/sim/surroundings.hpp"

namespace ward::sim {

/// Changes one bit of what the writer signed, in one of these segments, as a liar on the other side would, or bad memory. Returns its
/// statement as it was; nothing when no segment has an open row: of sealed ones a peer cannot think that its own computing was at fault.
[[nodiscard]] std::optional<segment::Statement> forge_one(std::vector<segment::Rows>& all, Dice& dice);

}  // namespace ward::sim
