#pragma once

#include "protocol/engine/link_effects.hpp"
#include "protocol/sync/channel.hpp"
#include "protocol/sync/messages.hpp"

#include <utility>
#include <vector>

namespace ward::engine {

/// A peer ended the exchange. Its own trouble is none of ours: what would stop this process is a reason to try again later.
inline Error ended_by_peer(Fault fault, const char* detail) {
  const auto reaction = reaction_to(fault);
  return fail(reaction == Reaction::retry || reaction == Reaction::reject ? fault : Fault::io, detail);
}

/// Collects what an engine wants done, in order. After `close` nothing is added any more.
template <class Effect>
class Voice {
 public:
  template <class Wanted>
  void ask(Wanted wanted) {
    if (!closed_) effects_.emplace_back(std::move(wanted));
  }
  void link(LinkEffect effect) { ask(std::move(effect)); }
  void send(Bytes bytes) { link(SendBytes{std::move(bytes)}); }
  void arm(Instant at) { link(ArmTimer{at}); }
  void close(Error reason) {
    link(CloseLink{std::move(reason)});
    closed_ = true;
  }
  void say(sync::Channel& channel, const sync::Message& message) {
    auto sealed = channel.seal(sync::encode_message(message));
    if (sealed.has_error()) return close(sealed.error());
    send(*std::move(sealed));
  }

  [[nodiscard]] bool closed() const noexcept { return closed_; }
  [[nodiscard]] std::vector<Effect> take() { return std::exchange(effects_, {}); }

 private:
  std::vector<Effect> effects_;
  bool closed_ = false;
};

}  // namespace ward::engine
