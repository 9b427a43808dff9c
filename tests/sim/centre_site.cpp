#include "tests/sim/centre_site.hpp"

#include "protocol/base/overloaded.hpp"
#include "tests/sim/forger.hpp"
#include "tests/sim/founding.hpp"

#include <algorithm>

namespace ward::sim {
namespace {

using namespace engine;

constexpr std::size_t crash_while_opening_chance = 12;
constexpr std::size_t crash_chance = 350;   ///< before, within or after a storage effect: each one time in so many
constexpr std::size_t failure_chance = 80;  ///< a lock: nothing was done
constexpr std::size_t forgery_chance = 40;
constexpr std::uint32_t codes_a_day = 6;  ///< few, so that they run out
constexpr int code_days = 30;
constexpr std::chrono::seconds summary_rest{60};  ///< hardly any, and of open dossiers too, so that they go stale

bool is_passing(Fault fault) { return fault == Fault::storage_full || fault == Fault::storage_locked; }

/// How a connection may honestly end. Anything else means that an engine sent what its peer cannot take.
bool honest_end(Fault fault) {
  return fault == Fault::timeout || fault == Fault::io || fault == Fault::not_member || fault == Fault::revoked || is_passing(fault);
}

bool took(const centre::Admitted& admitted, const segment::Statement& segment) {
  return std::any_of(admitted.stamps.begin(), admitted.stamps.end(),
                     [&](const auto& stamp) { return stamp.incarnation == segment.incarnation && stamp.first == segment.first; });
}

}  // namespace

CentreSite::CentreSite(Surroundings& world, Disks& disks, std::string path, storage::CentreKeys keys)
    : world_(world), disks_(disks), path_(std::move(path)), keys_(std::move(keys)), secrets_(world.dice.next()) {}

void CentreSite::open() {
  ++life_;
  auto opened = disks_.risk(path_, crash_while_opening_chance, [&] {
    return storage::CentreStore::open(
        path_, copy_of(keys_), [this](std::span<std::uint8_t> out) { secrets_.fill(out); }, storage::OpenMode::read_write, edition_);
  });
  if (disks_.is_dead(path_)) return crash();
  if (opened.has_error() && opened.error().fault == Fault::storage_full) return open_later();
  store_.emplace(demand(std::move(opened), "the centre opens its data"));
  store_->set_code_plan({codes_a_day, code_days});
  store_->set_summary_plan({summary_rest, false, false});
  world_.note("centre: up");
  merge_soon();
}

void CentreSite::crash() {
  world_.note("centre: dies");
  ++life_;
  disks_.kill(path_);
  store_.reset();
  disks_.revive(path_);
  merging_ = false;
  auto lines = std::exchange(lines_, {});
  for (auto& [number, line] : lines) line.close();
  open_later();
}

void CentreSite::update(const schema::Edition& edition) {
  edition_ = edition;
  if (up()) crash();
}

void CentreSite::open_later() {
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
  std::optional<segment::Statement> forged;
  if (auto* admit = std::get_if<centre::Admit>(&effect); admit != nullptr && world_.goes_wrong(forgery_chance))
    forged = forge_one(admit->rows, world_.dice);
  centre::Event event = StorageFailed{fail(Fault::storage_locked, "the data file is locked")};
  if (!world_.goes_wrong(failure_chance))
    event = disks_.risk(path_, crash_chance, [&] { return storage::perform(std::move(effect), *store_, clock()); });
  if (disks_.is_dead(path_)) {
    crash();
    return false;
  }
  // What a device had under way when it was revoked is refused.
  const auto peer = lines_.at(connection).engine.peer();
  const auto* standing = peer ? store_->store().policy.device(*peer) : nullptr;
  const bool revoked = standing != nullptr && standing->revoked;
  const auto is_honest = [&](Fault fault) { return revoked && fault == Fault::revoked; };
  if (const auto* failed = std::get_if<StorageFailed>(&event);
      failed != nullptr && !is_passing(failed->error.fault) && !is_honest(failed->error.fault))
    throw Complaint("centre: effect " + kind + " failed: " + ward::name_of(failed->error.fault) + ", " + failed->error.detail);
  const auto* admitted = std::get_if<centre::Admitted>(&event);
  world_.note("centre: effect " + kind + " gives " + std::to_string(event.index()),
              admitted != nullptr ? admitted->log.root.view() : BytesView{});
  if (admitted != nullptr) {
    if (forged && took(*admitted, *forged)) throw Complaint("centre: takes a segment that was forged");
    for (const auto& refused : admitted->refused)
      if (refused.fault != Fault::gap && !is_honest(refused.fault))
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

std::optional<Did> CentreSite::any_dossier() {
  auto& db = store_->store().db;
  const auto all = demand(db.read("dossiers",
                                  [&]() -> Result<std::vector<Did>> {
                                    std::vector<Did> out;
                                    auto found = db.query("SELECT did FROM dossier ORDER BY id");
                                    while (found.step()) out.push_back(found.fixed<Did>(0));
                                    return out;
                                  }),
                          "the centre lists its dossiers");
  return all.empty() ? std::nullopt : std::optional(all[world_.dice.below(all.size())]);
}

void CentreSite::merge_soon() {
  if (std::exchange(merging_, true)) return;
  world_.schedule.after(world_.dice.pause(1, 2'000), [this, life = life_] {
    if (life == life_ && store_) merge();
  });
}

void CentreSite::merge() {
  merging_ = false;
  const auto more = disks_.risk(path_, crash_chance, [&] { return store_->apply_pending(1 + world_.dice.below(4)); });
  if (disks_.is_dead(path_) || world_.goes_wrong(crash_chance)) return crash();
  if (more.has_error() && is_passing(more.error().fault)) return merge_soon();
  if (demand(more, "the registry merges")) return merge_soon();
  tend_codes();
  if (store_ && world_.dice.one_in(4)) write_summaries();
  if (store_ && world_.dice.one_in(6)) note_backup();
  if (!store_) return;
  const auto log = store_->log_view(clock());
  world_.note("centre: applied " + std::to_string(log.applied));
  for (const auto& [number, line] : lines_)
    world_.schedule.after({}, [this, to = number, log] { tell(to, centre::AppliedGrew{log.applied, log.applied_exceptions, log.places}); });
}

void CentreSite::write_summaries() {
  const auto done = disks_.risk(path_, crash_chance, [&] { return store_->write_summaries({world_.schedule.now(), clock()}); });
  if (disks_.is_dead(path_)) return crash();
  if (done.has_error() && !is_passing(done.error().fault)) throw Complaint("the centre writes summaries: " + done.error().detail);
  if (done.has_error() || done->written == 0) return;
  world_.note("centre: writes " + std::to_string(done->written) + " summaries");
  policy_changed();
}

void CentreSite::note_backup() {
  const auto noted = disks_.risk(path_, crash_chance, [&] { return store_->note_backup(store_->backup_facts(), clock(), true); });
  if (disks_.is_dead(path_)) return crash();
  if (noted.has_error() && !is_passing(noted.error().fault)) throw Complaint("the centre notes a backup: " + noted.error().detail);
  if (noted.has_value()) world_.note("centre: a copy is elsewhere");
}

void CentreSite::tend_codes() {
  const auto told = disks_.risk(path_, crash_chance, [&]() -> Result<bool> {
    WARD_TRY(const bool gave, store_->refill_codes(clock()));
    WARD_TRY(const bool said, store_->tell_shared_codes(clock()));
    return gave || said;
  });
  if (disks_.is_dead(path_)) return crash();
  if (told.has_error() && !is_passing(told.error().fault)) throw Complaint("the centre tends codes: " + told.error().detail);
  if (told.has_value() && *told) policy_changed();
}

}  // namespace ward::sim
