#include "tests/sim/world.hpp"

#include "tests/sim/code_judge.hpp"
#include "tests/sim/founding.hpp"
#include "storage/erasures.hpp"
#include "tests/sim/judge.hpp"

namespace ward::sim {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t trouble_lasts_s = 15 * 60;
constexpr auto agreement_within = 30min;
constexpr auto twins_call_every = 5min;
constexpr std::size_t writes = 45;
constexpr int nights_max = 6;
constexpr std::size_t troubles = 30;

}  // namespace

World::World(std::uint64_t seed, bool aloud, std::uint64_t edits)
    : edits_(edits), world_(seed, aloud), disks_(world_), secrets_(world_.dice.next()) {}

std::chrono::seconds World::trouble_lasts() const { return std::chrono::seconds(scaled(trouble_lasts_s)); }

void World::found() {
  world_.faulty = false;
  const storage::Random random = [this](std::span<std::uint8_t> out) { secrets_.fill(out); };
  const std::vector<UnitCode> units{"W-VYDA", "W-ANCUU", "D-TUPHAP"};
  units_ = units;
  const std::string path = "centre.db";
  auto all_units = units;
  all_units.emplace_back("C-TTHCC");
  centre_.emplace(world_, disks_, path, found_centre(path, all_units, random, world_.true_time()));
  centre_->open();
  // Two PCs of one ward, one or two of another, sometimes one of a department.
  const auto count = 3 + world_.dice.below(3);
  for (std::size_t i = 0; i < count; ++i) {
    const auto& unit = units[i / 2];
    const auto file = "ward" + std::to_string(i) + ".db";
    const bool pre_approved = i != 1 || !world_.dice.one_in(4);
    if (!pre_approved) ++latecomers_;
    const Now now{world_.schedule.now(), centre_->clock()};
    auto keys = enrol_ward(file, centre_->store(), unit, pre_approved, random, now);
    auto& ward = wards_.emplace_back(world_, disks_, *centre_, accepted_, given_, i, unit, file, std::move(keys));
    ward.set_units(units);
    ward.open();
  }
  world_.faulty = true;
}

void World::plan_trouble() {
  const auto any_time = [&] { return world_.schedule.now() + world_.dice.pause(0, std::chrono::milliseconds(trouble_lasts()).count()); };
  for (std::size_t i = 0; i < scaled(writes); ++i) world_.schedule.at(any_time(), [this] { someone_writes(); });
  for (std::size_t i = 0; i < scaled(troubles); ++i) world_.schedule.at(any_time(), [this] { trouble(); });
  if (world_.dice.one_in(3)) world_.schedule.at(any_time(), [this] { revoke_someone(); });
  if (world_.dice.one_in(4)) world_.schedule.at(any_time(), [this] { merge_units(); });
  if (world_.dice.one_in(5)) world_.schedule.at(any_time(), [this] { copy_someone(); });
  for (auto orders = world_.dice.one_in(2) ? world_.dice.between(1, 3) : 0; orders > 0; --orders)
    world_.schedule.at(any_time(), [this] { erase_something(); });
  if (world_.dice.one_in(3)) world_.schedule.at(any_time(), [this] { enrol_someone(); });
  if (latecomers_ > 0) world_.schedule.at(any_time(), [this] { approve_latecomers(); });
  if (!world_.dice.one_in(3)) return;
  // The centre first, since readers follow from what it can merge; then each PC at its own time.
  world_.schedule.at(any_time(), [this, any_time, edition = newer_edition(world_.dice)] {
    newer_ = edition;
    centre_->update(edition);
    for (auto& ward : wards_) world_.schedule.at(any_time(), [this, &ward] { ward.update(*newer_); });
  });
}

void World::someone_writes() {
  auto& ward = *std::next(wards_.begin(), static_cast<std::ptrdiff_t>(world_.dice.below(wards_.size())));
  if (ward.revoked()) return;
  auto known = ward.dossiers();
  // The newest few, so that clerks meet in one dossier.
  if (known.size() > 4) known.erase(known.begin(), known.end() - 4);
  for (auto n = world_.dice.one_in(5) ? world_.dice.between(2, 20) : 1; n > 0 && ward.up(); --n) ward.write(known);
}

void World::trouble() {
  auto& ward = *std::next(wards_.begin(), static_cast<std::ptrdiff_t>(world_.dice.below(wards_.size())));
  constexpr std::int64_t hour = 3'600'000;
  const auto true_ms = world_.true_time().ms;
  switch (world_.dice.below(11)) {
    case 0:
    case 1: return ward.cut_line();
    case 2: return ward.silence_line();
    case 3:
      if (ward.up()) ward.crash();
      return;
    case 4:
      if (centre_->up()) centre_->crash();
      return;
    case 5: return ward.set_clock_offset(-true_ms + 1'000);             // 1970
    case 6: return ward.set_clock_offset(4'070'908'800'000 - true_ms);  // 2099
    case 7: return ward.set_clock_offset(world_.dice.between(-48, 48) * hour);
    case 8: return centre_->set_clock_offset(world_.dice.between(-10, 10) * hour / 60);
    case 9: return replay_a_greeting();
    default: ward.set_reachable(false); world_.schedule.after(world_.dice.pause(5'000, 180'000), [&ward] { ward.set_reachable(true); });
  }
}

/// Somebody who listened says again what a ward once said, and cannot go on.
void World::replay_a_greeting() {
  auto& ward = *std::next(wards_.begin(), static_cast<std::ptrdiff_t>(world_.dice.below(wards_.size())));
  if (!centre_->up() || ward.last_greeting().empty()) return;
  world_.note("a greeting is said again");
  centre_->hear(centre_->accept([](const Bytes&) {}, [] {}), ward.last_greeting());
}

void World::revoke_someone() {
  if (!centre_->up()) return;
  auto& ward = *std::next(wards_.begin(), static_cast<std::ptrdiff_t>(world_.dice.below(wards_.size())));
  if (centre_->store().store().policy.device(ward.device()) == nullptr) return;
  world_.note("ward is revoked", ward.device().view());
  demand(centre_->store().revoke(ward.device(), "thất lạc", centre_->clock()), "revocation");
  for (auto& each : wards_)
    if (each.device() == ward.device()) each.set_revoked();
  for (auto& change : accepted_)
    if (std::next(wards_.begin(), static_cast<std::ptrdiff_t>(change.ward))->revoked()) change.uncertain = true;
  centre_->policy_changed();
}

void World::merge_units() {
  if (!centre_->up()) return;
  world_.note("two units become one");
  demand(centre_->store().merge_unit("W-ANCUU", "W-VYDA", "nghị quyết", centre_->clock()), "merger");
  centre_->policy_changed();
}

void World::erase_something() {
  if (!centre_->up()) return;
  const auto did = centre_->any_dossier();
  if (!did || storage::is_erased(centre_->store().store(), *did)) return;
  world_.note("a dossier is erased", did->view());
  demand(centre_->store().order_erasure({*did, "minh", "hồ sơ nhập trùng"}, centre_->clock()), "order to erase");
  centre_->policy_changed();
}

void World::approve_latecomers() {
  if (!centre_->up()) return world_.schedule.after(10s, [this] { approve_latecomers(); });
  for (auto& ward : wards_)
    if (centre_->store().store().policy.device(ward.device()) == nullptr)
      demand(centre_->store().approve(ward.device(), centre_->clock()), "approval");
  centre_->policy_changed();
}

/// Somebody puts a copy of a PC's disk into a second machine, and lets both run.
void World::copy_someone() {
  auto& ward = *std::next(wards_.begin(), static_cast<std::ptrdiff_t>(world_.dice.below(wards_.size())));
  if (!ward.up() || ward.revoked() || !centre_->up()) return;
  if (centre_->store().store().policy.device(ward.device()) == nullptr) return;
  const auto number = wards_.size();
  auto& twin = wards_.emplace_back(world_, disks_, *centre_, accepted_, given_, number, ward.unit(),
                                   "ward" + std::to_string(number) + ".db", copy_of(ward.keys()));
  twin.become_twin_of(ward);
  has_twin_ = true;
}

void World::enrol_someone() {
  if (!centre_->up()) return world_.schedule.after(10s, [this] { enrol_someone(); });
  const bool faulty = std::exchange(world_.faulty, false);
  const auto number = wards_.size();
  const auto file = "ward" + std::to_string(number) + ".db";
  const auto& unit = world_.dice.one_in(2) ? units_.front() : units_.back();  // the other may have an heir by now
  world_.note("a new PC of " + unit);
  const storage::Random random = [this](std::span<std::uint8_t> out) { secrets_.fill(out); };
  auto keys = enrol_ward(file, centre_->store(), unit, true, random, {world_.schedule.now(), centre_->clock()});
  auto& ward = wards_.emplace_back(world_, disks_, *centre_, accepted_, given_, number, unit, file, std::move(keys));
  ward.set_units(units_);
  if (newer_) ward.update(*newer_);
  ward.open();
  centre_->policy_changed();
  world_.faulty = faulty;
}

void World::begin_late() {
  world_.schedule.run_until(world_.schedule.now() + 2min);
  for (std::size_t i = 0; i < units_.size(); ++i) centre_->write_summaries();  // of one unit at a time
  centre_->note_backup();
  enrol_someone();
  // On a line that has become quiet a PC lets go of what rests.
  for (auto& ward : wards_) ward.cut_line();
  world_.schedule.run_until(world_.schedule.now() + 3min);
  agree();
  for (auto* ward : members()) {
    let_go_ += ward->at_centre();
    ward->keep_everything();
    ward->open_histories();
  }
  records_everywhere_ = true;
  agree();
}

void World::heal() {
  world_.note("everything heals");
  world_.faulty = false;
  for (auto& ward : wards_) ward.set_reachable(true);
  if (!newer_) return;
  centre_->update(*newer_);
  for (auto& ward : wards_) ward.update(*newer_);
}

void World::next_day() {
  world_.note("a night passes");
  world_.slept += 24h;
  centre_->set_clock_offset(0);
  for (auto& ward : wards_) {
    ward.set_clock_offset(0);
    ward.cut_line();
  }
}

std::vector<WardSite*> World::members() {
  std::vector<WardSite*> out;
  for (auto& ward : wards_)
    if (!ward.revoked()) out.push_back(&ward);
  return out;
}

std::string World::disagreement() {
  if (!centre_->up()) return "the centre is down";
  for (auto* ward : members())
    if (!ward->up()) return "a ward is down";
  return Judge(*centre_, members(), accepted_, centre_->clock(), records_everywhere_).disagreement();
}

void World::agree() {
  const auto from = world_.schedule.now();
  auto next_call = from + twins_call_every;
  auto why = disagreement();
  while (!why.empty()) {
    if (world_.schedule.now() - from >= agreement_within)
      throw Complaint("no agreement after " + std::to_string(agreement_within.count()) + " min: " + why);
    world_.schedule.run_until(world_.schedule.now() + 10s);
    // A PC hears of what a copy of it wrote when it calls.
    if (has_twin_ && world_.schedule.now() >= next_call) {
      next_call += twins_call_every;
      for (auto& ward : wards_) ward.cut_line();
    }
    why = disagreement();
  }
}

Outcome World::run() {
  found();
  plan_trouble();
  world_.schedule.run_until(world_.schedule.now() + trouble_lasts());
  heal();
  const auto healed = world_.schedule.now();
  agree();
  const auto took = std::chrono::duration_cast<std::chrono::seconds>(world_.schedule.now() - healed).count();
  // A PC gives few codes a day, and none on a day that it may have forgotten, which a clock ahead of its time puts off.
  for (int night = 0; night < nights_max && !CodeJudge(*centre_, members(), given_).unnumbered().empty(); ++night) {
    next_day();
    world_.schedule.run_until(world_.schedule.now() + 3min);
    agree();
  }
  begin_late();
  Judge judge(*centre_, members(), accepted_, centre_->clock(), true);
  judge.nothing_is_lost();
  judge.merged_by_the_definitions();
  CodeJudge codes(*centre_, members(), given_);
  if (const auto why = codes.unnumbered(); !why.empty()) throw Complaint(why);
  codes.none_came_twice();
  codes.all_are_of_their_blocks();
  return {world_.trace.hash(), world_.trace.lines(), accepted_.size(), given_.size(), let_go_, took};
}

}  // namespace ward::sim
