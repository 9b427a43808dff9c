#pragma once

#include "storage/ward_store.hpp"
#include "tests/sim/centre_site.hpp"
#include "tests/sim/clerk.hpp"
#include "tests/sim/code_desk.hpp"

namespace ward::sim {

/// A change that a ward said "saved" to.
struct SavedChange {
  std::size_t ward = 0;
  Did did;
  Position position;
  std::vector<Position> seen;  ///< what its writer named
  std::vector<record::Op> ops;
  bool uncertain =
      false;  ///< on a disk that was put back to an older copy, or of a device that was revoked: if the centre has it, everyone must
};

/// A ward PC: its data file, its engine, its clerk. It dies, loses its line and its sense of time when the dice say so.
class WardSite {
 public:
  /// What it saves is appended to `accepted`, the official codes that it gives to `given`.
  WardSite(Surroundings& world, Disks& disks, CentreSite& centre, std::vector<SavedChange>& accepted, std::vector<GivenCode>& given,
           std::size_t number, UnitCode unit, std::string path, storage::WardKeys keys);

  void open();
  [[nodiscard]] bool up() const noexcept { return store_.has_value(); }
  [[nodiscard]] storage::WardStore& store() { return *store_; }
  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] const UnitCode& unit() const noexcept { return unit_; }
  [[nodiscard]] DeviceId device() const { return device_; }
  [[nodiscard]] bool connected() const { return engine_ && engine_->standing().open; }
  [[nodiscard]] Now now() const { return {world_.schedule.now(), {world_.true_time().ms + clock_offset_ms_}}; }

  void crash();
  /// Another program takes over where this one ends.
  void update(const schema::Edition& edition);
  void cut_line() {
    if (wire_) wire_->cut();
  }
  void silence_line() {
    if (wire_) wire_->fall_silent();
  }
  void set_clock_offset(std::int64_t ms) { clock_offset_ms_ = ms; }
  void set_reachable(bool reachable) { reachable_ = reachable; }
  void set_revoked() { revoked_ = true; }
  /// A second machine with this one's disk; this one is off for the moment.
  void become_twin_of(WardSite& other);
  [[nodiscard]] const storage::WardKeys& keys() const noexcept { return keys_; }
  [[nodiscard]] bool revoked() const noexcept { return revoked_; }

  /// Those that it holds, in the order in which they came.
  [[nodiscard]] std::vector<Did> dossiers();
  void set_units(std::vector<UnitCode> units) { units_ = std::move(units); }
  /// The clerk writes into one of `dossiers` or a new one.
  void write(const std::vector<Did>& dossiers);
  /// It lets go of no records any more.
  void keep_everything();
  /// Of how many dossiers the records are at the centre only.
  [[nodiscard]] std::uint64_t at_centre();
  /// Somebody looks at the history of every dossier.
  void open_histories();
  /// Bytes of some earlier greeting.
  [[nodiscard]] const Bytes& last_greeting() const noexcept { return greeting_; }

 private:
  void open_later();
  void dial_after(MonotonicClock::duration pause);
  void dial();
  void hang_up();
  void tell(engine::agent::Event event);
  [[nodiscard]] bool perform(engine::agent::StoreEffect effect);
  void obey(const engine::LinkEffect& effect);
  /// Somebody copies the data file of the PC that is off, or puts such a copy back.
  void merge();
  void meddle_with_disk();
  void give_codes();
  void pulse();
  [[nodiscard]] std::optional<storage::NewChange> think_up(const std::vector<Did>& dossiers);

  Surroundings& world_;
  Disks& disks_;
  CentreSite& centre_;
  std::vector<SavedChange>& accepted_;
  std::string name_;
  std::size_t number_;
  UnitCode unit_;
  bool has_twin_ = false;        ///< another machine runs a copy of its disk
  std::vector<UnitCode> units_;  ///< of the city: to whom he may offer something
  std::string path_;
  storage::WardKeys keys_;
  schema::Edition edition_ = schema::edition();
  DeviceId device_;
  Dice secrets_;
  Clerk clerk_;
  CodeDesk codes_;
  std::optional<storage::WardStore> store_;
  std::optional<engine::agent::AgentEngine> engine_;
  std::shared_ptr<Wire> wire_;
  std::uint64_t link_ = 0;  ///< number of the link, so that what belongs to an earlier one is not heard
  std::uint64_t dial_ = 0;
  std::uint64_t timer_ = 0;
  std::int64_t clock_offset_ms_ = 0;
  bool lied_to_ = false;  ///< on this link a segment was forged, so that the ward leaves it for that
  bool failed_ = false;   ///< an effect of this link did
  bool reachable_ = true;
  bool revoked_ = false;
  std::optional<std::size_t> copied_at_;       ///< how much was accepted when the data file was copied
  std::map<Did, merge::DossierState> screen_;  ///< what the clerk saw of a dossier some time ago
  Bytes greeting_;
};

}  // namespace ward::sim
