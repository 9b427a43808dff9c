#include "tests/sim/surroundings.hpp"

#include "protocol/base/ids.hpp"

#include <cstdio>

namespace ward::sim {

void Trace::mix(BytesView bytes) {
  for (const auto byte : bytes) hash_ = (hash_ ^ byte) * 0x100000001b3U;  // FNV-1a
}

void Trace::note(Instant at, std::string_view what, BytesView bytes) {
  const auto ms = at.time_since_epoch().count();
  mix({reinterpret_cast<const std::uint8_t*>(&ms), sizeof ms});
  mix(view(what));
  mix(bytes);
  ++lines_;
  if (aloud_)
    std::printf("%9.3f  %.*s %s\n", static_cast<double>(ms) / 1000.0 - 3600.0, static_cast<int>(what.size()), what.data(),
                (bytes.size() <= Rid::size ? hex(bytes).substr(0, 8) : std::to_string(bytes.size()) + " B").c_str());
}

void Schedule::run_until(Instant end) {
  while (!planned_.empty() && planned_.begin()->first.first <= end) {
    auto next = planned_.extract(planned_.begin());
    now_ = next.key().first;
    next.mapped()();
  }
  now_ = end;
}

}  // namespace ward::sim
