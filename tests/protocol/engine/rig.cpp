#include "tests/protocol/engine/rig.hpp"

#include "tests/support/made.hpp"

namespace ward::test {

using namespace engine;

Rig::Rig(FakeWard& ward, FakeCentre& centre, Plan plan)
    : ward_(ward),
      centre_(centre),
      plan_(std::move(plan)),
      ward_engine_(ward.pc->identity(*ward.city)),
      centre_engine_(centre.city->centre_identity()) {
  tell_centre(LinkUp{filled<32>(50)});
  tell_ward(LinkUp{filled<32>(51)});
}

/// False when the link is cut before this step.
bool Rig::begins(std::string name) {
  if (outcome_.steps.size() == plan_.step && plan_.fault == Fault_at::cut) cut_ = true;
  if (!cut_) outcome_.steps.push_back(std::move(name));
  return !cut_;
}

template <class Effect, class Perform, class Send, class Tell>
void Rig::obey(const char* who, const Effect& effect, Perform&& perform, Send&& send, Tell&& tell, std::optional<Error>& closed,
               Instant& timer) {
  if (const auto* link = std::get_if<LinkEffect>(&effect)) {
    if (const auto* arm = std::get_if<ArmTimer>(link)) timer = arm->at;
    if (const auto* close = std::get_if<CloseLink>(link)) closed = close->reason;
    const auto* bytes = std::get_if<SendBytes>(link);
    if (bytes == nullptr || !begins(std::string(who) + " sends")) return;
    Bytes sent = bytes->bytes;
    outcome_.sizes.push_back(sent.size());
    plan_.tamper(outcome_.steps.size() - 1, sent);
    for (std::size_t at = 0; at < sent.size(); at += std::min(plan_.chunk, sent.size() - at))
      send(copy(BytesView(sent).subspan(at, std::min(plan_.chunk, sent.size() - at))));
    return;
  }
  const auto& wanted = std::get<0>(effect);
  const auto step = outcome_.steps.size();
  if (!begins(std::string(who) + ": " + name_of(wanted))) return;
  if (step == plan_.step && plan_.fault == Fault_at::store_fails) return tell(StorageFailed{fail(Fault::storage_full, "test")});
  auto event = perform(wanted);
  if (step == plan_.step && plan_.fault == Fault_at::answer_lost) {
    cut_ = true;
    return;
  }
  tell(std::move(event));
}

void Rig::tell_ward(agent::Event event) {
  events_.push_back([this, happened = std::move(event)] {
    for (const auto& effect : ward_engine_.on(happened, now_)) {
      if (cut_) return;
      obey(
          "ward", effect, [&](const agent::StoreEffect& e) { return ward_.perform(e); },
          [&](Bytes b) { tell_centre(BytesArrived{std::move(b)}); }, [&](agent::Event e) { tell_ward(std::move(e)); }, outcome_.ward_closed,
          ward_timer_);
    }
  });
}

void Rig::tell_centre(centre::Event event) {
  events_.push_back([this, happened = std::move(event)] {
    for (const auto& effect : centre_engine_.on(happened, now_)) {
      if (cut_) return;
      obey(
          "centre", effect, [&](const centre::StoreEffect& e) { return centre_.perform(e); },
          [&](Bytes b) { tell_ward(BytesArrived{std::move(b)}); }, [&](centre::Event e) { tell_centre(std::move(e)); },
          outcome_.centre_closed, centre_timer_);
    }
  });
}

void Rig::run() {
  for (std::size_t i = 0; !events_.empty() && !cut_; ++i) {
    WARD_ASSERT(i < 100'000);
    step();
  }
}

void Rig::step() {
  const auto event = std::move(events_.front());
  events_.pop_front();
  now_.monotonic += std::chrono::milliseconds(10);
  event();
}

void Rig::tell_centre_first(centre::Event event) {
  tell_centre(std::move(event));
  events_.push_front(std::move(events_.back()));
  events_.pop_back();
}

Outcome exchange(FakeWard& ward, FakeCentre& centre, Plan plan) {
  Rig rig(ward, centre, std::move(plan));
  rig.run();
  return rig.outcome();
}

}  // namespace ward::test
