#pragma once

#include "runtime/link.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <boost/asio/post.hpp>

#include <optional>
#include <type_traits>

/// The one loop that joins an engine to the world: events in, effects out, in order. It decides nothing.
namespace ward::runtime {

namespace driving {

template <class Engine, class Event, class Perform, class Outside>
asio::awaitable<void> run_engine(Link& link, Engine& engine, Array<32> entropy, Perform& perform, Outside& outside, Error& reason) {
  std::deque<Event> events;
  events.emplace_back(engine::LinkUp{entropy});
  while (!link.closing()) {
    if (auto event = outside()) events.push_back(*std::move(event));
    if (events.empty()) {
      auto happening = co_await link.next();
      if (auto* lost = std::get_if<Link::Lost>(&happening)) {
        reason = std::move(lost->reason);
        link.close();
        co_return;
      }
      if (auto* bytes = std::get_if<engine::BytesArrived>(&happening)) events.emplace_back(std::move(*bytes));
      if (std::holds_alternative<engine::TimerFired>(happening)) events.emplace_back(engine::TimerFired{});
      continue;
    }
    const Event event = std::move(events.front());
    events.pop_front();
    const auto now = read_clock();
    for (auto& effect : engine.on(event, now)) {
      std::visit(
          [&](auto& e) {
            if constexpr (std::is_same_v<std::decay_t<decltype(e)>, engine::LinkEffect>) {
              link.obey(std::move(e));
            } else if (std::optional<Event> completion = perform(std::move(e), now)) {
              events.push_back(*std::move(completion));
            }
          },
          effect);
    }
    co_await asio::post(asio::use_awaitable);  // other links and requests get their turn between two events
  }
  reason = *link.closing();
  co_await link.finish();
}

}  // namespace driving

/// Runs one engine over one link until either ends; says why it ended.
/// `perform(effect, now)` does what the engine asks of the storage and gives the completion event (an optional or an event).
/// `outside()` gives the next event from outside the link, if there is one; whoever causes one calls `link.wake()`.
/// All references must outlive the awaiting.
template <class Event, class Engine, class Perform, class Outside>
asio::awaitable<Error> drive(Link& link, Engine& engine, Array<32> entropy, Perform& perform, Outside& outside) {
  using namespace asio::experimental::awaitable_operators;
  Error reason{Fault::io, "the link ended"};
  co_await (link.pump() && driving::run_engine<Engine, Event, Perform, Outside>(link, engine, entropy, perform, outside, reason));
  co_return reason;
}

}  // namespace ward::runtime
