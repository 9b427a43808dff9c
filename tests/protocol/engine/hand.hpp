#pragma once

#include "tests/protocol/engine/town.hpp"

#include <catch2/catch.hpp>

#include <algorithm>

namespace ward::test {

using namespace engine;

inline std::ptrdiff_t count(const Outcome& outcome, const char* step) {
  return std::count(outcome.steps.begin(), outcome.steps.end(), step);
}

/// A centre made by hand: a test says what it answers, however wrong.
struct HandCentre {
  City& city;
  noise::Handshake handshake;
  std::optional<sync::Channel> channel;

  explicit HandCentre(City& of)
      : city(of),
        handshake(noise::Handshake::responder(noise::Pattern::ik,
                                              sync::prologue(sync::Purpose::sync, of.org(), crypto::public_of(of.centre_noise)),
                                              of.centre_noise.clone(), made_secret<crypto::DhSecret>(33))) {}
  [[nodiscard]] sync::Receipted receipt(const DeviceId& device, const crypto::SignSeed& key) const {
    sync::Receipted out;
    out.receipt.org = city.org();
    out.receipt.device = device;
    out.receipt.root = log::Frontier{}.root();
    out.signature = log::sign(out.receipt, key);
    out.policy_count = city.policy.count();
    return out;
  }
  Bytes answer(BytesView greeting, const sync::Welcome& welcome) {
    CHECK(handshake.read(greeting.subspan(sync::preface_size + 2)).has_value());
    const auto message = handshake.write(sync::encode_welcome(welcome));
    channel.emplace(std::move(handshake).split());
    return sync::frame(message.value());
  }
  Bytes say(const sync::Message& message) { return channel->seal(sync::encode_message(message)).value(); }
};

/// The ward's engine against such a centre, its own store being the fake one.
struct HandLink {
  Town& town;
  HandCentre centre{town.city};
  agent::AgentEngine engine;
  Now now{Instant{std::chrono::hours(1)}, {}};
  std::vector<std::string> stored;
  std::vector<Bytes> sent;
  std::optional<Error> closed;
  Instant timer{};

  explicit HandLink(Town& of) : town(of), engine(of.pc.identity(of.city)) { tell(LinkUp{filled<32>(50)}); }
  void tell(const agent::Event& event) {
    for (const auto& effect : engine.on(event, now)) {
      if (const auto* wanted = std::get_if<agent::StoreEffect>(&effect)) {
        stored.push_back(name_of(*wanted));
        tell(town.ward.perform(*wanted));
        continue;
      }
      const auto& link = std::get<LinkEffect>(effect);
      if (const auto* bytes = std::get_if<SendBytes>(&link)) sent.push_back(bytes->bytes);
      if (const auto* close = std::get_if<CloseLink>(&link)) closed = close->reason;
      if (const auto* arm = std::get_if<ArmTimer>(&link)) timer = arm->at;
    }
  }
  void open() { open(centre.receipt(town.pc.id, town.city.receipt)); }
  void open(const sync::Welcome& welcome) { tell(BytesArrived{centre.answer(sent.at(0), welcome)}); }
  void hear(const sync::Message& message) { tell(BytesArrived{centre.say(message)}); }
  void fire_at(Instant at) {
    now.monotonic = at;
    tell(TimerFired{});
  }
};

}  // namespace ward::test
