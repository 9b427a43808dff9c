#pragma once

#include "protocol/engine/link_effects.hpp"
#include "protocol/sync/channel.hpp"
#include "protocol/sync/messages.hpp"
#include "protocol/ticket/introduction.hpp"

#include <memory>
#include <optional>
#include <variant>
#include <vector>

/// The ward's side of one enrolment (records.md §9). Pure; lives for one link.
namespace ward::engine::enrol {

/// The keys of a device: made once, on it, and never leaving it.
struct DeviceKeys {
  crypto::SignSeed sign;
  crypto::DhSecret noise;
  crypto::DhSecret sealing;
};

/// What an enrolment ends with: everything that the ward must store to sync. The policy log was verified from the ticket's root key.
struct Enrolled {
  sync::EnrolAnswer answer;
  std::string fingerprint;  ///< 30 digits, the same on the centre's screen
  std::vector<policy::Entry> policy;
  ticket::Ticket ticket;  ///< whole, also where it was typed
};
using Effect = std::variant<LinkEffect, Enrolled>;
using Event = std::variant<LinkUp, BytesArrived, TimerFired>;

class EnrolEngine {
 public:
  /// `keys` must outlive the engine. A typed ticket that another PC has used is `ticket_used`, with that PC's name.
  EnrolEngine(ticket::Given ticket, const DeviceKeys& keys, std::string label);
  ~EnrolEngine();

  /// Effects in the order in which they must happen. `Enrolled` or a CloseLink is the last; every further event gives none.
  [[nodiscard]] std::vector<Effect> on(const Event& event, Now now);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace ward::engine::enrol
