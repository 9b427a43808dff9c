#pragma once

#include "protocol/base/overloaded.hpp"
#include "protocol/engine/link_effects.hpp"
#include "protocol/sync/channel.hpp"

#include <deque>
#include <optional>
#include <type_traits>
#include <utility>

namespace ward::fuzz {

/// An engine with its store, on a line at whose other end somebody says whatever he likes. `perform` answers what the engine asks of its
/// store: with an event, or with nothing where the engine asked for the last time.
template <class Event, class Make, class Perform>
class Line {
 public:
  Line(Make make_engine, Perform perform, const Array<32>& entropy) : engine_(make_engine()), perform_(std::move(perform)) {
    tell(engine::LinkUp{entropy});
  }

  void tell(Event event) {
    std::deque<Event> events;
    events.push_back(std::move(event));
    for (; !events.empty(); events.pop_front()) {
      WARD_ASSERT(++told_ < events_max);
      for (const auto& effect : engine_.on(events.front(), now_)) {
        WARD_ASSERT(!over_);  // nothing comes after the end
        std::visit(overloaded{[&](const engine::LinkEffect& wanted) { obey(wanted); },
                              [&](const auto& wanted) {
                                if (auto answer = perform_(wanted))
                                  events.push_back(*std::move(answer));
                                else
                                  over_ = true;
                              }},
                   effect);
      }
    }
  }
  void hear(BytesView bytes) { tell(engine::BytesArrived{copy(bytes)}); }
  /// What the engine has said since the last call.
  [[nodiscard]] Bytes said() { return std::exchange(said_, {}); }
  [[nodiscard]] bool over() const noexcept { return over_; }
  [[nodiscard]] bool hung_up() const noexcept { return hung_up_.has_value(); }

  /// Nothing more comes from the other end. An engine that waits for it for hours would never dial again.
  void fall_silent() {
    for (int hour = 0; hour < 3 && !over_; ++hour) {
      now_.monotonic += std::chrono::hours(1);
      tell(engine::TimerFired{});
    }
    WARD_ASSERT(over_);
  }

 private:
  static constexpr std::size_t events_max = 100'000;

  void obey(const engine::LinkEffect& wanted) {
    if (const auto* bytes = std::get_if<engine::SendBytes>(&wanted)) append(said_, bytes->bytes);
    if (const auto* close = std::get_if<engine::CloseLink>(&wanted)) {
      over_ = true;
      hung_up_ = close->reason;
    }
  }

  std::invoke_result_t<Make&> engine_;
  Perform perform_;
  Now now_{Instant{std::chrono::hours(1)}, {1'760'000'100'000}};
  Bytes said_;
  bool over_ = false;
  std::optional<Error> hung_up_;
  std::size_t told_ = 0;
};

template <class Event, class Make, class Perform>
Line<Event, Make, Perform> line_with(Make make_engine, Perform perform, const Array<32>& entropy) {
  return Line<Event, Make, Perform>(std::move(make_engine), std::move(perform), entropy);
}

/// The content of the first frame among `bytes`, after `skip` bytes of them.
inline std::optional<Bytes> first_frame(BytesView bytes, std::size_t skip) {
  sync::FrameReader reader;
  reader.feed(bytes);
  if (skip != 0 && !reader.take(skip)) return std::nullopt;
  return reader.next();
}

}  // namespace ward::fuzz
