#include "tests/sim/centre_site.hpp"

#include "protocol/base/overloaded.hpp"
#include "tests/sim/founding.hpp"

namespace ward::sim {
namespace {

using namespace engine;

constexpr std::size_t crash_chance = 250;   ///< one storage effect in so many
constexpr std::size_t failure_chance = 60;  ///< a full disk, a lock: nothing was written

/// How a connection may honestly end. Anything else means that an engine sent what its peer cannot take.
bool honest_end(Fault fault) {
  return fault == Fault::timeout || fault == Fault::io || fault == Fault::not_member || fault == Fault::revoked ||
         fault == Fault::storage_full;
}

}  // namespace

CentreSite::CentreSite(Surroundings& world, std::string path, storage::CentreKeys keys)
    : world_(world), path_(std::move(path)), keys_(std::move(keys)), secrets_(world.dice.next()) {}

void CentreSite::open() {
  ++life_;
  auto opened = storage::CentreStore::open(path_, copy_of(keys_), [this](std::span<std::uint8_t> out) { secrets_.fill(out); });
  store_.emplace(demand(std::move(opened), "the centre opens its data"));
  world_.note("centre: up");
  merge_soon();
}

void CentreSite::crash() {
  world_.note("centre: dies");
  ++life_;
  store_.reset();
  merging_ = false;
  auto lines = std::exchange(lines_, {});
  for (auto& [number, line] : lines) line.close();
  world_.schedule.after(world_.dice.pause(100, 20'000), [this] { open(); });
}

std::uint64_t CentreSite::accept(std::function<void(const Bytes&)> send, std::function<void()> close) {
  const auto number = ++connections_;
  lines_.emplace(number, Line{centre::CentreEngine(store_->engine_identity()), std::move(send), std::move(close)});
  LinkUp up;
  secrets_.fill(up.entropy);
  tell(number, up);
  return number;
}

void CentreSite::hear(std::uint64_t connection, Bytes bytes) { tell(connection, BytesArrived{std::move(bytes)}); }

void CentreSite::tell(std::uint64_t connection, centre::Event event) {
  const auto line = lines_.find(connection);
  if (line == lines_.end()) return;
  for (auto& effect : line->second.engine.on(event, {world_.schedule.now(), clock()})) {
    if (auto* wanted = std::get_if<centre::StoreEffect>(&effect)) {
      if (!perform(connection, std::move(*wanted))) return;
    } else {
      obey(connection, std::get<LinkEffect>(effect));
    }
  }
}

bool CentreSite::perform(std::uint64_t connection, centre::StoreEffect effect) {
  const auto kind = std::to_string(effect.index());
  if (world_.goes_wrong(crash_chance)) {
    crash();
    return false;
  }
  centre::Event event = StorageFailed{fail(Fault::storage_full, "the disk is full")};
  if (!world_.goes_wrong(failure_chance)) event = storage::perform(std::move(effect), *store_, clock());
  if (const auto* failed = std::get_if<StorageFailed>(&event); failed != nullptr && failed->error.fault != Fault::storage_full)
    throw Complaint("centre: effect " + kind + " failed: " + ward::name_of(failed->error.fault) + ", " + failed->error.detail);
  const auto* admitted = std::get_if<centre::Admitted>(&event);
  world_.note("centre: effect " + kind + " gives " + std::to_string(event.index()),
              admitted != nullptr ? admitted->log.root.view() : BytesView{});
  if (admitted != nullptr) {
    for (const auto& refused : admitted->refused)
      if (refused.fault != Fault::gap)
        throw Complaint(std::string("centre: an honest segment is refused as ") + ward::name_of(refused.fault));
  }
  if (world_.goes_wrong(crash_chance)) {
    crash();
    return false;
  }
  world_.schedule.after(world_.dice.pause(0, 30), [this, connection, life = life_, happened = std::move(event)] {
    if (life == life_) tell(connection, happened);
  });
  if (admitted != nullptr) grew(connection);
  return true;
}

void CentreSite::obey(std::uint64_t connection, const LinkEffect& effect) {
  auto& line = lines_.at(connection);
  std::visit(overloaded{
                 [&](const SendBytes& e) {
                   world_.note("centre: sends", e.bytes);
                   line.send(e.bytes);
                 },
                 [&](const ArmTimer& e) {
                   const auto number = line.timer = ++timers_;
                   world_.schedule.at(e.at, [this, connection, number] {
                     const auto armed = lines_.find(connection);
                     if (armed != lines_.end() && armed->second.timer == number) tell(connection, TimerFired{});
                   });
                 },
                 [&](const CloseLink& e) {
                   world_.note("centre: closes, " + e.reason.detail);
                   if (!honest_end(e.reason.fault)) throw Complaint("centre: closes a link to an honest ward: " + e.reason.detail);
                   const auto close = std::move(line.close);
                   lines_.erase(connection);
                   close();
                 },
             },
             effect);
}

void CentreSite::grew(std::uint64_t but_not) {
  merge_soon();
  for (const auto& [number, line] : lines_) {
    if (number == but_not) continue;
    world_.schedule.after({}, [this, to = number] {
      if (store_) tell(to, centre::LogGrew{store_->store().policy.count()});
    });
  }
}

void CentreSite::policy_changed() { grew(0); }

void CentreSite::merge_soon() {
  if (std::exchange(merging_, true)) return;
  world_.schedule.after(world_.dice.pause(1, 2'000), [this, life = life_] {
    if (life == life_ && store_) merge();
  });
}

void CentreSite::merge() {
  merging_ = false;
  const auto more = demand(store_->apply_pending(1 + world_.dice.below(4)), "the registry merges");
  if (world_.goes_wrong(crash_chance)) return crash();
  if (more) return merge_soon();
  const auto log = store_->log_view(clock());
  world_.note("centre: applied " + std::to_string(log.applied));
  for (const auto& [number, line] : lines_)
    world_.schedule.after({}, [this, to = number, log] { tell(to, centre::AppliedGrew{log.applied, log.applied_exceptions}); });
}

}  // namespace ward::sim
