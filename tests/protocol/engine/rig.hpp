#pragma once

#include "tests/protocol/engine/city.hpp"

#include <deque>
#include <functional>

/// One link between a ward and the centre, without time or sockets. Every effect is a step with a number and a name; a plan says what goes
/// wrong at which.
namespace ward::test {

enum class Fault_at { cut, store_fails, answer_lost };

struct Plan {
  std::size_t step = SIZE_MAX;
  Fault_at fault = Fault_at::cut;  ///< cut: before the step. answer_lost: the store did it, the process died before it heard
  std::size_t chunk = SIZE_MAX;    ///< bytes arrive in pieces of this size
  std::function<void(std::size_t step, Bytes& bytes)> tamper = [](std::size_t, Bytes&) {};
};

struct Outcome {
  std::vector<std::string> steps;
  std::vector<std::size_t> sizes;  ///< bytes of each step that sent some
  std::optional<Error> ward_closed, centre_closed;
};

class Rig {
 public:
  Rig(FakeWard& ward, FakeCentre& centre, Plan plan = {});

  /// Until nothing moves any more, or the link is closed or cut.
  void run();
  /// One event.
  void step();
  void tell_ward(engine::agent::Event event);
  void tell_centre(engine::centre::Event event);
  /// Before everything that waits.
  void tell_centre_first(engine::centre::Event event);
  [[nodiscard]] const Outcome& outcome() const { return outcome_; }
  [[nodiscard]] bool cut() const { return cut_; }
  [[nodiscard]] const engine::centre::CentreEngine& centre_engine() const { return centre_engine_; }
  [[nodiscard]] const engine::agent::AgentEngine& ward_engine() const { return ward_engine_; }
  void pass(MonotonicClock::duration time) { now_.monotonic += time; }
  [[nodiscard]] Instant ward_timer() const { return ward_timer_; }
  [[nodiscard]] Instant centre_timer() const { return centre_timer_; }

 private:
  template <class Effect, class Perform, class Send, class Tell>
  void obey(const char* who, const Effect& effect, Perform&& perform, Send&& send, Tell&& tell, std::optional<Error>& closed,
            Instant& timer);
  [[nodiscard]] bool begins(std::string name);

  FakeWard& ward_;
  FakeCentre& centre_;
  Plan plan_;
  Outcome outcome_;
  bool cut_ = false;
  Now now_{Instant{std::chrono::hours(1)}, {1'760'000'100'000}};
  Instant ward_timer_{}, centre_timer_{};
  engine::agent::AgentEngine ward_engine_;
  engine::centre::CentreEngine centre_engine_;
  std::deque<std::function<void()>> events_;
};

/// The exchange of one link, from its beginning until it is quiet.
Outcome exchange(FakeWard& ward, FakeCentre& centre, Plan plan = {});

}  // namespace ward::test
