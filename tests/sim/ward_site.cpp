#include "tests/sim/ward_site.hpp"

#include "protocol/base/overloaded.hpp"
#include "protocol/crypto/hash.hpp"
#include "storage/dossiers.hpp"
#include "tests/sim/forger.hpp"
#include "tests/sim/founding.hpp"

namespace ward::sim {
namespace {

using namespace engine;

constexpr std::size_t crash_while_opening_chance = 12;
constexpr std::size_t crash_while_saving_chance = 50;
constexpr std::size_t crash_chance = 200;   ///< before, within or after a storage effect: each one time in so many
constexpr std::size_t failure_chance = 80;  ///< a lock: nothing was done
constexpr std::size_t forgery_chance = 40;
/// Hardly any, and of open dossiers too, so that what was let go is wanted again.
constexpr storage::KeepPlan keep_plan{std::chrono::seconds(100), std::chrono::seconds(30), false};

bool is_passing(Fault fault) { return fault == Fault::storage_full || fault == Fault::storage_locked; }

bool honest_end(Fault fault) {
  return fault == Fault::timeout || fault == Fault::io || fault == Fault::not_member || fault == Fault::revoked || is_passing(fault);
}

/// Why a PC may say that it did not save.
bool honest_no(Fault fault) {
  return fault == Fault::not_member || fault == Fault::revoked || fault == Fault::not_found || fault == Fault::gap ||
         fault == Fault::missing_key || fault == Fault::at_centre || fault == Fault::erased || is_passing(fault);
}

}  // namespace

WardSite::WardSite(Surroundings& world, Disks& disks, CentreSite& centre, std::vector<SavedChange>& accepted, std::vector<GivenCode>& given,
                   std::size_t number, UnitCode unit, std::string path, storage::WardKeys keys)
    : world_(world),
      disks_(disks),
      centre_(centre),
      accepted_(accepted),
      name_("ward " + std::to_string(number)),
      number_(number),
      unit_(std::move(unit)),
      path_(std::move(path)),
      keys_(std::move(keys)),
      device_(crypto::device_of(crypto::public_of(keys_.device.sign))),
      secrets_(world.dice.next()),
      clerk_(world.dice),
      codes_(world, disks, given, number, device_, path_) {
  pulse();
}

void WardSite::open() {
  auto opened = disks_.risk(path_, crash_while_opening_chance, [&] {
    auto store = storage::WardStore::open(
        path_, copy_of(keys_), [this](std::span<std::uint8_t> out) { secrets_.fill(out); }, storage::OpenMode::read_write, edition_);
    if (store.has_value())
      if (const auto compared = store->keep_codes_by(codes_.mark()); compared.has_error())
        return Result<storage::WardStore>(compared.error());
    return store;
  });
  if (disks_.is_dead(path_)) {
    opened = fail(Fault::io, "nobody heard of it");  // a dead process has nothing open
    return crash();
  }
  if (opened.has_error() && is_passing(opened.error().fault)) return open_later();
  store_.emplace(demand(std::move(opened), name_ + " opens its data"));
  store_->set_keep_plan(keep_plan);
  codes_.opened();
  world_.note(name_ + ": up");
  dial_after(world_.dice.pause(10, 1'000));
}

void WardSite::update(const schema::Edition& edition) {
  edition_ = edition;
  if (up()) crash();
}

void WardSite::crash() {
  world_.note(name_ + ": dies");
  if (wire_) wire_->cut();
  hang_up();
  ++dial_;
  disks_.kill(path_);
  store_.reset();
  disks_.revive(path_);
  screen_.clear();
  codes_.died();
  if (world_.goes_wrong(3)) meddle_with_disk();
  // An old board forgets the time when it is off, or somebody sets it wrongly.
  if (world_.goes_wrong(3)) set_clock_offset(world_.dice.between(-2 * 60, 48 * 60) * 60'000);
  open_later();
}

void WardSite::open_later() {
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
  lied_to_ = false;
  failed_ = false;
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
  std::optional<std::pair<WallTime, Instant>> told_time;
  if (const auto* receipt = std::get_if<agent::StoreReceipt>(&effect))
    told_time.emplace(receipt->receipted.receipt.time, receipt->at.monotonic);
  auto* delivery = std::get_if<agent::ApplyDelivery>(&effect);
  const bool forged = delivery != nullptr && world_.goes_wrong(forgery_chance) && forge_one(delivery->rows, world_.dice);
  lied_to_ = lied_to_ || forged;
  agent::Event event = StorageFailed{fail(Fault::storage_locked, "the data file is locked")};
  if (!world_.goes_wrong(failure_chance))
    event = disks_.risk(path_, crash_chance, [&] { return storage::perform(std::move(effect), *store_, now()); });
  if (disks_.is_dead(path_)) {
    crash();
    return false;
  }
  world_.note(name_ + ": effect " + kind + " gives " + std::to_string(event.index()) + (forged ? ", of forged rows" : ""));
  if (forged && std::holds_alternative<agent::DeliveryApplied>(event)) throw Complaint(name_ + ": takes a segment that was forged");
  const auto* failed = std::get_if<StorageFailed>(&event);
  // Of effects that were asked for together, the later ones may lack what an earlier one did not store.
  const bool honest = forged || std::exchange(failed_, failed_ || failed != nullptr);
  // What the other machine has of this device's own, this one hears of with its next call.
  const bool of_the_twin = has_twin_ && failed != nullptr && failed->error.fault == Fault::missing_key;
  if (failed != nullptr && !honest && !of_the_twin && !is_passing(failed->error.fault) && failed->error.fault != Fault::io)
    throw Complaint(name_ + ": effect " + kind + " failed: " + ward::name_of(failed->error.fault) + ", " + failed->error.detail);
  if (told_time && std::holds_alternative<agent::ReceiptStored>(event)) codes_.heard(told_time->first, told_time->second);
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
                   if (!lied_to_ && !failed_ && !honest_end(e.reason.fault))
                     throw Complaint(name_ + ": leaves an honest centre: " + e.reason.detail);
                   wire_->close(End::ward);
                   hang_up();
                   const bool refused = e.reason.fault == Fault::not_member || e.reason.fault == Fault::revoked;
                   dial_after(refused ? world_.dice.pause(5'000, 20'000) : world_.dice.pause(200, 8'000));
                 },
             },
             effect);
}

// ---- the clerk ----
std::vector<Did> WardSite::dossiers() {
  if (!store_) return {};
  return demand(store_->store().db.read("dossiers",
                                        [&]() -> Result<std::vector<Did>> {
                                          std::vector<Did> out;
                                          auto found = store_->store().db.query("SELECT did FROM dossier ORDER BY id");
                                          while (found.step()) out.push_back(found.fixed<Did>(0));
                                          return out;
                                        }),
                name_ + " lists its dossiers");
}

std::optional<storage::NewChange> WardSite::think_up(const std::vector<Did>& dossiers) {
  if (dossiers.empty() || world_.dice.one_in(4)) return storage::NewChange{clerk_.new_dossier(units_), std::nullopt};
  const auto did = dossiers[world_.dice.below(dossiers.size())];
  const auto shown = storage::show_dossier(store_->store(), did);
  if (shown.has_error() || !shown->state.created) return std::nullopt;
  auto& screen = screen_[did];
  // He may still look at what he opened some time ago.
  if (screen.version.empty() || !world_.dice.one_in(3)) screen = shown->state;
  if (world_.dice.one_in(6)) return storage::NewChange{clerk_.hand_over(screen, unit_, units_), did};
  if (world_.dice.one_in(10))
    if (const auto history = storage::dossier_history(store_->store(), did); history.has_value())
      if (auto back = clerk_.take_back(shown->state, *history)) return storage::NewChange{*std::move(back), did};
  return storage::NewChange{clerk_.edit(screen), did};
}

void WardSite::write(const std::vector<Did>& dossiers) {
  if (!store_) return;
  auto wanted = think_up(dossiers);
  if (!wanted) return;
  auto seen = wanted->change.seen;
  auto saved = disks_.risk(path_, crash_while_saving_chance, [&] { return store_->save({*wanted}, now()); });
  if (saved.has_error() && disks_.is_dead(path_)) return crash();
  if (saved.has_error()) {
    world_.note(name_ + ": did not save, " + saved.error().detail);
    if (!honest_no(saved.error().fault)) throw Complaint(name_ + ": did not save: " + saved.error().detail);
    if (engine_ && saved.error().fault == Fault::at_centre) tell(agent::OutboxGrew{});
    return;
  }
  world_.note(name_ + ": saved", saved->front().did.view());
  codes_.gave(saved->front(), now().monotonic);
  accepted_.push_back({number_, saved->front().did, saved->front().position, std::move(seen), std::move(wanted->change.ops), false});
  if (disks_.is_dead(path_) || world_.goes_wrong(crash_while_saving_chance)) return crash();
  if (engine_) tell(agent::OutboxGrew{});
  if (store_ && world_.dice.one_in(2)) merge();
}

void WardSite::keep_everything() { store_->set_keep_plan({{}, {}, false}); }

std::uint64_t WardSite::at_centre() { return demand(store_->progress(now()), name_ + " tells how it does").at_centre; }

void WardSite::open_histories() {
  for (const auto& did : dossiers())
    if (const auto history = storage::dossier_history(store_->store(), did);
        history.has_error() && history.error().fault != Fault::at_centre)
      throw Complaint(name_ + ": a history cannot be read: " + history.error().detail);
  if (engine_) tell(agent::OutboxGrew{});
}

/// As a daemon does in an idle moment; who looks first merges as well.
void WardSite::merge() {
  const auto merged = disks_.risk(path_, crash_while_saving_chance, [&] { return storage::settle(store_->store()); });
  if (disks_.is_dead(path_)) return crash();
  if (merged.has_error()) throw Complaint(name_ + ": does not merge what it saved: " + merged.error().detail);
}

void WardSite::pulse() {
  world_.schedule.after(world_.dice.pause(20'000, 40'000), [this] {
    give_codes();
    pulse();
  });
}

void WardSite::give_codes() {
  if (!store_) return;
  const auto given = disks_.risk(path_, crash_while_saving_chance, [&] { return store_->give_official_codes(now()); });
  if (given.has_error() && disks_.is_dead(path_)) return crash();
  if (given.has_error()) {
    if (!is_passing(given.error().fault)) throw Complaint(name_ + ": did not give codes: " + given.error().detail);
    return;
  }
  for (const auto& one : *given) codes_.gave(one, now().monotonic);
  if (disks_.is_dead(path_)) return crash();
  if (!given->empty() && engine_) tell(agent::OutboxGrew{});
}

// ---- the disk ----
void WardSite::become_twin_of(WardSite& other) {
  other.crash();
  world_.note(name_ + ": runs on a copy of " + other.name_ + "'s disk");
  units_ = other.units_;
  edition_ = other.edition_;
  has_twin_ = other.has_twin_ = true;
  disks_.copy(other.path_, path_);
  codes_.take_mark_of(other.codes_);
  codes_.become_copied();
  other.codes_.become_copied();
  open_later();
}

void WardSite::meddle_with_disk() {
  if (world_.dice.one_in(4)) return codes_.meddle_with_mark();
  const auto copy = "copy-of-" + path_;
  if (!copied_at_ || world_.dice.one_in(2)) {
    world_.note(name_ + ": its disk is copied");
    disks_.copy(path_, copy);
    codes_.keep_mark_copy();
    copied_at_ = accepted_.size();
    return;
  }
  const bool whole = world_.dice.one_in(2);
  world_.note(name_ + ": an older copy of its " + (whole ? "disk" : "data file") + " comes back");
  disks_.copy(copy, path_);
  whole ? codes_.put_back_mark_with_disk() : codes_.put_back_disk_alone();
  for (auto i = *copied_at_; i < accepted_.size(); ++i)
    if (accepted_[i].ward == number_) accepted_[i].uncertain = true;
}

}  // namespace ward::sim
