#include "tests/sim/ward_site.hpp"

#include "protocol/base/overloaded.hpp"
#include "protocol/crypto/hash.hpp"
#include "tests/sim/founding.hpp"

#include <filesystem>

namespace ward::sim {
namespace {

using namespace engine;

constexpr std::size_t crash_chance = 150;
constexpr std::size_t failure_chance = 60;

bool honest_end(Fault fault) {
  return fault == Fault::timeout || fault == Fault::io || fault == Fault::not_member || fault == Fault::revoked ||
         fault == Fault::storage_full;
}

/// Why a PC may say that it did not save.
bool honest_no(Fault fault) {
  return fault == Fault::not_member || fault == Fault::revoked || fault == Fault::not_found || fault == Fault::gap ||
         fault == Fault::missing_key;
}

}  // namespace

WardSite::WardSite(Surroundings& world, CentreSite& centre, std::vector<SavedChange>& accepted, std::size_t number, UnitCode unit,
                   std::string path, storage::WardKeys keys)
    : world_(world),
      centre_(centre),
      accepted_(accepted),
      name_("ward " + std::to_string(number)),
      number_(number),
      unit_(std::move(unit)),
      path_(std::move(path)),
      keys_(std::move(keys)),
      device_(crypto::device_of(crypto::public_of(keys_.device.sign))),
      secrets_(world.dice.next()),
      clerk_(world.dice) {}

void WardSite::open() {
  auto opened = storage::WardStore::open(path_, copy_of(keys_), [this](std::span<std::uint8_t> out) { secrets_.fill(out); });
  store_.emplace(demand(std::move(opened), name_ + " opens its data"));
  world_.note(name_ + ": up");
  dial_after(world_.dice.pause(10, 1'000));
}

void WardSite::crash() {
  world_.note(name_ + ": dies");
  if (wire_) wire_->cut();
  hang_up();
  ++dial_;
  store_.reset();
  screen_.clear();
  if (world_.goes_wrong(3)) meddle_with_disk();
  world_.schedule.after(world_.dice.pause(100, 30'000), [this] { open(); });
}

// ---- the line ----
void WardSite::dial_after(MonotonicClock::duration pause) {
  world_.schedule.after(pause, [this, number = ++dial_] {
    if (number == dial_ && store_ && !engine_) dial();
  });
}

void WardSite::dial() {
  if (!reachable_ || !centre_.up() || world_.goes_wrong(6)) return dial_after(world_.dice.pause(500, 15'000));
  const auto link = ++link_;
  Wire::Listener here{[this, link](Bytes bytes) {
                        if (link == link_ && engine_) tell(BytesArrived{std::move(bytes)});
                      },
                      [this, link] {
                        if (link != link_ || !engine_) return;
                        world_.note(name_ + ": the line is gone");
                        hang_up();
                        dial_after(world_.dice.pause(200, 10'000));
                      }};
  const auto connection = std::make_shared<std::uint64_t>(0);
  Wire::Listener there{[this, connection](Bytes bytes) { centre_.hear(*connection, std::move(bytes)); },
                       [this, connection] { centre_.lost(*connection); }};
  wire_ = std::make_shared<Wire>(world_, std::move(here), std::move(there));
  *connection =
      centre_.accept([wire = wire_](const Bytes& bytes) { wire->send(End::centre, bytes); }, [wire = wire_] { wire->close(End::centre); });
  world_.note(name_ + ": calls");
  engine_.emplace(store_->engine_identity());
  greeting_.clear();
  LinkUp up;
  secrets_.fill(up.entropy);
  tell(up);
}

void WardSite::hang_up() {
  ++link_;
  engine_.reset();
  wire_.reset();
}

void WardSite::tell(agent::Event event) {
  for (auto& effect : engine_->on(event, now())) {
    if (auto* wanted = std::get_if<agent::StoreEffect>(&effect)) {
      if (!perform(std::move(*wanted))) return;
    } else {
      obey(std::get<LinkEffect>(effect));
      if (!engine_) return;
    }
  }
}

bool WardSite::perform(agent::StoreEffect effect) {
  const auto kind = std::to_string(effect.index());
  if (world_.goes_wrong(crash_chance)) {
    crash();
    return false;
  }
  agent::Event event = StorageFailed{fail(Fault::storage_full, "the disk is full")};
  if (!world_.goes_wrong(failure_chance)) event = storage::perform(std::move(effect), *store_, now());
  world_.note(name_ + ": effect " + kind + " gives " + std::to_string(event.index()));
  if (const auto* failed = std::get_if<StorageFailed>(&event);
      failed != nullptr && failed->error.fault != Fault::storage_full && failed->error.fault != Fault::io)
    throw Complaint(name_ + ": effect " + kind + " failed: " + ward::name_of(failed->error.fault) + ", " + failed->error.detail);
  if (world_.goes_wrong(crash_chance)) {
    crash();
    return false;
  }
  world_.schedule.after(world_.dice.pause(0, 30), [this, link = link_, happened = std::move(event)] {
    if (link == link_ && engine_) tell(happened);
  });
  return true;
}

void WardSite::obey(const LinkEffect& effect) {
  std::visit(overloaded{
                 [&](const SendBytes& e) {
                   world_.note(name_ + ": sends", e.bytes);
                   if (greeting_.empty()) greeting_ = e.bytes;
                   wire_->send(End::ward, e.bytes);
                 },
                 [&](const ArmTimer& e) {
                   world_.schedule.at(e.at, [this, link = link_, number = ++timer_] {
                     if (link == link_ && number == timer_ && engine_) tell(TimerFired{});
                   });
                 },
                 [&](const CloseLink& e) {
                   world_.note(name_ + ": closes, " + e.reason.detail);
                   if (!honest_end(e.reason.fault)) throw Complaint(name_ + ": leaves an honest centre: " + e.reason.detail);
                   wire_->close(End::ward);
                   hang_up();
                   const bool refused = e.reason.fault == Fault::not_member || e.reason.fault == Fault::revoked;
                   dial_after(refused ? world_.dice.pause(5'000, 20'000) : world_.dice.pause(200, 8'000));
                 },
             },
             effect);
}

// ---- the clerk ----
std::optional<storage::NewChange> WardSite::think_up(const std::vector<Did>& dossiers) {
  if (dossiers.empty() || world_.dice.one_in(4)) return storage::NewChange{clerk_.new_dossier(), std::nullopt};
  const auto did = dossiers[world_.dice.below(dossiers.size())];
  const auto shown = storage::show_dossier(store_->store(), did);
  if (shown.has_error() || !shown->state.created) return std::nullopt;
  auto& screen = screen_[did];
  // He may still look at what he opened some time ago.
  if (screen.version.empty() || !world_.dice.one_in(3)) screen = shown->state;
  return storage::NewChange{clerk_.edit(screen), did};
}

void WardSite::write(const std::vector<Did>& dossiers) {
  if (!store_) return;
  auto wanted = think_up(dossiers);
  if (!wanted) return;
  auto saved = store_->save({*wanted}, now());
  if (saved.has_error()) {
    world_.note(name_ + ": did not save, " + saved.error().detail);
    if (!honest_no(saved.error().fault)) throw Complaint(name_ + ": did not save: " + saved.error().detail);
    return;
  }
  world_.note(name_ + ": saved", saved->front().did.view());
  accepted_.push_back({number_, saved->front().did, saved->front().position, std::move(wanted->change.ops), false});
  if (world_.goes_wrong(40)) return crash();
  if (engine_) tell(agent::OutboxGrew{});
}

// ---- the disk ----
void WardSite::meddle_with_disk() {
  const auto copy = path_ + ".copy";
  if (!copied_at_ || world_.dice.one_in(2)) {
    world_.note(name_ + ": its disk is copied");
    std::filesystem::copy_file(path_, copy, std::filesystem::copy_options::overwrite_existing);
    copied_at_ = accepted_.size();
    return;
  }
  world_.note(name_ + ": an older copy of its disk comes back");
  std::filesystem::copy_file(copy, path_, std::filesystem::copy_options::overwrite_existing);
  for (auto i = *copied_at_; i < accepted_.size(); ++i)
    if (accepted_[i].ward == number_) accepted_[i].uncertain = true;
}

}  // namespace ward::sim
