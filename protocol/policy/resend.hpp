#pragma once

#include "protocol/base/codec.hpp"
#include "protocol/base/ids.hpp"

#include <vector>

/// What a centre asks for again because its disk changed it (docs/adr/0016, WIRE.md §5.4).
namespace ward::policy {

/// Operations key: of these segments the centre gives nobody anything. Who wrote them sends them again. A centre that is restored from an
/// older copy, where they may be whole, learns by this entry that some pulled past them, and gives them to everybody anew.
struct Resend {
  DeviceId device;
  Incarnation incarnation;
  std::vector<Seq> firsts;  ///< each segment's first number, ascending; 1 to `resend_segments_max`
  friend bool operator==(const Resend&, const Resend&) = default;
};
inline constexpr std::size_t resend_segments_max = 256;

void encode(Writer& to, const Resend& resend);
[[nodiscard]] Resend read_resend(Reader& from);

}  // namespace ward::policy
