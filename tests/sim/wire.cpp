#include "tests/sim/wire.hpp"

#include <algorithm>

namespace ward::sim {

Wire::Wire(Surroundings& world, Listener ward, Listener centre)
    : world_(world),
      listeners_{std::move(ward), std::move(centre)},
      latency_ms_(world.dice.between(5, world.faulty ? 900 : 60)),
      bytes_per_second_(world.dice.between(1'200, 200'000)) {}

void Wire::arrive(End at, Instant when, std::function<void(Listener&)> what) {
  auto& direction = towards(at);
  direction.last_arrival = std::max(direction.last_arrival, when);
  world_.schedule.at(direction.last_arrival, [self = shared_from_this(), at, told = std::move(what)] {
    if (self->silent_ || self->towards(at).lossy) return;
    told(self->listener(at));
  });
}

void Wire::send(End from, const Bytes& bytes) {
  if (cut_) return;
  const auto to = other(from);
  auto& direction = towards(to);
  for (std::size_t at = 0; at < bytes.size();) {
    const auto size = world_.dice.one_in(3) ? 1 + world_.dice.below(bytes.size() - at) : bytes.size() - at;
    const auto piece = BytesView(bytes).subspan(at, size);
    at += size;
    direction.busy_until = std::max(direction.busy_until, world_.schedule.now()) +
                           std::chrono::milliseconds(static_cast<std::int64_t>(size) * 1000 / bytes_per_second_);
    arrive(to, direction.busy_until + std::chrono::milliseconds(latency_ms_),
           [bytes_of_it = copy(piece)](Listener& who) { who.bytes(bytes_of_it); });
  }
}

void Wire::tell_lost(End end) {
  auto lost = std::exchange(listener(end).lost, [] {});
  listener(end).bytes = [](const Bytes&) {};
  lost();
}

void Wire::close(End from) {
  if (cut_) return;
  cut_ = true;
  listener(from) = {[](const Bytes&) {}, [] {}};
  const auto to = other(from);
  arrive(to, towards(to).busy_until + std::chrono::milliseconds(latency_ms_),
         [self = shared_from_this(), to](Listener&) { self->tell_lost(to); });
}

void Wire::cut() {
  if (cut_) return;
  cut_ = true;
  world_.note("a line is cut");
  for (const auto end : {End::ward, End::centre}) {
    if (world_.dice.one_in(2)) towards(end).lossy = true;
    // Each end notices in its own time; until then what was under way may still come.
    world_.schedule.after(world_.dice.pause(0, 6'000), [self = shared_from_this(), end] { self->tell_lost(end); });
  }
}

}  // namespace ward::sim
