#include "bench/city/exchange.hpp"

#include "protocol/base/overloaded.hpp"
#include "protocol/run/run.hpp"

#include <deque>

namespace ward::bench {
namespace {

using namespace engine;

constexpr std::size_t mss = 1448;
constexpr std::size_t dossiers_at_once = 1000;  ///< merged in one transaction

struct Link {
  City& city;
  bool sealed;
  agent::AgentEngine ward{city.ward().engine_identity()};
  centre::CentreEngine centre{city.centre().engine_identity()};
  std::deque<agent::Event> to_ward{LinkUp{{1}}};
  std::deque<centre::Event> to_centre{LinkUp{{2}}};
  Exchange out{};

  static void send(Wire& wire, std::size_t& first_message, const Bytes& bytes) {
    if (wire.payload == 0) first_message = bytes.size();
    wire.send(bytes.size());
  }

  agent::Event perform(agent::StoreEffect effect) {
    if (std::holds_alternative<agent::StoreReceipt>(effect)) out.until_receipt = out.total() - packet_header * out.down.acks_of_last;
    if (auto* outbox = std::get_if<agent::ReadOutbox>(&effect)) outbox->sealed = outbox->sealed || sealed;
    if (auto* prepare = std::get_if<agent::PrepareLink>(&effect); prepare != nullptr && sealed) prepare->small_segment_bytes = 0;
    auto done = storage::perform(std::move(effect), city.ward(), city.now());
    if (const auto* read = std::get_if<agent::OutboxRead>(&done); read != nullptr && !read->rows.empty())
      out.runs += run::encode_run(read->rows).size();
    return done;
  }

  centre::Event perform(centre::StoreEffect effect) {
    if (const auto* admit = std::get_if<centre::Admit>(&effect))
      for (const auto& rows : admit->rows) out.records += rows.rows.size();
    return storage::perform(std::move(effect), city.centre(), city.now().wall);
  }

  template <class Engine, class Events, class Peer>
  void step(Engine& engine, Events& events, Wire& wire, std::size_t& first_message, Peer& peer) {
    const auto event = std::move(events.front());
    events.pop_front();
    for (auto& effect : engine.on(event, city.now())) {
      const auto* link = std::get_if<LinkEffect>(&effect);
      if (link == nullptr) {
        events.push_back(perform(std::move(std::get<0>(effect))));
        continue;
      }
      if (const auto* bytes = std::get_if<SendBytes>(link)) {
        send(wire, first_message, bytes->bytes);
        peer.push_back(BytesArrived{bytes->bytes});
      }
      if (const auto* closed = std::get_if<CloseLink>(link)) must(Result<void>(closed->reason));
    }
  }

  void run() {
    while (!to_ward.empty() || !to_centre.empty()) {
      if (to_centre.empty()) {
        step(ward, to_ward, out.up, out.message_1, to_centre);
        continue;
      }
      const auto one = spent([&] { step(centre, to_centre, out.down, out.message_2, to_ward); });
      out.centre.cpu_s += one.cpu_s;
      out.centre.wall_s += one.wall_s;
    }
  }
};

}  // namespace

void Wire::send(std::size_t bytes) {
  const auto burst = (bytes + mss - 1) / mss;
  payload += bytes;
  segments += burst;
  acks_of_last = (burst + 1) / 2;
  acks += acks_of_last;
}

std::size_t Wire::total() const { return payload + (segments + acks) * packet_header; }

Exchange exchange(City& city, bool sealed) {
  Link link{city, sealed};
  link.run();
  link.out.merging = spent([&] {
    while (must(city.centre().apply_pending(dossiers_at_once))) {
    }
  });
  const auto log = city.centre().log_view(city.now().wall);
  link.to_centre.push_back(centre::AppliedGrew{log.applied, log.applied_exceptions, log.places});
  link.run();
  if (must(city.ward().report(city.now())).queue_records != 0) must(Result<void>(fail(Fault::gap, "something was not receipted")));
  return link.out;
}

}  // namespace ward::bench
